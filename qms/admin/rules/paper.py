"""The forms about the printed number: which parts it has in which order, the office's words, words for one matter.

The order of the parts is a field of its own, `order`; a part is printed where its box `part-…` is
ticked. A line across may be there several times, so it stands in rows `rule-1`, `rule-2`, `rule-3`.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import get_args

from qms.admin.rules.fields import Fields
from qms.admin.rules.outcome import in_use, whole, with_part
from qms.admin.rules.settings import ON
from qms.halls.rules.equipment import PaperPart
from qms.halls.rules.model import Hall

PAPER, TEXT = "paper", "paper-text"
"""The two changes, as addresses name them."""
RULES = 3
ROWS: tuple[str, ...] = (
    *(part for part in get_args(PaperPart) if part != "rule"),
    *(f"rule-{n}" for n in range(1, RULES + 1)),
)
"""The rows of the form."""
UP, DOWN = "up:", "down:"


def change_paper(hall: Hall, form: Fields) -> Hall:
    """What is printed, in which order, and the office's words at its head and foot."""
    old = hall.paper
    rows = [row for row in order_of(form.text("order")) if form.has(f"part-{row}")]
    if "number" not in rows:
        form.wrong("part-number", "number_needed")
    changes = {
        "parts": tuple(map(part_of, rows)),
        "head": form.words_again(old.head, "head", hall.languages),
        "foot": form.words_again(old.foot, "foot", hall.languages),
    }
    form.sound()
    return whole(hall, paper=with_part(old, changes, ("paper",)))


def shown_paper(hall: Hall) -> dict[str, str]:
    """The fields of the form, filled with what is so at present."""
    numbers = count(1)
    printed = [f"rule-{next(numbers)}" if part == "rule" else part for part in hall.paper.parts]
    rows = [row for row in dict.fromkeys(printed) if row in ROWS]
    return {
        "order": " ".join(order_of(" ".join(rows))),
        **{f"part-{row}": ON for row in rows},
        **{f"head-{lang}": words for lang, words in hall.paper.head.items()},
        **{f"foot-{lang}": words for lang, words in hall.paper.foot.items()},
    }


def change_text(hall: Hall, form: Fields) -> Hall:
    """The office's words on the numbers for one service."""
    id = form.choice("id", in_use(hall))
    form.sound()
    old = hall.service(id)
    assert old is not None
    words = form.words_again(old.paper, "words", hall.languages)
    form.sound()
    new = with_part(old, {"paper": words}, ("services", id))
    return whole(hall, services=tuple(new if each is old else each for each in hall.services))


def shown_text(hall: Hall, id: str) -> dict[str, str]:
    """The fields of its form; nothing for a service that there is not."""
    now = hall.service(id)
    return {f"words-{lang}": words for lang, words in now.paper.items()} if now is not None else {}


def moved(typed: Mapping[str, str], act: str) -> dict[str, str]:
    """The form after one of its buttons (`up:qr`, `down:qr`) has moved a row; any other act moves none."""
    rows = list(order_of(typed.get("order", "")))
    step, row = (-1, act.removeprefix(UP)) if act.startswith(UP) else (1, act.removeprefix(DOWN))
    if act.startswith((UP, DOWN)) and row in rows:
        at = rows.index(row)
        to = min(max(0, at + step), len(rows) - 1)
        rows.insert(to, rows.pop(at))
    return {**typed, "order": " ".join(rows)}


def order_of(typed: str) -> Sequence[str]:
    """The rows in the order of the form: each once, and those that it does not name at the end."""
    return tuple(dict.fromkeys([row for row in typed.split() if row in ROWS] + list(ROWS)))


def part_of(row: str) -> str:
    """The part that stands in a row."""
    return row.partition("-")[0]
