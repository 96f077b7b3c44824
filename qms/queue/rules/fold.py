"""`apply`: what each event makes of the state. It asks no questions: `decide` did."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from qms.booking.rules import events as b
from qms.booking.rules import fold as calendar
from qms.halls.rules.model import Hall
from qms.kernel.clock import day_start, minutes
from qms.kernel.event import Event, Recorded
from qms.kernel.values import changed
from qms.queue.rules import events as e
from qms.queue.rules.conformal import learn
from qms.queue.rules.fit import Trail
from qms.queue.rules.model import (
    Act,
    Call,
    Desk,
    LastAct,
    Opened,
    Pace,
    Printer,
    Spell,
    Ticket,
    TicketState,
)
from qms.queue.rules.numbering import fits, run_of
from qms.queue.rules.state import RECENT_CALLS, Lease, Queue, draft, keep

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
    before = draft.hall
    draft.hall, draft.version = draft.version_of(body.version), body.version
    draft.calendar.counted = False  # how long people may come late is the set-up's to say
    draft.set_aside = _fitting(draft, draft.set_aside)
    draft.leases = _fitting(draft, draft.leases)
    if before is None or draft.day is None or draft.ends is None:
        return
    draft.ends = max(draft.ends, _end(draft, draft.day))
    for desk in list(draft.desks.values()):
        opened = tuple(o for o in desk.opened if o.service in offered(draft.setup, desk.counter))
        profile = _refit(before, draft.setup, desk)
        draft.desks[desk.counter] = changed(desk, profile=profile, opened=opened, last=None)
        if not offered(draft.setup, desk.counter):
            _let_go(draft, desk.counter, event.seq)


def _end(draft: Queue, day: date) -> datetime:
    """When a business day ends by the set-up that acts now."""
    return day_start(day + timedelta(days=1), draft.zone, draft.setup.conduct.day_begins)


def offered(setup: Hall, counter: str) -> Mapping[str, int]:
    """What a counter may take, by level; nothing once it is retired."""
    part = setup.counter(counter)
    return part.services if part is not None and not part.retired else {}


def _refit(before: Hall, setup: Hall, desk: Desk) -> tuple[tuple[str, int], ...]:
    """The profile of a signed-on counter under a new set-up.

    One that took all it might goes on to do so; a chosen profile loses what the counter lost.
    """
    now = offered(setup, desk.counter)
    if dict(desk.profile) == offered(before, desk.counter):
        return tuple(sorted(now.items()))
    return tuple((service, level) for service, level in desk.profile if service in now)


def _let_go(draft: Queue, counter: str, seq: int) -> None:
    """People handed to a counter that will not call them wait for any counter again."""
    for ticket in [t for t in draft.tickets.values() if t.live and t.only == counter]:
        keep(draft, changed(ticket, only=None, touched=seq))


def _day_opened(draft: Queue, event: Recorded, body: e.DayOpened) -> None:
    draft.hall, draft.version = draft.version_of(body.version), body.version
    draft.day, draft.ends, draft.suspended = event.day, _end(draft, event.day), body.suspended
    draft.tickets, draft.lines, draft.desks, draft.bearers = {}, {}, {}, {}
    draft.running, draft.issued, draft.last_call, draft.printers = {}, {}, {}, {}
    draft.set_aside = _fitting(draft, {(s.group, s.device): s.pairs for s in body.set_aside})
    draft.leases, draft.late = dict(draft.set_aside), frozenset()
    draft.paces = {pace.group: pace for pace in body.paces}
    draft.fit, draft.trails = body.fit, {trail.group: trail for trail in body.trails}
    draft.calls = ()


def _day_closed(draft: Queue, event: Recorded, body: e.DayClosed) -> None:
    for ticket in list(draft.tickets.values()):
        if ticket.live:
            keep(draft, _ended_by_the_day(ticket, body.ended, event.seq))
    draft.desks = {counter: Desk(counter, since=body.ended) for counter in draft.desks}
    draft.leases, draft.issued, draft.last_call, draft.day, draft.ends = {}, {}, {}, None, None
    calendar.close_day(draft.calendar, event.day)


def _ended_by_the_day(ticket: Ticket, ended: datetime, seq: int) -> Ticket:
    if ticket.state == "serving":
        spell = changed(ticket.spells[-1], ended=ended, end="served", accurate=False)
        return changed(
            ticket, state="finished", spells=(*ticket.spells[:-1], spell), ended=ended, touched=seq
        )
    spells = ticket.spells
    if ticket.state == "called":
        spells = (*spells[:-1], changed(spells[-1], ended=ended, end="lapsed", accurate=False))
    return changed(ticket, state="lapsed", spells=spells, ended=ended, touched=seq)


def _suspended(draft: Queue, event: Recorded, body: e.HallSuspended) -> None:
    draft.suspended = body.reason


def _resumed(draft: Queue, event: Recorded, body: e.HallResumed) -> None:
    draft.suspended = None


def _leased(draft: Queue, event: Recorded, body: e.NumbersLeased) -> None:
    key = (body.group, body.device)
    pairs = zip(body.numbers, body.written, strict=True)
    draft.leases[key] = (*draft.leases.get(key, ()), *pairs)
    _ran(draft, body.group, body.numbers[-1])


def _set_aside(draft: Queue, event: Recorded, body: e.NumbersSetAside) -> None:
    """What the device had and still has stays as it is; what is new may be used at once, unless it is borne."""
    given = {(each.group, body.device): each.pairs for each in body.sets}
    for key in [key for key in draft.set_aside if key[1] == body.device and key not in given]:
        del draft.set_aside[key]
        draft.leases.pop(key, None)
    for key, pairs in given.items():
        had, left = draft.set_aside.get(key, ()), draft.leases.get(key, ())
        draft.set_aside[key] = pairs
        draft.leases[key] = tuple(
            pair for pair in pairs if pair in left or (pair not in had and pair[1] not in draft.bearers)
        )


def _fitting(
    draft: Queue, held: Mapping[Lease, tuple[tuple[int, str], ...]]
) -> dict[Lease, tuple[tuple[int, str], ...]]:
    """Those of the numbers held by devices that the set-up still knows."""
    groups = draft.setup.group
    kept = {
        (group, device): tuple(pair for pair in pairs if fits(groups(group), *pair))
        for (group, device), pairs in held.items()
    }
    return {key: pairs for key, pairs in kept.items() if pairs}


def _ran(draft: Queue, group: str, running: int, segment: str = "", booked: datetime | None = None) -> None:
    part = draft.setup.group(group)
    if part is not None:
        draft.running[run_of(part, segment, booked).key] = running


def _issued(draft: Queue, event: Recorded, body: e.TicketIssued) -> None:
    ticket = Ticket(
        id=body.ticket,
        number=body.number,
        group=body.group,
        service=body.service,
        segment=body.segment,
        language=body.language,
        channel=body.channel,
        issued=body.taken or event.at,
        ref=body.ref,
        seq=event.seq,
        since=body.taken or event.at,
        holder=body.holder,
        booked=body.booked,
        person=body.person,
        also=body.also,
        expected=body.expected,
        touched=event.seq,
    )
    keep(draft, ticket)
    draft.issued[body.service] = draft.issued.get(body.service, 0) + 1
    if not _used(draft, body.number, body.device) and body.taken is None:
        _ran(draft, body.group, body.running, body.segment, body.booked)


def _used(draft: Queue, number: str, device: str | None) -> bool:
    """Take a number out of those that a device may still give today; False where it was not among them."""
    for key, pairs in draft.leases.items():
        if key[1] == device and any(written == number for _, written in pairs):
            draft.leases[key] = tuple(pair for pair in pairs if pair[1] != number)
            return True
    return False


def _renumbered(draft: Queue, event: Recorded, body: e.TicketRenumbered) -> None:
    ticket = changed(draft.tickets[body.ticket], number=body.number, touched=event.seq)
    keep(draft, ticket)
    _used(draft, body.number, body.device)
    draft.calls = tuple(
        changed(call, number=body.number) if call.ticket == body.ticket else call for call in draft.calls
    )


def _late(draft: Queue, event: Recorded, body: e.TicketHandedInLate) -> None:
    draft.late |= {body.ticket}


def _deferred(draft: Queue, event: Recorded, body: e.TicketDeferred) -> None:
    ticket = draft.tickets[body.ticket]
    passed = ticket.let_pass + body.passed
    keep(draft, changed(ticket, ref=body.ref, let_pass=passed, touched=event.seq))


def _printer(draft: Queue, event: Recorded, body: e.PrinterReported) -> None:
    draft.printers[body.device] = Printer(body.name, body.printer, event.at)


def _booked(draft: Queue, event: Recorded, body: Event) -> None:
    calendar.apply(draft.calendar, event)


def _checked_in(draft: Queue, event: Recorded, body: b.BookingCheckedIn) -> None:
    calendar.apply(draft.calendar, event)
    ticket = draft.tickets[body.ticket]
    keep(draft, changed(ticket, booking=body.booking, also=body.also, touched=event.seq))


def _refused(draft: Queue, event: Recorded, body: e.TicketRefused) -> None:
    """On record only: nothing in the hall changes."""


def _cancelled(draft: Queue, event: Recorded, body: e.TicketCancelled) -> None:
    ticket = draft.tickets[body.ticket]
    ended = changed(
        ticket, state="cancelled", ended=event.at, removed_by_staff=body.by_staff, touched=event.seq
    )
    keep(draft, ended)
    _emptied(draft)


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
        called=before.called,
        opened=before.opened,
    )


def _counter_paused(draft: Queue, event: Recorded, body: e.CounterPaused) -> None:
    desk = draft.desk(body.counter)
    draft.desks[body.counter] = changed(
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
    _let_go(draft, body.counter, event.seq)


def _level_opened(draft: Queue, event: Recorded, body: e.LevelOpened) -> None:
    opened = Opened(body.service, body.level, body.by, event.at, body.until, body.least)
    desk = _without(draft.desk(body.counter), body.service)
    draft.desks[body.counter] = changed(desk, opened=(*desk.opened, opened))


def _level_closed(draft: Queue, event: Recorded, body: e.LevelClosed) -> None:
    draft.desks[body.counter] = _without(draft.desk(body.counter), body.service)


def _without(desk: Desk, service: str) -> Desk:
    return changed(desk, opened=tuple(opened for opened in desk.opened if opened.service != service))


def _fitted(draft: Queue, event: Recorded, body: e.EstimateFitted) -> None:
    draft.fit = body.fit


def _called(draft: Queue, event: Recorded, body: e.TicketCalled) -> None:
    ticket = draft.tickets[body.ticket]
    _learnt(draft, event, ticket)
    desk = draft.desk(body.counter)
    spell = Spell(body.counter, desk.clerk or "", ticket.service, since=ticket.since, called=event.at)
    after = changed(
        ticket,
        state="called",
        counter=body.counter,
        calls=ticket.calls + 1,
        spells=(*ticket.spells, spell),
        not_before=None,
        scored=True,
        touched=event.seq,
    )
    _act(draft, event, "call", after, takes=True, called=body)
    if body.by != "resume":
        _paced(draft, event, desk)
    _announce(draft, event, body.counter, after, again=False)


def _learnt(draft: Queue, event: Recorded, ticket: Ticket) -> None:
    """Hold what was expected against what came, at the first call; who let others go first does not count."""
    if ticket.expected is None or ticket.scored or ticket.let_pass:
        return
    trail = draft.trails.get(ticket.group, Trail(ticket.group))
    waited = minutes(event.at - ticket.issued)
    draft.trails[ticket.group] = learn(trail, ticket.expected, waited)


def _recalled(draft: Queue, event: Recorded, body: e.TicketRecalled) -> None:
    ticket = draft.tickets[body.ticket]
    after = changed(ticket, calls=ticket.calls + 1, touched=event.seq)
    _act(draft, event, "recall", after, takes=True, called=draft.desk(body.counter).called)
    _announce(draft, event, body.counter, after, again=True)


def _announce(draft: Queue, event: Recorded, counter: str, ticket: Ticket, *, again: bool) -> None:
    call = Call(event.seq, event.at, ticket.id, ticket.number, counter, again)
    draft.calls = (*draft.calls[1 - RECENT_CALLS :], call)


def _started(draft: Queue, event: Recorded, body: e.TicketStarted) -> None:
    ticket = draft.tickets[body.ticket]
    spell = changed(ticket.spells[-1], started=event.at)
    after = changed(ticket, state="serving", spells=(*ticket.spells[:-1], spell), touched=event.seq)
    _act(draft, event, "start", after, takes=True, called=draft.desk(body.counter).called)


def _finished(draft: Queue, event: Recorded, body: e.TicketFinished) -> None:
    ticket = draft.tickets[body.ticket]
    spell = changed(ticket.spells[-1], ended=event.at, end=body.outcome, given=body.service)
    after = _over(ticket, "finished", spell, event)
    _act(draft, event, "finish", after, takes=False)


def _missed(draft: Queue, event: Recorded, body: e.TicketMissed) -> None:
    ticket = draft.tickets[body.ticket]
    spell = changed(ticket.spells[-1], ended=event.at, end="missed")
    after = _over(ticket, "missed", spell, event)
    _act(draft, event, "no-show", after, takes=False)


def _over(ticket: Ticket, state: TicketState, spell: Spell, event: Recorded) -> Ticket:
    """A ticket whose visit ends with this spell."""
    spells = (*ticket.spells[:-1], spell)
    return changed(ticket, state=state, spells=spells, ended=event.at, touched=event.seq)


def _requeued(draft: Queue, event: Recorded, body: e.TicketRequeued) -> None:
    ticket = draft.tickets[body.ticket]
    spells = ticket.spells
    from_counter = ticket.state == "called"
    if from_counter:
        spells = (*spells[:-1], changed(spells[-1], ended=event.at, end="requeued"))
    after = changed(
        ticket,
        state="waiting",
        since=event.at,
        not_before=body.not_before,
        spells=spells,
        ended=None,
        calls=ticket.calls if from_counter else 0,
        only=ticket.only if ticket.only and draft.desk(ticket.only).state != "closed" else None,
        touched=event.seq,
    )
    if from_counter:
        _act(draft, event, "requeue", after, takes=False)
    else:
        keep(draft, after)


def _parked(draft: Queue, event: Recorded, body: e.TicketParked) -> None:
    ticket = draft.tickets[body.ticket]
    spell = changed(ticket.spells[-1], ended=event.at, end="parked")
    spells = (*ticket.spells[:-1], spell)
    after = changed(ticket, state="parked", since=event.at, spells=spells, calls=0, touched=event.seq)
    _act(draft, event, "park", after, takes=False)


def _transferred(draft: Queue, event: Recorded, body: e.TicketTransferred) -> None:
    ticket = draft.tickets[body.ticket]
    spell = changed(ticket.spells[-1], ended=event.at, end="transferred")
    part = draft.setup.service(body.service)
    after = changed(
        ticket,
        state="waiting",
        service=body.service,
        group=part.group if part is not None else ticket.group,
        only=body.only,
        since=event.at,
        spells=(*ticket.spells[:-1], spell),
        calls=0,
        touched=event.seq,
    )
    _act(draft, event, "transfer", after, takes=False)


def _act(
    draft: Queue,
    event: Recorded,
    act: Act,
    after: Ticket,
    *,
    takes: bool,
    called: e.TicketCalled | None = None,
) -> None:
    """Store a ticket changed at its counter, what the counter has now, and the way back."""
    before = draft.tickets[after.id]
    counter = after.spells[-1].counter
    desk = draft.desk(counter)
    keep(draft, after)
    draft.desks[counter] = changed(
        desk,
        ticket=after.id if takes else None,
        called=called,
        idle_since=None if takes else event.at,
        last=LastAct(event.seq, event.at, act, before, changed(desk, last=None)),
    )


def _undone(draft: Queue, event: Recorded, body: e.ActUndone) -> None:
    last = draft.desks[body.counter].last
    if last is None or last.seq != body.undone:
        raise ValueError(f"event {body.undone} is not the last act at {body.counter}")
    scored = draft.tickets[body.ticket].scored
    keep(draft, changed(last.ticket, touched=event.seq, scored=scored))
    draft.desks[body.counter] = changed(last.desk, opened=draft.desks[body.counter].opened)
    draft.calls = tuple(call for call in draft.calls if call.seq != body.undone)
    _emptied(draft)


def _paced(draft: Queue, event: Recorded, desk: Desk) -> None:
    """Measure, for each group that the calling counter serves, the gap since the last such call.

    Counters that serve several groups spend their time on all of them, so a group's cycle is taken
    from all calls at its counters; only gaps in which its line never emptied count.
    """
    known = _profiles(draft.setup)
    served = [
        known.get(other.profile) or _groups(draft, other)
        for other in draft.desks.values()
        if other.state == "open"
    ]
    for group in _groups(draft, desk):
        last = draft.last_call.get(group)
        if last is not None:
            active = len([groups for groups in served if group in groups])
            gap = min(event.at - last, LONGEST_GAP).total_seconds() / 60
            pace = draft.paces.get(group, Pace(group))
            draft.paces[group] = Pace(group, pace.minutes + gap * active, pace.gaps + 1)
        draft.last_call[group] = event.at
    _emptied(draft)


def _emptied(draft: Queue) -> None:
    """Forget the last call of every group for which nobody waits any more."""
    if draft.last_call:
        of = _group_of(draft.setup)
        waiting = {of.get(service) for service, _, _ in draft.lines}
        for group in [group for group in draft.last_call if group not in waiting]:
            del draft.last_call[group]


def _group_of(setup: Hall) -> Mapping[str, str]:
    """The group of each service."""
    found: Mapping[str, str] | None = setup.memo.get(("group of",))
    if found is None:
        found = setup.memo["group of",] = {part.id: part.group for part in setup.services}
    return found


def _groups(draft: Queue, desk: Desk) -> frozenset[str]:
    """The groups of the services that a counter takes."""
    known = _profiles(draft.setup)
    found = known.get(desk.profile)
    if found is None:
        of = _group_of(draft.setup)
        found = known[desk.profile] = frozenset(of[id] for id, _ in desk.profile if id in of)
    return found


def _profiles(setup: Hall) -> dict[tuple[tuple[str, int], ...], frozenset[str]]:
    """The groups of every profile that was looked up."""
    found: dict[tuple[tuple[str, int], ...], frozenset[str]] | None = setup.memo.get(("groups",))
    if found is None:
        found = setup.memo["groups",] = {}
    return found


_STEPS: dict[type, Callable[[Queue, Recorded, Any], None]] = {
    e.HallConfigured: _configured,
    e.DayOpened: _day_opened,
    e.DayClosed: _day_closed,
    e.HallSuspended: _suspended,
    e.HallResumed: _resumed,
    e.NumbersLeased: _leased,
    e.NumbersSetAside: _set_aside,
    e.TicketIssued: _issued,
    e.TicketRenumbered: _renumbered,
    e.TicketHandedInLate: _late,
    e.TicketDeferred: _deferred,
    e.PrinterReported: _printer,
    e.TicketRefused: _refused,
    e.TicketCancelled: _cancelled,
    e.CounterOpened: _counter_opened,
    e.CounterPaused: _counter_paused,
    e.CounterClosed: _counter_closed,
    e.LevelOpened: _level_opened,
    e.LevelClosed: _level_closed,
    e.EstimateFitted: _fitted,
    e.TicketCalled: _called,
    e.TicketRecalled: _recalled,
    e.TicketStarted: _started,
    e.TicketFinished: _finished,
    e.TicketMissed: _missed,
    e.TicketRequeued: _requeued,
    e.TicketParked: _parked,
    e.TicketTransferred: _transferred,
    e.ActUndone: _undone,
    **dict.fromkeys(calendar.EVENTS, _booked),
    b.BookingCheckedIn: _checked_in,
}

EVENTS = tuple(_STEPS)
"""Every type of event that a queue's log may hold."""
