"""The public page of the queues where the wait is long: a free time beside it, with JavaScript and without."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.booking.web import town
from tests.browser.conftest import check_fits, eventually
from tests.browser.real import Office, Visit, accessible_in_both, office, visiting

pytestmark = pytest.mark.browser
OFFER = ".queue[data-key=id-card] .queue-offer a"
PAGE = "/queues/town?lang=en"
PEOPLE = 12


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), town()) as served:
        served.person(served.staff("anna")).post("counters/town.1/open")
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        yield visit


def test_an_offer_appears_by_itself_once_people_wait_long(visit: Visit, served: Office) -> None:
    page = visit.open(PAGE, size="phone")
    assert page.locator(".queue-offer").count() == 0
    kiosk = served.person(served.device("kiosk"))
    for _ in range(PEOPLE):
        kiosk.post("halls/town/tickets", service="id-card")
    eventually(page, f"document.querySelector({json.dumps(OFFER)})")
    said = page.inner_text(OFFER)
    plain = visit.open(PAGE, size="phone", java_script_enabled=False)
    assert plain.inner_text(OFFER) == said
    assert said.endswith(" without waiting: book a visit")
    check_fits(page)
    accessible_in_both(page)


def test_an_offer_leads_to_the_days_of_that_matter(visit: Visit) -> None:
    page = visit.open(PAGE, size="phone", java_script_enabled=False)
    page.click(OFFER)
    assert page.url.endswith("/book/town/day?service=id-card&count=1")
    assert page.locator(".picks-days").count() == 1
