"""The pages about messages in a real browser: by keyboard alone, and with nothing for axe to find."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.booking.web import town
from tests.browser.real import Office, Visit, accessible_in_both, office, says, tab_to, visiting
from tests.post.server import mail_server

pytestmark = pytest.mark.browser
REFUSED = "Failed to load resource: the server responded with a status of 422"
ROOT = "/messages/town"
TEXT = f"{ROOT}/text/confirmed/en"
LOST, FOUND = "jan@dom.example", "anna@dom.example"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office that has told two people of their visits; one address was wrong."""
    with mail_server() as post:
        post.refused = {LOST: "550 unknown"}
        with office(tmp_path_factory.mktemp("data"), town(), **post.settings) as served:
            book(served)
            yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        visit.expected.append(REFUSED)
        yield visit


def book(served: Office) -> None:
    """Two bookings for the day after tomorrow."""
    now = datetime.fromisoformat(served.ask("forward", seconds=0)["now"])
    day = (now + timedelta(days=2)).date().isoformat()
    person = served.person(served.staff("anna"))
    for hour, email in (("08:15", LOST), ("08:30", FOUND)):
        person.post(
            "halls/town/appointments",
            services=[{"service": "id-card", "count": 1}],
            start=f"{day}T{hour}:00+01:00",
            via="phone",
            fields={"name": "Jan Nowak", "email": email},
        )


def press(page: Page, selector: str) -> None:
    """Press a button or a link without a mouse, and be where it leads."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def settled(page: Page, text: str) -> None:
    """Wait for what the server does by itself."""
    for _ in range(40):
        page.goto(page.url)
        if text in page.inner_text("main"):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"never said: {text}")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_page_can_be_used_by_everybody(visit: Visit, served: Office, size: str) -> None:
    page = visit.open(f"{ROOT}/log", served.staff("ewa"), size)
    settled(page, "Failed: 1")
    for path in ("/log", "/log?outcome=dropped", "", "/text/confirmed/uk", "/text/cancelled_office/de"):
        page.goto(visit.base + ROOT + path)
        accessible_in_both(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path


def test_a_text_is_changed_by_keyboard_and_taken_back(visit: Visit, served: Office) -> None:
    page = visit.open(ROOT, served.staff("ewa"), "desk")
    press(page, f"a[href='{TEXT}']")
    body = page.input_value("#body")
    tab_to(page, "#body")
    page.keyboard.press("Control+Home")
    page.keyboard.type("Dear {nobody}!\n")
    press(page, "main form .button-primary")
    says(page, "This message knows nothing called {nobody}.")
    assert page.get_attribute("#body", "aria-invalid") == "true"
    accessible_in_both(page)
    page.fill("#body", f"Dear {{name}},\n{body}")
    press(page, "main form .button-primary")
    says(page, "Dear Anna Example,")
    accessible_in_both(page)
    press(page, "main form .button-primary")
    says(page, "The text is saved.")
    accessible_in_both(page)
    press(page, f"a[href='{TEXT}']")
    says(page, "The office wrote this text itself")
    accessible_in_both(page)
    press(page, "form[action$='/default'] button")
    says(page, "The ready text is used again.")


def test_what_failed_is_tried_again_by_keyboard(visit: Visit, served: Office) -> None:
    page = visit.open(ROOT, served.staff("ewa"), "desk")
    press(page, f"a[href='{ROOT}/log']")
    settled(page, "Failed: 1")
    says(page, "it is probably mistyped")
    assert "dom.example" not in page.content()
    press(page, ".table form button")
    says(page, "It is queued to be sent again.")
    accessible_in_both(page)
