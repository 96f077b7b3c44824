"""The clerk terminal with the real server: every act by its key, and nothing twice."""

import pytest
from playwright.sync_api import Page

from tests.browser.pages import eventually
from tests.browser.real import Office, Person, Visit, press_space, says, tab_to

pytestmark = pytest.mark.browser
FREE, CALLED, SERVING = (f".here[data-state={state}]" for state in ("free", "called", "serving"))
REFUSED = "Failed to load resource: the server responded with a status of 409"


def take(kiosk: Person, *services: str) -> None:
    """People come, one after the other."""
    for service in services:
        kiosk.post("halls/town/tickets", service=service)


def desk(served: Office, visit: Visit, name: str = "anna", counter: str = "1", size: str = "desk") -> Page:
    """A clerk at an open counter."""
    cookie = served.staff(name)
    served.person(cookie).post(f"counters/town.{counter}/open")
    page = visit.open(f"/desk/town?counter={counter}{'&bar=1' if size == 'bar' else ''}", cookie, size)
    page.wait_for_selector("#primary")
    return page


def called(served: Office, visit: Visit) -> Page:
    """A clerk to whose counter A001 has been called."""
    page = desk(served, visit)
    press_space(page)
    page.wait_for_selector(f"{CALLED}:has-text('A001')")
    return page


def begun(served: Office, visit: Visit) -> Page:
    """A clerk who serves A001."""
    page = called(served, visit)
    press_space(page)
    page.wait_for_selector(f"{SERVING}:has-text('A001')")
    return page


def done(served: Office, type: str) -> list[str]:
    """What was called, missed, … today, by number."""
    log = served.person(served.staff("ewa")).get("halls/town/events?after=0")["events"]
    today = log[-1]["day"]
    numbers = {e["body"]["ticket"]: e["body"]["number"] for e in log if e["type"] == "TicketIssued"}
    return [numbers[e["body"]["ticket"]] for e in log if e["type"] == type and e["day"] == today]


@pytest.mark.parametrize("press", ["space", "mouse", "both"])
def test_a_double_press_calls_once(served: Office, visit: Visit, kiosk: Person, press: str) -> None:
    take(kiosk, "id-card", "id-card")
    page = desk(served, visit)
    page.wait_for_timeout(600)
    if press == "mouse":
        page.dblclick("#primary")
    else:
        page.keyboard.press("Space")
        page.click("#primary") if press == "both" else page.keyboard.press("Space")
    page.wait_for_selector(f"{CALLED}:has-text('A001')")
    page.wait_for_timeout(300)
    assert page.locator(CALLED).count()
    assert done(served, "TicketCalled") == ["A001"]
    assert done(served, "TicketStarted") == []


def test_who_does_not_come_is_missed_and_may_return(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card")
    page = called(served, visit)
    page.keyboard.press("n")
    page.wait_for_selector(FREE)
    says(page, "Missed (1)")
    tab_to(page, "[data-part=requeue]")
    page.keyboard.press("Enter")
    says(page, "1 person waiting")
    assert done(served, "TicketMissed") == ["A001"]
    assert done(served, "TicketRequeued") == ["A001"]


def test_an_absent_person_is_sent_back_to_waiting(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card")
    page = called(served, visit)
    page.keyboard.press("q")
    page.wait_for_selector(FREE)
    assert done(served, "TicketRequeued") == ["A001"]
    assert served.waiting() == 1


def test_a_person_is_set_aside_and_called_again(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card")
    page = begun(served, visit)
    page.keyboard.press("s")
    page.wait_for_selector(FREE)
    says(page, "Set aside (1)")
    tab_to(page, "[data-part=resume]")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{CALLED}:has-text('A001')")
    assert done(served, "TicketCalled") == ["A001", "A001"]


def test_a_person_is_handed_over_to_another_service(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card")
    other = desk(served, visit, "jan", "2")
    page = begun(served, visit)
    page.keyboard.press("t")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    page.keyboard.press("t")
    page.click("dialog label:has-text('Taxes')")
    page.click("dialog label:has-text('Counter 2')")
    page.keyboard.press("Enter")
    page.wait_for_selector(FREE)
    says(other, "A001")
    press_space(other)
    other.wait_for_selector(f"{CALLED}:has-text('A001'):has-text('Taxes')")


def test_a_break_begins_and_ends(served: Office, visit: Visit, kiosk: Person) -> None:
    sign = visit.open("/board/counter.html?hall=town&counter=1", served.device("sign", "1"))
    page = desk(served, visit)
    page.keyboard.press("b")
    page.wait_for_selector("dialog[open]")
    page.click("dialog label:has-text('15 min')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".here[data-state=paused]")
    says(page, "On a break until 09:3")
    says(sign, "przerwa do 09:3")
    press_space(page)
    page.wait_for_selector(FREE)
    sign.wait_for_selector("counter-sign[data-state=free]")


@pytest.mark.parametrize(("key", "state"), [("n", CALLED), ("s", SERVING)])
def test_the_last_act_is_undone_for_ten_seconds(
    served: Office, visit: Visit, kiosk: Person, key: str, state: str
) -> None:
    take(kiosk, "id-card")
    page = called(served, visit) if state == CALLED else begun(served, visit)
    page.keyboard.press(key)
    page.wait_for_selector(FREE)
    page.keyboard.press("u")
    page.wait_for_selector(f"{state}:has-text('A001')")
    page.keyboard.press(key)
    page.wait_for_selector(FREE)
    page.wait_for_selector(".undo:visible")
    served.forward(11)
    page.wait_for_selector(".undo", state="hidden")
    page.keyboard.press("u")
    page.wait_for_timeout(200)
    assert page.locator(FREE).count()


def test_the_call_itself_is_undone(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card")
    page = called(served, visit)
    page.keyboard.press("u")
    page.wait_for_selector(FREE)
    says(page, "1 person waiting")


def test_one_key_finishes_and_calls_the_next(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card", "address")
    page = begun(served, visit)
    page.keyboard.press("f")
    page.wait_for_selector(f"{CALLED}:has-text('A002')")
    assert done(served, "TicketFinished") == ["A001"]


def test_a_visit_ends_with_another_outcome(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card")
    page = begun(served, visit)
    page.keyboard.press("o")
    page.click("dialog label:has-text('Taxes')")
    page.keyboard.press("Enter")
    page.wait_for_selector(FREE)
    assert done(served, "TicketFinished") == ["A001"]


def test_a_chosen_person_is_called(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card", "address")
    page = desk(served, visit)
    page.click(".line-row:has-text('A002') .row-pick")
    page.wait_for_selector(f"{CALLED}:has-text('A002')")


def test_the_counter_closes_and_opens_with_fewer_services(
    served: Office, visit: Visit, kiosk: Person
) -> None:
    page = desk(served, visit)
    page.keyboard.press("c")
    page.wait_for_selector(".sign-form")
    page.click(".sign-service:has-text('Taxes') label")
    page.click(".sign-form [type=submit]")
    page.wait_for_selector(FREE)
    says(page, "My services (2)")


def test_letters_can_be_changed_and_turned_off(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card")
    page = called(served, visit)
    page.click(".desk-tools button:has-text('Keys')")
    page.fill("dialog input[name=no_show]", "x")
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert page.locator(CALLED).count()
    page.keyboard.press("x")
    page.wait_for_selector(FREE)
    page.click(".desk-tools button:has-text('Keys')")
    page.click("dialog label:has(input[name=on])")
    page.keyboard.press("Enter")
    page.keyboard.press("u")
    page.wait_for_timeout(200)
    assert page.locator(FREE).count()
    page.reload()
    page.wait_for_selector(FREE)
    assert page.locator(".key:visible").count() == 0


def test_two_clerks_at_once_get_two_people(served: Office, visit: Visit, kiosk: Person) -> None:
    visit.expected.append(REFUSED)
    take(kiosk, "id-card", "id-card", "id-card")
    pages = [desk(served, visit), desk(served, visit, "jan", "2")]
    press_at_once(pages)
    for page in pages:
        page.wait_for_selector(CALLED)
    assert {page.inner_text(".here-number") for page in pages} == {"A001", "A002"}
    for page in pages:
        page.keyboard.press("n")
        page.wait_for_selector(FREE)
    press_at_once(pages)
    eventually(pages[0], "document.querySelector('.line-count').innerText.includes('0')")
    eventually(pages[1], "document.querySelector('.line-count').innerText.includes('0')")
    got = [page for page in pages if page.locator(CALLED).count()]
    assert [page.inner_text(".here-number") for page in got] == ["A003"]
    (other,) = [page for page in pages if page not in got]
    says(other, "Nobody is waiting")


def press_at_once(pages: list[Page]) -> None:
    """All press at one moment of the machine's clock."""
    at = pages[0].evaluate("Date.now() + 1000")
    for page in pages:
        page.evaluate(
            f"void setTimeout(() => document.querySelector('#primary').click(), {at} - Date.now())"
        )


def test_an_act_upon_a_ticket_that_has_gone_says_how_things_stand(
    served: Office, visit: Visit, kiosk: Person
) -> None:
    visit.expected.append(REFUSED)
    take(kiosk, "id-card")
    page = called(served, visit)
    page.context.set_offline(True)
    ticket = served.person(served.staff("anna")).post("counters/town.1/recall", ticket=here(served))[
        "ticket"
    ]
    served.person(served.staff("anna")).post("counters/town.1/no-show", ticket=here(served))
    page.context.set_offline(False)
    page.keyboard.press("n")
    page.wait_for_selector(FREE)
    assert ticket["number"] == "A001"


def here(served: Office) -> str:
    """The ticket called last."""
    log = served.person(served.staff("ewa")).get("halls/town/events?after=0")["events"]
    return str([e for e in log if e["type"] == "TicketCalled"][-1]["body"]["ticket"])


def test_the_bar_calls_and_shows_who_comes(served: Office, visit: Visit, kiosk: Person) -> None:
    take(kiosk, "id-card", "id-card")
    page = desk(served, visit, size="bar")
    says(page, "2 people waiting")
    press_space(page)
    page.wait_for_selector(".bar-mode[data-state=called]:has-text('A001')")
    press_space(page)
    page.wait_for_selector(".bar-mode[data-state=serving]")


def test_who_signs_out_is_out_in_every_window(served: Office, visit: Visit) -> None:
    page = desk(served, visit)
    start = page.context.new_page()
    start.goto(f"{served.base}/staff")
    start.click("button:has-text('Sign out')")
    start.wait_for_selector("#password")
    says(page, "Your session has ended")
    page.click(".desk-gone a")
    page.wait_for_selector("#password")


def test_who_is_shut_out_is_out_at_once(served: Office, visit: Visit) -> None:
    page = desk(served, visit, "jan", "2")
    served.ask("staff_disable", name="jan")
    says(page, "Your session has ended")
    served.ask("staff_disable", name="jan", disabled=False)


def test_a_printer_without_paper_is_told_to_those_who_can_help(
    served: Office, visit: Visit, kiosk: Person
) -> None:
    page = desk(served, visit)
    kiosk.post("devices/me/state", printer="paper_out", unsent=0, refused=0)
    says(page, "there is no paper. Numbers are shown on the screen only.")
    kiosk.post("devices/me/state", printer="ok", unsent=0, refused=0)
    eventually(page, "!document.body.innerText.includes('no paper')")
