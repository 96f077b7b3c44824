"""Who is called next: by level, then by points (`terms`), with a guard for the longest waits.

One order serves the router, the why-sentence, the waiting list, the estimate and the simulator.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from qms.halls.rules.model import Hall, Segment
from qms.queue.rules.model import Desk, Score, Ticket
from qms.queue.rules.state import Place, Queue
from qms.queue.rules.terms import UNKNOWN, guard_of, terms

Rank = tuple[int, float, float, float, datetime, int]
"""Smaller is called sooner: over the guard, then due by level, rung and points, then not yet due."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that a counter may call, with the counter's level for it and its rank there."""

    ticket: Ticket
    level: int
    rank: Rank

    @property
    def due(self) -> bool:
        return self.rank[0] < 2


def segment_of(hall: Hall, ticket: Ticket) -> Segment:
    return hall.segment(ticket.segment) or UNKNOWN


def score(hall: Hall, ticket: Ticket, now: datetime) -> Score:
    """The score of one ticket, with all terms of its why-sentence."""
    segment = segment_of(hall, ticket)
    waited = (now - ticket.ref).total_seconds() / 60
    by = terms(hall, ticket.service, ticket.segment)
    return Score(
        ticket=ticket.id,
        number=ticket.number,
        segment=ticket.segment,
        waited=round(waited, 4),
        target=segment.target,
        head=segment.head,
        points=round(by.rate * waited + by.base, 4),
        guarded=waited > guard_of(hall),
        booked=ticket.booked,
    )


def orphaned(hall: Hall, service: str) -> bool:
    """Whether the set-up has no counter for a service: it was retired, or taken from the last one."""
    key = ("orphaned", service)
    if key not in hall.memo:
        served = any(service in counter.services for counter in hall.counters if not counter.retired)
        hall.memo[key] = not served
    found: bool = hall.memo[key]
    return found


def levels_of(hall: Hall, desk: Desk) -> Mapping[str, int]:
    """The level at which a counter takes each service now: the better of its profile's and an opened one."""
    if desk.opened:
        return _opened(dict(desk.profile), desk)
    key = ("levels", desk.profile)
    if key not in hall.memo:
        hall.memo[key] = dict(desk.profile)
    found: Mapping[str, int] = hall.memo[key]
    return found


def _opened(levels: dict[str, int], desk: Desk) -> dict[str, int]:
    for each in desk.opened:
        levels[each.service] = min(each.level, levels.get(each.service, each.level))
    return levels


def level_of(hall: Hall, desk: Desk, service: str, only: str | None) -> int | None:
    """The level at which a counter takes people of a line; None: not at all.

    Those handed to this very counter are of level 1. Those whose service has no counter any more
    are taken like the best of their group, so that a change of set-up leaves nobody uncalled.
    """
    return _level(hall, levels_of(hall, desk), desk.counter, service, only)


def _level(
    hall: Hall, levels: Mapping[str, int], counter: str, service: str, only: str | None
) -> int | None:
    if only:
        return 1 if only == counter else None
    level = levels.get(service)
    if level is not None:
        return level
    part = hall.service(service)
    if part is None or not orphaned(hall, service):
        return None
    others = ((hall.service(other), level) for other, level in levels.items())
    return min((level for other, level in others if other and other.group == part.group), default=None)


def _lines(state: Queue, desk: Desk) -> Iterator[tuple[tuple[Place, ...], int]]:
    """The lines that a counter serves, each with its level for them."""
    hall = state.setup
    levels = levels_of(hall, desk)
    for (service, _, only), places in state.lines.items():
        level = _level(hall, levels, desk.counter, service, only)
        if level is not None:
            yield places, level


def _callable(state: Queue, places: tuple[Place, ...], now: datetime) -> Iterator[Ticket]:
    """Those of a line who may be called now, in its order."""
    for _, _, name in places:
        ticket = state.tickets[name]
        if ticket.not_before is None or ticket.not_before <= now:
            yield ticket


def candidate(state: Queue, ticket: Ticket, level: int, now: datetime) -> Candidate:
    """A ticket with its rank at a counter that takes it at `level`."""
    return Candidate(ticket, level, _rank(state, ticket, level, now))


def _rank(state: Queue, ticket: Ticket, level: int, now: datetime) -> Rank:
    hall, ref = state.setup, ticket.ref
    waited = (now - ref).total_seconds() / 60
    if waited < 0:
        return (2, 0, 0, 0, ref, ticket.seq)
    if waited > guard_of(hall):
        return (0, 0, 0, 0, ref, ticket.seq)
    by = terms(hall, ticket.service, ticket.segment)
    if hall.conduct.rule == "longest_queue":
        return (1, level, 0, -waiting_for(state, ticket.service), ref, ticket.seq)
    return (1, level, by.rung, -round(by.rate * waited + by.base, 4), ref, ticket.seq)


def waiting_for(state: Queue, service: str) -> int:
    """How many wait for a service, in all its lines."""
    return sum(len(places) for (name, _, _), places in state.lines.items() if name == service)


def choose(state: Queue, desk: Desk, now: datetime) -> tuple[Candidate, Candidate | None] | None:
    """The ticket that the rule calls to a counter now, and the runner-up; None when nobody waits.

    Within a line nobody is passed; a lower level waits while a due ticket of a higher one is there;
    over the guard the longest wait goes first; people before their booked time go last.
    """
    best: Candidate | None = None
    runner_up: Candidate | None = None
    behind: Iterator[Ticket] = iter(())
    for places, level in _lines(state, desk):
        line = _callable(state, places, now)
        first = next(line, None)
        if first is None:
            continue
        head = candidate(state, first, level, now)
        if best is None or head.rank < best.rank:
            best, runner_up, behind = head, best, line
        elif runner_up is None or head.rank < runner_up.rank:
            runner_up = head
    if best is None:
        return None
    second = next(behind, None)
    if second is not None:
        other = candidate(state, second, best.level, now)
        if runner_up is None or other.rank < runner_up.rank:
            runner_up = other
    return best, runner_up


def ranking(state: Queue, desk: Desk, now: datetime) -> list[Candidate]:
    """All that a counter may call, in the order in which the rule would call them at this moment."""
    everyone = (
        candidate(state, ticket, level, now)
        for places, level in _lines(state, desk)
        for ticket in _callable(state, places, now)
    )
    return sorted(everyone, key=lambda c: c.rank)


def longest_idle(state: Queue, ticket: Ticket) -> Desk | None:
    """The counter that has been free for longest of those that may call a ticket; None: none is free."""
    free = [
        (desk.idle_since, desk.counter, desk)
        for desk in state.desks.values()
        if desk.state == "open"
        and desk.idle_since is not None
        and level_of(state.setup, desk, ticket.service, ticket.only) is not None
    ]
    return min(free)[2] if free else None
