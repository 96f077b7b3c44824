"""Levels that are opened for a while: a counter helps a line that waits too long, or is lent to a service.

The expected waits on which the rule goes come with the command, since no estimate is made on the
path of a decision, and are on record with the event.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from qms.kernel.event import Event
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.model import Desk, Opened, Opener
from qms.queue.rules.state import Queue

LENT, HELPS = 0, 1
"""The level of a service to which a counter is lent, and of one that it helps with."""
SHORTEST, LONGEST = 5, 480
"""Minutes for which a counter may be lent."""

Decision = Sequence[Event] | Refusal


def opened_at(desk: Desk, service: str) -> Opened | None:
    """How a service is opened at a counter now, if it is."""
    return next((opened for opened in desk.opened if opened.service == service), None)


def lent(desk: Desk) -> Opened | None:
    """To what a counter is lent now, if it is: to one service at a time."""
    return next((opened for opened in desk.opened if opened.by == "hand"), None)


def open_level(state: Queue, command: c.OpenLevel, now: datetime) -> Decision:
    """Lend a counter to a service of its set-up, or have the rule open a lower level of its profile."""
    counter, desk = state.setup.counter(command.counter), state.desk(command.counter)
    if counter is None:
        return Refusal("unknown_counter")
    if counter.retired:
        return Refusal("counter_retired")
    if desk.state == "closed":
        return () if command.by_rule else Refusal("counter_not_open")
    if command.service not in counter.services:
        return Refusal("not_served_here")
    return _by_rule(state, command, desk, now) if command.by_rule else _by_hand(command, desk, now)


def _by_hand(command: c.OpenLevel, desk: Desk, now: datetime) -> Decision:
    if lent(desk):
        return Refusal("already_lent")
    if command.minutes is None or not SHORTEST <= command.minutes <= LONGEST:
        return Refusal("invalid", {"field": "minutes"})
    until = now + timedelta(minutes=command.minutes)
    return (
        e.LevelOpened(
            command.counter,
            command.service,
            LENT,
            "hand",
            until=until,
            wait=command.wait,
            own=command.own,
        ),
    )


def _by_rule(state: Queue, command: c.OpenLevel, desk: Desk, now: datetime) -> Decision:
    overflow = state.setup.conduct.overflow
    lower = dict(desk.profile).get(command.service, HELPS) > HELPS
    if overflow is None or not lower or opened_at(desk, command.service) is not None:
        return ()
    if not _pressed(state, command):
        return ()
    least = now + timedelta(minutes=overflow.least)
    return (
        e.LevelOpened(
            command.counter,
            command.service,
            HELPS,
            "rule",
            least=least,
            wait=command.wait,
            own=command.own,
        ),
    )


def close_level(state: Queue, command: c.CloseLevel, now: datetime) -> Decision:
    """Take a lent counter back, or have the rule end its help once the reason is gone."""
    if state.setup.counter(command.counter) is None:
        return Refusal("unknown_counter")
    opened = opened_at(state.desk(command.counter), command.service)
    if opened is None:
        return ()
    if command.by_rule:
        early = opened.least is not None and now < opened.least
        if opened.by != "rule" or early or _pressed(state, command):
            return ()
    by: Opener = "rule" if command.by_rule else "hand"
    return (e.LevelClosed(command.counter, command.service, by, command.wait, command.own),)


def _pressed(state: Queue, command: c.OpenLevel | c.CloseLevel) -> bool:
    """Whether the rule would have the counter help: the other line waits too long, its own does not."""
    overflow = state.setup.conduct.overflow
    if overflow is None or command.wait is None or command.own is None:
        return False
    return command.wait > overflow.above and command.own < overflow.below


def ran_out(state: Queue, now: datetime) -> Sequence[tuple[datetime, Event]]:
    """The lent counters whose time is over by `now`, each with its instant."""
    if state.day is None:
        return ()
    over = [
        (opened.until, desk.counter, opened.service)
        for desk in state.desks.values()
        for opened in desk.opened
        if opened.until is not None
        and opened.until <= (now if state.ends is None else min(now, state.ends))
    ]
    return [(at, e.LevelClosed(counter, service, "time")) for at, counter, service in sorted(over)]
