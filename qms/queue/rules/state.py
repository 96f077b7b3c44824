"""The state of a hall's day, folded from its events.

A published state is never changed: `apply` works on a draft of it. Tickets and desks are
immutable values; the containers that hold them are copied once for a draft.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from qms.booking.rules.calendar import Calendar
from qms.halls.rules.model import Hall
from qms.kernel.clock import business_day
from qms.queue.rules.fit import Fit, Trail
from qms.queue.rules.model import Call, Desk, Pace, Printer, Ticket

Line = tuple[str, str, str]
"""Service, segment, and the one counter that may call ('' for any)."""
Lease = tuple[str, str]
"""Group and device."""
Place = tuple[datetime, int, str]
"""Reference time, sequence, ticket: the order within a line."""

RECENT_CALLS = 40


@dataclass(slots=True)
class Queue:
    """A hall today. `day` is None between days; `running` holds the last number of each run."""

    id: str
    version_of: Callable[[int], Hall] = field(compare=False, repr=False)
    hall: Hall | None = None
    version: int = 0
    seq: int = 0
    at: datetime | None = None
    day: date | None = None
    ends: datetime | None = None
    """When the open day ends: its boundary by every set-up that has acted in it."""
    suspended: str | None = None
    tickets: dict[str, Ticket] = field(default_factory=dict)
    lines: dict[Line, tuple[Place, ...]] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)
    """Numbers borne by live tickets."""
    running: dict[str, int] = field(default_factory=dict)
    set_aside: dict[Lease, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """Numbers that devices may give by themselves, on each day."""
    leases: dict[Lease, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """Those of them that are not used up today: the running number and how it is written."""
    late: frozenset[str] = frozenset()
    """Tickets of closed days that were heard of today."""
    printers: dict[str, Printer] = field(default_factory=dict)
    """What was heard today of devices' printers."""
    issued: dict[str, int] = field(default_factory=dict)
    """Tickets given today, by service."""
    paces: dict[str, Pace] = field(default_factory=dict)
    last_call: dict[str, datetime] = field(default_factory=dict)
    """Last call of each group since which its line never emptied."""
    fit: Fit | None = None
    """What the estimate has learnt of days past."""
    trails: dict[str, Trail] = field(default_factory=dict)
    """How wrong each group's estimates were."""
    calls: tuple[Call, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)

    @property
    def setup(self) -> Hall:
        """The set-up that acts; a hall has one before it can take any other command."""
        if self.hall is None:
            raise LookupError(f"hall {self.id} has no set-up")
        return self.hall

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.setup.zone)

    def desk(self, counter: str) -> Desk:
        """A counter as it stands; one that nobody opened today is closed."""
        return self.desks.get(counter) or Desk(counter)

    def waiting(self) -> Iterator[Ticket]:
        """All who wait, line by line."""
        for places in self.lines.values():
            for _, _, ticket in places:
                yield self.tickets[ticket]


def new(hall: str, version_of: Callable[[int], Hall]) -> Queue:
    """A hall of which nothing has been recorded."""
    return Queue(hall, version_of)


def draft(state: Queue) -> Queue:
    """A copy whose containers may be changed without anybody seeing it."""
    return replace(
        state,
        tickets=dict(state.tickets),
        lines=dict(state.lines),
        desks=dict(state.desks),
        bearers=dict(state.bearers),
        running=dict(state.running),
        set_aside=dict(state.set_aside),
        leases=dict(state.leases),
        printers=dict(state.printers),
        issued=dict(state.issued),
        paces=dict(state.paces),
        last_call=dict(state.last_call),
        trails=dict(state.trails),
        calendar=state.calendar.draft(),
    )


def day_of(state: Queue, at: datetime) -> date:
    """The business day on record for an instant: the open one, else the calendar's."""
    if state.day is not None:
        return state.day
    return business_day(at, state.zone, state.setup.conduct.day_begins) if state.hall else at.date()


def line_of(ticket: Ticket) -> Line:
    return (ticket.service, ticket.segment, ticket.only or "")


def join(draft: Queue, ticket: Ticket) -> None:
    """Put a waiting ticket into its line, at its place by reference time and sequence."""
    line = line_of(ticket)
    places = draft.lines.get(line, ())
    place = (ticket.ref, ticket.seq, ticket.id)
    if not places or places[-1] < place:
        draft.lines[line] = (*places, place)
        return
    ordered = list(places)
    insort(ordered, place)
    draft.lines[line] = tuple(ordered)


def leave(draft: Queue, ticket: Ticket) -> None:
    """Take a ticket out of its line; an empty line is dropped."""
    line = line_of(ticket)
    places = draft.lines[line]
    index = bisect_left(places, (ticket.ref, ticket.seq, ticket.id))
    rest = places[:index] + places[index + 1 :]
    if rest:
        draft.lines[line] = rest
    else:
        del draft.lines[line]


def keep(draft: Queue, ticket: Ticket) -> None:
    """Store a ticket in place of its former self, and keep lines and numbers in step."""
    before = draft.tickets.get(ticket.id)
    was = before is not None and before.state == "waiting"
    if before is not None and was:
        leave(draft, before)
    if (
        before is not None
        and before.number != ticket.number
        and draft.bearers.get(before.number) == ticket.id
    ):
        del draft.bearers[before.number]
    draft.tickets[ticket.id] = ticket
    if ticket.state == "waiting":
        join(draft, ticket)
    if ticket.live:
        draft.bearers[ticket.number] = ticket.id
    elif draft.bearers.get(ticket.number) == ticket.id:
        del draft.bearers[ticket.number]
