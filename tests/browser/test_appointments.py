"""Staff and appointments in a real Chromium: by keyboard alone, and with no finding by axe, by day and by night."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.booking.web import town
from tests.browser.real import Office, Visit, accessible_in_both, office, says, tab_to, visiting

pytestmark = pytest.mark.browser
ROOM = "/appointments/town"
REFUSED = "Failed to load resource: the server responded with a status of 4"
LONG = "Wilhelmina-Grażyna Brzęczyszczykiewicz-Chrząszczyżewoszycka"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    hall = town("several_people = 2\nseveral_services = true")
    with office(tmp_path_factory.mktemp("data"), hall=hall) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        yield visit


def press(page: Page, selector: str) -> None:
    """Go to it by the tab key, press enter, and see where it leads."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill(page: Page, selector: str, text: str) -> None:
    """Go to a field by the tab key, and type."""
    tab_to(page, selector)
    page.keyboard.type(text)


def test_a_caller_is_booked_and_checked_in_by_keyboard_alone(visit: Visit, served: Office) -> None:
    """Whatever is seen on the way can be used by everybody."""
    visit.expected.append(REFUSED)
    page = visit.open("/staff", served.staff("anna"), size="desk")
    press(page, f"a[href='{ROOM}']")
    accessible_in_both(page)
    assert page.locator(".empty").is_visible()
    press(page, f"a[href='{ROOM}/new']")
    accessible_in_both(page)
    press(page, "a[href$='service=taxes']")
    accessible_in_both(page)
    press(page, ".appt-times a")
    accessible_in_both(page)
    press(page, "main form [type=submit]")
    accessible_in_both(page)
    says(page, "Please give the name.")
    fill(page, "#f-name", LONG)
    fill(page, "#f-phone", "600 100 200")
    tab_to(page, "[name=need-wheelchair]")
    page.keyboard.press("Space")
    fill(page, "#f-note", "x" * 120)
    press(page, "main form [type=submit]")
    says(page, "Code to read out:")
    accessible_in_both(page)
    press(page, "a[href$='/move']")
    accessible_in_both(page)
    press(page, ".appt-times button:nth-child(2)")
    says(page, "The appointment is moved.")
    press(page, ".appt-back a")
    accessible_in_both(page)
    tab_to(page, ".appt-code summary")
    page.keyboard.press("Enter")
    assert page.locator(".appt-code strong").is_visible()
    press(page, "form[action$='/arrive'] button")
    says(page, "B001")
    accessible_in_both(page)
    press(page, ".appt-back a")
    says(page, "here")
    accessible_in_both(page)


def test_search_and_cancel_by_keyboard_alone(visit: Visit, served: Office) -> None:
    clerk = served.person(served.staff("anna"))
    start = next(iter(clerk.get("halls/town/slots?service=id-card")["days"].values()))[0]
    services = [{"service": "id-card", "count": 2}, {"service": "address", "count": 1}]
    clerk.post(
        "halls/town/appointments",
        services=services,
        start=start,
        via="phone",
        fields={"name": f"Ewa {LONG}"},
    )
    page = visit.open(ROOM, served.staff("anna"), size="desk")
    fill(page, "#q", "Nobody")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    says(page, "No appointment was found: Nobody")
    accessible_in_both(page)
    page.fill("#q", "")
    fill(page, "#q", "ewa brzęcz")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    says(page, LONG)
    accessible_in_both(page)
    press(page, ".appt-who a")
    tab_to(page, "main details.appt-tool summary")
    page.keyboard.press("Enter")
    accessible_in_both(page)
    press(page, "form[action$='/cancel'] button")
    says(page, "The appointment is cancelled.")
    accessible_in_both(page)


def test_a_number_is_given_by_keyboard_alone(visit: Visit, served: Office) -> None:
    page = visit.open(ROOM, served.staff("anna"), size="desk")
    press(page, f"a[href='{ROOM}/number']")
    accessible_in_both(page)
    press(page, "[name=service][value=address]")
    says(page, "A0")
    accessible_in_both(page)


def test_a_narrow_screen_and_a_sheet_of_paper_hold_the_list(visit: Visit, served: Office) -> None:
    clerk = served.person(served.staff("anna"))
    start = next(iter(clerk.get("halls/town/slots?service=taxes")["days"].values()))[0]
    services = [{"service": "taxes", "count": 1}]
    clerk.post(
        "halls/town/appointments", services=services, start=start, via="reception", fields={"name": LONG}
    )
    page = visit.open(f"{ROOM}?day={start[:10]}", served.staff("anna"), size="phone")
    accessible_in_both(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print")
    for hidden in (".staff-bar", ".appt-tools", "td.appt-acts"):
        assert not page.locator(hidden).first.is_visible()
    assert page.locator(".appt-who").first.is_visible()


def test_the_terminal_shows_who_is_present_and_what_else_they_come_for(
    visit: Visit, served: Office
) -> None:
    served.next_day()
    anna = served.staff("anna")
    clerk = served.person(anna)
    today = served.ask("forward", seconds=0)["now"][:10]
    start = clerk.get(f"halls/town/slots?service=id-card&service=taxes&from={today}")["days"][today][-1]
    services = [{"service": "id-card", "count": 1}, {"service": "taxes", "count": 1}]
    booking = clerk.post(
        "halls/town/appointments", services=services, start=start, via="phone", fields={"name": LONG}
    )
    clerk.post(f"halls/town/appointments/{booking['id']}/arrive")
    desk = visit.open("/desk/town", anna, size="desk")
    desk.click("text=Counter 1")
    desk.click("[type=submit], .button-primary")
    says(desk, "here since 09:2")
    says(desk, "also: Taxes")
    accessible_in_both(desk)
    desk.click("#primary")
    with desk.expect_popup() as opened:
        desk.click(".here-facts a")
    says(opened.value, LONG)
