"""An administrator at the pages of opening in a real browser: by keyboard alone, and with nothing for axe to find."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from qms.admin.rules.settings import GROUPS
from tests.booking.web import town
from tests.browser.pages import check_fits
from tests.browser.real import Office, Visit, accessible_in_both, office, says, tab_to, visiting

pytestmark = pytest.mark.browser
REFUSED = "Failed to load resource: the server responded with a status of 422"
OVERVIEW = "/opening/town"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), town()) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        visit.expected.append(REFUSED)
        yield visit


def day_ahead(served: Office, days: int) -> str:
    """A day in some days' time, as forms write it."""
    now = datetime.fromisoformat(served.ask("forward", seconds=0)["now"])
    return (now + timedelta(days=days)).date().isoformat()


def book(served: Office, day: str) -> None:
    """A booking at a quarter past eight."""
    person = served.person(served.staff("anna"))
    wanted = [{"service": "id-card", "count": 1}]
    fields = {"name": "Jan Nowak", "email": "jan@dom.example"}
    start = f"{day}T08:15:00+01:00"
    person.post("halls/town/appointments", services=wanted, start=start, via="phone", fields=fields)


def press(page: Page, selector: str) -> None:
    """Press a button or a link without a mouse, and be where it leads."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_page_can_be_used_by_everybody(visit: Visit, served: Office, size: str) -> None:
    cookie = served.staff("ewa")
    forms = (
        "series",
        "from?id=all",
        "day?id=all",
        "end?id=all",
        "fewer?id=all",
        "closure",
        "off",
        "online",
    )
    more = (
        "series?kind=roster&counter=1",
        "service?id=taxes",
        "hours",
        "hours-day",
        "last-ticket",
        "holidays",
        "rules",
        "segment?id=booked",
    )
    page = visit.open(OVERVIEW, cookie, size)
    page.goto(f"{visit.base}/rules/town")
    accessible_in_both(page)
    for path in (
        "",
        "/settings",
        "/hit",
        "/history",
        *(f"/change/{form}" for form in (*forms, *more, *GROUPS, "words?id=rules")),
    ):
        page.goto(visit.base + OVERVIEW + path)
        accessible_in_both(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path


def test_the_guard_is_changed_by_keyboard_once_its_promises_were_seen(visit: Visit, served: Office) -> None:
    page = visit.open("/rules/town", served.staff("ewa"), "desk")
    press(page, "a[href$='/change/rules']")
    tab_to(page, "#guard")
    page.keyboard.type("45")
    tab_to(page, "main form button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    says(page, "After 45 min of waiting nobody who came later is called first by the rule.")
    accessible_in_both(page)
    press(page, "form[action$='/save'] .button-primary")
    assert page.url.partition("?")[0].endswith("/rules/town")
    says(page, "Before everybody else after")
    assert "45 min" in page.inner_text(".facts")


def test_a_day_is_closed_by_keyboard_and_its_bookings_cancelled(visit: Visit, served: Office) -> None:
    day = day_ahead(served, 7)
    book(served, day)
    page = visit.open(OVERVIEW, served.staff("ewa"), "desk")
    press(page, f"a[href='{OVERVIEW}/change/closure']")
    press(page, "main form button")
    says(page, "Please give a day.")
    accessible_in_both(page)
    page.fill("#from", day)
    tab_to(page, "#reason-pl")
    page.keyboard.type("Awaria prądu")
    press(page, "main form button")
    says(page, "1 booked visit cannot take place")
    says(page, "Jan Nowak")
    accessible_in_both(page)
    press(page, "main form .button-primary")
    says(page, "The change is saved and in force.")
    accessible_in_both(page)
    press(page, "main form .button-primary")
    says(page, "The visits are cancelled.")
    accessible_in_both(page)
    press(page, f"a[href='{OVERVIEW}/history']")
    accessible_in_both(page)
    press(page, "main form button")
    says(page, "A closure is taken back")
    accessible_in_both(page)
    press(page, "main form .button-primary")
    says(page, "No closures are planned.")


def test_overlaps_and_what_was_mistyped_are_told_accessibly(visit: Visit, served: Office) -> None:
    page = visit.open(f"{OVERVIEW}/change/series", served.staff("ewa"), "desk")
    page.fill("#times", "9:00-25:00")
    press(page, "main form button")
    assert page.get_attribute("#times", "aria-invalid") == "true"
    accessible_in_both(page)
    page.fill("#times", "9:00-11:00")
    press(page, "main form button")
    says(page, "Times overlap")
    accessible_in_both(page)


@pytest.mark.parametrize("language", ["de", "uk"])
def test_long_words_fit_a_phone(visit: Visit, served: Office, language: str) -> None:
    page = visit.open(OVERVIEW, served.staff("ewa"), "phone")
    for path in ("/settings", *(f"/change/{form}" for form in (*GROUPS, "service?id=taxes", "holidays"))):
        page.goto(f"{visit.base}{OVERVIEW}{path}{'&' if '?' in path else '?'}lang={language}")
        check_fits(page)


def test_a_setting_is_changed_by_keyboard_and_the_public_page_obeys(visit: Visit, served: Office) -> None:
    page = visit.open(f"{OVERVIEW}/settings", served.staff("ewa"), "desk")
    public = visit.open("/book/town/day?service=id-card", None, "phone")
    assert public.locator(".picks-days a").count() > 2
    press(page, f"a[href='{OVERVIEW}/change/settings']")
    page.fill("#horizon_days", "soon")
    press(page, "main form .button-primary")
    says(page, "Please give a whole number from 0 to 730.")
    assert page.get_attribute("#horizon_days", "aria-invalid") == "true"
    accessible_in_both(page)
    tab_to(page, "#horizon_days")
    page.keyboard.press("Control+A")
    page.keyboard.type("1")
    press(page, "main form .button-primary")
    says(page, "How many days ahead")
    accessible_in_both(page)
    press(page, "main form .button-primary")
    says(page, "The change is saved and in force.")
    public.reload()
    assert public.locator(".picks-days a").count() == 2, "today and tomorrow"
    press(page, f"a[href='{OVERVIEW}/change/words?id=nothing_free']")
    page.fill("#words-en", "Please call 56 611 00 00.")
    press(page, "main form .button-primary")
    press(page, "main form .button-primary")
    press(page, f"a[href='{OVERVIEW}/change/settings']")
    page.fill("#horizon_days", "0")
    page.fill("#lead_days", "1")
    press(page, "main form .button-primary")
    press(page, "main form .button-primary")
    public.reload()
    says(public, "Please call 56 611 00 00.")
