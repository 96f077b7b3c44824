"""Those who run a hall see where people wait too long, lend a counter with one press, and take it back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route

from tests.browser.pages import check_fits, eventually
from tests.browser.real import (
    SIZES,
    TOWN,
    Office,
    Person,
    Visit,
    accessible_in_both,
    office,
    says,
    tab_to,
)

pytestmark = pytest.mark.browser
ROOM = """
[counters.4]
level_1 = ["id-card", "address"]
level_2 = ["taxes"]

[conduct.overflow]
above = 400
below = 5
"""
"""One counter more, and a rule under which none helps by itself."""
REFUSED = "Failed to load resource: the server responded with a status of 409"
APPLY, UNDO = ".proposal button", ".notice-ok button"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), TOWN + ROOM) as served:
        yield served


@pytest.fixture
def ewa(served: Office, visit: Visit, kiosk: Person) -> dict[str, str]:
    """Counters 1, 4 and the cash desk are open; nine people wait there for their taxes."""
    cookie = served.staff("ewa")
    boss = served.person(cookie)
    for counter, name in (("1", "anna"), ("4", "jan")):
        served.person(served.staff(name)).post(
            f"counters/town.{counter}/open", profile={"id-card": 1, "address": 1}
        )
    boss.post("counters/town.kasa/open")
    for _ in range(9):
        kiosk.post("halls/town/tickets", service="taxes")
    return cookie


def page_of(visit: Visit, cookie: dict[str, str], size: str = "desk", **more: str) -> Page:
    page = visit.open("/supervisor/town", cookie, size, **more)
    page.wait_for_selector(APPLY)
    return page


def opened(served: Office, cookie: dict[str, str], counter: str = "4") -> object:
    """What is opened at a counter for a while."""
    stands = served.person(cookie).get("halls/town/pressure")
    return stands["counters"][counter].get("opened")


def events(served: Office, kind: str) -> list[dict[str, object]]:
    """What of a kind is on record today."""
    log = served.person(served.staff("ewa")).get("halls/town/events?after=0")["events"]
    return [one["body"] for one in log if one["type"] == kind and one["day"] == log[-1]["day"]]


def focused(page: Page, selector: str) -> None:
    eventually(page, f"document.activeElement?.matches({selector!r})")


def test_a_proposal_is_followed_once_undone_where_the_focus_waits_and_refused_to_whoever_is_second(
    served: Office, visit: Visit, ewa: dict[str, str]
) -> None:
    visit.expected.append(REFUSED)
    page = page_of(visit, ewa)
    says(page, "In 1 line somebody will wait too long.")
    assert page.locator(".line").first.inner_text().startswith("B\nTaxes\ntoo long")
    sentence = page.locator(".proposal-sentence").first.inner_text()
    counter = sentence.split()[1]
    assert f"Counter {counter} to Taxes for" in sentence
    assert "the longest wait there goes from" in sentence

    page.wait_for_timeout(600)
    tab_to(page, f"{APPLY}:not([hidden])")
    page.keyboard.press("Enter")
    focused(page, UNDO)
    says(page, f"Counter {counter} serves this first until")
    says(page, "Lent until")
    lent = events(served, "LevelOpened")
    assert [(one["counter"], one["by"], one["level"]) for one in lent] == [(counter, "hand", 0)]
    assert isinstance(lent[0]["wait"], float)
    assert isinstance(lent[0]["own"], float)
    page.wait_for_timeout(1100)
    page.keyboard.press("Enter")
    says(page, f"Counter {counter} serves its own services first again.")
    assert opened(served, ewa, counter) is None
    assert page.locator(".counter-opened li").count() == 0

    page.wait_for_selector(APPLY)
    page.wait_for_timeout(1100)
    page.locator(APPLY).first.dblclick()
    says(page, "Lent until")
    page.wait_for_timeout(300)
    assert len(events(served, "LevelOpened")) == 2
    assert len(events(served, "LevelClosed")) == 1
    page.wait_for_timeout(1100)
    page.click(UNDO)
    page.wait_for_selector(APPLY)

    def quicker(route: Route) -> None:
        served.person(ewa).post(f"counters/town.{counter}/lend", service="taxes", minutes=30)
        route.continue_()

    page.route("**/lend", quicker)
    page.wait_for_timeout(1100)
    page.locator(APPLY).first.click()
    says(page, "This counter is lent already.")
    says(page, f"Counter {counter} is lent until")
    assert len(events(served, "LevelOpened")) == 3
    accessible_in_both(page)

    page.wait_for_timeout(1100)
    page.unroute("**/lend")
    page.click(f".counter-opened button[aria-label*='Counter {counter}']")
    focused(page, UNDO)
    assert opened(served, ewa, counter) is None
    assert page.locator(".problem").is_hidden()
    page.wait_for_timeout(1100)
    page.click(UNDO)
    says(page, "Lent until")
    again = events(served, "LevelOpened")[-1]
    assert (again["counter"], again["service"]) == (counter, "taxes")


def test_the_page_can_be_used_by_all(served: Office, visit: Visit, ewa: dict[str, str]) -> None:
    page = page_of(visit, ewa, "phone")
    for size, language in (("phone", "de"), ("desk", "pl")):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{served.base}/supervisor/town?lang={language}")
        page.wait_for_selector(APPLY)
        accessible_in_both(page)
        check_fits(page)


def test_a_hall_before_its_day_and_after_it_says_so(served: Office, visit: Visit) -> None:
    cookie = served.staff("ewa")
    page = visit.open("/supervisor/town", cookie, "desk")
    says(page, "There is no forecast yet.")
    served.forward(10 * 60 * 60)
    page.reload()
    says(page, "The hall is closed.")


def test_the_clerk_is_told_that_the_counter_was_lent(
    served: Office, visit: Visit, ewa: dict[str, str]
) -> None:
    page = visit.open("/desk/town?counter=4", served.staff("jan"), "desk")
    page.wait_for_selector("#primary")
    assert page.locator(".foot-opened").is_hidden()
    served.person(ewa).post("counters/town.4/lend", service="taxes", minutes=40)
    page.wait_for_selector(".foot-opened")
    assert page.locator(".foot-opened").inner_text().startswith("You serve this first until ")
    assert page.locator(".foot-opened").inner_text().endswith(": Taxes")
    check_fits(page)
    served.person(ewa).post("counters/town.4/take-back", service="taxes")
    eventually(page, "document.querySelector('.foot-opened').hidden")


@pytest.mark.parametrize("page", ["/supervisor/town", "/desk/town"])
def test_without_scripts_it_says_so_and_does_not_say_that_it_loads(
    served: Office, visit: Visit, page: str
) -> None:
    plain = visit.open(page, served.staff("ewa"), "desk", java_script_enabled=False)
    assert plain.locator("main .problem").is_visible()
    assert not plain.locator("main .empty[role=status]").is_visible()
