"""The page of the printed number in a real browser: for everybody, by keyboard alone, and pictures that are seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.booking.web import town
from tests.browser.real import Office, Visit, accessible_in_both, office, says, tab_to, visiting

pytestmark = pytest.mark.browser
PAGES = ("/paper/town", "/opening/town/change/paper", "/opening/town/change/paper-text?id=taxes")
SEEN = "[...document.querySelectorAll('.papers img')].map((one) => one.complete && one.naturalWidth)"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), town()) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        yield visit


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_page_about_paper_can_be_used_by_everybody(visit: Visit, served: Office, size: str) -> None:
    page = visit.open(PAGES[0], served.staff("ewa"), size)
    for path in PAGES:
        page.goto(visit.base + path)
        if size == "desk":  # the same words and fields are on a phone
            accessible_in_both(page)
        assert page.evaluate(SEEN) == [576, 384]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path


def test_a_part_is_moved_and_words_are_written_by_keyboard(visit: Visit, served: Office) -> None:
    page = visit.open(PAGES[1], served.staff("ewa"), "desk")
    tab_to(page, "button[value='down:logo']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_attribute("[name=order]", "value").startswith("office logo")  # type: ignore[union-attr]
    assert page.url.endswith("#row-logo"), "one stays where one was"
    tab_to(page, "#foot-pl")
    page.keyboard.type("Dziękujemy")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    says(page, "Nothing is saved yet.")
    accessible_in_both(page)
    tab_to(page, "main form .button-primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    says(page, "The change is saved and in force.")
