"""The hall rolled forward from its present state: when each person who waits, or might come, is called.

    every counter, in the order in which they become free, calls the best by the router's own order
    (`routing`: levels, opened levels, guard, points, booked times), and is free again after
    walk + mean service

One pass answers everybody: who would come now is in it as somebody who takes no time, so that
nobody is put back by them. People are expected as they come on average: one of a service of which
a share p never turns up when called takes the share 1 - p of its minutes; so does a booking that
is not checked in yet, which joins at its time. Source: SCIENCE A2 (L1, ROLL).

What holds, and what does not. An expected wait is never negative; it is 0 where a free counter would
call the person now. In one line nobody is expected before somebody who stands before them. One more
person may shorten the wait of another (a counter that is busy longer may be free at a better moment
for them), and a counter more may lengthen it (somebody is taken sooner, and a third person then goes
where they hinder more): Graham's anomalies, which any schedule by priority over unequal counters has.
Where all counters serve all, and durations are alike, neither happens.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

from qms.booking.rules.model import Booking
from qms.halls.rules.model import BOOKED, WALK_IN
from qms.kernel.clock import minutes
from qms.queue.rules.durations import Durations
from qms.queue.rules.model import Opened
from qms.queue.rules.order import Alike, Place, Served, best_of
from qms.queue.rules.routing import level_of
from qms.queue.rules.seats import seats
from qms.queue.rules.state import Queue
from qms.queue.rules.terms import guard_of, terms

LATE, SOON = 5, 90
"""Bookings count whose time was so many minutes ago, or comes within so many."""
Arrival = tuple[str, str]
"""A service and a segment."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """What the roll of state `seq` says at the moment `at`. Who cannot be told is absent.

    `tickets`: minutes until each is called. `lines`: the same for somebody who would join a line now.
    `bookings`: minutes by which each one that is due soon will be called after its time.
    """

    at: datetime
    seq: int
    tickets: Mapping[str, float]
    lines: Mapping[Arrival, float]
    bookings: Mapping[str, float]


Join = tuple[float, int, Alike, Place]
"""When somebody joins, a number that breaks ties, and where."""


def roll(
    state: Queue,
    now: datetime,
    opened: Mapping[str, tuple[Opened, ...]] | None = None,
    arrivals: Iterable[Arrival] | None = None,
) -> Rolled:
    """Roll a state forward. `opened` stands in place of what the named desks have opened, for proposals.

    `arrivals`: who might come; unless told, somebody of every segment for every service.
    """
    return _Roll(state, now, opened or {}).answer(list(_usual(state) if arrivals is None else arrivals))


def _usual(state: Queue) -> Iterator[Arrival]:
    segments = dict.fromkeys((WALK_IN, *(part.id for part in state.setup.segments if not part.retired)))
    for service in state.setup.services:
        if not service.retired:
            for segment in segments:
                yield service.id, segment


class _Roll:
    """One pass."""

    def __init__(self, state: Queue, now: datetime, opened: Mapping[str, tuple[Opened, ...]]) -> None:
        self._state, self._now, self._hall = state, now, state.setup
        self._seats = list(seats(state, now, opened)) if state.suspended is None else []
        self._phases = [phase for seat in self._seats for phase in seat.phases]
        self._durations = Durations(state)
        self._longest = self._hall.conduct.rule == "longest_queue"
        self._alike: dict[Any, tuple[Alike, tuple[int | None, ...]]] = {}
        self._lines: dict[tuple[str, str, str], Alike | None] = {}
        self._joins: list[Join] = []
        self._called: dict[Any, float] = {}
        self._left = 0

    def answer(self, arrivals: list[Arrival]) -> Rolled:
        self._stand()
        due = {booking.id: start for booking, start in self._due()}
        might = self._might_come(arrivals)
        self._run()
        called = self._called
        return Rolled(
            self._now,
            self._state.seq,
            {id: called[id] for id in self._state.tickets if id in called},
            {each: called[line] for each, line in might.items() if line in called},
            {id: called[id, BOOKED] - start for id, start in due.items() if (id, BOOKED) in called},
        )

    # -- who waits, comes, or might come

    def _line(self, service: str, segment: str, only: str) -> Alike | None:
        """The line of those alike; None where no counter takes them."""
        name = (service, segment, only)
        if name not in self._lines:
            self._lines[name] = self._found(*name)
        return self._lines[name]

    def _found(self, service: str, segment: str, only: str) -> Alike | None:
        levels = tuple(level_of(self._hall, desk, service, only or None) for _, desk in self._phases)
        if all(level is None for level in levels):
            return None
        by = terms(self._hall, service, segment)
        alike = (levels, by, self._longest and service)
        if alike not in self._alike:
            self._alike[alike] = Alike(service, by.rung, by.rate, by.base), levels
        return self._alike[alike][0]

    def _stand(self) -> None:
        """Everybody who waits stands in line; who was away and may not be called yet joins later."""
        tickets, now = self._state.tickets, self._now
        for (service, segment, only), places in self._state.lines.items():
            line = self._line(service, segment, only)
            if line is None:
                continue
            busy = self._durations.called(service)
            for ref, seq, id in places:
                place = (minutes(ref - now), seq, busy, id)
                again = tickets[id].not_before
                if again is None or again <= now:
                    line.places.append(place)
                    self._left += 1
                else:
                    self._join(minutes(again - now), line, place)
        for line, _ in self._alike.values():
            line.places.sort()

    def _join(self, at: float, line: Alike, place: Place) -> None:
        self._joins.append((at, len(self._joins), line, place))
        self._left += 1

    def _due(self) -> Iterator[tuple[Booking, float]]:
        """Bookings that are due and not checked in yet, each with its time; they are put among those who join."""
        state = self._state
        book = state.calendar.days.get(state.day) if state.day is not None else None
        for n, booking in enumerate(book.bookings.values() if book is not None else (), 1):
            start = minutes(booking.start - self._now)
            if booking.state != "confirmed" or not -LATE <= start <= SOON:
                continue
            service = booking.services[0].service
            line = self._line(service, booking.segment, "")
            if line is not None:
                at = max(0.0, start)
                place = (at, state.seq + 1 + n, self._durations.booked(service), (booking.id, BOOKED))
                self._join(at, line, place)
                yield booking, start

    def _might_come(self, arrivals: list[Arrival]) -> dict[Arrival, Alike]:
        """One who takes no time joins each line that somebody might join."""
        found = {}
        for service, segment in arrivals:
            line = self._line(service, segment, "")
            if line is not None:
                found[service, segment] = line
        for line in dict.fromkeys(found.values()):
            insort(line.places, (0.0, self._state.seq + 1, 0.0, line))
            self._left += 1
        return found

    # -- the pass

    def _run(self) -> None:
        heap = [(seat.free, seat.idle, n) for n, seat in enumerate(self._seats)]
        heapify(heap)
        served, breaks = list(self._served()), [list(seat.breaks) for seat in self._seats]
        guard, waiting, joins = guard_of(self._hall), self._waiting(), self._joins
        joins.sort(key=lambda join: join[:2], reverse=True)
        while heap and self._left:
            at, idle, n = heappop(heap)
            if at >= self._seats[n].leaves:
                continue
            if breaks[n] and (back := _back(breaks[n], at, idle)) > at:
                heappush(heap, (back, back, n))
                continue
            while joins and joins[-1][0] <= at:
                self._joined(joins.pop(), waiting)
            line = best_of(_present(served[n], at), at, guard, waiting)
            if line is not None:
                busy = self._call(line, at, waiting)
                heappush(heap, (at + busy, at + busy if busy else idle, n))
            elif joins:
                heappush(heap, (joins[-1][0], idle, n))

    def _served(self) -> Iterator[list[tuple[float, Served]]]:
        """What each counter serves, phase by phase."""
        n = 0
        for seat in self._seats:
            found = []
            for until, _ in seat.phases:
                lines = [(levels[n], line) for line, levels in self._alike.values()]
                able = [(level, line) for level, line in lines if level is not None]
                found.append((until, sorted(able, key=lambda each: each[0])))
                n += 1
            yield found

    def _waiting(self) -> Counter[str] | None:
        """How many wait for each service, where the rule goes by that."""
        if not self._longest:
            return None
        found = Counter[str]()
        for (service, _, _), places in self._state.lines.items():
            found[service] += len(places)
        return found

    def _joined(self, join: Join, waiting: Counter[str] | None) -> None:
        _, _, line, place = join
        insort(line.places, place, lo=line.head)
        if waiting is not None and isinstance(place[3], tuple):
            waiting[line.service] += 1

    def _call(self, line: Alike, at: float, waiting: Counter[str] | None) -> float:
        """Call the first of a line: the minutes until the counter is free again."""
        _, _, busy, who = line.places[line.head]
        line.head += 1
        self._left -= 1
        self._called[who] = at
        if waiting is not None and busy:
            waiting[line.service] -= 1
        return busy


def _back(breaks: list[tuple[float, float]], at: float, idle: float) -> float:
    """When a counter that has been free since `idle` can call: now, or after the break that was due by `at`.

    A break begins once the counter is free, and has its full length.
    """
    while breaks and breaks[0][0] <= at:
        start, end = breaks.pop(0)
        idle = max(start, idle) + end - start
        at = max(at, idle)
    return at


def _present(phases: list[tuple[float, Served]], at: float) -> Served:
    while at >= phases[0][0]:
        phases.pop(0)
    return phases[0][1]
