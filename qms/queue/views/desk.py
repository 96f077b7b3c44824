"""The clerk terminal, and what an act at a counter answers."""

from collections import Counter as Count
from datetime import datetime, timedelta

from qms.halls.rules.model import Counter, Hall
from qms.kernel.clock import instant
from qms.queue.project import served_seconds
from qms.queue.rules import routing, shown
from qms.queue.rules.model import Desk, Ticket
from qms.queue.rules.promise import promise_to
from qms.queue.rules.state import Queue
from qms.queue.rules.terms import guard_of, terms
from qms.queue.rules.why import How, why_called, why_waiting
from qms.queue.views.hall import hall_state
from qms.queue.views.opened import opened_at


def clerk(state: Queue, counter_id: str, now: datetime) -> shown.ClerkView:
    """The terminal at one counter."""
    setup, desk = state.setup, state.desk(counter_id)
    part = setup.counter(counter_id)
    waiting = Count(line[0] for line, places in state.lines.items() for _ in places)
    hall: shown.ClerkHall = {
        "id": setup.id,
        "names": setup.names,
        "zone": setup.zone,
        "languages": list(setup.languages),
        "state": hall_state(state, now),
        "max_calls": setup.conduct.max_calls,
        "undo_seconds": setup.conduct.undo_seconds,
    }
    if setup.notice:
        hall["notice"] = setup.notice
    troubled = {device: printer for device, printer in state.printers.items() if printer.state != "ok"}
    if troubled:
        hall["printers"] = {id: {"name": p.name, "state": p.state} for id, p in troubled.items()}
    return {
        "hall": hall,
        "counter": clerk_desk(state, counter_id),
        "offered": dict(part.services) if part else {},
        "tickets": _clerk_tickets(state, desk, now),
        "counters": {c.id: _other_desk(state, c, n) for n, c in enumerate(setup.counters) if not c.retired},
        "services": {
            s.id: {
                "order": n,
                "names": s.names,
                "letter": g.letter if (g := setup.group(s.group)) else "",
                "minutes": s.minutes,
                "waiting": waiting[s.id],
            }
            for n, s in enumerate(setup.services)
        },
        "segments": {s.id: {"names": s.names, "target": s.target} for s in setup.segments},
    }


def clerk_desk(state: Queue, counter_id: str) -> shown.ClerkDesk:
    """A clerk's own counter."""
    desk, part = state.desk(counter_id), state.setup.counter(counter_id)
    view: shown.ClerkDesk = {
        "id": counter_id,
        "names": part.names if part else {},
        "state": desk.state,
        "profile": dict(desk.profile),
    }
    if desk.clerk is not None:
        view["clerk"] = desk.clerk
    if desk.since is not None:
        view["since"] = instant(desk.since)
    if desk.reason is not None:
        view["reason"] = desk.reason
    if desk.until is not None:
        view["until"] = instant(desk.until)
    if desk.opened:
        view["opened"] = opened_at(desk)
    if desk.ticket is not None:
        view["ticket"] = desk.ticket
    if desk.last is not None and state.tickets[desk.last.ticket.id].touched == desk.last.seq:
        last = desk.last
        until = last.at + timedelta(seconds=state.setup.conduct.undo_seconds)
        view["undo"] = {
            "act": last.act,
            "ticket": last.ticket.id,
            "number": last.ticket.number,
            "until": instant(until),
        }
    return view


def _other_desk(state: Queue, part: Counter, order: int) -> shown.OtherDesk:
    desk = state.desk(part.id)
    view: shown.OtherDesk = {"order": order, "names": part.names, "state": desk.state}
    if desk.clerk is not None:
        view["clerk"] = desk.clerk
    if desk.ticket is not None:
        view["number"] = state.tickets[desk.ticket].number
    return view


def _clerk_tickets(state: Queue, desk: Desk, now: datetime) -> dict[str, shown.ClerkTicket]:
    order = routing.ranking(state, desk, now) if desk.state != "closed" else []
    tickets = {
        t.id: clerk_ticket(state, t)
        for t in state.tickets.values()
        if t.state in ("waiting", "parked", "missed") or t.id == desk.ticket
    }
    for rank, candidate in enumerate(order):
        view = tickets[candidate.ticket.id]
        view["rank"], view["level"] = rank, candidate.level
        view["why"] = _why(state, candidate.ticket)
    return tickets


def _why(state: Queue, held: Ticket) -> shown.Why:
    by, guard = terms(state.setup, held.service, held.segment), guard_of(state.setup)
    reason = why_waiting(held.number, held.ref, by.rate, by.base, guard, held.booked, held.not_before)
    return {"code": reason.code, "params": reason.params}


def _because(state: Queue, held: Ticket) -> list[shown.Why]:
    """Why the one at a counter was called."""
    desk = state.desk(held.counter or "")
    if desk.called is None:
        return []
    conduct = state.setup.conduct
    reasons = why_called(desk.called, state.zone, conduct.guard, conduct.rule, _how(state, desk, held))
    return [{"code": reason.code, "params": reason.params} for reason in reasons]


def _how(state: Queue, desk: Desk, held: Ticket) -> tuple[How, ...]:
    """What else there is to a call by the rule: it was made by itself, or at a counter that helps or is lent."""
    spell = held.spells[-1]
    at_once: tuple[How, ...] = (
        ("auto",) if state.setup.conduct.auto_call and spell.called == spell.since else ()
    )
    opened = [one for one in desk.opened if one.service == held.service and one.since <= spell.called]
    helping: tuple[How, ...] = tuple("lent" if one.by == "hand" else "helps" for one in opened)
    return (*at_once, *helping)


def clerk_ticket(state: Queue, held: Ticket) -> shown.ClerkTicket:
    """A ticket as staff see it."""
    view: shown.ClerkTicket = {
        "number": held.number,
        "service": held.service,
        "segment": held.segment,
        "state": held.state,
        "channel": held.channel,
        "language": held.language,
        "issued": instant(held.issued),
        "since": instant(held.since),
        "ref": instant(held.ref),
        "calls": held.calls,
        "served_seconds": round(served_seconds(held.spells)),
        "late_at": instant(held.ref + timedelta(minutes=_soon_enough(state.setup, held))),
    }
    if held.spells and held.state in ("called", "serving"):
        view["called_at"] = instant(held.spells[-1].called)
        if held.spells[-1].started is not None:
            view["started_at"] = instant(held.spells[-1].started)
        view["because"] = _because(state, held)
    if held.counter is not None:
        view["counter"] = held.counter
    if held.only is not None:
        view["only"] = held.only
    if held.not_before is not None:
        view["not_before"] = instant(held.not_before)
    if held.booked is not None:
        view["booked"] = instant(held.booked)
    if held.booking is not None:
        view["booking"] = held.booking
    if held.also:
        view["also"] = list(held.also)
    if held.person is not None:
        view["known"] = True
    return view


def _soon_enough(setup: Hall, held: Ticket) -> float:
    """How many minutes a person may wait: as promised, else the target of their segment."""
    booked = held.booked is not None
    standard = promise_to(setup, held.service, held.segment, booked=booked)
    return standard.minutes if standard is not None else routing.segment_of(setup, held).target


def desk_answer(state: Queue, counter_id: str) -> shown.DeskAnswer:
    """What an act at a counter answers: the counter, and the ticket there."""
    desk = state.desk(counter_id)
    answer: shown.DeskAnswer = {"counter": clerk_desk(state, counter_id)}
    if desk.ticket is not None:
        answer["ticket"] = clerk_ticket(state, state.tickets[desk.ticket])
    return answer
