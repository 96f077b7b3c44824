"""The page of reference names every route, event and code that there is, and none that is not."""

import re

from qms.queue.rules.fold import EVENTS
from qms.settings import ROOT
from tests.app.reference import PAGE, WHAT, WHO_ELSE, page, routes
from tests.web.test_texts import codes

FIRST_CELL = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)")


def named(first: str, last: str) -> set[str]:
    """What the tables between two headings have a line for."""
    text = PAGE.read_text("utf-8")
    return set(FIRST_CELL.findall(text[text.index(first) : text.index(last) if last else None]))


def test_the_page_is_as_the_program_is() -> None:
    """`python -m tests.app.reference` writes it anew."""
    assert PAGE.read_text("utf-8") == page()


def test_every_route_has_its_line_and_no_other() -> None:
    assert named("## Interface", "## Events") == routes().keys()


def test_every_event_has_its_line_and_no_other() -> None:
    assert named("## Events", "## Problem codes") == {event.__name__ for event in EVENTS}


def test_every_code_has_its_line_and_no_other() -> None:
    assert named("## Problem codes", "") == codes()


def test_nothing_is_explained_that_is_not_there() -> None:
    undeclared = {name for name, spec in routes().items() if spec is None}
    assert WHAT.keys() == undeclared
    assert WHO_ELSE.keys() <= routes().keys()


def test_its_links_lead_somewhere() -> None:
    links = LINK.findall(PAGE.read_text("utf-8"))
    assert "settings.md" in links
    assert all((ROOT / "docs" / link).is_file() for link in links)
