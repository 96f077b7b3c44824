"""Booking in Chromium: by keyboard, with scripts and without, and every page and state by day and by night."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page

from qms.booking.codes import PROOF
from qms.ledger.vault import Vault
from tests.booking.web import town
from tests.browser.pages import check_fits, eventually
from tests.browser.real import Office, Visit, accessible_in_both, office, says, tab_to

pytestmark = pytest.mark.browser
REFUSED = "Failed to load resource: the server responded with a status of 4"
QUESTION = 'booking = { question = { pl = "Czy to pierwszy dowód?", en = "Is it your first card?" } }'
VILLAGE = (
    town("several_services = true\nseveral_people = 3", QUESTION)
    .replace('id = "town"', 'id = "village"')
    .replace('"Town Hall"', '"Village Hall"')
)
MINE = ("", "/cancel", "/move", "/wait")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), town()) as served:
        served.ask("hall_apply", text=VILLAGE)
        yield served


@pytest.fixture
def phone(visit: Visit) -> Page:
    visit.expected.append(REFUSED)
    return visit.context(size="phone").new_page()


def enter(page: Page, selector: str) -> None:
    """Go somewhere by the tab key, and press enter."""
    tab_to(page, selector)
    page.keyboard.press("Enter")


def onward(page: Page, selector: str) -> None:
    """The same where it leads to another page; without scripts a page cannot be asked whether it is there yet."""
    with page.expect_navigation():
        enter(page, selector)


def typed(page: Page, selector: str, text: str) -> None:
    """Fill a field in by keyboard."""
    tab_to(page, selector)
    page.keyboard.type(text)


def good(page: Page) -> None:
    """Nothing sticks out and nobody is shut out."""
    check_fits(page)
    accessible_in_both(page)


def ask(served: Office, method: str, path: str, **more: Any) -> dict[str, Any]:
    """The JSON interface, as anybody may use it."""
    answer = httpx2.request(method, f"{served.base}/api/v1/{path}", trust_env=False, **more)
    return dict(answer.raise_for_status().json())


def hours(served: Office, last: bool = True) -> list[str]:
    """The free hours of the last day that can be booked, or of the first."""
    days = ask(served, "GET", "halls/town/slots?service=address")["days"]
    return list(days[max(days) if last else min(days)])


def held(served: Office, start: str = "") -> dict[str, Any]:
    """A time set aside without a browser, and so without a proof."""
    body = {"services": [{"service": "address"}], "start": start or hours(served)[0], "language": "en"}
    return ask(served, "POST", "halls/town/bookings", json=body)


def pending(served: Office, start: str = "") -> tuple[str, str]:
    """A booking that waits for its link to be opened: its page, and the link."""
    booking = held(served, start)
    fields = {"name": "Jan Kos", "email": f"{booking['id']}@poczta.example"}
    body = {"fields": fields, "accepted": True}
    ask(served, "POST", f"bookings/{booking['token']}/confirm", json=body)
    vault = Vault([(served.data / "secret.key").read_text().strip().encode()])
    proof = vault.token(PROOF, booking["id"])
    return f"{served.base}/b/{booking['token']}", f"{served.base}/prove/{booking['id']}.{proof}"


def booked(served: Office, page: Page, start: str = "") -> str:
    """A booking that stands, and is looked at: its page."""
    mine, link = pending(served, start)
    page.goto(link)
    enter(page, "form button.button-primary")
    says(page, "Your visit is booked")
    return mine


def wait_until(served: Office, start: str, minutes: int) -> None:
    """Business time leaps to so many minutes after an hour."""
    now = datetime.fromisoformat(served.ask("forward", seconds=0)["now"])
    served.forward((datetime.fromisoformat(start) - now).total_seconds() + 60 * minutes)


def test_a_visit_is_booked_by_keyboard(served: Office, phone: Page) -> None:
    phone.goto(f"{served.base}/")
    good(phone)
    enter(phone, "a[href$='/book']")
    says(phone, "What do you need?")
    typed(phone, "#q", "card")
    phone.keyboard.press("Enter")
    says(phone, "1 matter fits")
    good(phone)
    enter(phone, "a.pick")
    says(phone, "Where would you like to come?")
    good(phone)
    enter(phone, "a.pick[href*='/book/town']")
    says(phone, "Which day?")
    good(phone)
    enter(phone, ".picks-days li:nth-child(2) a")
    says(phone, "Choose a time")
    good(phone)
    enter(phone, ".hours-grid button")
    says(phone, "Who is coming?")
    says(phone, "29:")
    good(phone)
    enter(phone, "form.fields button[type=submit]")
    says(phone, "Please give a name.")
    good(phone)
    enter(phone, ".problem a")
    assert phone.evaluate("document.activeElement.id") == "f-name"
    phone.keyboard.type("Anna Nowak")
    typed(phone, "#f-email", "anna@poczta.example")
    tab_to(phone, "input[name=need-wheelchair]")
    phone.keyboard.press("Space")
    enter(phone, "form.fields button[type=submit]")
    says(phone, "Is everything right?")
    good(phone)
    tab_to(phone, "input[name=accepted]")
    phone.keyboard.press("Space")
    enter(phone, "form button.button-primary")
    says(phone, "Your visit is booked")
    good(phone)
    mine = phone.url
    for path in MINE:
        phone.goto(mine + path)
        good(phone)
    phone.goto(f"{mine}/move")
    enter(phone, ".picks-days li:nth-child(3) a")
    says(phone, "You keep this time until the new one is certain")
    good(phone)
    enter(phone, ".hours-grid button")
    says(phone, "The visit was moved")
    phone.goto(f"{mine}/cancel")
    enter(phone, "button.button-late")
    says(phone, "The visit is cancelled")
    good(phone)


def test_a_visit_is_booked_without_javascript(served: Office, visit: Visit) -> None:
    page = visit.open("/book", size="phone", java_script_enabled=False)
    onward(page, "a.pick")
    onward(page, "a.pick[href*='/book/town']")
    onward(page, ".picks-days li:nth-child(2) a")
    assert "JavaScript is turned off" in page.inner_text("main")
    onward(page, ".hours-grid button")
    assert "Kept for you until" in page.inner_text("main")
    typed(page, "#f-name", "Anna Nowak")
    typed(page, "#f-email", "plain@poczta.example")
    onward(page, "form.fields button[type=submit]")
    tab_to(page, "input[name=accepted]")
    page.keyboard.press("Space")
    onward(page, "form button.button-primary")
    assert "One more step: your e-mail" in page.inner_text("h1")


def test_a_link_that_was_opened_is_confirmed_by_a_press(served: Office, phone: Page) -> None:
    mine, link = pending(served)
    phone.goto(mine)
    says(phone, "One more step: your e-mail")
    good(phone)
    phone.goto(link)
    says(phone, "Is this your visit?")
    good(phone)
    enter(phone, "form button.button-primary")
    says(phone, "Your visit is booked")


def test_one_who_is_there_checks_in_and_one_who_never_came_is_told(served: Office, phone: Page) -> None:
    start, later, *_ = hours(served, last=False)[-2:]
    mine, other = (booked(served, phone, at) for at in (start, later))
    wait_until(served, start, -10)
    phone.goto(mine)
    says(phone, "I am here")
    good(phone)
    enter(phone, "form button.button-primary")
    phone.wait_for_url("**/t/*")
    phone.goto(mine)
    says(phone, "You have checked in")
    good(phone)
    wait_until(served, later, 15)
    phone.goto(other)
    says(phone, "The visit was missed")
    good(phone)


def test_a_time_that_is_given_back_is_offered(served: Office, phone: Page) -> None:
    start = hours(served)[0]
    mine = booked(served, phone, start)
    wish = {
        "services": [{"service": "address"}],
        "first": start[:10],
        "last": start[:10],
        "language": "en",
        "fields": {"name": "Ewa Lis", "email": "ewa@poczta.example"},
    }
    place = ask(served, "POST", "halls/town/wishes", json=wish)["token"]
    ask(served, "DELETE", f"bookings/{mine.rpartition('/')[2]}")
    for _ in range(20):
        phone.goto(f"{served.base}/w/{place}")
        if phone.locator("a.button-primary").count():
            break
        phone.wait_for_timeout(500)
    good(phone)
    enter(phone, "a.button-primary")
    says(phone, "Take this time")
    good(phone)
    tab_to(phone, "input[name=accepted]")
    phone.keyboard.press("Space")
    enter(phone, "form button.button-primary")
    says(phone, "Your visit is booked")


def test_a_time_that_ran_out_says_so(served: Office, phone: Page) -> None:
    phone.goto(f"{served.base}/b/{held(served)['token']}")
    eventually(phone, "/left/.test(document.querySelector('#left').innerText)")
    served.forward(660)
    phone.reload()
    says(phone, "The booking has lapsed")
    good(phone)
    enter(phone, "a.button-primary")
    says(phone, "Which day?")


def test_the_steps_that_only_some_offices_ask(served: Office, phone: Page) -> None:
    phone.goto(f"{served.base}/book/village?service=id-card")
    good(phone)
    phone.select_option("#count-taxes", "2")
    enter(phone, "form button[type=submit]")
    says(phone, "Is it your first card?")
    good(phone)
    enter(phone, "button[value=no]")
    says(phone, "This cannot be booked this way")
    good(phone)
    phone.go_back()
    enter(phone, "button[value=yes]")
    says(phone, "Taxes · 2 people")
    good(phone)


def test_the_waiting_list(served: Office, phone: Page) -> None:
    phone.goto(f"{served.base}/book/town/wait?service=id-card")
    good(phone)
    enter(phone, "form.fields button[type=submit]")
    says(phone, "Please mend")
    good(phone)
    phone.fill("#f-name", "Anna Nowak")
    phone.fill("#f-email", "wait@poczta.example")
    enter(phone, "form.fields button[type=submit]")
    says(phone, "You are on the waiting list")
    good(phone)
    mine = phone.url
    enter(phone, "button.button-late")
    says(phone, "You have left the waiting list")
    good(phone)
    phone.goto(mine)
    good(phone)


def test_where_it_does_not_go_on(served: Office, phone: Page) -> None:
    for path in ("/book?q=zzz", "/book/town/day?service=nothing", "/b/" + "a" * 26, "/prove/x"):
        phone.goto(served.base + path)
        good(phone)


@pytest.mark.parametrize("language", ["pl", "uk", "de"])
def test_the_longer_languages_fit(served: Office, visit: Visit, language: str) -> None:
    page = visit.context(size="phone").new_page()
    page.goto(f"{served.base}/book?lang={language}")
    mine, link = pending(served)
    for address in (
        f"{served.base}/book",
        f"{served.base}/book/village?service=id-card",
        f"{served.base}/book/town/day?service=id-card",
        f"{served.base}/book/town/wait?service=id-card",
        f"{served.base}/b/{held(served)['token']}",
        link,
        mine,
    ):
        page.goto(address)
        good(page)
