"""People at home and on the way: joining, following, letting others go first, and the notice of their turn."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.booking.web import town
from tests.browser.pages import check_fits, eventually
from tests.browser.real import Office, Person, Visit, accessible_in_both, office, says
from tests.post.browser import Listener

pytestmark = pytest.mark.browser
HOME = "/queues/town/join"
SUBSCRIPTION = Listener().subscription
PHONE: dict[str, Any] = {"size": "phone", "permissions": ["notifications"]}
LISTENING = f"""
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async (how) => {{
  window.askedWith = how.applicationServerKey;
  return {{ toJSON: () => ({json.dumps(SUBSCRIPTION)}) }};
}};
"""
"""A browser whose maker's push service lies on no network."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    conduct = "\n[conduct]\njoin_from_home = true\nlet_pass = 3\n"
    data = tmp_path_factory.mktemp("data")
    with office(data, town() + conduct, push=True, push_contact="mailto:it@town.example") as served:
        yield served


def kept(served: Office) -> int:
    """How many browsers are to be told."""
    with sqlite3.connect(served.data / "qms.db") as conn:
        return int(conn.execute("SELECT count(*) FROM push").fetchone()[0])


def joined(visit: Visit, **more: Any) -> Page:
    """A ticket page, reached from home."""
    page = visit.open(f"{HOME}?lang=en", size="phone", **more)
    page.click(".pick >> nth=0")
    page.click("#hold button[type=submit]")
    page.wait_for_selector("#now[data-state=waiting]")
    return page


@pytest.mark.parametrize("path", [HOME, "/queues/town", "/offices/zalesie"])
def test_the_longest_names_fit_the_narrowest_phone(visit: Visit, path: str) -> None:
    page = visit.open(f"{path}?lang=de", size="phone")
    page.set_viewport_size({"width": 320, "height": 640})
    check_fits(page)


def test_somebody_joins_from_home_and_is_led_back_to_the_number(visit: Visit, served: Office) -> None:
    page = visit.open(f"{HOME}?lang=en", size="phone")
    check_fits(page)
    accessible_in_both(page)
    page.click(".pick >> nth=0")
    says(page, "A photo of 35 × 45 mm")
    check_fits(page)
    accessible_in_both(page)
    page.click("#hold button[type=submit]")
    page.wait_for_selector("#now[data-state=waiting]")
    mine = page.url.partition("?")[0]
    page.goto(f"{served.base}{HOME}")
    assert page.url.partition("?")[0] == mine
    assert served.waiting() == 1


def test_it_works_without_javascript(visit: Visit, served: Office) -> None:
    page = joined(visit, java_script_enabled=False)
    served.person(served.device("kiosk")).post("halls/town/tickets", service="id-card")
    page.reload()
    page.click("#pass summary")
    page.fill("#pass-people", "1")
    page.click("#pass button[type=submit]")
    assert "Your new place in line is below." in page.inner_text("main")
    assert page.inner_text("#figure") == "1"


def test_how_many_may_still_go_first_is_kept_current(visit: Visit, kiosk: Person) -> None:
    page = joined(visit)
    for _ in range(3):
        kiosk.post("halls/town/tickets", service="id-card")
    page.click("#pass summary")
    check_fits(page)
    accessible_in_both(page)
    page.evaluate(
        """async () => {
          const path = `/api/v1/tickets/${document.body.dataset.token}/let-pass`;
          const headers = { "Content-Type": "application/json" };
          await fetch(path, { method: "POST", headers, body: JSON.stringify({ people: 2 }) });
        }"""
    )
    says(page, "You may let 1 more person go first.")
    assert page.get_attribute("#pass-people", "max") == "1"
    assert page.inner_text("#figure") == "2"


def test_an_office_shows_its_hall_and_follows_by_itself(visit: Visit, kiosk: Person, clerk: Person) -> None:
    page = visit.open("/offices/zalesie?lang=en", size="phone")
    page.wait_for_selector("#refresh", state="hidden")
    people = ".queue[data-key=id-card] dd >> nth=0"
    assert page.inner_text(people) == "0"
    kiosk.post("halls/town/tickets", service="id-card")
    clerk.post("counters/town.1/open")
    eventually(page, "document.querySelector('.queue[data-key=id-card] dd').innerText === '1'")
    check_fits(page)
    accessible_in_both(page)
    served_now = ".queue[data-key=id-card] [data-key=serving] dd"
    clerk.post("counters/town.1/next")
    eventually(page, f"document.querySelector('{served_now}')?.innerText === 'A001 → 1'")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_a_browser_asks_to_be_told_and_thinks_again(visit: Visit, served: Office) -> None:
    page = joined(visit, init=LISTENING, permissions=["notifications"])
    button = "#notify button"
    page.wait_for_selector(button)
    accessible_in_both(page)
    page.click(button)
    page.wait_for_selector(f"{button}[aria-pressed=true]")
    assert len(page.evaluate("window.askedWith")) == 87
    assert kept(served) == 1
    page.reload()
    page.wait_for_selector(f"{button}[aria-pressed=true]")
    page.click(button)
    page.wait_for_selector(f"{button}[aria-pressed=false]")
    assert kept(served) == 0


def test_a_browser_that_may_not_says_so(visit: Visit, served: Office) -> None:
    denied = "Notification.requestPermission = async () => 'denied';"
    page = joined(visit, init=denied)
    page.wait_for_selector("#notify button")
    page.click("#notify button")
    says(page, "Your browser does not allow notices from this page.")
    assert kept(served) == 0


def test_the_notice_is_shown_and_leads_to_the_ticket(browser: Browser, visit: Visit) -> None:
    page = joined(visit, init=LISTENING, permissions=["notifications"])
    page.wait_for_selector("#notify button")
    page.click("#notify button")
    page.wait_for_selector("#notify [aria-pressed=true]")
    token = page.get_attribute("body", "data-token")
    said = {"title": "Number A001: it is nearly your turn.", "body": "Please come.", "lang": "en"}
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    eventually(page, "navigator.serviceWorker.controller !== null")
    assert found
    origin = page.evaluate("location.origin")
    told = {
        "origin": origin,
        "registrationId": found[-1],
        "data": json.dumps(said | {"path": f"t/{token}"}),
    }
    devtools.send("ServiceWorker.deliverPushMessage", told)
    page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.ready;
          window.shown = [];
          const look = async () => {
            window.shown = (await registration.getNotifications()).map((one) => [one.title, one.body, one.data]);
            if (!window.shown.length) setTimeout(look, 50);
          };
          look();
        }"""
    )
    eventually(page, "window.shown.length > 0")
    assert page.evaluate("window.shown") == [[said["title"], said["body"], f"t/{token}"]]
