"""The range of an estimate, learnt online from how wrong earlier ones were (conformal, adaptive).

    g = sqrt(max(w, 0.5)) + 0.15 w            the scale of an error at an expected wait of w minutes
    r = (actual - w) / g                      the score of a person who was called
    low = w + g Q(a_low),  high = w + g Q(1 - a_high)

Q: quantile of the last 1,000 scores of the group. Each share left out starts at 0.10 and moves by
0.01 (0.10 - miss) with each call, so that ranges cover 80 % although waits drift. Source: Gibbs and
Candès, "Adaptive conformal inference under distribution shift", NeurIPS 2021; scale and steps:
SCIENCE A2. A score is taken only when the person is called: nothing later is known sooner.
"""

from math import floor, sqrt

from qms.queue.rules.fit import Trail
from qms.queue.rules.gamma import quantile
from qms.queue.rules.model import Expected

KEPT = 1_000
"""Scores that a trail keeps, the newest."""
LEAST = 30
"""With fewer scores nothing is measured yet."""
LEFT_OUT = 0.10
"""The share that a range should leave out on each side."""
STEP = 0.01
NARROWEST, WIDEST = 0.45, 0.005
"""The most and the least that is left out on a side."""
SPREAD = 0.8
"""Coefficient of variation of one cycle, before anything is measured."""


def scale(wait: float) -> float:
    """How far an expected wait of so many minutes may be out, in minutes."""
    return sqrt(max(wait, 0.5)) + 0.15 * wait


def measured(trail: Trail | None) -> bool:
    """Whether ranges rest on what happened, and no longer on an assumed spread."""
    return trail is not None and len(trail.scores) >= LEAST


def learn(trail: Trail, expected: Expected, waited: float) -> Trail:
    """The trail after somebody who was told `expected` was called after `waited` minutes.

    One who was told that there is no wait says nothing about ranges. The shares left out do not
    move before the ranges are the trail's own.
    """
    if expected.high <= 0:
        return trail
    score = round((waited - expected.mid) / scale(expected.mid), 2)
    low, high = trail.low, trail.high
    if measured(trail):
        low, high = _moved(low, waited < expected.low), _moved(high, waited > expected.high)
    return Trail(trail.group, (*trail.scores[1 - KEPT :], score), low, high)


def _moved(left_out: float, missed: bool) -> float:
    return round(min(NARROWEST, max(WIDEST, left_out + STEP * (LEFT_OUT - missed))), 4)


def ends(trail: Trail) -> tuple[float, float]:
    """The scores between which a person's is expected: what `band` makes a range of."""
    ordered = sorted(trail.scores)
    return _quantile(ordered, trail.low), _quantile(ordered, 1 - trail.high)


def _quantile(ordered: list[float], share: float) -> float:
    """By the positions k / (n + 1), below which a next score lies in so many of n + 1 cases."""
    at = share * (len(ordered) + 1) - 1
    k = floor(at)
    if k < 0:
        return ordered[0]
    if k + 1 >= len(ordered):
        return ordered[-1]
    return ordered[k] + (at - k) * (ordered[k + 1] - ordered[k])


def around(wait: float, between: tuple[float, float]) -> tuple[float, float]:
    """The range about an expected wait, by the scores between which a person's is expected.

    It holds the wait itself, and is never negative.
    """
    low, high = (wait + scale(wait) * score for score in between)
    return max(0.0, min(low, wait)), max(high, wait)


def assumed(wait: float, ahead: int) -> tuple[float, float]:
    """The range before anything is measured: gamma, with the wait as mean and shape (ahead + 1) / cv^2."""
    shape = (ahead + 1) / SPREAD**2
    return wait * quantile(shape, LEFT_OUT) / shape, wait * quantile(shape, 1 - LEFT_OUT) / shape


def band(trail: Trail | None, wait: float, ahead: int = 0) -> tuple[float, float]:
    """The 80 % range of an expected wait in minutes, with so many people ahead (told where nothing is measured)."""
    if trail is None or not measured(trail):
        return assumed(wait, ahead)
    return around(wait, ends(trail))
