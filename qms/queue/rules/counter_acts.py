"""What a clerk may do at a counter. Each act names its ticket; another one there is refused."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from qms.kernel.event import Event
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules import routing
from qms.queue.rules.model import Desk, Ticket
from qms.queue.rules.numbering import leased
from qms.queue.rules.state import Queue

Decision = Sequence[Event] | Refusal


def _open(state: Queue, command: c.OpenCounter, now: datetime) -> Decision:
    counter, desk = state.setup.counter(command.counter), state.desk(command.counter)
    if counter is None:
        return Refusal("unknown_counter")
    if counter.retired:
        return Refusal("counter_retired")
    if desk.state != "closed" and desk.clerk != command.by:
        return Refusal("counter_taken")
    wanted = counter.services if command.profile is None else dict(command.profile)
    profile = tuple(sorted(wanted.items()))
    if any(service not in counter.services or level < 1 for service, level in profile):
        return Refusal("not_served_here")
    if (desk.state, desk.clerk, desk.profile) == ("open", command.by, profile):
        return ()
    events: list[Event] = []
    for other in state.desks.values():
        if other.clerk == command.by and other.counter != command.counter:
            if other.ticket is not None:
                return Refusal("counter_busy", {"counter": other.counter})
            events.append(e.CounterClosed(other.counter))
    return (*events, e.CounterOpened(command.counter, command.by, profile))


def _pause(state: Queue, command: c.PauseCounter, now: datetime) -> Decision:
    desk = _manned(state, command.counter, command.by)
    if isinstance(desk, Refusal):
        return desk
    if desk.ticket is not None:
        return Refusal("counter_busy")
    if command.until is not None and command.until <= now:
        return Refusal("invalid", {"field": "until"})
    return (e.CounterPaused(command.counter, command.reason, command.until),)


def _close(state: Queue, command: c.CloseCounter, now: datetime) -> Decision:
    if state.setup.counter(command.counter) is None:
        return Refusal("unknown_counter")
    if state.desk(command.counter).state == "closed":
        return ()
    desk = _manned(state, command.counter, command.by)
    if isinstance(desk, Refusal):
        return desk
    return Refusal("counter_busy") if desk.ticket is not None else (e.CounterClosed(command.counter),)


def _call_next(state: Queue, command: c.CallNext, now: datetime) -> Decision:
    desk = _calling(state, command.counter, command.by)
    if isinstance(desk, Refusal):
        return desk
    first: tuple[Event, ...] = ()
    if desk.ticket is not None:
        if command.current is None:
            return Refusal("counter_busy")
        done = _finish(state, c.Finish(command.counter, command.by, command.current), now)
        if isinstance(done, Refusal):
            return done
        first = tuple(done)
    elif command.current is not None and not _left(state, command.current, command.counter):
        return Refusal("not_at_counter")
    call = _picked(state, command, desk, now) if command.ticket else by_rule(state, desk, now)
    return call if isinstance(call, Refusal) else (*first, call)


def _left(state: Queue, ticket: str, counter: str) -> bool:
    """Whether the clerk has only just seen this ticket off: the screen may lag behind."""
    known = state.tickets.get(ticket)
    return known is not None and known.state == "finished" and known.counter == counter


def by_rule(state: Queue, desk: Desk, now: datetime) -> e.TicketCalled | Refusal:
    """The call that the rule makes at a free counter."""
    chosen = routing.choose(state, desk, now)
    if chosen is None:
        return Refusal("nobody_waiting")
    best, runner_up = chosen
    return e.TicketCalled(
        ticket=best.ticket.id,
        number=best.ticket.number,
        counter=desk.counter,
        by="rule",
        score=routing.score(state.setup, best.ticket, now),
        runner_up=routing.score(state.setup, runner_up.ticket, now) if runner_up else None,
    )


def _picked(state: Queue, command: c.CallNext, desk: Desk, now: datetime) -> e.TicketCalled | Refusal:
    ticket = state.tickets.get(command.ticket or "")
    if ticket is None:
        return Refusal("unknown_ticket")
    if state.setup.conduct.hand_pick == "supervisor" and not command.may_pick:
        return Refusal("pick_not_allowed")
    if ticket.state != "waiting":
        return Refusal("not_waiting", {"state": ticket.state})
    setup = state.setup
    counter = setup.counter(desk.counter)
    own = counter.services if counter is not None else {}
    if (
        ticket.service not in own
        and routing.level_of(setup, desk, ticket.service, ticket.only) is None
        and not routing.orphaned(setup, ticket.service)
    ):
        return Refusal("not_served_here")
    order = routing.ranking(state, desk, now)
    before = [other for other in order if other.ticket.id != ticket.id]
    passed = next((n for n, other in enumerate(order) if other.ticket.id == ticket.id), len(order))
    return e.TicketCalled(
        ticket=ticket.id,
        number=ticket.number,
        counter=desk.counter,
        by="hand",
        score=routing.score(state.setup, ticket, now),
        runner_up=routing.score(state.setup, before[0].ticket, now) if before else None,
        passed=passed,
    )


def _resume(state: Queue, command: c.Resume, now: datetime) -> Decision:
    desk = _calling(state, command.counter, command.by)
    if isinstance(desk, Refusal):
        return desk
    ticket = state.tickets.get(command.ticket)
    if ticket is None:
        return Refusal("unknown_ticket")
    if desk.ticket is not None:
        return Refusal("counter_busy")
    if ticket.state != "parked":
        return Refusal("not_parked", {"state": ticket.state})
    score = routing.score(state.setup, ticket, now)
    return (e.TicketCalled(ticket.id, ticket.number, desk.counter, "resume", score),)


def _recall(state: Queue, command: c.Recall, now: datetime) -> Decision:
    ticket = _called_here(state, command)
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.calls >= state.setup.conduct.max_calls:
        return Refusal("calls_spent", {"calls": ticket.calls})
    return (e.TicketRecalled(ticket.id, ticket.number, command.counter),)


def _start(state: Queue, command: c.Start, now: datetime) -> Decision:
    ticket = _called_here(state, command)
    return ticket if isinstance(ticket, Refusal) else (e.TicketStarted(ticket.id, command.counter),)


def _finish(state: Queue, command: c.Finish, now: datetime) -> Decision:
    ticket = _served_here(state, command)
    if isinstance(ticket, Refusal):
        return ticket
    given = command.service or ticket.service
    if state.setup.service(given) is None:
        return Refusal("unknown_service")
    return (e.TicketFinished(ticket.id, command.counter, command.outcome, given),)


def _no_show(state: Queue, command: c.NoShow, now: datetime) -> Decision:
    ticket = _called_here(state, command)
    return ticket if isinstance(ticket, Refusal) else (e.TicketMissed(ticket.id, command.counter),)


def _requeue(state: Queue, command: c.Requeue, now: datetime) -> Decision:
    desk = _manned(state, command.counter, command.by)
    if isinstance(desk, Refusal):
        return desk
    ticket = state.tickets.get(command.ticket)
    if ticket is None:
        return Refusal("unknown_ticket")
    conduct = state.setup.conduct
    if ticket.state == "missed":
        if not _free(state, ticket):
            return Refusal("wrong_state", {"state": ticket.state})
        return (e.TicketRequeued(ticket.id, command.counter, now),)
    here = _called_here(state, command)
    if isinstance(here, Refusal):
        return here
    if here.calls >= conduct.max_calls:
        return Refusal("calls_spent", {"calls": here.calls})
    not_before = now + timedelta(minutes=conduct.requeue_after)
    return (e.TicketRequeued(ticket.id, command.counter, not_before),)


def _park(state: Queue, command: c.Park, now: datetime) -> Decision:
    ticket = _served_here(state, command)
    return (
        ticket
        if isinstance(ticket, Refusal)
        else (e.TicketParked(ticket.id, command.counter, command.reason),)
    )


def _transfer(state: Queue, command: c.Transfer, now: datetime) -> Decision:
    ticket = _served_here(state, command)
    if isinstance(ticket, Refusal):
        return ticket
    service = state.setup.service(command.service or ticket.service)
    if service is None or service.retired:
        return Refusal("unknown_service")
    if command.to_counter is None:
        if service.id == ticket.service:
            return Refusal("same_place")
        return (e.TicketTransferred(ticket.id, command.counter, service.id),)
    target = state.setup.counter(command.to_counter)
    if target is None or target.retired:
        return Refusal("unknown_counter")
    if target.id == command.counter and service.id == ticket.service:
        return Refusal("same_place")
    if state.desk(target.id).state == "closed":
        return Refusal("counter_not_open", {"counter": target.id})
    if service.id not in target.services:
        return Refusal("not_served_here")
    return (e.TicketTransferred(ticket.id, command.counter, service.id, target.id),)


def _undo(state: Queue, command: c.Undo, now: datetime) -> Decision:
    desk = _manned(state, command.counter, command.by)
    if isinstance(desk, Refusal):
        return desk
    last = desk.last
    if last is None or last.ticket.id != command.ticket:
        return Refusal("cannot_undo")
    after = state.tickets[last.ticket.id]
    window = timedelta(seconds=state.setup.conduct.undo_seconds)
    if now - last.at > window or after.touched != last.seq:
        return Refusal("cannot_undo")
    if not after.live and not _free(state, after):
        return Refusal("cannot_undo")
    return (e.ActUndone(after.id, desk.counter, last.seq),)


def _free(state: Queue, ticket: Ticket) -> bool:
    """Whether nobody else has got, or may get, the number of a ticket that no longer bears it."""
    return ticket.number not in state.bearers and ticket.number not in leased(state)


def _manned(state: Queue, counter: str, by: str | None) -> Desk | Refusal:
    """The counter, where the clerk who acts is the one signed on there (or acts for others)."""
    if state.setup.counter(counter) is None:
        return Refusal("unknown_counter")
    desk = state.desk(counter)
    if desk.state == "closed":
        return Refusal("counter_not_open")
    if by is not None and desk.clerk != by:
        return Refusal("counter_taken")
    return desk


def _calling(state: Queue, counter: str, by: str | None) -> Desk | Refusal:
    """The counter, where it may call: open, still in the set-up, and the hall not suspended."""
    desk = _manned(state, counter, by)
    if isinstance(desk, Refusal):
        return desk
    part = state.setup.counter(counter)
    if part is None or part.retired:
        return Refusal("counter_retired")
    if desk.state != "open":
        return Refusal("counter_not_open")
    return Refusal("hall_suspended") if state.suspended is not None else desk


Act = c.Recall | c.Start | c.Finish | c.NoShow | c.Requeue | c.Park | c.Transfer


def _here(state: Queue, act: Act) -> Ticket | Refusal:
    """The ticket that the act names, where it is the one at the counter."""
    desk = _manned(state, act.counter, act.by)
    if isinstance(desk, Refusal):
        return desk
    if act.ticket not in state.tickets:
        return Refusal("unknown_ticket")
    return state.tickets[act.ticket] if desk.ticket == act.ticket else Refusal("not_at_counter")


def _called_here(state: Queue, act: Act) -> Ticket | Refusal:
    ticket = _here(state, act)
    if isinstance(ticket, Refusal) or ticket.state == "called":
        return ticket
    return Refusal("already_started")


def _served_here(state: Queue, act: Act) -> Ticket | Refusal:
    ticket = _here(state, act)
    if isinstance(ticket, Refusal) or ticket.state == "serving":
        return ticket
    return Refusal("not_started")


RULES: dict[type, Callable[[Queue, Any, datetime], Decision]] = {
    c.OpenCounter: _open,
    c.PauseCounter: _pause,
    c.CloseCounter: _close,
    c.CallNext: _call_next,
    c.Recall: _recall,
    c.Start: _start,
    c.Finish: _finish,
    c.NoShow: _no_show,
    c.Requeue: _requeue,
    c.Park: _park,
    c.Resume: _resume,
    c.Transfer: _transfer,
    c.Undo: _undo,
}
