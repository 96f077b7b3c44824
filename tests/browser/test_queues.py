"""The public page of the queues where the wait is long: a free time beside it, with JavaScript and without."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import insert

from qms.ledger.engine import connect
from qms.ledger.tables import table_of
from qms.queue.tables import Visit as VisitRow
from tests.booking.web import town
from tests.browser.pages import check_fits, eventually
from tests.browser.real import Office, Visit, accessible_in_both, office, visiting
from tests.queue.rows import TODAY
from tests.queue.rows import visit as visit_row

pytestmark = pytest.mark.browser
OFFER = ".queue[data-key=id-card] .queue-offer a"
PAGE = "/queues/town?lang=en"
PROMISED = """
[segments.walk-in]
standard = { minutes = 20, share = 0.8 }

[segments.booked]
standard = { minutes = 10, share = 0.9 }
"""
KINDS = ("walk-in", "booked")
PEOPLE = 12
HOUR = 3600


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), town() + PROMISED) as served:
        served.person(served.staff("anna")).post("counters/town.1/open")
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        yield visit


def test_an_offer_appears_by_itself_once_people_wait_long_and_leads_to_days(
    visit: Visit, served: Office
) -> None:
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
    plain.click(OFFER)
    plain.locator(".picks-days").wait_for()
    assert plain.url.endswith("/book/town/day?service=id-card&count=1"), "the days of that matter"


def test_promises_and_the_best_time_are_told_by_word_and_shape(visit: Visit, served: Office) -> None:
    page = visit.open(PAGE, size="phone")
    assert page.locator(".best").count() == 0
    remember(served)
    served.forward(HOUR)
    page.reload()
    assert page.inner_text(".best") == (
        "On Tuesdays between 10:00 and 11:00 people usually wait less than 5 minutes."
    )
    told = page.locator(".queue[data-key=address] .standard li").all_inner_texts()
    assert told == ["✗ Today: target missed (60%)", "✓ Last 30 days: target met (95%)"]
    # The twelve who still wait for an ID card count too: 6 of 22, and with the seventy before 76 of 92.
    kinds = {kind: page.locator(f".kind-rows [data-key={kind}] li").all_inner_texts() for kind in KINDS}
    assert kinds == {
        "walk-in": ["✗ Today: target missed (27%)", "✓ Last 30 days: target met (82%)"],
        "booked": ["– Today: too few people to say", "– Last 30 days: too few people to say"],
    }
    check_fits(page)
    accessible_in_both(page)


def remember(served: Office) -> None:
    """Ten people of today, of whom four waited for long; seventy of Tuesdays before, and twenty of a bad Monday."""
    long = 50 * 60.0
    rows = [visit_row(n, day=TODAY, wait=60.0 if n < 6 else long) for n in range(10)]
    rows += [visit_row(100 + n, day=TODAY - timedelta(weeks=1 + n % 4), wait=60.0) for n in range(70)]
    rows += [visit_row(200 + n, day=TODAY - timedelta(weeks=5, days=1), wait=long) for n in range(20)]
    engine = connect(f"sqlite:///{served.data / 'qms.db'}")
    with engine.begin() as conn:
        conn.execute(
            insert(table_of(VisitRow)), [one | {"hall": "town", "service": "address"} for one in rows]
        )
    engine.dispose()
