"""An office's logo in black dots."""

from functools import lru_cache
from io import BytesIO

from PIL import Image

KINDS = ("PNG", "JPEG", "WEBP")
LARGEST = 25_000_000
"""A picture of more points is left out: it would need too much memory."""
GREY = range(48, 208)
FLAT = 0.12
"""A picture with a smaller share of grey points is drawn in plain black and white, a photo in patterns of dots."""


@lru_cache(maxsize=8)
def logo_in(data: bytes, width: int, height: int) -> Image.Image | None:
    """A PNG, JPEG or WebP that fits these dots, mode '1'; None for what is none: the number matters more.

    Kept for the next slip: do not draw on it.
    """
    try:
        picture = Image.open(BytesIO(data), formats=KINDS)
        if picture.width * picture.height > LARGEST:
            return None
        shown = _on_white(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    shown.thumbnail((width, height), Image.Resampling.LANCZOS)
    counts = shown.histogram()
    grey = sum(counts[tone] for tone in GREY) / max(1, shown.width * shown.height)
    flat = grey < FLAT
    return (
        shown.point([255 if tone > 127 else 0 for tone in range(256)], "1") if flat else shown.convert("1")
    )


def _on_white(picture: Image.Image) -> Image.Image:
    """In shades of grey; what is transparent is paper."""
    coloured = picture.convert("RGBA")
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    return paper.convert("L")
