"""From 'what do I need?' to 'you are next': booked in a browser, mailed, checked in, called and served."""

import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from time import monotonic, sleep
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import icalendar
import pytest
from playwright.sync_api import Browser, Page

from tests.booking.web import town
from tests.browser.real import Office, Person, Visit, office, pair, press_space, says, visiting
from tests.post.server import MailServer, mail_server

pytestmark = pytest.mark.browser
WARSAW = ZoneInfo("Europe/Warsaw")
DAY = 24 * 60 * 60
REFUSED = "Failed to load resource: the server responded with a status of 4"
SETTINGS = 'confirm_by_link = true\nrebook = { pl = "Prosimy wybrać inny termin.", en = "Please choose another time." }'


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, post: MailServer) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), town(SETTINGS), **post.settings) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office, post: MailServer) -> Iterator[Visit]:
    served.next_day()
    post.taken.clear()
    with visiting(browser, served) as visit:
        visit.expected.append(REFUSED)
        yield visit


def received(post: MailServer, to: str, words: str, seconds: float = 30) -> EmailMessage:
    """The newest message to somebody that has these words."""
    until = monotonic() + seconds
    while monotonic() < until:
        for message in reversed(post.taken):
            if to in str(message["To"]) and words in body(message):
                found: EmailMessage = message
                return found
        sleep(0.1)
    raise AssertionError([(str(m["To"]), str(m["Subject"])) for m in post.taken])


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link(message: EmailMessage, path: str) -> str:
    """The first link of a message that leads to such a page."""
    found = re.search(rf"https?://\S+/{path}/[^\s?]+", body(message))
    assert found, body(message)
    return found[0]


def booked(visit: Visit, served: Office, post: MailServer, email: str) -> tuple[str, str, datetime]:
    """Book the first time of the next day, open the link in the mail: the code, the page, the time."""
    phone = visit.context(size="phone").new_page()
    phone.goto(f"{served.base}/book?lang=en")
    phone.click("a.pick >> nth=0")
    phone.click(".picks-days li:nth-child(2) a")
    phone.click(".hours-grid button >> nth=0")
    phone.fill("#f-name", "Anna Łącka")
    phone.fill("#f-email", email)
    phone.click("form.fields button[type=submit]")
    phone.check("input[name=accepted]")
    phone.click("form button.button-primary")
    says(phone, "One more step: your e-mail")
    mine = phone.url
    phone.goto(link(received(post, email, "/prove/"), "prove"))
    says(phone, "Is this your visit?")
    phone.click("form button.button-primary")
    says(phone, "Your visit is booked")
    token = mine.rsplit("/", 1)[-1].partition("?")[0]
    view = httpx2.get(f"{served.base}/api/v1/bookings/{token}", trust_env=False).json()
    return view["code"], f"{served.base}/b/{token}", datetime.fromisoformat(view["start"])


def at(served: Office, moment: datetime, before: float) -> None:
    """Business time leaps to so many minutes before a moment."""
    now = datetime.fromisoformat(served.ask("forward", seconds=0)["now"])
    served.forward((moment - now).total_seconds() - before * 60)


def typed(kiosk: Page, code: str) -> None:
    for digit in code:
        kiosk.tap(f".keypad .button:text-is('{digit}')")
    kiosk.tap(".acts .button-primary")


def at_the_desk(served: Office) -> Person:
    clerk = served.person(served.staff("anna"))
    clerk.post("counters/town.1/open")
    return clerk


def test_a_booked_visit_from_the_matter_to_the_counter(
    served: Office, visit: Visit, post: MailServer
) -> None:
    code, mine, start = booked(visit, served, post, "anna@poczta.example")
    confirmation = received(post, "anna@poczta.example", code)
    text = body(confirmation)
    local = start.astimezone(WARSAW)
    assert f"{local:%H:%M}" in text
    assert "Town Hall" in text
    (calendar,) = [part for part in confirmation.walk() if part.get_content_type() == "text/calendar"]
    events: list[Any] = icalendar.Calendar.from_ical(calendar.get_content()).walk("VEVENT")
    assert [event.start for event in events] == [start]

    kiosk = visit.open("/kiosk/?hall=town", size="portrait", has_touch=True)
    pair(kiosk, served.code("kiosk"))
    kiosk.tap("footer button[lang=en]")
    kiosk.tap(".booked-way")
    typed(kiosk, code)
    says(kiosk, "We found no booking for today")
    at(served, start, 40)
    typed(kiosk, code)
    says(kiosk, "It is too early")
    at(served, start, 10)
    typed(kiosk, code)
    kiosk.wait_for_selector(".number:has-text('001')")
    number = kiosk.inner_text(".number").split()[-1]

    board = visit.open("/board/?hall=town", served.device("board"), has_touch=True)
    desk = visit.open("/desk/town", served.staff("anna"), size="desk")
    at_the_desk(served)
    desk.wait_for_selector(f".here[data-state=free], .line:has-text('{number}')")
    at(served, start, 0)
    press_space(desk)
    desk.wait_for_selector(f".here[data-state=called]:has-text('{number}')")
    board.wait_for_selector(f"loud-call:not([hidden]) .loud-number:text-is('{number}')")
    press_space(desk)
    desk.wait_for_selector(".here[data-state=serving]")
    press_space(desk)
    desk.wait_for_selector(".here[data-state=free]")
    phone = visit.open(mine, size="phone")
    phone.wait_for_selector("[data-state=checked_in]")


def test_one_who_does_not_come_has_missed_it_and_takes_an_ordinary_number(
    served: Office, visit: Visit, post: MailServer
) -> None:
    code, mine, start = booked(visit, served, post, "late@poczta.example")
    kiosk = visit.open("/kiosk/?hall=town", served.device("kiosk"), size="portrait", has_touch=True)
    kiosk.wait_for_selector(".booked-way")
    kiosk.tap("footer button[lang=en]")
    at(served, start, -11)
    kiosk.tap(".booked-way")
    typed(kiosk, code)
    says(kiosk, "has passed")
    phone = visit.open(f"{mine}?lang=en", size="phone")
    phone.wait_for_selector("[data-state=missed]")
    kiosk.tap("footer .controls-ways button >> nth=1")
    kiosk.tap(".tile:has-text('Documents')")
    kiosk.tap(".tile >> nth=0")
    kiosk.tap(".acts .button-primary")
    kiosk.wait_for_selector(".number")


def test_a_day_that_the_office_closes_is_told_and_booked_anew(
    served: Office, visit: Visit, post: MailServer
) -> None:
    _, mine, start = booked(visit, served, post, "closed@poczta.example")
    day = start.astimezone(WARSAW).date().isoformat()
    closure = f'\n[closures.flood]\nfirst_day = {day}\nreason = {{ pl = "Zalanie", en = "Flood" }}\n'
    served.ask("hall_apply", text=town(SETTINGS) + closure)
    chief = served.person(served.staff("ewa"))
    hit = chief.get(f"halls/town/conflicts?day={day}")["hit"]
    assert [one["why"] for one in hit] == ["closed"]
    chief.post("halls/town/conflicts/cancel", day=day, bookings=[one["booking"]["id"] for one in hit])
    message = received(post, "closed@poczta.example", "Please choose another time.")
    (calendar,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert str(icalendar.Calendar.from_ical(calendar.get_content())["METHOD"]) == "CANCEL"
    phone = visit.open(f"{mine}?lang=en", size="phone")
    phone.wait_for_selector("[data-state=cancelled]")
    phone.goto(f"{served.base}/book?lang=en")
    phone.click("a.pick >> nth=0")
    says(phone, "Which day?")
    assert day not in " ".join(
        str(phone.locator(".picks-days a").nth(n).get_attribute("href"))
        for n in range(phone.locator(".picks-days a").count())
    )
    served.ask("hall_apply", text=town(SETTINGS))
