"""Event -> rows. A visit and its spells mirror the ticket as it stands after the event.

`QUEUE` is all that the ledger must know of a hall's queue.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from qms.booking import project as calendar
from qms.booking.rules.calendar import load
from qms.booking.rules.fold import EVENTS as CALENDAR_EVENTS
from qms.kernel.clock import business_day, day_start
from qms.kernel.event import Recorded
from qms.ledger.aggregate import Aggregate, Drop, Put
from qms.queue.rules import events as e
from qms.queue.rules.decide import decide, due, needs
from qms.queue.rules.fold import EVENTS, apply
from qms.queue.rules.model import Spell, Ticket
from qms.queue.rules.state import Queue, day_of, draft, new
from qms.queue.tables import Spell as SpellRow
from qms.queue.tables import Visit

CALENDAR = frozenset(CALENDAR_EVENTS)


def project(state: Queue, event: Recorded) -> Iterable[Put | Drop]:
    """The rows that an event changes; `state` is the one after it."""
    if type(event.body) in CALENDAR:
        yield from calendar.project(state, event)
    yield from visits(state, event)


def visits(state: Queue, event: Recorded) -> Iterable[Put | Drop]:
    """The rows of visits and spells that an event changes; `state` is the one after it."""
    body = event.body
    if isinstance(body, e.DayClosed):
        for ticket in state.tickets.values():
            if ticket.touched == event.seq:
                yield from _rows(state, ticket, event)
        return
    if isinstance(body, e.TicketHandedInLate):
        yield Put(Visit, late_row(state, body, event))
        return
    name = getattr(body, "ticket", None)
    if name is None or name not in state.tickets:
        return
    ticket = state.tickets[name]
    if isinstance(body, e.ActUndone):
        yield Drop(SpellRow, {"visit": ticket.id, "n": len(ticket.spells) + 1})
    yield from _rows(state, ticket, event)


def _rows(state: Queue, ticket: Ticket, event: Recorded) -> Iterator[Put]:
    yield Put(Visit, visit_row(state, ticket, event))
    if ticket.spells:
        yield Put(SpellRow, spell_row(state, ticket, len(ticket.spells), event))


def visit_row(state: Queue, ticket: Ticket, event: Recorded) -> dict[str, Any]:
    """The visit row of a ticket."""
    spells = ticket.spells
    waits = [_seconds(spell.since, spell.called) for spell in spells]
    expected = ticket.expected
    return {
        "id": ticket.id,
        "hall": state.id,
        "day": event.day,
        "hour": ticket.issued.astimezone(state.zone).hour,
        "holder": ticket.holder,
        "number": ticket.number,
        "service": ticket.service,
        "service_group": ticket.group,
        "segment": ticket.segment,
        "channel": ticket.channel,
        "language": ticket.language,
        "state": ticket.state,
        "booked": ticket.booked,
        "issued": ticket.issued,
        "reference": ticket.ref,
        "first_called": spells[0].called if spells else None,
        "first_started": next((s.started for s in spells if s.started), None),
        "ended": ticket.ended,
        "calls": ticket.calls,
        "wait": waits[0] if waits else None,
        "total_wait": sum(waits),
        "served": served_seconds(spells),
        "accurate": all(spell.accurate for spell in spells),
        "counter": ticket.counter,
        "removed_by_staff": ticket.removed_by_staff,
        "person": ticket.person,
        "expected_low": expected.low if expected else None,
        "expected_mid": expected.mid if expected else None,
        "expected_high": expected.high if expected else None,
    }


def late_row(state: Queue, body: e.TicketHandedInLate, event: Recorded) -> dict[str, Any]:
    """The visit row of a ticket that lapsed with its day before it was heard of."""
    lapsed = Ticket(
        id=body.ticket,
        number=body.number,
        group=body.group,
        service=body.service,
        segment=body.segment,
        language=body.language,
        channel="kiosk",
        issued=body.taken,
        ref=body.taken,
        seq=event.seq,
        since=body.taken,
        holder=body.holder,
        state="lapsed",
        ended=_day_end(state, body.taken),
    )
    return visit_row(state, lapsed, event)


def _day_end(state: Queue, at: datetime) -> datetime:
    """When the business day of an instant ended."""
    boundary = state.setup.conduct.day_begins
    return day_start(business_day(at, state.zone, boundary) + timedelta(days=1), state.zone, boundary)


def spell_row(state: Queue, ticket: Ticket, n: int, event: Recorded) -> dict[str, Any]:
    """The row of a ticket's n-th spell, from 1."""
    spell = ticket.spells[n - 1]
    return {
        "visit": ticket.id,
        "n": n,
        "hall": state.id,
        "day": event.day,
        "counter": spell.counter,
        "clerk": spell.clerk,
        "service": spell.service,
        "given": spell.given,
        "since": spell.since,
        "called": spell.called,
        "started": spell.started,
        "ended": spell.ended,
        "outcome": spell.end,
        "accurate": spell.accurate,
    }


def served_seconds(spells: Iterable[Spell]) -> float:
    """Time in service over all ended spells, in seconds."""
    return sum(_seconds(s.started, s.ended) for s in spells if s.started and s.ended)


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


QUEUE: Aggregate[Queue] = Aggregate(
    new=new,
    draft=draft,
    apply=apply,
    decide=decide,
    due=due,
    day_of=day_of,
    project=project,
    events=EVENTS,
    upcasters=e.UPCASTERS,
    needs=needs,
    fetch=calendar.fetch,
    load=lambda draft, brought: load(draft.calendar, brought),
)
