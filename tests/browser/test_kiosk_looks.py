"""Every screen of the kiosk: readable by all in every theme, within reach, and large enough to hit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import sample
from tests.browser.conftest import Open
from tests.browser.fake_camera import filmed
from tests.browser.kiosk_screens import LOOKS, Look, go, stage
from tests.browser.pages import check_fits
from tests.browser.reach import check_reach
from tests.browser.real import accessible
from tests.browser.stub import Scene, served

pytestmark = pytest.mark.browser

KIOSK = "/kiosk/?hall=town"
THEMES = [{"theme": "light"}, {"theme": "dark"}, {"contrast": "more"}]
SIGHTS = (
    "menu-areas",
    "menu-partly",
    "purposes-partly",
    "confirm-offer",
    "priority",
    "phone",
    "ticket-unprinted",
    "booked-document",
    "camera",
    "speech",
    "question",
    "refused",
    "closed",
)
"""Screens that differ in more than their words."""


# A camera that shows a code which is none of ours.
@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with filmed(tmp_path_factory.mktemp("film"), "https://elsewhere.example") as started:
        yield started


@pytest.fixture(scope="module")
def scene() -> Scene:
    return sample.scene()


@pytest.fixture(scope="module")
def base(scene: Scene) -> Iterator[str]:
    with served(scene) as address:
        yield address


def wish(page: Page, **wishes: str) -> None:
    """What a person may have chosen, set at once."""
    page.evaluate(
        """(wishes) => {
          const { dataset } = document.documentElement;
          for (const name of ["theme", "contrast", "reach", "text"]) delete dataset[name];
          Object.assign(dataset, wishes);
        }""",
        wishes,
    )


def reached(page: Page) -> None:
    """As it stands, with low reach, and with both low reach and large text."""
    check_fits(page)
    check_reach(page, 1 / 3)
    for wishes in ({"reach": "low"}, {"reach": "low", "text": "large"}):
        wish(page, **wishes)
        check_fits(page)
        check_reach(page, 1 / 2)


@pytest.mark.parametrize(
    "look", [look for look in LOOKS if look.name in SIGHTS], ids=lambda look: look.name
)
def test_a_screen_can_be_read_and_reached(scene: Scene, base: str, open_page: Open, look: Look) -> None:
    stage(scene, look)
    page = open_page(base + KIOSK, size="portrait", init=look.init, permissions=["camera"])
    go(page, look, "de")
    for theme in THEMES:
        wish(page, **theme)
        accessible(page)
    wish(page)
    reached(page)
    page.set_viewport_size({"width": 1920, "height": 1080})
    wish(page)
    if look.name != "question":
        page.click("footer button[lang=pl]")
    reached(page)
