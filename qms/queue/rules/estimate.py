"""How long a person will wait: QLc (queue length times cycle), with a range.

    QLc = t_open + (n + 1) c / s

n: people whom the rule would call before; s: counters that can serve the person and are open;
t_open: minutes until the first of them opens; c: the cycle, the minutes from one call of a
counter to its next, which holds walking, no-shows and small breaks. Source: SCIENCE A2.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import isfinite
from sys import maxsize

from qms.halls.rules import hours
from qms.halls.rules.model import Counter
from qms.queue.rules import routing
from qms.queue.rules.gamma import quantile
from qms.queue.rules.model import Desk, Expected, Ticket
from qms.queue.rules.state import Line, Place, Queue, line_of
from qms.queue.rules.terms import guard_of, terms

PRIOR_GAPS = 30
"""The configured cycle weighs as much as so many measured gaps."""
SPREAD = 0.8
"""Coefficient of variation of one cycle, before anything is measured."""
LOW, HIGH = 0.1, 0.9
OPENS_SOON = timedelta(hours=12)
"""Before opening, an estimate counts from the opening if it is no further away than this."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies before a person: people ahead, and the expected wait where it can be told."""

    ahead: int
    expected: Expected | None


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


class Outlooks:
    """The outlooks of one published state at one moment; what they share is worked out once."""

    def __init__(self, state: Queue, now: datetime, before: "Outlooks | None" = None) -> None:
        """`before` may be those of an earlier state: who serves what is taken over from them.

        That holds while no counter has changed, for a second, by which minutes to an opening may be off.
        """
        self._state, self._now, self._hall = state, now, state.setup
        self._since = now
        self._desks: list[Desk]
        self._able: dict[tuple[str, str], tuple[frozenset[str], float | None]] = {}
        if before is not None and before._serves(state, now):
            self._since, self._desks, self._able = before._since, before._desks, before._able
        else:
            self._desks = [_as_planned(state, part) for part in self._hall.counters if not part.retired]
        limit = guard_of(self._hall)
        self._guard = (
            now - timedelta(minutes=limit) if isfinite(limit) else datetime.min.replace(tzinfo=UTC)
        )
        self._cycles: dict[str, float] = {}
        self._arrivals: dict[tuple[str, str], Outlook] = {}

    def _serves(self, later: Queue, now: datetime) -> bool:
        return (
            later.hall is self._hall
            and later.desks == self._state.desks
            and now - self._since < timedelta(seconds=1)
        )

    def for_ticket(self, ticket: Ticket) -> Outlook:
        """The outlook of one who waits."""
        return self._outlook(line_of(ticket), (ticket.ref, ticket.seq, ticket.id))

    def for_arrival(self, service: str, segment: str) -> Outlook:
        """The outlook of somebody who would take a ticket now."""
        key = (service, segment)
        if key not in self._arrivals:
            place = (self._now, self._state.seq + 1, "")
            self._arrivals[key] = self._outlook((service, segment, ""), place)
        return self._arrivals[key]

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
            return frozenset(back), _minutes(self._now, min(back.values()))
        planned = frozenset(desk.counter for desk in able)
        opening = hours.next_opening(self._hall, self._now)
        soon = opening is not None and opening - self._now < OPENS_SOON
        if opening is None or not soon or hours.is_open(self._hall, self._now):
            return planned, None
        return planned, _minutes(self._now, opening)

    def _cycle(self, service: str) -> float:
        if service not in self._cycles:
            self._cycles[service] = cycle(self._state, service)
        return self._cycles[service]

    def _outlook(self, mine: Line, place: Place) -> Outlook:
        counters, opens = self.able(mine[0], mine[2])
        ahead, loads = 0, dict.fromkeys(counters, 0.0)
        for line, places in self._state.lines.items():
            others = counters if line == mine else self.able(line[0], line[2])[0]
            shared = others & counters
            if line == mine:
                before = bisect_left(places, place)
            elif shared:
                before = self._before(line, places, place, mine)
            else:
                continue
            ahead += before
            for counter in shared:
                # Each of the counters that serve a line takes its share of it.
                loads[counter] += before * self._cycle(line[0]) / len(others)
        return Outlook(ahead, self._expected(mine, opens, ahead, sorted(loads.values())))

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
        score = own.rate * _minutes(ref, self._now) + own.base
        equal = self._now - timedelta(minutes=(score - theirs.base) / theirs.rate)
        if equal > self._now:
            return bisect_right(places, (self._now, maxsize, ""))
        if equal < guard:
            return bisect_left(places, (guard, 0, ""))
        # Equal points: the earlier reference time, then the lower number.
        return bisect_left(places, (equal, seq if equal == ref else maxsize if equal < ref else 0, ""))

    def _expected(self, mine: Line, opens: float | None, ahead: int, loads: list[float]) -> Expected | None:
        """QLc over the counters that serve the line, each with the work ahead that falls to it.

        The least over the counters taken from the least loaded on: one more counter never makes
        the wait longer. Where all serve the same lines this is (n + 1) c / s.
        """
        if opens is None or not loads:
            return None
        if ahead == 0 and self._idle(mine):
            return Expected(0, 0, 0)
        own = self._cycle(mine[0])
        wait = min((work + own) / (n + 1) for n, work in enumerate(accumulate(loads)))
        shape = (ahead + 1) / SPREAD**2
        low, high = (wait * quantile(shape, share) / shape for share in (LOW, HIGH))
        return Expected(round(opens + low, 2), round(opens + wait, 2), round(opens + high, 2))

    def _idle(self, mine: Line) -> bool:
        counters, _ = self.able(mine[0], mine[2])
        return any(self._state.desk(counter).idle_since is not None for counter in counters)


def _as_planned(state: Queue, part: Counter) -> Desk:
    """A counter as it stands, or, while it is closed, as it would open."""
    desk = state.desk(part.id)
    if desk.state != "closed":
        return desk
    return Desk(part.id, profile=tuple(part.services.items()))


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60
