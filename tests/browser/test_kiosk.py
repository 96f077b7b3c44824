"""The kiosk, against a server that answers as a test wants."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FloatRect as Box
from playwright.sync_api import Page

from tests.browser import sample
from tests.browser.conftest import Open
from tests.browser.pages import check_access, check_fits, eventually
from tests.browser.stub import Scene, served, ticket

pytestmark = pytest.mark.browser

KIOSK = "/kiosk/?hall=town"
TAKE = "main .acts .button-primary"


@pytest.fixture
def scene() -> Scene:
    return sample.scene()


@pytest.fixture
def base(scene: Scene) -> Iterator[str]:
    with served(scene) as address:
        yield address


def choose(page: Page) -> None:
    """Goes on to the service of the group that has only one."""
    page.click(".tile:has-text('Prawo jazdy')")
    page.wait_for_selector(".facts")


@pytest.mark.parametrize(("size", "language"), [("hd", "uk"), ("square", "pl")])
def test_every_screen_fits_and_can_be_read_by_all(
    scene: Scene, base: str, open_page: Open, size: str, language: str
) -> None:
    page = open_page(base + KIOSK, size=size)
    page.click(f"button[lang={language}]")
    look(page)
    page.click(".tile >> nth=0")
    look(page)
    page.click(".tile >> nth=0")
    look(page)
    page.click(".acts .button-wide")
    look(page)
    page.click(".controls-ways button >> nth=0")
    page.click(TAKE)
    page.wait_for_selector(".number")
    look(page)
    page.click(TAKE)
    for state in ("closed", "suspended"):
        scene.views["queue"]["hall"]["state"] = state
        for line in scene.views["queue"]["services"].values():
            line["accepting"] = False
        scene.publish()
        page.wait_for_selector(f"kiosk-{state}")
        look(page)


def look(page: Page) -> None:
    page.wait_for_selector("main h1")
    check_fits(page)
    check_access(page)


@pytest.mark.parametrize("size", ["portrait", "hd", "square"])
@pytest.mark.parametrize("wish", range(4))
def test_a_wish_leaves_the_number_within_reach(
    scene: Scene, base: str, open_page: Open, size: str, wish: int
) -> None:
    page = open_page(base + KIOSK, size=size)
    page.click(f".controls-wishes button >> nth={wish}")
    choose(page)
    check_access(page)
    take, footer = page.locator(TAKE).bounding_box(), page.locator("footer").bounding_box()
    assert take is not None
    assert footer is not None
    assert take["y"] + take["height"] <= footer["y"] + 1
    buttons = page.locator("footer .button:visible")
    boxes = [box for n in range(buttons.count()) if (box := buttons.nth(n).bounding_box())]
    assert all(apart(one, other) for n, one in enumerate(boxes) for other in boxes[:n])
    page.click(TAKE)
    page.wait_for_selector(".number")
    page.click(TAKE)
    page.wait_for_selector("kiosk-menu")
    assert page.locator(".controls-wishes [aria-pressed=true]").count() == 0


def apart(one: Box, other: Box) -> bool:
    """Whether two buttons leave each other alone."""
    return (
        one["x"] + one["width"] <= other["x"]
        or other["x"] + other["width"] <= one["x"]
        or one["y"] + one["height"] <= other["y"]
        or other["y"] + other["height"] <= one["y"]
    )


def test_two_quick_presses_take_one_number(scene: Scene, base: str, open_page: Open) -> None:
    scene.delay = 0.5
    page = open_page(base + KIOSK)
    choose(page)
    page.dblclick(TAKE)
    page.wait_for_selector(".number:has-text('A012')")
    assert len(scene.posted) == 1


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    scene: Scene, base: str, open_page: Open
) -> None:
    scene.answers = [
        (503, {"code": "unavailable"}),
        (503, {"code": "unavailable"}),
        (201, ticket(number="B007")),
    ]
    page = open_page(base + KIOSK)
    choose(page)
    page.click(TAKE)
    page.wait_for_selector(".number:has-text('B007')")
    assert len({key for key, _ in scene.posted}) == 1
    assert scene.posted[0][1] == {"service": "licence", "language": "pl"}


def test_no_answer_at_all_offers_the_same_wish_again(scene: Scene, base: str, open_page: Open) -> None:
    scene.answers = [(503, {"code": "unavailable"})] * 4
    page = open_page(base + KIOSK)
    choose(page)
    page.click(TAKE)
    page.wait_for_selector("kiosk-unanswered", timeout=10_000)
    check_access(page)
    page.click(TAKE)
    page.wait_for_selector(".number")
    assert len({key for key, _ in scene.posted}) == 1


def test_a_refusal_is_said_in_words(scene: Scene, base: str, open_page: Open) -> None:
    scene.answers = [(409, {"code": "daily_cap"})]
    page = open_page(base + KIOSK)
    choose(page)
    page.click(TAKE)
    page.wait_for_selector(".problem:has-text('Wszystkie dzisiejsze numery')")
    check_access(page)


def test_who_has_gone_away_is_asked_and_then_forgotten(scene: Scene, base: str, open_page: Open) -> None:
    page = open_page("about:blank")
    page.clock.install()
    page.goto(base + KIOSK)
    page.click("button[lang=de]")
    choose_german = page.locator(".tile:has-text('Führerschein')")
    choose_german.click()
    page.clock.run_for(61_000)
    page.wait_for_selector("dialog[open]:has-text('Brauchen Sie mehr Zeit')")
    page.clock.run_for(20_000)
    page.wait_for_selector("kiosk-menu")
    assert page.get_attribute("html", "lang") == "pl"


def test_a_closed_service_says_why_and_leads_nowhere(scene: Scene, base: str, open_page: Open) -> None:
    scene.views["queue"]["services"]["licence"] |= {"accepting": False, "closed_code": "after_last_ticket"}
    page = open_page(base + KIOSK)
    page.wait_for_selector(".tile[aria-disabled=true]:has-text('Prawo jazdy')")
    page.click(".tile:has-text('Prawo jazdy')", force=True)
    assert page.locator("kiosk-menu").is_visible()
    check_access(page)


def test_an_unknown_kiosk_is_paired_by_its_code(scene: Scene, base: str, open_page: Open) -> None:
    scene.me = {"kind": "anonymous"}
    page = open_page(base + "/kiosk/", size="portrait")
    page.wait_for_selector("pairing-form")
    check_access(page)
    for key in "BCDE3456":
        page.click(f".pairing-keys button:text-is('{key}')")
    page.click("button[type=submit]")
    page.wait_for_selector("#pairing-fault:has-text('innego rodzaju')")
    page.fill("#pairing-code", "abcd2345")
    page.click("button[type=submit]")
    page.wait_for_selector(".tile")


@pytest.mark.parametrize(
    ("size", "language"), [("portrait", "de"), ("portrait", "pl"), ("hd", "uk"), ("square", "en")]
)
def test_a_long_wait_is_shown_with_a_free_time_and_where_to_book_it(
    scene: Scene, base: str, open_page: Open, size: str, language: str
) -> None:
    long_wait(scene)
    page = open_page(base + KIOSK, size=size)
    page.click(f"button[lang={language}]")
    page.click(".tile >> nth=2")
    page.wait_for_selector(".offer:visible")
    assert "09:10" in page.inner_text(".offer h2")
    eventually(page, "document.querySelector('.offer img').naturalWidth > 0")
    look(page)
    page.click(TAKE)
    page.wait_for_selector(".number")
    assert scene.posted[0][1]["service"]


def test_a_calendar_without_an_answer_leaves_the_kiosk_as_it_is(
    scene: Scene, base: str, open_page: Open
) -> None:
    long_wait(scene)
    scene.free = None
    page = open_page(base + KIOSK, size="portrait")
    with page.expect_response("**/first-free?*"):
        choose(page)
    assert page.locator(".offer:visible").count() == 0
    page.click(TAKE)
    page.wait_for_selector(".number")


def long_wait(scene: Scene) -> None:
    """A wait of an hour everywhere, and a time that is free tomorrow."""
    for service in scene.hall["services"].values():
        service["offer_when_wait"] = 30
    for line in scene.views["queue"]["services"].values():
        line |= {"waiting": 14, "open": 2, "estimate": {"low": 45, "mid": 60, "high": 80}}
    scene.free = {"start": "2026-11-25T08:10:00.000Z", "in_days": 1, "url": f"{scene.hall['id']}"}
