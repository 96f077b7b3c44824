"""How good the waits were that were told: error, and how often the range held the wait (SCIENCE A4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from qms.twin.rules.waits.forecast import Told

ROUNDED = 0.005
"""Half of what a written minute is rounded to: so much beyond a range still lies within."""


@dataclass(frozen=True, slots=True)
class Score:
    """Minutes and shares, over those called to a room. None: nobody was.

    `bias` above 0: told too long. `terciles`: the share within the range of the shortest, middle and
    longest third of the waits told. `never_called` is a share of all legs.
    """

    legs: int
    called: int
    never_called: float | None
    rmse: float | None
    mae: float | None
    bias: float | None
    within: float | None
    below: float | None
    above: float | None
    terciles: tuple[float, ...]


def score(told: Sequence[Told]) -> Score:
    """The figures of what was told."""
    called = [(each, each.stage.waited) for each in told if each.stage.waited is not None]
    pairs = [(each, waited) for each, waited in called if waited is not None]
    misses = [each.mid - waited for each, waited in pairs]
    in_order = sorted(pairs, key=lambda pair: pair[0].mid)
    thirds = [in_order[len(pairs) * k // 3 : len(pairs) * (k + 1) // 3] for k in range(3)]
    squares = _mean([miss * miss for miss in misses])
    return Score(
        legs=len(told),
        called=len(pairs),
        never_called=None if not told else 1 - len(pairs) / len(told),
        rmse=None if squares is None else sqrt(squares),
        mae=_mean([abs(miss) for miss in misses]),
        bias=_mean(misses),
        within=_mean([_holds(each, waited) for each, waited in pairs]),
        below=_mean([waited < each.low - ROUNDED for each, waited in pairs]),
        above=_mean([waited > each.high + ROUNDED for each, waited in pairs]),
        terciles=tuple(
            share
            for third in thirds
            if (share := _mean([_holds(each, waited) for each, waited in third])) is not None
        ),
    )


def _holds(told: Told, waited: float) -> bool:
    return told.low - ROUNDED <= waited <= told.high + ROUNDED


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
