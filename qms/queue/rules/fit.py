"""What was learnt of a hall's past, as its log carries it: service times, a correction, how wrong ranges were.

A `Fit` is made each night from days that are over (`learn`) and adopted by an event; a `Trail` is
folded from the calls themselves (`conformal`). Both are taken over by each new day, so that all who
read the log estimate alike.
"""

from dataclasses import dataclass
from datetime import date

ELAPSED = (0.0, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0)
"""Minutes of service that have passed, for which the minutes still to come are tabulated."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long a service takes: the mean of so many spells, and E[S - e | S > e] at each `ELAPSED` e; minutes.

    `no_show` is the share of called people who do not come.
    """

    service: str
    spells: int
    mean: float
    remaining: tuple[float, ...]
    no_show: float = 0


@dataclass(frozen=True, slots=True)
class Correction:
    """A ridge regression on standardised features: bias + sum of weight * (feature - mean) / scale; minutes."""

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Learnt from `tickets` of days until `learnt`. `gain`: the share by which the correction lowered the
    error on the latest days, which it had not seen; without one it did not.
    """

    learnt: date
    tickets: int
    times: tuple[Times, ...] = ()
    correction: Correction | None = None
    gain: float = 0


@dataclass(frozen=True, slots=True)
class Trail:
    """How wrong a group's estimates were: the last scores, and the shares now left out below and above."""

    group: str
    scores: tuple[float, ...] = ()
    low: float = 0.1
    high: float = 0.1
