"""Calling by itself, where the hall wants it: somebody new goes at once to the counter free for longest."""

from collections.abc import Sequence
from datetime import datetime

from qms.kernel.event import Event, Recorded
from qms.queue.rules import events as e
from qms.queue.rules import fold, routing
from qms.queue.rules.counter_acts import by_rule
from qms.queue.rules.state import Queue, draft

JOINS = (e.TicketIssued, e.TicketTransferred, e.TicketRequeued)
"""Events after which somebody new may wait."""


def calls(state: Queue, decided: Sequence[Event], now: datetime) -> Sequence[Event]:
    """The call that follows upon what was decided, if it put somebody into a line and a counter is free for it.

    The free counter calls whom the rule would call there, which may be somebody else. Nobody is
    called before their time, nor while the hall is suspended.
    """
    new = [event.ticket for event in decided if isinstance(event, JOINS)]
    if not new or state.suspended is not None:
        return ()
    after = _after(state, decided, now)
    ticket = after.tickets[new[-1]]
    if ticket.state != "waiting" or ticket.ref > now:
        return ()
    if ticket.not_before is not None and ticket.not_before > now:
        return ()
    desk = routing.longest_idle(after, ticket)
    if desk is None:
        return ()
    call = by_rule(after, desk, now)
    return (call,) if isinstance(call, e.TicketCalled) else ()


def _after(state: Queue, decided: Sequence[Event], now: datetime) -> Queue:
    """The state as it will be once what was decided is on record."""
    copy = draft(state)
    day = state.day
    assert day is not None  # nobody takes a number between days
    for n, event in enumerate(decided, 1):
        fold.apply(copy, Recorded(state.id, state.seq + n, now, day, "", "", event))
    return copy
