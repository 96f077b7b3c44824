"""A text, such as an address, as a picture to scan."""

import io

import qrcode
from qrcode.image.svg import SvgPathImage
from starlette.responses import Response


def qr_svg(text: str) -> bytes:
    """The QR code of a text as SVG."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=2)
    code.add_data(text)
    picture = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(picture)
    return picture.getvalue()


def qr_picture(text: str) -> Response:
    """The same as an answer, which the browser that asked keeps for a day."""
    return Response(qr_svg(text), 200, {"Cache-Control": "private, max-age=86400"}, "image/svg+xml")
