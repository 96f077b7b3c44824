"""What the kiosk's browser lacks: a code read from a camera's picture, and a voice."""

import asyncio
import io
from contextlib import suppress

from PIL import Image, UnidentifiedImageError
from zxingcpp import read_barcodes

from qms.devices.voice.speak import speak

LARGEST = 4096
"""Dots of a picture's side."""


def code_in(picture: bytes) -> str | None:
    """The text of the first code in a picture (QR or bar code); None where there is none that can be read."""
    with suppress(UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError):
        image = Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP"))
        if max(image.size) <= LARGEST:
            found = read_barcodes(image.convert("L"))
            return next((str(code.text) for code in found if code.text), None)
    return None


async def spoken(text: str, language: str) -> bytes | None:
    """A text as WAV; None where no synthesiser is installed or it has no such voice."""
    return await asyncio.to_thread(speak, text, language)
