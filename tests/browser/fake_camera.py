"""What Chromium's make-believe camera shows: a code held up before it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import qrcode
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import chromium

WIDTH, HEIGHT = 640, 480
FRAMES = 10


def film(path: Path, text: str) -> Path:
    """A film of one code, as `--use-file-for-fake-video-capture` wants it (motion JPEG)."""
    code = qrcode.make(text, border=4).get_image().convert("RGB").resize((360, 360))
    frame = Image.new("RGB", (WIDTH, HEIGHT), "#c9c4b8")
    frame.paste(code, ((WIDTH - 360) // 2, (HEIGHT - 360) // 2))
    picture = io.BytesIO()
    frame.save(picture, "JPEG", quality=90)
    path.write_bytes(picture.getvalue() * FRAMES)
    return path


@contextmanager
def filmed(folder: Path, text: str) -> Iterator[Browser]:
    """A browser before whose camera a code is held."""
    shown = film(folder / "code.mjpeg", text)
    with sync_playwright() as playwright:
        started = chromium(playwright, *flags(shown))
        yield started
        started.close()


def flags(film: Path) -> list[str]:
    """What Chromium is started with to have such a camera, and to ask nobody about it."""
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
