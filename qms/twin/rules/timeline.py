"""Visits as commands with their times: what the hall would have been told, in order."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import pairwise

from qms.halls.rules.model import WALK_IN
from qms.kernel.event import Command
from qms.queue.rules import commands as c
from qms.twin.rules.visits import Spell, Visit

Act = tuple[int, Command]
"""Seconds after midnight, and what is done then."""

ARRIVALS, ENDS, CALLS = 0, 1, 2
"""At one second people arrive first, then rooms become free, then they call."""


def acts(visits: Iterable[Visit], rooms: Mapping[str, str]) -> list[Act]:
    """All that happens on one day; `rooms` gives the id of each room's counter and service."""
    day = list(visits)
    found = [*_openings(day, rooms)]
    for visit in day:
        found += _of_visit(visit, rooms)
    return [(at, command) for at, _, command in sorted(found, key=lambda act: act[:2])]


def clerk(room: str) -> str:
    """Who sits in a room all day: a log does not say."""
    return f"clerk-{room}"


def _openings(visits: list[Visit], rooms: Mapping[str, str]) -> Iterator[tuple[int, int, Command]]:
    """Each room opens with its first call."""
    first: dict[str, int] = {}
    for visit in visits:
        for spell in visit.spells:
            first[spell.room] = min(spell.start, first.get(spell.room, spell.start))
    for room, at in first.items():
        yield at, ARRIVALS, c.OpenCounter(rooms[room], clerk(rooms[room]))


def _of_visit(visit: Visit, rooms: Mapping[str, str]) -> Iterator[tuple[int, int, Command]]:
    first = visit.spells[0]
    yield first.arrive, ARRIVALS, _print(visit.id, rooms[first.room])
    paused = False
    for spell, after in pairwise([*visit.spells, None]):
        if spell is None:
            return
        counter = rooms[spell.room]
        by = clerk(counter)
        call = c.Resume(counter, by, visit.id) if paused else c.CallNext(counter, by, ticket=visit.id)
        yield spell.start, CALLS, call
        yield spell.start, CALLS, c.Start(counter, by, visit.id)
        yield spell.end, ENDS, _end(visit.id, counter, rooms, spell, after)
        paused = after is not None and after.room == spell.room


def _print(ticket: str, service: str) -> Command:
    holder = sha256(ticket.encode()).hexdigest()
    return c.IssueTicket(ticket, service, WALK_IN, "en", "kiosk", holder)


def _end(ticket: str, counter: str, rooms: Mapping[str, str], spell: Spell, after: Spell | None) -> Command:
    by = clerk(counter)
    if after is None:
        return c.Finish(counter, by, ticket)
    if after.room == spell.room:
        return c.Park(counter, by, ticket)
    return c.Transfer(counter, by, ticket, service=rooms[after.room])
