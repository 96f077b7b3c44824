"""Pictures, drawn anew: what is kept holds nothing but dots, upright and no larger than a screen."""

from io import BytesIO
from typing import BinaryIO, Final

from PIL import Image, ImageOps

from qms.devices.media.kinds import PICTURES, Checked, Kind
from qms.web.problems import Problem

LARGEST_SIDE: Final = 3840
"""Dots of a picture that is kept: as many as a 4K screen has."""
MOST_DOTS: Final = 50_000_000
"""Of a picture that is opened: it takes four bytes of memory for each."""
MOST_SIDE: Final = 20_000
QUALITY: Final = 88
KEPT: Final[dict[Kind, tuple[str, ...]]] = {
    "image/png": ("RGB", "RGBA", "L", "LA"),
    "image/jpeg": ("RGB", "L"),
    "image/webp": ("RGB", "RGBA"),
}
"""Kinds of colour that are written as they are, so that a grey picture stays small."""


def picture(file: BinaryIO, kind: Kind) -> Checked:
    """A picture as it is kept; raises Problem `media_broken`, `media_huge`.

    The camera's word on which side is up is heeded; it and all other words about the picture are left out.
    """
    file.seek(0)
    try:
        with Image.open(file, formats=(PICTURES[kind],)) as opened:
            _bounded(opened)
            opened.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))  # a large JPEG is read at half its size
            drawn = _drawn(opened, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Problem("media_huge", {"most": MOST_DOTS // 1_000_000}) from None
    except Problem:
        raise
    except Exception:  # a decoder that meets nonsense fails in many ways
        raise Problem("media_broken") from None
    out = BytesIO()
    drawn.save(out, PICTURES[kind], quality=QUALITY, optimize=kind != "image/webp")
    return Checked(kind, out, out.tell(), drawn.width, drawn.height)


def _bounded(opened: Image.Image) -> None:
    """Before a single dot is read: how many there would be."""
    if opened.width * opened.height > MOST_DOTS or max(opened.size) > MOST_SIDE:
        raise Problem("media_huge", {"most": MOST_DOTS // 1_000_000})


def _drawn(opened: Image.Image, kind: Kind) -> Image.Image:
    small = _coloured(opened, kind)
    small.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    upright = ImageOps.exif_transpose(small)
    bare = Image.new(upright.mode, upright.size)  # a copy would take the metadata with it
    bare.paste(upright)
    return bare


def _coloured(opened: Image.Image, kind: Kind) -> Image.Image:
    """In a kind of colour that is written; as it is where that is one."""
    if opened.mode.startswith("I"):  # sixteen bits of grey: a screen shows eight
        opened = opened.convert("I").point(lambda grey: grey * (1 / 257)).convert("L")
    if opened.mode in KEPT[kind] and "transparency" not in opened.info:
        return opened
    clear = "A" in opened.getbands() or "transparency" in opened.info
    return opened.convert("RGBA" if clear and kind != "image/jpeg" else "RGB")
