"""The best time to come, from the waits of weeks past."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from math import floor
from statistics import median

from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS

FEWEST = 20
"""Visits in an hour of the week below which it says nothing."""
STEP = 5
"""Minutes; waits are told in such steps."""
Hour = tuple[int, int]
"""A weekday (Monday is 0) and a local hour."""


@dataclass(frozen=True, slots=True)
class Best:
    """From `first` to `last` o'clock on a weekday half of the people wait less than so many minutes."""

    weekday: int
    first: int
    last: int
    minutes: int


def usual_waits(waits: Iterable[tuple[date, int, float]]) -> dict[Hour, float]:
    """The median wait in minutes by hour of the week. A wait is its day, the local hour of arrival and seconds."""
    found: dict[Hour, list[float]] = defaultdict(list)
    for day, hour, seconds in waits:
        found[day.weekday(), hour].append(seconds / 60)
    return {hour: median(ones) for hour, ones in found.items() if len(ones) >= FEWEST}


def best_time(setup: Hall, usual: Mapping[Hour, float]) -> Best | None:
    """The longest stretch of hours in which people wait least; None where no hour is better than the others.

    Only hours at which the hall is open now count.
    """
    usual = {hour: wait for hour, wait in usual.items() if _open(setup, *hour)}
    if not usual:
        return None
    below = (floor(min(usual.values()) / STEP) + 1) * STEP
    if max(usual.values()) < below + STEP:
        return None
    good = {hour for hour, wait in usual.items() if wait < below}
    stretches = [Best(day, hour, _end(good, day, hour), below) for day, hour in sorted(good)]
    return max(stretches, key=lambda one: (one.last - one.first, -_mean(usual, one)))


def _end(good: set[Hour], day: int, hour: int) -> int:
    while (day, hour) in good:
        hour += 1
    return hour


def _mean(usual: Mapping[Hour, float], one: Best) -> float:
    return sum(usual[one.weekday, hour] for hour in range(one.first, one.last)) / (one.last - one.first)


def _open(setup: Hall, weekday: int, hour: int) -> bool:
    spans = setup.hours.week.get(WEEKDAYS[weekday], ())
    return any(span.opens <= time(hour) < span.closes for span in spans)
