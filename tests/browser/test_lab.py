"""The policy lab in a real browser: by keyboard alone, in both themes and on a phone, with nothing for axe to find."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser

from qms.halls.rules.files import HallFile, parse
from qms.ledger.engine import connect
from tests.booking.web import town
from tests.browser.real import BEGINS, Office, Visit, accessible_in_both, office, says, tab_to, visiting
from tests.planning.past import lived

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), town()) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        yield visit


def past(served: Office) -> list[date]:
    """Two days on which the hall has been open."""
    file = parse(town())
    assert isinstance(file, HallFile)
    days = [BEGINS.date() - timedelta(n) for n in (2, 1)]
    engine = connect(f"sqlite:///{served.data / 'qms.db'}")
    with engine.begin() as conn:
        lived(conn, file.hall, days)
    engine.dispose()
    return days


def test_a_manager_compares_rules_by_keyboard(served: Office, visit: Visit) -> None:
    cookie = served.staff("ewa")
    page = visit.open("/lab/town", cookie, size="desk")
    says(page, "This hall has had none yet")
    accessible_in_both(page)

    past(served)
    page.reload()
    assert page.locator("input[name=day]:checked").count() == 2
    tab_to(page, "#guard")
    page.keyboard.press("Control+A")
    page.keyboard.type("45")
    tab_to(page, "button.button-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2#found", timeout=60_000)
    assert page.locator("figure svg").count() == 3
    assert page.locator("table >> nth=0").locator("tbody tr").count() == 5
    assert page.input_value("#guard") == "45", "the question stands below its answer"
    for details in page.query_selector_all("details"):
        details.evaluate("one => one.open = true")
    accessible_in_both(page)

    found = page.url
    for language, size in (("de", "desk"), ("uk", "phone")):
        other = visit.open(f"{found}&lang={language}", cookie, size=size)
        other.wait_for_selector("h2#found", timeout=60_000)
        wide = other.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{language} on a {size} screen is {wide} pixels too wide"
