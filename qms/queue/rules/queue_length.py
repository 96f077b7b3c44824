"""L0 of the estimate, from the first day on: queue length times cycle (QLc).

    QLc = t_open + (n + 1) c / s

n: people whom the rule would call before; s: counters that can serve the person and are open;
t_open: minutes until the first of them opens; c: the cycle, the minutes from one call of a
counter to its next, which holds walking, no-shows and small breaks. Source: SCIENCE A2.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import inf, isfinite
from sys import maxsize

from qms.halls.rules import hours
from qms.kernel.clock import minutes
from qms.queue.rules import routing
from qms.queue.rules.model import Desk
from qms.queue.rules.seats import OPENS_SOON, as_planned
from qms.queue.rules.state import Line, Place, Queue
from qms.queue.rules.terms import guard_of, terms

PRIOR_GAPS = 30
"""The configured cycle weighs as much as so many measured gaps."""


def cycle(state: Queue, service: str) -> float:
    """Minutes from one call to the next at one counter: configured, shrunk towards the measured.

    c = (30 c0 + sum) / (30 + N), with c0 the service's minutes and what the hall adds for walking.
    """
    setup = state.setup
    part = setup.service(service)
    if part is None:
        return 0.0
    prior = part.minutes + setup.conduct.cycle_minutes
    pace = state.paces.get(part.group)
    if pace is None:
        return prior
    return (PRIOR_GAPS * prior + pace.minutes) / (PRIOR_GAPS + pace.gaps)


def drained(ahead: int, counters: int, cycle: float, patience: float = inf) -> float:
    """Minutes until everybody ahead and the person themselves is called, where all wait in one line.

    QL = (n + 1) c / s; where people leave after `patience` minutes on average, the sum over those who
    may still be ahead, k = 0 .. n, of 1 / (s / c + k / patience) (QLm: Whitt, "Predicting queueing
    delays", Management Science 45, 1999).
    """
    if not isfinite(patience):
        return (ahead + 1) * cycle / counters
    return sum(1 / (counters / cycle + k / patience) for k in range(ahead + 1))


class QueueLength:
    """Who is ahead of a place in a line, and QLc, in one published state at one moment."""

    def __init__(self, state: Queue, now: datetime, before: "QueueLength | None" = None) -> None:
        """`before` may be that of an earlier state: who serves what is taken over from it.

        That holds while no counter has changed, for a second, by which minutes to an opening may be off.
        """
        self._state, self._now, self._hall = state, now, state.setup
        self._since = now
        self._desks: list[Desk]
        self._able: dict[tuple[str, str], tuple[frozenset[str], float | None]] = {}
        if before is not None and before._serves(state, now):
            self._since, self._desks, self._able = before._since, before._desks, before._able
        else:
            parts = [part for part in self._hall.counters if not part.retired]
            desks = [(part, state.desk(part.id)) for part in parts]
            self._desks = [as_planned(part) if desk.state == "closed" else desk for part, desk in desks]
        limit = guard_of(self._hall)
        self._guard = (
            now - timedelta(minutes=limit) if isfinite(limit) else datetime.min.replace(tzinfo=UTC)
        )
        self._cycles: dict[str, float] = {}

    def _serves(self, later: Queue, now: datetime) -> bool:
        return (
            later.hall is self._hall
            and later.desks == self._state.desks
            and now - self._since < timedelta(seconds=1)
        )

    def able(self, service: str, only: str = "") -> tuple[frozenset[str], float | None]:
        """The counters that serve a line, and minutes until the first of them opens.

        Open ones; else those on a break with an end; else all that would serve it once they open,
        with the hall's opening. None in place of the minutes: nobody can say.
        """
        key = (service, only)
        if key not in self._able:
            self._able[key] = self._find(service, only)
        return self._able[key]

    def _find(self, service: str, only: str) -> tuple[frozenset[str], float | None]:
        able = [
            desk
            for desk in self._desks
            if routing.level_of(self._hall, desk, service, only or None) is not None
        ]
        if found := frozenset(desk.counter for desk in able if desk.state == "open"):
            return found, 0.0
        if back := {d.counter: max(d.until, self._now) for d in able if d.until is not None}:
            return frozenset(back), minutes(min(back.values()) - self._now)
        planned = frozenset(desk.counter for desk in able)
        opening = hours.next_opening(self._hall, self._now)
        soon = opening is not None and opening - self._now < OPENS_SOON
        if opening is None or not soon or hours.is_open(self._hall, self._now):
            return planned, None
        return planned, minutes(opening - self._now)

    def _cycle(self, service: str) -> float:
        if service not in self._cycles:
            self._cycles[service] = cycle(self._state, service)
        return self._cycles[service]

    def ahead(self, mine: Line, place: Place) -> Sequence[tuple[Line, int]]:
        """How many of each line the rule would call before somebody at that place, at counters that serve both."""
        counters, _ = self.able(mine[0], mine[2])
        found = []
        for line, places in self._state.lines.items():
            if line == mine:
                found.append((line, bisect_left(places, place)))
            elif counters & self.able(line[0], line[2])[0]:
                found.append((line, self._before(line, places, place, mine)))
        return found

    def wait(self, mine: Line, ahead: Sequence[tuple[Line, int]]) -> float | None:
        """QLc over the counters that serve the line, each with the work ahead that falls to it; None: nobody can say.

        The least over the counters taken from the least loaded on: one more counter never makes
        the wait longer. Where all serve the same lines this is (n + 1) c / s.
        """
        counters, opens = self.able(mine[0], mine[2])
        if opens is None or not counters:
            return None
        loads = dict.fromkeys(counters, 0.0)
        for line, before in ahead:
            others = self.able(line[0], line[2])[0]
            # Each of the counters that serve a line takes its share of it.
            share = before * self._cycle(line[0]) / len(others)
            for counter in others & counters:
                loads[counter] += share
        own = self._cycle(mine[0])
        return opens + min(
            (work + own) / (n + 1) for n, work in enumerate(accumulate(sorted(loads.values())))
        )

    def _before(self, line: Line, places: tuple[Place, ...], place: Place, mine: Line) -> int:
        """How many of another line the rule would call before one of mine at that place.

        Points fall as the reference time rises, so these are all up to the moment of equal points;
        but all over the guard if I am not, and nobody before the booked time if mine has come.
        Where the longest queue goes first, arrival stands in for it.
        """
        ref, seq, _ = place
        guard = self._guard
        if ref > self._now or ref < guard:
            return bisect_left(places, place)
        theirs, own = (terms(self._hall, service, segment) for service, segment, _ in (line, mine))
        if theirs.rung != own.rung:
            until = self._now if theirs.rung < own.rung else guard
            return bisect_right(places, (until, maxsize if until is self._now else 0, ""))
        score = own.rate * minutes(self._now - ref) + own.base
        equal = self._now - timedelta(minutes=(score - theirs.base) / theirs.rate)
        if equal > self._now:
            return bisect_right(places, (self._now, maxsize, ""))
        if equal < guard:
            return bisect_left(places, (guard, 0, ""))
        # Equal points: the earlier reference time, then the lower number.
        return bisect_left(places, (equal, seq if equal == ref else maxsize if equal < ref else 0, ""))

    def idle(self, mine: Line) -> bool:
        """Whether a counter that serves the line is free now."""
        counters, _ = self.able(mine[0], mine[2])
        return any(self._state.desk(counter).idle_since is not None for counter in counters)
