"""How many people will come, by half hour of a day, from how many came.

    mean(day, half hour) = base(weekday, half hour) x start of month x day after a day off

A base is the mean of that weekday's half hour after the two effects were taken out, shrunk
towards the weekday's total spread by the hall's common profile: (`PRIOR` x prior + sum) / (`PRIOR` + n),
so that a hall with three weeks of history has no holes where by chance nobody came. Effects are
ratios of the days concerned to what the bases say, shrunk towards 1 the same way, and found
together with the bases by a few rounds. Chance is that of a Poisson number whose mean varies
from day to day (negative binomial): variance = mean + phi mean^2, phi from the days' totals.
Source: SCIENCE C; the multiplicative model is that of Taylor 2008 and Ibrahim et al. 2016.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt

import numpy as np

from qms.planning.rules.abandonment import Vector

PRIOR = 2.0
"""Weeks that the common profile weighs beside a weekday's own."""
EFFECT_PRIOR = 3.0
"""Days that "no effect" weighs beside the days on which one was seen."""
MONTH_START = 3
"""So many working days are the start of a month."""
LONG_OFF = 3
"""Days off in a row from which the day after them counts as such; two are a weekend."""
_ROUNDS = 5
_BAND = 1.2816
"""Deviations of an 80 % band."""


@dataclass(frozen=True, slots=True)
class Day:
    """A working day: how many came in each half hour from midnight (48 numbers)."""

    day: date
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """People expected in a half hour: 80 of 100 times from `low` to `high`."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True, eq=False)
class Forecast:
    """What was learnt. `base[weekday]` has 48 means; `variation` is phi; `days` were learnt from."""

    base: Vector
    month_start: float
    after_off: float
    variation: float
    days: int
    seen: tuple[int, ...]

    def of(self, day: date, working: Sequence[date]) -> tuple[Expected, ...]:
        """The half hours of a day; `working` are the days on which the hall opens, those before it among them."""
        means = self.base[day.weekday()] * self.factor(day, working)
        return tuple(self._band(float(mean), self.seen[day.weekday()]) for mean in means)

    def factor(self, day: date, working: Sequence[date]) -> float:
        """How many times the usual come on a day."""
        marks = Marks(working)
        return (self.month_start if marks.starts_month(day) else 1.0) * (
            self.after_off if marks.follows_off(day) else 1.0
        )

    def total(self, day: date, working: Sequence[date]) -> Expected:
        """A whole day's."""
        mean = float(self.base[day.weekday()].sum()) * self.factor(day, working)
        return self._band(mean, self.seen[day.weekday()])

    def _band(self, mean: float, weeks: int) -> Expected:
        """Chance, the day's own level, and that a mean of few weeks is itself uncertain."""
        learnt = mean / (PRIOR + weeks)
        off = _BAND * sqrt(mean + self.variation * mean * mean + learnt)
        return Expected(max(0.0, mean - off), mean, mean + off)


class Marks:
    """Which working days start a month, and which follow days off in a row."""

    def __init__(self, working: Sequence[date]) -> None:
        ordered = sorted(set(working))
        months: dict[tuple[int, int], list[date]] = {}
        for day in ordered:
            months.setdefault((day.year, day.month), []).append(day)
        # A month whose first days are not among those known does not tell which were its first.
        first = ordered[0] if ordered else date.min
        self._starts = {
            day
            for (year, month), days in months.items()
            if date(year, month, 1) >= first or first.day <= MONTH_START
            for day in days[:MONTH_START]
        }
        self._follows = {day for before, day in pairwise(ordered) if (day - before).days > LONG_OFF}

    def starts_month(self, day: date) -> bool:
        """Whether it is one of the first working days of its month."""
        return day in self._starts

    def follows_off(self, day: date) -> bool:
        """Whether more days off than a weekend lie before it."""
        return day in self._follows


def learn(history: Sequence[Day], working: Sequence[date]) -> Forecast:
    """What the days of a hall tell; `working` are those on which it opened. Raises ValueError for no day at all."""
    if not history:
        raise ValueError("there is no day to learn from")
    counts = np.array([day.counts for day in history], dtype=float)
    weekdays = np.array([day.day.weekday() for day in history])
    marks = Marks(working)
    starts = np.array([marks.starts_month(day.day) for day in history])
    follows = np.array([marks.follows_off(day.day) for day in history])
    month_start = after_off = 1.0
    base = np.zeros((7, counts.shape[1]))
    for _ in range(_ROUNDS):
        factors = np.where(starts, month_start, 1.0) * np.where(follows, after_off, 1.0)
        base = _bases(counts, weekdays, factors)
        totals, usual = counts.sum(axis=1), base.sum(axis=1)[weekdays]
        month_start = _effect(totals, usual * factors / month_start, starts)
        after_off = _effect(totals, usual * np.where(starts, month_start, 1.0), follows)
    expected = usual * np.where(starts, month_start, 1.0) * np.where(follows, after_off, 1.0)
    seen = tuple(int((weekdays == day).sum()) for day in range(7))
    return Forecast(base, month_start, after_off, _variation(totals, expected), len(history), seen)


def _bases(counts: Vector, weekdays: Vector, factors: Vector) -> Vector:
    """The shrunk means by weekday and half hour; a weekday never seen has the mean of all days."""
    whole = counts.sum()
    profile = counts.sum(axis=0) / whole if whole else np.zeros(counts.shape[1])
    everyday = whole / factors.sum()
    rows = []
    for weekday in range(7):
        mine = weekdays == weekday
        weeks = float(factors[mine].sum())
        total = counts[mine].sum() / weeks if weeks else everyday
        total = (EFFECT_PRIOR / 3 * everyday + weeks * total) / (EFFECT_PRIOR / 3 + weeks)
        rows.append((PRIOR * total * profile + counts[mine].sum(axis=0)) / (PRIOR + weeks))
    return np.array(rows)


def _effect(totals: Vector, usual: Vector, marked: Vector) -> float:
    """How many times the usual come on marked days, shrunk towards once."""
    expected = usual[marked].sum()
    if not expected:
        return 1.0
    prior = EFFECT_PRIOR * usual.mean()
    return float((prior + totals[marked].sum()) / (prior + expected))


def _variation(totals: Vector, expected: Vector) -> float:
    """phi: by how much days' totals vary beyond chance, of the mean squared. Never below nought."""
    free = max(1.0, len(totals) - len(set(np.round(expected, 9))))
    beyond = float(((totals - expected) ** 2 - expected).sum()) * len(totals) / free
    squares = float((expected**2).sum())
    return max(0.0, beyond / squares) if squares else 0.0


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How forecasts of days held back came out: mean miss of a day's total as a share of it,
    and the share of half hours that lay within their band."""

    days: int
    miss: float
    covered: float


def accuracy(history: Sequence[Day], working: Sequence[date], held: int) -> Accuracy | None:
    """Learns without the last `held` days and forecasts them; None where too few would be left to learn from."""
    ordered = sorted(history, key=lambda day: day.day)
    before, after = ordered[:-held], ordered[-held:]
    if held < 1 or len(before) < 10:
        return None
    learnt = learn(before, working)
    came = sum(sum(day.counts) for day in after)
    off = sum(abs(sum(day.counts) - learnt.total(day.day, working).mean) for day in after)
    pairs = [
        (band, count)
        for day in after
        for band, count in zip(learnt.of(day.day, working), day.counts, strict=True)
        if band.mean >= 0.5
    ]
    if not came or not pairs:
        return None
    within = sum(round(band.low) <= count <= round(band.high) for band, count in pairs)
    return Accuracy(len(after), off / came, within / len(pairs))
