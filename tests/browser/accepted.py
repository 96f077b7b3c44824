"""Screens as they were last accepted, small and in grey; `python -m tests.browser.accepted` accepts them anew.

Look at `make screens` before. What is compared is what a person sees from some steps away: fonts and
their edges differ a little between machines, a button that went elsewhere does not.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser, Page

from tests.browser import kiosk_screens, sample
from tests.browser.conftest import SIZES
from tests.browser.fake_camera import filmed
from tests.browser.stub import Scene, served

FONT = Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
"""The pictures show it; with another one, every line of a screen lies elsewhere. `.ci/need fonts` installs it."""
FOLDER = Path(__file__).parent / "pictures"
WIDTH = 320
"""Of a picture that is kept."""
GREYS = 16
UNLIKE = 48
"""Of 255: two greys that are not the same thing."""
SHARE = 0.01
"""More of a picture than this must not be unlike."""
LAID_OUT = ("portrait", "pl"), ("hd", "de")


@dataclass(frozen=True)
class Shot:
    """One screen in one size and language. `prepare` sets the stage, `go` leads to it from its address."""

    name: str
    size: str
    path: str
    prepare: Callable[[Scene], None]
    go: Callable[[Page], object]
    init: str = ""

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.png"


def shots() -> Iterator[Shot]:
    """All that are kept: the kiosk's screens, boards of every kind, and the sign in every state."""
    for look in kiosk_screens.LOOKS:
        for size, language in LAID_OUT:
            yield Shot(
                f"kiosk-{look.name}-{size}-{language}",
                size,
                "/kiosk/?hall=town",
                lambda scene, look=look: kiosk_screens.stage(scene, look),  # type: ignore[misc]
                lambda page, look=look, language=language: kiosk_screens.go(page, look, language),  # type: ignore[misc]
                look.init,
            )
    for kind in ("calls", "next"):
        for size, language in LAID_OUT:
            yield Shot(
                f"board-{kind}-{size}-{language}",
                size,
                f"/board/?hall=town&board=main&lang={language}",
                lambda scene, kind=kind: hang(scene, kind),  # type: ignore[misc]
                lambda page: page.wait_for_selector(".panel-text"),
            )
    for state in ("closed", "free", "called", "serving", "paused"):
        for size, language in LAID_OUT:
            yield Shot(
                f"sign-{state}-{size}-{language}",
                size,
                f"/board/counter.html?hall=town&counter=4&lang={language}",
                lambda scene, state=state: point(scene, state),  # type: ignore[misc]
                lambda page, state=state: page.wait_for_selector(f"counter-sign[data-state={state}]"),  # type: ignore[misc]
            )


def hang(scene: Scene, kind: str) -> None:
    """A board of the hall's set-up, with information beside it."""
    more = {"next": sample.next_in_line()} if kind == "next" else {}
    scene.me = {"kind": "device", "device": {"kind": "board", "hall": "town", "board": "main"}}
    board = sample.board_set(kind, sample.TEXT_PANEL)
    scene.views["board"] = sample.board([], board=board, **more)


def point(scene: Scene, state: str) -> None:
    """The sign over a counter."""
    scene.me = {"kind": "device", "device": {"kind": "sign", "hall": "town", "counter": "4"}}
    more = {"number": "A012"} if state in ("called", "serving") else {}
    scene.views["counter"] = sample.sign(state, **more)


def taken(browser: Browser, base: str, scene: Scene, shot: Shot) -> Image.Image:
    """The screen as it is now."""
    shot.prepare(scene)
    width, height = SIZES[shot.size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", permissions=["camera"]
    )
    if shot.init:
        context.add_init_script(shot.init)
    page = context.new_page()
    page.goto(base + shot.path)
    shot.go(page)
    page.wait_for_timeout(300)
    picture = page.screenshot()
    context.close()
    return small(Image.open(io.BytesIO(picture)))


def small(picture: Image.Image) -> Image.Image:
    """As it is kept."""
    height = round(picture.height * WIDTH / picture.width)
    grey = picture.convert("L").resize((WIDTH, height), Image.Resampling.BOX)
    return grey.point(lambda value: round(value / 255 * (GREYS - 1)) * 255 // (GREYS - 1))


def unlike(one: Image.Image, other: Image.Image) -> float:
    """The share of two pictures in which they show different things."""
    if one.size != other.size:
        return 1
    blurred = [each.filter(ImageFilter.GaussianBlur(1.5)) for each in (one, other)]
    counts = ImageChops.difference(*blurred).histogram()
    return sum(counts[UNLIKE:]) / (one.width * one.height)


def main() -> None:
    """Accept every screen as it is."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    scene = sample.scene()
    with (
        TemporaryDirectory() as folder,
        served(scene) as base,
        filmed(Path(folder), "https://elsewhere.example") as browser,
    ):
        for shot in shots():
            taken(browser, base, scene, shot).quantize(GREYS).save(shot.file, optimize=True)


if __name__ == "__main__":
    main()
