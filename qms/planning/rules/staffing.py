"""The least number of clerks that keeps the goals, and what is missing where a number is given.

A goal is a share of people called within so many minutes, and a cap on how busy clerks are. The
least number is found by bisection, since each further clerk helps. Of those who are rostered some
are ill, on leave or in training: ceil(clerks / (1 - shrinkage)) must be on the roster.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf
from typing import Literal, Protocol

from qms.planning.rules import abandonment, erlang
from qms.planning.rules.inputs import MOST, clerks_of, number

_ROUNDING = 1e-9


class Line(Protocol):
    """What people meet at a line, by whatever model."""

    @property
    def clerks(self) -> int: ...
    @property
    def load(self) -> float: ...
    @property
    def settles(self) -> bool: ...
    @property
    def p_wait(self) -> float: ...
    @property
    def mean_wait(self) -> float: ...
    @property
    def occupancy(self) -> float: ...
    @property
    def leave_share(self) -> float: ...
    def level(self, within: float) -> float: ...
    def quantile(self, share: float) -> float: ...


@dataclass(frozen=True, slots=True)
class Goal:
    """`share` of the people are called `within` so many minutes; clerks are busy for at most `busy` of their time."""

    share: float
    within: float
    busy: float = 1.0

    def __post_init__(self) -> None:
        number("the share to be called in time", self.share, 0, 0.999999)
        number("the minutes within which people are called", self.within, 0, 100_000)
        number("the cap on occupancy", self.busy, 0.01, 1)


@dataclass(frozen=True, slots=True)
class Missed:
    """A goal that is not met: what was wanted and what comes of it.

    `service_level` and `occupancy` are shares; `settles` sets the clerks beside the work that comes in, in clerks.
    """

    goal: Literal["service_level", "occupancy", "settles"]
    wanted: float
    reached: float

    @property
    def by(self) -> float:
        """How far it is missed."""
        return abs(self.wanted - self.reached)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a line has to cope with: arrivals a minute, minutes of a clerk for each, and what is known beyond it."""

    rate: float
    minutes: float
    patience: float | None = None
    cv: float = 1.0

    def line(self, clerks: int) -> Line:
        """The line with so many clerks; raises ValueError."""
        if self.patience is not None:
            return abandonment.line(self.rate, self.minutes, clerks, self.patience)
        return erlang.line(self.rate, self.minutes, clerks, self.cv)


def missed(line: Line, goal: Goal) -> tuple[Missed, ...]:
    """The goals that a line misses, and by how much; none: it keeps them all."""
    found: list[Missed] = []
    if not line.settles:
        found.append(Missed("settles", float(line.clerks), line.load))
    if (level := line.level(goal.within)) < goal.share - _ROUNDING:
        found.append(Missed("service_level", goal.share, level))
    if line.occupancy > goal.busy + _ROUNDING:
        found.append(Missed("occupancy", goal.busy, line.occupancy))
    return tuple(found)


def least(demand: Demand, goal: Goal) -> int:
    """The least number of clerks that keeps the goals; raises ValueError where `MOST` are too few."""
    enough = first(lambda clerks: not missed(demand.line(clerks), goal), MOST)
    if enough is None:
        raise ValueError(f"not even {MOST} clerks keep these goals")
    return enough


def first(holds: Callable[[int], bool], most: int) -> int | None:
    """The first number from 1 on for which something holds that then holds for all greater ones; None up to `most`."""
    high = 1
    while not holds(high):
        if high >= most:
            return None
        high = min(2 * high, most)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def rostered(clerks: int, shrinkage: float) -> int:
    """How many must be on the roster so that so many are there; raises ValueError."""
    clerks_of(clerks)
    number("shrinkage", shrinkage, 0, 0.9)
    return ceil(clerks / (1 - shrinkage) - _ROUNDING)


@dataclass(frozen=True, slots=True)
class Advice:
    """What a line with `line.clerks` clerks gives, how many are `needed`, and what it misses."""

    line: Line
    needed: int
    rostered: int
    missed: tuple[Missed, ...]


def advise(demand: Demand, goal: Goal, shrinkage: float, clerks: int | None = None) -> Advice:
    """Advice for a given number of clerks, else for the least that keeps the goals. Raises ValueError."""
    needed = least(demand, goal)
    line = demand.line(needed if clerks is None else clerks)
    return Advice(line, needed, rostered(needed, shrinkage), missed(line, goal))


def settled(minutes: float) -> float | None:
    """Minutes as they may be written down: None for a wait that has no end."""
    return None if minutes == inf else minutes
