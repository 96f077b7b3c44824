"""`apply`: what each event makes of the state. It asks no questions: `decide` did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from qms.halls.rules.model import BOOKED
from qms.kernel.event import Recorded
from qms.queue.rules import events as e
from qms.queue.rules.model import Act, Call, Desk, LastAct, Pace, Spell, Ticket
from qms.queue.rules.numbering import run_of
from qms.queue.rules.state import RECENT_CALLS, Queue, draft, keep

LONGEST_GAP = timedelta(minutes=30)
"""A longer gap between two calls is counted as this one (SCIENCE A2)."""


def apply(draft: Queue, event: Recorded) -> None:
    """Change a draft by one event of the log."""
    draft.seq, draft.at = event.seq, event.at
    _STEPS[type(event.body)](draft, event, event.body)


def fold(state: Queue, recorded: list[Recorded]) -> Queue:
    """The state after several events; the one given stays as it is."""
    after = draft(state)
    for event in recorded:
        apply(after, event)
    return after


def _configured(draft: Queue, event: Recorded, body: e.HallConfigured) -> None:
    draft.hall, draft.version = draft.version_of(body.version), body.version
    for desk in list(draft.desks.values()):
        _trim(draft, desk)


def _trim(draft: Queue, desk: Desk) -> None:
    """A signed-on counter loses the services that the new set-up takes from it."""
    counter = draft.setup.counter(desk.counter)
    offered = dict(counter.services) if counter else {}
    profile = tuple((service, level) for service, level in desk.profile if service in offered)
    draft.desks[desk.counter] = replace(desk, profile=profile)


def _day_opened(draft: Queue, event: Recorded, body: e.DayOpened) -> None:
    draft.hall, draft.version = draft.version_of(body.version), body.version
    draft.day, draft.suspended = event.day, body.suspended
    draft.tickets, draft.lines, draft.desks, draft.bearers = {}, {}, {}, {}
    draft.running, draft.leases, draft.issued, draft.last_call = {}, {}, {}, {}
    draft.paces = {pace.group: pace for pace in body.paces}
    draft.calls = ()


def _day_closed(draft: Queue, event: Recorded, body: e.DayClosed) -> None:
    for ticket in list(draft.tickets.values()):
        if ticket.live:
            keep(draft, _ended_by_the_day(ticket, body.ended, event.seq))
    draft.desks = {
        counter: Desk(counter, since=body.ended) for counter, desk in draft.desks.items() if desk
    }
    draft.leases, draft.last_call, draft.day = {}, {}, None


def _ended_by_the_day(ticket: Ticket, ended: datetime, seq: int) -> Ticket:
    if ticket.state == "serving":
        spell = replace(ticket.spells[-1], ended=ended, end="served", accurate=False)
        return replace(
            ticket, state="finished", spells=(*ticket.spells[:-1], spell), ended=ended, touched=seq
        )
    spells = ticket.spells
    if ticket.state == "called":
        spells = (*spells[:-1], replace(spells[-1], ended=ended, end="lapsed", accurate=False))
    return replace(ticket, state="lapsed", spells=spells, ended=ended, touched=seq)


def _suspended(draft: Queue, event: Recorded, body: e.HallSuspended) -> None:
    draft.suspended = body.reason


def _resumed(draft: Queue, event: Recorded, body: e.HallResumed) -> None:
    draft.suspended = None


def _leased(draft: Queue, event: Recorded, body: e.NumbersLeased) -> None:
    key = (body.group, body.device)
    draft.leases[key] = (*draft.leases.get(key, ()), *body.numbers)
    _ran(draft, body.group, "", body.numbers[-1])


def _ran(draft: Queue, group: str, segment: str, running: int) -> None:
    part = draft.setup.group(group)
    if part is not None:
        draft.running[run_of(part, segment).key] = running


def _issued(draft: Queue, event: Recorded, body: e.TicketIssued) -> None:
    ticket = Ticket(
        id=body.ticket,
        number=body.number,
        group=body.group,
        service=body.service,
        segment=body.segment,
        language=body.language,
        channel=body.channel,
        issued=event.at,
        ref=body.ref,
        seq=event.seq,
        since=event.at,
        holder=body.holder,
        booked=body.booked,
        person=body.person,
        touched=event.seq,
    )
    keep(draft, ticket)
    draft.issued[body.service] = draft.issued.get(body.service, 0) + 1
    lease = (body.group, body.device or "")
    if body.running in draft.leases.get(lease, ()):
        draft.leases[lease] = tuple(n for n in draft.leases[lease] if n != body.running)
    else:
        _ran(draft, body.group, BOOKED if body.segment == BOOKED else "", body.running)


def _refused(draft: Queue, event: Recorded, body: e.TicketRefused) -> None:
    """On record only: nothing in the hall changes."""


def _cancelled(draft: Queue, event: Recorded, body: e.TicketCancelled) -> None:
    ticket = draft.tickets[body.ticket]
    ended = replace(
        ticket, state="cancelled", ended=event.at, removed_by_staff=body.by_staff, touched=event.seq
    )
    keep(draft, ended)
    _emptied(draft, ticket.group)


def _counter_opened(draft: Queue, event: Recorded, body: e.CounterOpened) -> None:
    before = draft.desk(body.counter)
    fresh = before.state != "open" or before.clerk != body.clerk
    draft.desks[body.counter] = Desk(
        body.counter,
        state="open",
        clerk=body.clerk,
        profile=body.profile,
        since=event.at if fresh else before.since,
        idle_since=None if before.ticket else (event.at if fresh else before.idle_since),
        ticket=before.ticket,
    )


def _counter_paused(draft: Queue, event: Recorded, body: e.CounterPaused) -> None:
    desk = draft.desk(body.counter)
    draft.desks[body.counter] = replace(
        desk,
        state="paused",
        since=event.at,
        idle_since=None,
        reason=body.reason,
        until=body.until,
        last=None,
    )


def _counter_closed(draft: Queue, event: Recorded, body: e.CounterClosed) -> None:
    draft.desks[body.counter] = Desk(body.counter, since=event.at)
    for ticket in [t for t in draft.tickets.values() if t.live and t.only == body.counter]:
        keep(draft, replace(ticket, only=None, touched=event.seq))


def _called(draft: Queue, event: Recorded, body: e.TicketCalled) -> None:
    ticket = draft.tickets[body.ticket]
    _paced(draft, event, ticket, body.by == "rule")
    desk = draft.desk(body.counter)
    spell = Spell(body.counter, desk.clerk or "", ticket.service, since=ticket.since, called=event.at)
    after = replace(
        ticket,
        state="called",
        counter=body.counter,
        calls=ticket.calls + 1,
        spells=(*ticket.spells, spell),
        not_before=None,
    )
    _act(draft, event, "call", after, takes=True)
    _announce(draft, event, body.counter, after, again=False)


def _recalled(draft: Queue, event: Recorded, body: e.TicketRecalled) -> None:
    ticket = draft.tickets[body.ticket]
    after = replace(ticket, calls=ticket.calls + 1)
    _act(draft, event, "recall", after, takes=True)
    _announce(draft, event, body.counter, after, again=True)


def _announce(draft: Queue, event: Recorded, counter: str, ticket: Ticket, *, again: bool) -> None:
    call = Call(event.seq, event.at, ticket.id, ticket.number, counter, again)
    draft.calls = (*draft.calls[1 - RECENT_CALLS :], call)


def _started(draft: Queue, event: Recorded, body: e.TicketStarted) -> None:
    ticket = draft.tickets[body.ticket]
    spell = replace(ticket.spells[-1], started=event.at)
    after = replace(ticket, state="serving", spells=(*ticket.spells[:-1], spell))
    _act(draft, event, "start", after, takes=True)


def _finished(draft: Queue, event: Recorded, body: e.TicketFinished) -> None:
    ticket = draft.tickets[body.ticket]
    spell = replace(ticket.spells[-1], ended=event.at, end=body.outcome, given=body.service)
    after = replace(ticket, state="finished", spells=(*ticket.spells[:-1], spell), ended=event.at)
    _act(draft, event, "finish", after, takes=False)


def _missed(draft: Queue, event: Recorded, body: e.TicketMissed) -> None:
    ticket = draft.tickets[body.ticket]
    spell = replace(ticket.spells[-1], ended=event.at, end="missed")
    after = replace(ticket, state="missed", spells=(*ticket.spells[:-1], spell), ended=event.at)
    _act(draft, event, "no-show", after, takes=False)


def _requeued(draft: Queue, event: Recorded, body: e.TicketRequeued) -> None:
    ticket = draft.tickets[body.ticket]
    spells = ticket.spells
    from_counter = ticket.state == "called"
    if from_counter:
        spells = (*spells[:-1], replace(spells[-1], ended=event.at, end="requeued"))
    after = replace(
        ticket,
        state="waiting",
        since=event.at,
        not_before=body.not_before,
        spells=spells,
        ended=None,
        calls=ticket.calls if from_counter else 0,
    )
    if from_counter:
        _act(draft, event, "requeue", after, takes=False)
    else:
        keep(draft, replace(after, touched=event.seq))


def _parked(draft: Queue, event: Recorded, body: e.TicketParked) -> None:
    ticket = draft.tickets[body.ticket]
    spell = replace(ticket.spells[-1], ended=event.at, end="parked")
    after = replace(ticket, state="parked", since=event.at, spells=(*ticket.spells[:-1], spell))
    _act(draft, event, "park", after, takes=False)


def _transferred(draft: Queue, event: Recorded, body: e.TicketTransferred) -> None:
    ticket = draft.tickets[body.ticket]
    spell = replace(ticket.spells[-1], ended=event.at, end="transferred")
    after = replace(
        ticket,
        state="waiting",
        service=body.service,
        only=body.only,
        since=event.at,
        spells=(*ticket.spells[:-1], spell),
        calls=0,
    )
    _act(draft, event, "transfer", after, takes=False)


def _act(draft: Queue, event: Recorded, act: Act, after: Ticket, *, takes: bool) -> None:
    """Store a ticket changed at its counter, what the counter has now, and the way back."""
    before = draft.tickets[after.id]
    counter = after.spells[-1].counter
    desk = draft.desk(counter)
    keep(draft, replace(after, touched=event.seq))
    draft.desks[counter] = replace(
        desk,
        ticket=after.id if takes else None,
        idle_since=None if takes else event.at,
        last=LastAct(event.seq, event.at, act, before, replace(desk, last=None)),
    )


def _undone(draft: Queue, event: Recorded, body: e.ActUndone) -> None:
    last = draft.desks[body.counter].last
    if last is None or last.seq != body.undone:
        raise ValueError(f"event {body.undone} is not the last act at {body.counter}")
    keep(draft, replace(last.ticket, touched=event.seq))
    draft.desks[body.counter] = last.desk
    draft.calls = tuple(call for call in draft.calls if call.seq != body.undone)


def _paced(draft: Queue, event: Recorded, ticket: Ticket, by_rule: bool) -> None:
    """Measure the gap since the group's last call, if its line never emptied meanwhile."""
    group, last = ticket.group, draft.last_call.get(ticket.group)
    if by_rule and last is not None:
        active = sum(
            1 for desk in draft.desks.values() if desk.state == "open" and _serves(draft, desk, group)
        )
        gap = min(event.at - last, LONGEST_GAP).total_seconds() / 60
        pace = draft.paces.get(group, Pace(group))
        draft.paces[group] = Pace(group, pace.minutes + gap * active, pace.gaps + 1)
    draft.last_call[group] = event.at
    if _waiting(draft, group) - (ticket.state == "waiting") <= 0:
        del draft.last_call[group]


def _emptied(draft: Queue, group: str) -> None:
    if group in draft.last_call and not _waiting(draft, group):
        del draft.last_call[group]


def _serves(draft: Queue, desk: Desk, group: str) -> bool:
    return any((s := draft.setup.service(service)) and s.group == group for service, _ in desk.profile)


def _waiting(draft: Queue, group: str) -> int:
    setup = draft.setup
    return sum(
        len(places)
        for line, places in draft.lines.items()
        if (s := setup.service(line[0])) and s.group == group
    )


_STEPS: dict[type, Callable[[Queue, Recorded, Any], None]] = {
    e.HallConfigured: _configured,
    e.DayOpened: _day_opened,
    e.DayClosed: _day_closed,
    e.HallSuspended: _suspended,
    e.HallResumed: _resumed,
    e.NumbersLeased: _leased,
    e.TicketIssued: _issued,
    e.TicketRefused: _refused,
    e.TicketCancelled: _cancelled,
    e.CounterOpened: _counter_opened,
    e.CounterPaused: _counter_paused,
    e.CounterClosed: _counter_closed,
    e.TicketCalled: _called,
    e.TicketRecalled: _recalled,
    e.TicketStarted: _started,
    e.TicketFinished: _finished,
    e.TicketMissed: _missed,
    e.TicketRequeued: _requeued,
    e.TicketParked: _parked,
    e.TicketTransferred: _transferred,
    e.ActUndone: _undone,
}

EVENTS = tuple(_STEPS)
"""Every type of event that a queue's log may hold."""
