"""Screens of the hall look as they did when they were last looked at and accepted."""

from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from tests.browser import sample
from tests.browser.accepted import FOLDER, FONT, SHARE, Shot, shots, taken, unlike
from tests.browser.fake_camera import filmed
from tests.browser.stub import Scene, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not FONT.exists(), reason="the pictures were taken with another font"),
]
SHOTS = list(shots())


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with filmed(tmp_path_factory.mktemp("film"), "https://elsewhere.example") as started:
        yield started


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Scene, str]]:
    scene = sample.scene()
    with served(scene) as base:
        yield scene, base


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: str(shot.name))
def test_a_screen_looks_as_it_was_accepted(browser: Browser, stage: tuple[Scene, str], shot: Shot) -> None:
    """After a change that is meant: look at `make screens`, then `python -m tests.browser.accepted`."""
    scene, base = stage
    accepted = Image.open(shot.file).convert("L")
    share = unlike(taken(browser, base, scene, shot), accepted)
    assert share <= SHARE, f"{share:.2%} of {shot.name} is not as it was accepted"


def test_every_picture_that_is_kept_is_compared() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {shot.file.name for shot in SHOTS}


def test_a_button_that_is_gone_is_seen() -> None:
    """What the measure is good for: a box as large as a button is too much, a dot is not."""
    screen = Image.open(FOLDER / "kiosk-menu-portrait-pl.png").convert("L")
    dotted, covered = screen.copy(), screen.copy()
    ImageDraw.Draw(dotted).ellipse((150, 300, 156, 306), fill=128)
    ImageDraw.Draw(covered).rectangle((20, 300, 150, 360), fill=128)
    assert unlike(screen, screen) == 0
    assert unlike(screen, dotted) <= SHARE < unlike(screen, covered)
