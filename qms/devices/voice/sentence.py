"""What is said of a call: the same words as the boards' own (`spokenWords` in `display_board/where.js`)."""

import re

from qms.halls.rules.model import Counter
from qms.web.catalogue import text
from qms.web.wording import name

NUMBER = re.compile(r"[A-Z]{0,2}[0-9]{1,5}")
"""A ticket's number as it is written."""


def sentence(language: str, number: str, counter: Counter, *, again: bool) -> str:
    """A call in words; raises LookupError for a language that there is not."""
    called = name(counter.names, language) or counter.id
    where = text(language, "board", "board.say_counter", counter=called) if _is_number(called) else called
    key = "board.say_again" if again else "board.say_call"
    return text(language, "board", key, number=_spoken(number), counter=where)


def _spoken(number: str) -> str:
    """The letter, then the number as a number: A012 is 'A 12'."""
    parts = re.fullmatch(r"(\D*)0*(\d+)", number)
    return f"{parts[1]} {parts[2]}".strip() if parts else number


def _is_number(called: str) -> bool:
    return re.fullmatch(r"\d+\w?", called) is not None
