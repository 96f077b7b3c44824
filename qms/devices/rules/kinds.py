"""What devices there are, what each may do at its hall, and the codes by which they are paired."""

from collections.abc import Mapping
from typing import Literal

from qms.web.principal import Right

Kind = Literal["kiosk", "board", "sign"]
RIGHTS: Mapping[Kind, frozenset[Right]] = {
    "kiosk": frozenset({"tickets.issue", "view.board"}),
    "board": frozenset({"view.board"}),
    "sign": frozenset({"view.board"}),
}
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not taken for one another."""
LENGTH = 8


def tidy(code: str) -> str:
    """A code as a person may have typed it, as it was issued."""
    return "".join(char for char in code.upper() if char in ALPHABET)


def shown(code: str) -> str:
    """A code as it is read out: two groups of four."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"
