"""Every page and every state of it can be used by everybody: no finding by axe, by day and by night."""

import pytest
from playwright.sync_api import Page

from tests.browser.real import (
    PASSWORD,
    Office,
    Person,
    Visit,
    accessible_in_both,
    press_space,
    says,
)

pytestmark = pytest.mark.browser
REFUSED = "Failed to load resource: the server responded with a status of 4"
TAKE = ".acts .button-primary"


@pytest.fixture
def admin(served: Office) -> Person:
    return served.person(served.staff("ewa"))


def reload(page: Page) -> None:
    """Once more, as the server shows it now."""
    page.reload()
    accessible_in_both(page)


def test_pages_for_everybody(visit: Visit, served: Office, kiosk: Person, admin: Person) -> None:
    visit.expected.append(REFUSED)
    for path in ("/", "/nowhere", "/t/aaaaaaaaaaaaaaaaaaaaaaaaaa"):
        accessible_in_both(visit.open(path, size="phone"))
    queues = visit.open("/queues/town")
    accessible_in_both(queues)
    kiosk.post("halls/town/tickets", service="id-card")
    admin.post("halls/town/suspend", reason="fire drill")
    queues.wait_for_selector("#hall-state:visible")
    accessible_in_both(queues)
    admin.post("halls/town/resume")
    served.forward(8 * 60 * 60)
    queues.wait_for_selector(".queue-closed")
    accessible_in_both(queues)


def test_a_number_on_the_phone(visit: Visit, served: Office, kiosk: Person, clerk: Person) -> None:
    first, second, third = (kiosk.post("halls/town/tickets", service="id-card") for _ in range(3))
    phones = [visit.open(ticket["url"], size="phone") for ticket in (first, second, third)]
    for phone in phones:
        phone.wait_for_selector("#refresh", state="hidden")
    phones[1].click("details.leave summary")
    phones[1].click("#before summary")
    phones[1].click("#sound button")
    for phone in phones[:2]:
        accessible_in_both(phone)
    clerk.post("counters/town.1/open")
    called = clerk.post("counters/town.1/next")["ticket"]
    phones[0].wait_for_selector("[data-state=called]")
    accessible_in_both(phones[0])
    clerk.post("counters/town.1/start", ticket=first["id"])
    phones[0].wait_for_selector("[data-state=serving]")
    accessible_in_both(phones[0])
    clerk.post("counters/town.1/park", ticket=first["id"])
    phones[0].wait_for_selector("[data-state=parked]")
    accessible_in_both(phones[0])
    clerk.post("counters/town.1/next")
    clerk.post("counters/town.1/no-show", ticket=second["id"])
    phones[1].wait_for_selector("[data-state=missed]")
    accessible_in_both(phones[1])
    clerk.post("counters/town.1/next")
    clerk.post("counters/town.1/start", ticket=third["id"])
    clerk.post("counters/town.1/finish", ticket=third["id"])
    phones[2].wait_for_selector("[data-state=finished]")
    accessible_in_both(phones[2])
    served.next_day()
    phones[0].wait_for_selector("[data-state=lapsed]")
    accessible_in_both(phones[0])
    assert called["number"] == first["number"]


def test_the_pages_of_staff(visit: Visit, served: Office) -> None:
    visit.expected.append(REFUSED)
    page = visit.open("/sign-in", size="desk")
    accessible_in_both(page)
    page.fill("#name", "ewa")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    accessible_in_both(page)
    page.goto(f"{served.base}/password/reset")
    accessible_in_both(page)
    page.goto(f"{served.base}/sign-in")
    page.fill("#name", "ewa")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Ewa')")
    served.staff("ewa")  # another session, that can be ended
    for path in ("/staff", "/staff/sessions", "/password", "/staff/accounts", "/staff/devices/town"):
        page.goto(served.base + path)
        accessible_in_both(page)


def test_a_first_password_must_be_changed(visit: Visit, served: Office) -> None:
    told = served.ask("staff_add", name="new", role="clerk", at="town")
    page = visit.open("/sign-in", size="desk")
    page.fill("#name", "new")
    page.fill("#password", told["password"])
    page.keyboard.press("Enter")
    page.wait_for_selector("#old")
    accessible_in_both(page)


def test_accounts_are_kept(visit: Visit, served: Office) -> None:
    page = visit.open("/staff/accounts", served.staff("ewa"), size="desk")
    page.fill("#name", "karol")
    page.fill("#shown", "Karol")
    page.click("main section form button[type=submit]")
    page.wait_for_selector(".staff-code")
    accessible_in_both(page)
    page.click("a:has-text('Karol')")
    page.wait_for_selector("h1:has-text('Karol')")
    for summary in page.locator("summary").all():
        summary.click()
    accessible_in_both(page)


def test_devices_are_kept(visit: Visit, served: Office) -> None:
    served.device("board")
    page = visit.open("/staff/devices/town", served.staff("ewa"), size="desk")
    page.fill("#name", "By the door")
    page.click("main section form button[type=submit]")
    page.wait_for_selector(".staff-code")
    for summary in page.locator("summary").all():
        summary.click()
    accessible_in_both(page)


def test_the_terminal(visit: Visit, served: Office, kiosk: Person, admin: Person) -> None:
    page = visit.open("/desk/town?counter=1", served.staff("anna"), "desk")
    page.wait_for_selector(".sign-service")
    accessible_in_both(page)
    page.click(".sign-form [type=submit]")
    page.wait_for_selector(".here[data-state=free]")
    accessible_in_both(page)
    for service, segment in (("id-card", "walk-in"), ("id-card", "pregnant"), ("taxes", "walk-in")):
        kiosk.post("halls/town/tickets", service=service, segment=segment)
    served.forward(16 * 60)
    kiosk.post("halls/town/tickets", service="address")
    page.wait_for_selector(".line-row >> nth=3")
    accessible_in_both(page)
    press_space(page)
    page.wait_for_selector(".here[data-state=called]")
    page.click(".here-why summary")
    accessible_in_both(page)
    page.click("#primary")
    page.wait_for_selector(".here[data-state=serving]")
    served.forward(25 * 60)
    accessible_in_both(page)
    for key in "to":
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open]")
        accessible_in_both(page)
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
    page.keyboard.press("s")
    page.wait_for_selector(".here[data-state=free]")
    press_space(page)
    page.wait_for_selector(".here[data-state=called]")
    page.keyboard.press("n")
    page.wait_for_selector(".here[data-state=free]")
    page.wait_for_selector(".side-row >> nth=1")
    accessible_in_both(page)
    admin.post("halls/town/suspend", reason="fire drill")
    page.wait_for_selector(".hall-band:visible")
    accessible_in_both(page)
    admin.post("halls/town/resume")
    page.click(".desk-tools button:has-text('Keys')")
    accessible_in_both(page)
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.wait_for_selector("dialog[open]")
    accessible_in_both(page)
    page.keyboard.press("Enter")
    page.wait_for_selector(".here[data-state=paused]")
    accessible_in_both(page)
    page.context.set_offline(True)
    page.wait_for_selector(".band:not(.hall-band):visible")
    accessible_in_both(page)
    page.context.set_offline(False)


def test_a_terminal_that_may_not(visit: Visit, served: Office, clerk: Person, kiosk: Person) -> None:
    visit.expected.append(REFUSED)
    clerk.post("counters/town.1/open")
    page = visit.open("/desk/town?counter=1", served.staff("jan"), "desk")
    page.wait_for_selector(".notice-warn:visible")
    accessible_in_both(page)
    mine = visit.open("/desk/town?counter=1", clerk.cookie, "desk")
    mine.wait_for_selector("#primary")
    press_space(mine)
    mine.wait_for_selector(".refusal:visible")
    accessible_in_both(mine)
    served.ask("staff_disable", name="jan")
    says(page, "Your session has ended")
    accessible_in_both(page)
    served.ask("staff_disable", name="jan", disabled=False)
    page = visit.open("/desk/town?counter=99", clerk.cookie, "desk")
    says(page, "no such hall or counter")
    accessible_in_both(page)


def test_the_bar(visit: Visit, clerk: Person, kiosk: Person) -> None:
    kiosk.post("halls/town/tickets", service="id-card")
    bar = visit.open("/desk/town?counter=1&bar=1", clerk.cookie, "bar")
    bar.wait_for_selector(".bar-shut")
    accessible_in_both(bar)
    clerk.post("counters/town.1/open")
    bar.wait_for_selector("#primary")
    accessible_in_both(bar)
    press_space(bar)
    bar.wait_for_selector(".bar-mode[data-state=called]")
    accessible_in_both(bar)


def test_the_kiosk(visit: Visit, served: Office, admin: Person) -> None:
    visit.expected.append(REFUSED)
    page = visit.open("/kiosk/?hall=town", size="portrait")
    page.wait_for_selector("pairing-form")
    accessible_in_both(page)
    page.fill("#pairing-code", served.code("kiosk"))
    page.keyboard.press("Enter")
    page.wait_for_selector(".tile")
    accessible_in_both(page)
    for wish in range(3):
        page.click(f".controls-wishes button >> nth={wish}")
    accessible_in_both(page)
    page.click(".tile >> nth=0")
    page.wait_for_selector("kiosk-services")
    accessible_in_both(page)
    page.click(".tile >> nth=0")
    page.wait_for_selector("kiosk-confirm")
    accessible_in_both(page)
    page.click(".acts .button-wide")
    page.wait_for_selector("kiosk-priority")
    accessible_in_both(page)
    page.click(".acts .button-wide")
    page.click(TAKE)
    page.wait_for_selector(".number")
    page.click(".acts .button-grand >> nth=0")
    accessible_in_both(page)
    page.click(TAKE)
    page.click(".tile >> nth=1")
    page.wait_for_selector(TAKE)
    admin.post("halls/town/suspend", reason="fire drill")
    page.click(TAKE)
    page.wait_for_selector(".problem")
    accessible_in_both(page)
    page.click(".acts .button-primary")
    page.wait_for_selector("kiosk-suspended")
    accessible_in_both(page)
    admin.post("halls/town/resume")
    served.forward(10 * 60 * 60)
    page.wait_for_selector("kiosk-closed")
    accessible_in_both(page)


def test_board_and_sign(visit: Visit, served: Office, kiosk: Person, clerk: Person, admin: Person) -> None:
    board, cookie = visit.open("/board/?hall=town"), served.device("board")
    board.wait_for_selector("pairing-form")
    accessible_in_both(board)
    board = visit.open("/board/?hall=town", cookie)
    sign = visit.open("/board/counter.html?hall=town&counter=1", cookie)
    board.wait_for_selector(".board-empty:visible")
    accessible_in_both(board)
    sign.wait_for_selector("counter-sign[data-state=closed]")
    accessible_in_both(sign)
    ticket = kiosk.post("halls/town/tickets", service="id-card")["id"]
    clerk.post("counters/town.1/open")
    clerk.post("counters/town.1/next")
    board.wait_for_selector("loud-call:not([hidden])")
    accessible_in_both(board)
    sign.wait_for_selector("counter-sign[data-state=called]")
    accessible_in_both(sign)
    clerk.post("counters/town.1/start", ticket=ticket)
    sign.wait_for_selector("counter-sign[data-state=serving]")
    accessible_in_both(sign)
    board.wait_for_selector("loud-call", state="hidden")
    accessible_in_both(board)
    clerk.post("counters/town.1/finish", ticket=ticket)
    clerk.post("counters/town.1/pause", reason="meal")
    sign.wait_for_selector("counter-sign[data-state=paused]")
    accessible_in_both(sign)
    admin.post("halls/town/suspend", reason="fire drill")
    board.wait_for_selector(".notice-warn, .statement")
    accessible_in_both(board)
    admin.post("halls/town/resume")
