"""Clerks over a day whose arrivals change: period by period, and an exact look at what comes of it.

SIPP (stationary, independent, period by period): each half hour is treated as if it had always
been so. It is good while people stay for much less than a period. Where a clerk's cycle is ten
minutes or more the work of a period comes from the arrivals before it: lag SIPP moves the rates
by one mean service (Green, Kolesar and Soares 2001). `transient` then follows the number of
people in the hall from minute to minute (M(t)/M/c(t)), by uniformisation of its chain, so what is
left over from a busy half hour is carried into the next one.

Rates are arrivals per minute, one for each period of `length` minutes; they are constant within.
A clerk who goes at the end of a period hands an unfinished person on. What a person who comes in
a period will wait is told by the clerks of that period.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np

from qms.planning.rules.abandonment import Vector, tails
from qms.planning.rules.inputs import load_of, number

LAG_FROM = 10.0
"""Minutes of a clerk's cycle from which the rates are moved."""
_STEP = 1.0
"""Minutes between two looks at the hall."""
_TAIL = 1e-13
_MOST = 50_000
"""People in the hall are not followed beyond so many."""


def lagged(rates: Sequence[float], length: float, lag: float) -> tuple[float, ...]:
    """The mean rate of each period's stretch moved back by `lag` minutes; before the first nobody comes."""
    number("the length of a period", length, 0, above=True)
    number("the lag", lag, 0)
    whole, part = divmod(lag / length, 1)
    kept = [*([0.0] * (int(min(whole, len(rates))) + 1)), *rates]
    return tuple((1 - part) * kept[n + 1] + part * kept[n] for n in range(len(rates)))


def effective(rates: Sequence[float], length: float, minutes: float) -> tuple[float, ...]:
    """The rates to staff each period for.

    Those of lag SIPP where the cycle is long, but never less than half of the period's own: whoever
    comes at the opening wants a clerk at once.
    """
    if minutes < LAG_FROM:
        return tuple(rates)
    moved = lagged(rates, length, minutes)
    return tuple(max(late, now / 2) for late, now in zip(moved, rates, strict=True))


@dataclass(frozen=True, slots=True)
class Period:
    """What people who come in a period meet on average, and how busy its clerks are."""

    p_wait: float
    level: float
    mean_wait: float
    """Minutes that those who come in the period wait, where they stay."""
    occupancy: float
    waiting: float
    """People waiting, on average over the period."""


def transient(
    rates: Sequence[float],
    length: float,
    minutes: float,
    clerks: Sequence[int],
    within: float,
    patience: float | None = None,
    start: int = 0,
) -> tuple[Period, ...]:
    """Each period of a day that begins with `start` people in the hall; raises ValueError.

    A period without clerks keeps everybody waiting: there `level` is 0 and `mean_wait` has no end.
    """
    hall = Following(rates, length, minutes, clerks, within, patience, start)
    return tuple(hall.through(rate, count) for rate, count in zip(rates, clerks, strict=True))


class Following:
    """A hall followed period by period; `clerks` are the most that there will be, for room. Raises ValueError."""

    def __init__(
        self,
        rates: Sequence[float],
        length: float,
        minutes: float,
        clerks: Sequence[int],
        within: float,
        patience: float | None = None,
        start: int = 0,
    ) -> None:
        if len(rates) != len(clerks):
            raise ValueError("every period has arrivals and clerks")
        number("the length of a period", length, 0, above=True)
        number("the minutes within which people are called", within, 0)
        for rate, count in zip(rates, clerks, strict=True):
            number("arrivals per minute", rate, 0)
            number("clerks", count, 0)
        load_of(max(rates, default=0) or 1e-9, minutes)
        if patience is not None:
            number("patience", patience, 0, above=True)
        self._length, self._minutes, self._within, self._patience = length, minutes, within, patience
        most = _most(rates, length, minutes, clerks, start)
        self._now = np.zeros(most + 1)
        self._now[min(start, most)] = 1.0

    def through(self, rate: float, clerks: int) -> Period:
        """The next period, with so many clerks."""
        mean, self._now = self._ahead(rate, clerks)
        return _met(mean, rate, self._minutes, clerks, self._within, self._patience)

    def would(self, rate: float, clerks: int) -> Period:
        """The next period as it would be; the hall stays where it is."""
        mean, _ = self._ahead(rate, clerks)
        return _met(mean, rate, self._minutes, clerks, self._within, self._patience)

    def _ahead(self, rate: float, clerks: int) -> tuple[Vector, Vector]:
        return _through(self._now, rate, self._length, self._minutes, clerks, self._patience)


def _most(rates: Sequence[float], length: float, minutes: float, clerks: Sequence[int], start: int) -> int:
    """People who are never exceeded, near enough: the fluid's highest level and eight deviations."""
    held, peak, came = float(start), float(start), float(start)
    for rate, count in zip(rates, clerks, strict=True):
        came += rate * length
        held = max(min(held, rate * minutes), held + (rate - count / minutes) * length, 0.0)
        peak = max(peak, held, rate * minutes)
    spread = 8 * sqrt(min(came, 4 * peak + 4 * max(clerks, default=0) + 100)) + 40
    most = min(peak + max(clerks, default=0) + 2 * spread, came + 8 * sqrt(came) + 20)
    if most > _MOST:
        raise ValueError("more people would wait than can be reckoned with")
    return int(most)


def _through(
    now: Vector, rate: float, length: float, minutes: float, clerks: int, patience: float | None
) -> tuple[Vector, Vector]:
    """The mean chances over a period, and those at its end."""
    people = np.arange(len(now))
    deaths = np.minimum(people, clerks) / minutes
    if patience is not None:
        deaths = deaths + np.maximum(people - clerks, 0) / patience
    births = np.full(len(now), rate)
    births[-1] = 0.0
    pace = rate + float(deaths.max())
    steps = max(1, round(length / _STEP))
    weights = _poisson(pace * length / steps)
    up, down = births / max(pace, 1e-300), deaths / max(pace, 1e-300)
    stay = 1 - up - down
    total = np.zeros_like(now)
    for _ in range(steps):
        before, power, now = now, now, weights[0] * now
        for weight in weights[1:]:
            moved = stay * power
            moved[1:] += up[:-1] * power[:-1]
            moved[:-1] += down[1:] * power[1:]
            power = moved
            now = now + weight * power
        total += (before + now) / 2
    return total / steps, now


def _poisson(mean: float) -> list[float]:
    """The chances of 0, 1, … steps of the chain, as far as they matter, made to sum to one."""
    weights, weight, k = [], exp(-mean), 0
    while k <= mean or weight > _TAIL:
        weights.append(weight)
        k += 1
        weight *= mean / k
    whole = sum(weights)
    return [each / whole for each in weights]


def _met(
    mean: Vector, rate: float, minutes: float, clerks: int, within: float, patience: float | None
) -> Period:
    waiting = mean[clerks:]
    queue = float(waiting @ np.arange(len(waiting)))
    if clerks == 0:
        return Period(1.0, 0.0, float("inf"), 0.0, queue)
    ahead = np.arange(len(waiting)) + 1
    if patience is None:
        level = 1 - float(waiting @ _erlang_tails(clerks * within / minutes, len(waiting)))
        wait = float(waiting @ ahead) * minutes / clerks
    else:
        stay = clerks * patience / minutes
        later = tails(stay + 1, within / patience, len(waiting))
        level = 1 - float(waiting @ (1 - stay / (stay + ahead) * (1 - later)))
        wait = queue / rate if rate > 0 else 0.0
    busy = float(mean @ np.minimum(np.arange(len(mean)), clerks)) / clerks
    return Period(min(1.0, float(waiting.sum())), max(0.0, level), wait, busy, queue)


def _erlang_tails(mean: float, people: int) -> Vector:
    """For k = 0, 1, … ahead: the chance that fewer than k + 1 are called in a time in which `mean` would be."""
    if mean <= 0:
        return np.ones(people)
    steps = np.log(mean / np.arange(1, people))
    terms = np.concatenate([[0.0], np.cumsum(steps)]) - mean
    found: Vector = np.minimum(1.0, np.cumsum(np.exp(terms)))
    return found
