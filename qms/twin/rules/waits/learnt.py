"""What past days teach of a hall that is known by its log alone: its pace, openings, ways and order of calling.

Pace: the cycle is the gap between two calls of a counter while its line never emptied, each taken for
30 minutes at most (SCIENCE A2). A ridge regression gives it by line, by whether the person was handed
over from another line, and by how many wait: counters work faster before a full room (Delasay,
Ingolfsson, Kolfal and Schultz, "Load effect on service times", EJOR 2019).
Ways: who is served in one line now comes to another with the share of those who did on past days,
first of all on days on which the same lines were in use.
Order: tickets are called by their reference (the first print or the booked time), but not strictly; of
two who wait, the earlier one goes first with a share learnt by their kinds.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from math import log
from typing import TypeVar

import numpy as np

DAYS = 60
"""Days from which is learnt, the latest."""
LONGEST = 30.0
"""Minutes at which a gap is cut."""
USUAL = 6.0
"""Minutes of a cycle before anything is measured."""
PENALTY = 10.0
FIRST, PRIOR_PAIRS = 0.95, 20
"""The share with which the earlier of two goes first before anything is learnt, and its weight in pairs."""
PRIOR_WAYS, PRIOR_GONE, PRIOR_BACK, PRIOR_IDLE = 10, 30, 10, 5
"""Weights in tickets: of all days against those with the same lines in use, of nobody leaving, of
nobody who returns to a line being called at once, and of free counters calling at once."""
PRIOR_LEFT, PRIOR_LATE, LATE = 5, 3, 5.0
"""Weights of, and for the second the minutes, what is assumed to remain beyond what was ever measured."""
OFTEN = 0.5
"""A counter is expected that was in use on so large a share of days."""

Kind = tuple[str, bool]
"""Segment, and whether handed over from another line."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Minutes between two calls of a counter: the line and kind of the first, and how many waited per counter."""

    line: str
    handed: bool
    waiting: float
    minutes: float


@dataclass(slots=True)
class Past:
    """One day that is over, as the floor saw it."""

    day: date
    gaps: list[Gap] = field(default_factory=list)
    opened: dict[str, int] = field(default_factory=dict)
    """Second of each counter's first call."""
    served: set[tuple[str, str]] = field(default_factory=set)
    """Lines with the counters that served them."""
    ways: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    """Tickets by line and the line after it (None: they left)."""
    pairs: Counter[tuple[Kind, Kind, bool]] = field(default_factory=Counter)
    """Of two who waited when one was called, the earlier's and the later's kind, and whether the earlier was."""
    called: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Legs by line and whether they were called."""
    idle: list[float] = field(default_factory=list)
    """Minutes of those who came when nobody waited and a counter was free."""
    back: Counter[bool] = field(default_factory=Counter)
    """Legs that returned to the line they came from, by whether they were called at once."""

    @property
    def lines(self) -> frozenset[str]:
        """The lines in use."""
        return frozenset(line for line, _ in self.served)


class Remaining:
    """E[S - e | S > e] of measured gaps, leaning on a share of the mean where few were longer."""

    def __init__(self, gaps: Sequence[float], mean: float) -> None:
        self.mean = sum(gaps) / len(gaps) if gaps else mean
        self._gaps = sorted(gaps)
        self._sums = [0.0, *accumulate(self._gaps)]

    def minutes(self, elapsed: float, pace: float) -> float:
        """Left of a gap of which so many minutes have passed, where gaps are `pace` times as long as usual."""
        k = bisect_right(self._gaps, elapsed / pace)
        longer = len(self._gaps) - k
        total = (self._sums[-1] - self._sums[k]) * pace - longer * elapsed
        return (total + PRIOR_LEFT * max(2.0, 0.7 * self.mean * pace)) / (longer + PRIOR_LEFT)


class Learnt:
    """What the last 60 of these days teach; of no day at all: what is assumed."""

    def __init__(self, past: Sequence[Past]) -> None:
        self._past = [p for p in past if p.day >= past[-1].day - timedelta(days=DAYS - 1)] if past else []
        gaps = [gap for past_day in self._past for gap in past_day.gaps]
        self._fit(gaps)
        by_line: dict[str, list[float]] = defaultdict(list)
        for gap in gaps:
            by_line[gap.line].append(min(gap.minutes, LONGEST))
        self._remaining = {line: Remaining(found, USUAL) for line, found in by_line.items()}
        self._any = Remaining([min(gap.minutes, LONGEST) for gap in gaps], USUAL)
        self._opened: dict[str, list[int]] = defaultdict(list)
        for past_day in self._past:
            for counter, second in past_day.opened.items():
                self._opened[counter].append(second)
        self._openings = sorted(second for found in self._opened.values() for second in found)
        self._earlier_first = self._pairs()
        self._ways: dict[tuple[str, str, frozenset[str]], float] = {}
        self._comes = _comes(_sum(past_day.called for past_day in self._past))
        self._days = [(past_day.lines, past_day.ways) for past_day in self._past]
        back = _sum(past_day.back for past_day in self._past)
        self.at_once = back[True] / (back.total() + PRIOR_BACK)
        """The share of those who return to the line they come from that is called at once."""
        idle = [min(minutes, LONGEST) for past_day in self._past for minutes in past_day.idle]
        self.idle = sum(idle) / (len(idle) + PRIOR_IDLE)
        """Minutes until a counter calls that serves nobody while nobody waits: a log does not say whether
        somebody is there."""
        self.served = frozenset(pair for past_day in self._past for pair in past_day.served)

    def _fit(self, gaps: Sequence[Gap]) -> None:
        """One level, one effect of load and of being handed over; lines lean towards them."""
        self._lines = sorted({gap.line for gap in gaps})
        if not gaps:
            self._level, self._load, self._base, self._handed = USUAL, 0.0, {}, {}
            return
        at = {line: n for n, line in enumerate(self._lines)}
        count = len(self._lines)
        load = np.array([log(max(1.0, gap.waiting)) for gap in gaps])
        handed = np.array([float(gap.handed) for gap in gaps])
        which = np.array([at[gap.line] for gap in gaps])
        table = np.zeros((len(gaps), 3 + 2 * count))
        table[:, 0], table[:, 1], table[:, 2] = 1, load - load.mean(), handed - handed.mean()
        rows = np.arange(len(gaps))
        table[rows, 3 + which] = 1
        table[rows, 3 + count + which] = table[:, 2]
        minutes = np.array([min(gap.minutes, LONGEST) for gap in gaps])
        penalty = np.diag([1e-9, PENALTY / 2, PENALTY / 2, *[PENALTY] * (2 * count)])
        found = np.linalg.solve(table.T @ table + penalty, table.T @ minutes)
        self._level = float(found[0] - found[1] * load.mean() - found[2] * handed.mean())
        self._load = float(found[1])
        self._handed = {line: float(found[2] + found[3 + count + n]) for line, n in at.items()}
        self._base = {
            line: float(self._level + found[3 + n] - found[3 + count + n] * handed.mean())
            for line, n in at.items()
        }

    def cycle(self, line: str, waiting: float, handed: bool) -> float:
        """Minutes of a counter for one person of a line, with so many waiting per counter."""
        minutes = self._base.get(line, self._level) + (self._load * log(waiting) if waiting > 1 else 0.0)
        if handed:
            minutes += self._handed.get(line, 0.0)
        return minutes if minutes > 1 else 1.0

    def mean(self, line: str) -> float:
        """The mean cycle of a line."""
        return self._remaining.get(line, self._any).mean

    def remaining(self, line: str, elapsed: float, pace: float) -> float:
        """Minutes until a counter calls again that called somebody of this line so many minutes ago."""
        return self._remaining.get(line, self._any).minutes(elapsed, pace)

    def opens(self, counter: str, second: int) -> float:
        """Minutes until a counter opens that has not done so by this second of the day."""
        found = self._opened.get(counter) or self._openings
        if not found:
            return 0.0
        later = [opened - second for opened in found if opened > second]
        if len(later) == len(found):
            return sum(later) / len(later) / 60
        return (sum(later) / 60 + PRIOR_LATE * LATE) / (len(later) + PRIOR_LATE)

    def expected(self, counter: str) -> bool:
        """Whether a counter is in use on most days."""
        return len(self._opened.get(counter, ())) > OFTEN * len(self._past)

    def first(self, earlier: Kind, later: Kind) -> float:
        """The share with which the earlier of two people of these kinds is called first."""
        return self._earlier_first.get((earlier, later), FIRST)

    def comes(self, line: str) -> float:
        """The share of a line's people who are called in the end."""
        return self._comes.get(line, 1.0)

    def way(self, here: str, there: str, lines: frozenset[str]) -> float:
        """The share of those in one line who come to the other next, on a day with these lines in use."""
        key = here, there, lines
        if key not in self._ways:
            self._ways[key] = self._way(here, there, lines)
        return self._ways[key]

    def _way(self, here: str, there: str, lines: frozenset[str]) -> float:
        came = total = alike_came = alike = 0
        for in_use, counted in self._days:
            if there not in in_use:
                continue
            ways = [(after, n) for (line, after), n in counted.items() if line == here]
            all_of_them, to_there = sum(n for _, n in ways), sum(n for after, n in ways if after == there)
            total, came = total + all_of_them, came + to_there
            if in_use == lines:
                alike, alike_came = alike + all_of_them, alike_came + to_there
        return (alike_came + PRIOR_WAYS * came / total) / (alike + PRIOR_WAYS) if total else 0.0

    def _pairs(self) -> Mapping[tuple[Kind, Kind], float]:
        pairs = _sum(past_day.pairs for past_day in self._past)
        kinds = {(earlier, later) for earlier, later, _ in pairs}
        return {
            (earlier, later): (pairs[earlier, later, True] + PRIOR_PAIRS * FIRST)
            / (pairs[earlier, later, True] + pairs[earlier, later, False] + PRIOR_PAIRS)
            for earlier, later in kinds
        }


def _comes(called: Counter[tuple[str, bool]]) -> Mapping[str, float]:
    return {
        line: (called[line, True] + PRIOR_GONE) / (called[line, True] + called[line, False] + PRIOR_GONE)
        for line, _ in called
    }


Key = TypeVar("Key")


def _sum(counters: Iterable[Counter[Key]]) -> Counter[Key]:
    total: Counter[Key] = Counter()
    for counter in counters:
        total.update(counter)
    return total
