"""Boards of the set-up with the real server: who is next, the call seen and heard, and a set-up that changes."""

from collections.abc import Iterator

import pytest

from tests.browser.pages import eventually
from tests.browser.real import TOWN, VOICES, Office, Person, Visit, accessible, office, says

pytestmark = pytest.mark.browser
BOARDS = """
[zones.hall]
names = { pl = "Parter", en = "Ground floor" }

[boards.main]
names = { pl = "Tablica", en = "Board" }
groups = ["documents"]
zone = "hall"
sound = { languages = ["en"] }

[[boards.main.panels]]
text = { pl = "Wyjście ewakuacyjne jest po lewej.", en = "The emergency exit is on the left." }

[boards.next]
names = { pl = "Następni", en = "Next" }
kind = "next"
theme = "dark"
sound = { mode = "off" }
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data"), TOWN + BOARDS) as served:
        yield served


def test_boards_show_what_they_were_set_up_for(
    served: Office, visit: Visit, kiosk: Person, clerk: Person
) -> None:
    device = served.device("board")
    board = visit.open("/board/?hall=town&board=main", device, init=VOICES)
    following = visit.open("/board/?hall=town&board=next", device)
    board.wait_for_selector(".panel-text:has-text('po lewej')")
    first, second, money = (
        kiosk.post("halls/town/tickets", service=service)["number"]
        for service in ("id-card", "address", "taxes")
    )
    numbers = "[...document.querySelectorAll('.next-number')].map((one) => one.textContent).join(' ')"
    eventually(following, f"{numbers} === '{first} {second} {money}'")
    assert board.locator(".line").count() == 1
    accessible(following)

    clerk.post("counters/town.1/open")
    clerk.post("counters/town.1/next")
    board.wait_for_selector(f"loud-call:not([hidden]) .loud-number:text-is('{first}')")
    eventually(
        board, f"said.length && said.every((one) => one === 'en Number A {int(first[1:])}, counter 1.')"
    )
    following.wait_for_selector(f".loud-number:text-is('{first}')")
    eventually(following, f"{numbers} === '{second} {money}'")
    accessible(board)

    board.evaluate("window.mark = 'still the same page'")
    served.ask("hall_apply", text=TOWN + BOARDS.replace("text = { pl", 'seconds = 20\ntext = { pl').replace(
        'zone = "hall"', 'zone = "hall"\ntheme = "contrast"\nqueues = false'))  # fmt: skip
    eventually(board, "document.documentElement.dataset.contrast === 'more'")
    board.wait_for_selector(".board-lines", state="hidden")
    assert board.evaluate("mark") == "still the same page"
    says(board, first)
