"""The router's order in numbers, for a pass that asks it hundreds of times: `routing` is what it must agree with.

Times are minutes from now; lines that every counter ranks alike are one.
"""

from collections import Counter
from typing import Any

Place = tuple[float, int, float, Any]
"""Reference time (minutes from now), sequence, minutes that the counter is busy, and who it is."""


class Alike:
    """People whom every counter ranks alike but for their reference times: `places` from `head` on wait."""

    __slots__ = ("base", "head", "places", "rate", "rung", "service")

    def __init__(self, service: str, rung: float, rate: float, base: float) -> None:
        self.service, self.rung, self.rate, self.base = service, rung, rate, base
        self.places: list[Place] = []
        self.head = 0


Served = list[tuple[int, Alike]]
"""The lines that a counter serves, with its level for each."""
_Rank = tuple[int, float, float, float, float, int]
_LAST: _Rank = (3, 0, 0, 0, 0, 0)
_TINY = 1e-6
"""Minutes that are no difference: times here are sums of fractions."""


def best_of(served: Served, at: float, guard: float, waiting: Counter[str] | None) -> Alike | None:
    """The line whose first the rule calls: the order of `routing`, in numbers, by levels."""
    best, least, over = None, _LAST, guard + _TINY
    for level, line in served:
        if line.head == len(line.places):
            continue
        ref, seq, _, _ = line.places[line.head]
        waited = at - ref
        rank: _Rank
        if waited > over:
            rank = (0, 0, 0, 0, ref, seq)
        elif waited < -_TINY:
            rank = (2, 0, 0, 0, ref, seq)
        elif least < (1, level):
            continue  # somebody of a better level, or over the guard, is there
        elif waiting is not None:
            rank = (1, level, 0, -waiting[line.service], ref, seq)
        else:
            # Equal points to four places are a tie, as in the router.
            rank = (1, level, line.rung, -((line.rate * waited + line.base) * 1e4 + 0.5) // 1, ref, seq)
        if rank < least:
            best, least = line, rank
    return best
