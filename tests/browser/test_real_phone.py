"""What people see of their number and of the queues on their own phones, with JavaScript and without."""

import pytest
from playwright.sync_api import Page

from tests.browser.pages import eventually
from tests.browser.real import Office, Person, Visit, says

pytestmark = pytest.mark.browser
TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { tones += 1; return start.apply(this, at); };
"""
"""Counts the tones that are played."""


def taken(kiosk: Person, service: str = "id-card") -> dict[str, str]:
    """A number."""
    return dict(kiosk.post("halls/town/tickets", service=service))


def plain(visit: Visit, address: str) -> Page:
    """A page on a phone whose browser runs no scripts."""
    return visit.open(address, size="phone", java_script_enabled=False)


def test_a_person_leaves_the_queue_without_javascript(served: Office, visit: Visit, kiosk: Person) -> None:
    taken(kiosk)
    phone = plain(visit, taken(kiosk)["url"])
    assert phone.inner_text("#figure") == "1"
    assert phone.locator("noscript meta[http-equiv=refresh]").count()
    served.forward(300)
    phone.click("#refresh")
    assert "09:25" in phone.inner_text("#as-of")
    phone.click("details.leave summary")
    phone.click("details.leave button[type=submit]")
    assert phone.locator("#now[data-state=cancelled]").count()
    assert served.waiting() == 1
    phone.reload()
    assert phone.locator("#now[data-state=cancelled]").count()


def test_who_may_still_be_called_first_is_told_live_as_without_javascript(
    visit: Visit, kiosk: Person
) -> None:
    taken(kiosk)
    mine = taken(kiosk)["url"]
    phone, other = visit.open(mine, size="phone"), plain(visit, mine)
    phone.wait_for_selector("#refresh", state="hidden")
    for page in (phone, other):
        page.click("#before summary")
    assert other.inner_text("#before-list").startswith("1 person came before you.")
    assert phone.inner_text("#before-list") == other.inner_text("#before-list")
    kiosk.post("halls/town/tickets", service="id-card", segment="pregnant")
    says(phone, "1 person has priority: their wait counts faster.")
    other.reload()
    other.click("#before summary")
    assert phone.inner_text("#before-list") == other.inner_text("#before-list")


def test_a_person_thinks_again_and_then_leaves(served: Office, visit: Visit, kiosk: Person) -> None:
    phone = visit.open(taken(kiosk)["url"], size="phone")
    phone.wait_for_selector("#refresh", state="hidden")
    phone.click("details.leave summary")
    phone.click("#stay")
    assert served.waiting() == 1
    phone.click("details.leave summary")
    phone.click("details.leave button[type=submit]")
    phone.wait_for_selector("#now[data-state=cancelled]")
    assert served.waiting() == 0


def test_a_phone_that_was_asked_to_sounds_at_each_call(visit: Visit, kiosk: Person, clerk: Person) -> None:
    ticket = taken(kiosk)
    phone = visit.context(size="phone", init=TONES).new_page()
    phone.goto(ticket["url"])
    phone.click("#sound button")
    phone.wait_for_selector("#sound [aria-pressed=true]")
    eventually(phone, "tones === 2")
    clerk.post("counters/town.1/open")
    clerk.post("counters/town.1/next")
    says(phone, "Please go to counter 1")
    assert phone.title() == "A001 → 1"
    eventually(phone, "tones === 8")
    clerk.post("counters/town.1/recall", ticket=ticket["id"])
    eventually(phone, "tones === 14")


@pytest.mark.parametrize("language", ["pl", "en", "uk", "de"])
def test_a_page_says_the_same_with_and_without_javascript(
    served: Office, visit: Visit, kiosk: Person, clerk: Person, language: str
) -> None:
    first, second, third = (taken(kiosk, service) for service in ("id-card", "taxes", "id-card"))
    clerk.post("counters/town.1/open")
    clerk.post("counters/town.1/next")
    clerk.post("counters/town.1/start", ticket=first["id"])
    still = visit.context(size="phone", java_script_enabled=False).new_page()
    living = visit.context(size="phone").new_page()
    for address in [*(ticket["url"] for ticket in (first, second, third)), f"{served.base}/queues/town"]:
        for _ in range(3):  # the hall may have been looked ahead of between the two
            for page in (still, living):
                page.goto(f"{address}?lang={language}")
            eventually(
                living,
                "document.querySelector('#refresh').hidden && !!document.querySelector('#as-of').innerText",
            )
            if words(living) == words(still):
                break
        assert words(living) == words(still)


LATER = """
window.later = 0;
const now = performance.now.bind(performance);
performance.now = () => now() + later;
"""
"""A machine clock that a test can put forward."""


def test_a_range_is_held_while_it_is_not_wrong_and_renewed_after_a_minute(
    visit: Visit, kiosk: Person, clerk: Person
) -> None:
    ahead = [taken(kiosk) for _ in range(6)]
    mine = taken(kiosk)
    clerk.post("counters/town.1/open")
    phone = visit.context(size="phone", init=LATER).new_page()
    phone.goto(f"{mine['url']}?lang=en")
    eventually(phone, "document.querySelector('#refresh').hidden")
    told = phone.inner_text("#wait")
    assert told.startswith("about ")

    kiosk.leave(ahead.pop())
    eventually(phone, "document.querySelector('#figure').innerText === '5'")
    assert phone.inner_text("#wait") == told
    phone.evaluate("later = 60_000")
    kiosk.leave(ahead.pop())
    eventually(phone, "document.querySelector('#figure').innerText === '4'")
    assert phone.inner_text("#wait") != told


def words(page: Page) -> list[str]:
    """What is there to be read, but for the time at which it was true."""
    seen = page.locator("#groups, #now > :not(#spoken)").all_inner_texts()
    return " ".join(seen).split()


def test_queues_are_seen_without_javascript(visit: Visit, kiosk: Person) -> None:
    taken(kiosk)
    queues = plain(visit, "/queues/town?lang=en")
    assert queues.inner_text("h1") == "Queues now"
    assert queues.inner_text(".queue[data-key=id-card] dd >> nth=0") == "1"
    taken(kiosk)
    queues.click("#refresh")
    assert queues.inner_text(".queue[data-key=id-card] dd >> nth=0") == "2"


def test_queues_follow_by_themselves(visit: Visit, kiosk: Person) -> None:
    queues = visit.open("/queues/town", size="phone")
    queues.wait_for_selector("#refresh", state="hidden")
    taken(kiosk)
    eventually(queues, "document.querySelector('.queue[data-key=id-card] dd').innerText === '1'")


def test_an_address_that_nobody_gave_out_is_told_so(visit: Visit) -> None:
    visit.expected.append("Failed to load resource: the server responded with a status of 404")
    page = visit.open("/t/aaaaaaaaaaaaaaaaaaaaaaaaaa?lang=en", size="phone")
    assert page.locator("h1").count() == 1
    assert page.locator("html[lang=en]").count()
