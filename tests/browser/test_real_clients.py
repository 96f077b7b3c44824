"""A key client, from the office's list to the counter: entered, recognised at the kiosk, called as one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.booking.web import town
from tests.browser.real import Office, Visit, accessible_in_both, office, pair, press_space, says, visiting

pytestmark = pytest.mark.browser
RULE = town("check_in_by = ['code', 'document']\ncontact = { document = 'optional' }").replace(
    "[segments.disabled]", "[segments.disabled]\n[segments.key-client]"
)
REFUSED = "Failed to load resource: the server responded with a status of 4"
NAME = "Kancelaria Notarialna Grażyny Brzęczyszczykiewicz-Konstantynopolitańczykowianeczkowskiej"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), RULE) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    served.next_day()
    with visiting(browser, served) as visit:
        visit.expected.append(REFUSED)
        yield visit


def entered(visit: Visit, served: Office, size: str = "desk") -> tuple[Page, str]:
    """The page that shows a new key client's code, and its digits."""
    page = visit.open("/key-clients/town", served.staff("ewa"), size=size)
    page.fill("#name", NAME)
    page.click("form.staff-form button")
    code = re.sub(r"\D", "", page.inner_text(".clients-code"))
    assert len(code) == 12
    return page, code


def typed(kiosk: Page, text: str) -> None:
    for sign in text:
        kiosk.tap(f".keypad .button:text-is('{sign}')")
    kiosk.tap(".acts .button-primary")


def test_a_key_client_from_the_list_to_the_counter(served: Office, visit: Visit) -> None:
    page, code = entered(visit, served)
    accessible_in_both(page)
    kiosk = visit.open("/kiosk/?hall=town", size="portrait", has_touch=True)
    pair(kiosk, served.code("kiosk"))
    kiosk.tap("footer button[lang=en]")
    kiosk.tap(".booked-way")
    kiosk.tap(".other-ways button:has-text('key client')")
    accessible_in_both(kiosk)
    typed(kiosk, "0" * 12)
    says(kiosk, "We do not know this code")
    typed(kiosk, code)
    says(kiosk, "Key client code recognised")
    accessible_in_both(kiosk)
    kiosk.tap(".tile:has-text('Documents')")
    kiosk.tap(".tile:has-text('ID card')")
    kiosk.wait_for_selector(".acts .button-grand")
    assert kiosk.inner_text(".acts").strip() == "Take a number", "no question about priority"
    kiosk.tap(".acts .button-primary")
    kiosk.wait_for_selector(".number:has-text('001')")

    clerk = served.person(served.staff("anna"))
    clerk.post("counters/town.1/open")
    desk = visit.open("/desk/town", served.staff("anna"), size="desk")
    desk.wait_for_selector(".line:has-text('001')")
    press_space(desk)
    desk.wait_for_selector(".here[data-state=called]:has-text('Key client')")


def test_a_card_is_scanned_and_the_next_person_is_nobody_special(served: Office, visit: Visit) -> None:
    _, code = entered(visit, served)
    kiosk = visit.open("/kiosk/?hall=town", served.device("kiosk"), size="hd", has_touch=True)
    kiosk.wait_for_selector(".booked-way")
    kiosk.tap("footer button[lang=en]")
    kiosk.keyboard.type(code)
    kiosk.keyboard.press("Enter")
    says(kiosk, "Key client code recognised")
    kiosk.tap(".tile:has-text('Taxes')")
    kiosk.tap("footer .controls-ways button >> nth=1")
    says(kiosk, "Key client code recognised")
    kiosk.evaluate("document.querySelector('kiosk-app').startOver()")
    kiosk.wait_for_selector(".booked-way")
    assert "recognised" not in kiosk.inner_text("main")


def test_a_key_client_who_walked_away_is_forgotten(served: Office, visit: Visit) -> None:
    _, code = entered(visit, served)
    kiosk = visit.open("/kiosk/?hall=town", served.device("kiosk"), size="hd", has_touch=True)
    kiosk.wait_for_selector(".booked-way")
    kiosk.keyboard.type(code)
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_selector("main .notice-ok:visible")
    for seconds, then in ((60, "dialog[open]"), (79, "main:not(:has(.notice-ok))")):
        kiosk.evaluate(f"document.querySelector('kiosk-app').idle.quiet = {seconds}")
        kiosk.wait_for_selector(then)
    assert kiosk.evaluate("document.querySelector('kiosk-app').client") == ""


def test_a_card_is_scanned_where_a_booking_code_is_asked_for(served: Office, visit: Visit) -> None:
    _, code = entered(visit, served)
    kiosk = visit.open("/kiosk/?hall=town", served.device("kiosk"), size="hd", has_touch=True)
    kiosk.wait_for_selector(".booked-way")
    kiosk.tap("footer button[lang=en]")
    kiosk.tap(".booked-way")
    kiosk.keyboard.type(code)
    kiosk.keyboard.press("Enter")
    says(kiosk, "Key client code recognised")


def test_the_clerk_sees_who_it_is_and_what_was_noted(served: Office, visit: Visit) -> None:
    clerk = served.person(served.staff("anna"))
    clerk.post("counters/town.1/open")
    said = {"name": "Pani Zofia", "note": "Proszę mówić głośno i wyraźnie", "also": ["taxes"]}
    clerk.post("halls/town/tickets", service="id-card", **said)
    clerk.post("halls/town/tickets", service="id-card")
    desk = visit.open("/desk/town", served.staff("anna"), size="desk")
    desk.wait_for_selector(".line:has-text('001')")
    assert "Zofia" not in desk.inner_text("body"), "nobody before they are called"
    press_space(desk)
    for text in ("Pani Zofia", "Proszę mówić głośno i wyraźnie", "Taxes"):
        desk.wait_for_selector(f".here-facts:has-text('{text}')")
    accessible_in_both(desk)
    press_space(desk)
    desk.wait_for_selector(".here[data-state=serving]")
    press_space(desk)
    desk.wait_for_selector(".here[data-state=free]")
    press_space(desk)
    desk.wait_for_selector(".here[data-state=called]:has-text('002')")
    assert "Zofia" not in desk.inner_text("body")


def test_the_acts_stay_in_sight_beside_a_long_note(served: Office, visit: Visit) -> None:
    clerk = served.person(served.staff("anna"))
    clerk.post("counters/town.1/open")
    clerk.post("halls/town/tickets", service="id-card", name=NAME, note="długa uwaga " * 16)
    desk = visit.open("/desk/town", served.staff("anna"), size="desk")
    desk.wait_for_selector(".line:has-text('001')")
    press_space(desk)
    desk.wait_for_selector(".here-facts:has-text('uwaga')")
    low = "document.querySelector({}).getBoundingClientRect().bottom"
    assert desk.evaluate(f"{low.format('`#primary`')} <= {low.format('`.here`')}")
    accessible_in_both(desk)
    desk.set_viewport_size({"width": 360, "height": 800})
    assert desk.evaluate(
        "document.querySelector('.here').scrollWidth <= document.querySelector('.here').clientWidth"
    )


def test_the_number_of_a_document_is_typed_with_letters(served: Office, visit: Visit) -> None:
    kiosk = visit.open("/kiosk/?hall=town", served.device("kiosk"), size="portrait", has_touch=True)
    kiosk.wait_for_selector(".booked-way")
    kiosk.tap("footer button[lang=en]")
    kiosk.tap(".booked-way")
    kiosk.tap(".other-ways button:has-text('ID number')")
    accessible_in_both(kiosk)
    typed(kiosk, "AB1")
    says(kiosk, "at least five characters")
    kiosk.keyboard.type("c2345")
    kiosk.tap(".acts .button-primary")
    says(kiosk, "We found no booking for today")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_list_holds_long_names(served: Office, visit: Visit, size: str) -> None:
    page, _ = entered(visit, served, size)
    page.goto(f"{served.base}/key-clients/town?lang=de")
    says(page, NAME)
    accessible_in_both(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("a:has-text('Entfernen') >> nth=0")
    accessible_in_both(page)
