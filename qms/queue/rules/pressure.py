"""Where the pressure is: for each service, the longest wait that is expected, against what people may expect.

    pressure = minutes waited so far and still to come / minutes promised (else the segment's target)

It is the greatest over all who wait, over those who would come now, and over bookings that are
due soon. Above 1 somebody will have waited too long. Source: SCIENCE B2 ("Moving clerks"), which
moves a counter where the w / T of another line passes 1 and its own is under one half.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf

from qms.halls.rules.model import WALK_IN, Hall
from qms.kernel.clock import minutes
from qms.queue.rules import routing
from qms.queue.rules.levels import opened_at
from qms.queue.rules.model import Ticket
from qms.queue.rules.promise import promise_to
from qms.queue.rules.roll import Rolled
from qms.queue.rules.state import Queue
from qms.queue.rules.terms import UNKNOWN


@dataclass(frozen=True, slots=True)
class Strain:
    """The longest wait in all that is expected in a segment, and how long it may be; minutes."""

    segment: str
    wait: float
    target: float

    @property
    def pressure(self) -> float:
        return self.wait / self.target if self.target else inf


@dataclass(frozen=True, slots=True)
class Pressure:
    """How the lines of a service stand.

    `open`: counters that take its people now, `opened`: those of them at a level that is opened for a
    while. `untold`: those who wait and whom no counter will
    call, as far as can be foreseen. `worst`: the segment under most pressure; None where nobody
    can be told anything. `longest`: the longest expected wait in any segment.
    """

    service: str
    waiting: int
    open: tuple[str, ...]
    opened: tuple[str, ...] = ()
    untold: int = 0
    worst: Strain | None = None
    longest: float = 0

    @property
    def unserved(self) -> bool:
        """Whether somebody waits whom nobody serves, or nobody would serve who came."""
        return self.untold > 0 or self.worst is None

    @property
    def degree(self) -> float:
        """For comparison: infinite where people wait and nobody serves them, 0 where there is nobody to serve."""
        if self.untold:
            return inf
        return self.worst.pressure if self.worst is not None else 0.0


def pressures(state: Queue, rolled: Rolled) -> tuple[Pressure, ...]:
    """Every service of the hall, the one under most pressure first.

    Of tickets that have changed since the roll nothing is said.
    """
    strains: dict[str, list[Strain]] = defaultdict(list)
    for service, strain in _expected(state, rolled):
        strains[service].append(strain)
    waiting, untold = Counter[str](), Counter[str]()
    for ticket in state.waiting():
        waiting[ticket.service] += 1
        untold[ticket.service] += ticket.id not in rolled.tickets and ticket.touched <= rolled.seq
    every = (
        Pressure(
            part.id,
            waiting[part.id],
            open := takers(state, part.id),
            tuple(counter for counter in open if opened_at(state.desk(counter), part.id)),
            untold[part.id],
            max(strains[part.id], key=lambda one: one.pressure, default=None),
            max((one.wait for one in strains[part.id]), default=0.0),
        )
        for part in state.setup.services
        if not part.retired or waiting[part.id]
    )
    return tuple(sorted(every, key=lambda one: -one.degree))


def takers(state: Queue, service: str) -> tuple[str, ...]:
    """The open counters that take people of a service now, in the order of the set-up."""
    desks = (state.desk(part.id) for part in state.setup.counters)
    return tuple(
        desk.counter
        for desk in desks
        if desk.state == "open" and routing.level_of(state.setup, desk, service, None) is not None
    )


def _since(ticket: Ticket) -> datetime:
    """From when on a person waits: who was at a counter before waits anew."""
    return ticket.since if ticket.spells else ticket.ref


def _expected(state: Queue, rolled: Rolled) -> Iterator[tuple[str, Strain]]:
    """Every wait that is expected, with its service."""
    setup = state.setup
    present = {(WALK_IN, service.id) for service in setup.services if not service.booking.only}
    for ticket in state.waiting():
        present.add((ticket.segment, ticket.service))
        if ticket.id in rolled.tickets:
            wait = minutes(rolled.at - _since(ticket)) + rolled.tickets[ticket.id]
            booked = ticket.booked is not None
            yield ticket.service, _strain(setup, ticket.service, ticket.segment, booked, wait)
    for (service, segment), wait in rolled.lines.items():
        if (segment, service) in present:
            yield service, _strain(setup, service, segment, False, wait)
    book = state.calendar.days.get(state.day) if state.day is not None else None
    for id, wait in rolled.bookings.items():
        booking = book.bookings.get(id) if book is not None else None
        if booking is not None and booking.state == "confirmed":
            service = booking.services[0].service
            yield service, _strain(setup, service, booking.segment, True, wait)


def _strain(setup: Hall, service: str, segment: str, booked: bool, wait: float) -> Strain:
    return Strain(segment, max(0.0, wait), allowed(setup, service, segment, booked=booked))


def allowed(setup: Hall, service: str, segment: str, *, booked: bool) -> float:
    """How many minutes a person may wait: as promised, else the target of their segment."""
    standard = promise_to(setup, service, segment, booked=booked)
    return standard.minutes if standard is not None else (setup.segment(segment) or UNKNOWN).target
