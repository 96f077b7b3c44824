"""What the kiosk's browser lacks: a code read from a camera's picture, and a voice."""

import asyncio
import io
import shutil
from contextlib import suppress

from PIL import Image, UnidentifiedImageError
from zxingcpp import read_barcodes

LARGEST = 4096
"""Dots of a picture's side."""
VOICES = {"pl": "pl", "en": "en-gb", "uk": "uk", "de": "de"}
"""Voices of espeak-ng by language."""
LONGEST = 600
"""Characters that are said in one breath."""
WORDS_A_MINUTE = "150"
PATIENCE = 10.0


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
    program, voice = shutil.which("espeak-ng"), VOICES.get(language)
    if program is None or voice is None or not text.strip() or len(text) > LONGEST:
        return None
    process = await asyncio.create_subprocess_exec(
        program, "-v", voice, "-s", WORDS_A_MINUTE, "--stdin", "--stdout",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            sound, _ = await process.communicate(text.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return sound if process.returncode == 0 and sound else None
