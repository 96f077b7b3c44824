"""A link as a QR code in whole dots."""

from PIL.Image import Image, Resampling, new
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

QUIET = 4
"""White modules around it, without which phones do not see it."""
MOST = 7
"""A module of so many dots (0.9 mm) is read easily; larger ones only cost paper."""


def qr_in(link: str, room: int) -> Image | None:
    """The code with its white border, at most `room` dots wide; None where the link is too long for that."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(link)
    try:
        modules = code.get_matrix()
    except (DataOverflowError, ValueError):
        return None
    side = len(modules)
    if side > room:
        return None
    picture = new("1", (side, side))
    picture.putdata([0 if dark else 255 for row in modules for dark in row])
    scale = min(MOST, room // side)
    return picture.resize((side * scale, side * scale), Resampling.NEAREST)
