"""What the rows of visits tell the public: whether promises are kept, and when it is best to come.

Read beside the writer, and kept: the pages that show it cost nothing, and taking a number never waits.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, case, func, or_, select

from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.ledger.tables import table_of
from qms.queue.rules.best import Best, best_time, usual_waits
from qms.queue.rules.promise import Promise, Published, Tally, promise_of
from qms.queue.tables import Visit

VISIT = table_of(Visit)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MONTH = timedelta(days=30)
WEEKS = timedelta(weeks=8)
T = TypeVar("T")
Read = Callable[[Callable[[Connection], Any]], Awaitable[Any]]
"""Asks the database, off the event loop."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found, for which version of a hall and when."""

    setup: Hall
    at: datetime
    found: Any


class History:
    """The figures of all halls."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._kept: dict[tuple[str, str], Kept] = {}
        self._turns: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def published(self, setup: Hall, now: datetime) -> Mapping[str, Published]:
        """The standard of each service, at most a minute old; what was before today at most an hour."""
        promises = {s.id: p for s in setup.services if not s.retired and (p := promise_of(setup, s))}
        today = hours.day_of(setup, now)
        first, yesterday = today - MONTH + timedelta(days=1), today - timedelta(days=1)

        def between(start: date, end: date) -> Callable[[Connection], dict[str, Tally]]:
            return lambda conn: tallies(conn, setup.id, promises, start, end, now)

        before = await self._keep(f"before {today}", setup, now, HOUR, between(first, yesterday))
        so_far = await self._keep("today", setup, now, MINUTE, between(today, today))
        none = Tally()
        return {
            id: Published(p.standard, so_far.get(id, none), so_far.get(id, none) + before.get(id, none))
            for id, p in promises.items()
        }

    async def best(self, setup: Hall, now: datetime) -> Best | None:
        """The best time to come, at most an hour old."""
        today = hours.day_of(setup, now)

        def find(conn: Connection) -> Best | None:
            return best_time(setup, usual_waits(waits(conn, setup.id, today - WEEKS, today)))

        return await self._keep("best", setup, now, HOUR, find)

    async def _keep(
        self, what: str, setup: Hall, now: datetime, good: timedelta, question: Callable[[Connection], T]
    ) -> T:
        name = what.partition(" ")[0]
        async with self._turns[setup.id, name]:
            kept = self._kept.get((setup.id, what))
            if kept is None or kept.setup is not setup or not kept.at <= now < kept.at + good:
                kept = Kept(setup, now, await self._read(question))
                for old in [key for key in self._kept if key[0] == setup.id and key[1].startswith(name)]:
                    del self._kept[old]
                self._kept[setup.id, what] = kept
        found: T = kept.found
        return found


def tallies(
    conn: Connection, hall: str, promises: Mapping[str, Promise], first: date, last: date, now: datetime
) -> dict[str, Tally]:
    """By service: whom the promise was kept to among those who took a number from one day to another.

    Counted are people who were called, and those who wait already for longer than promised. People
    with an appointment are not: they were promised a time.
    """
    found = {}
    for service, promise in promises.items():
        limit = timedelta(minutes=promise.standard.minutes)
        overdue = and_(VISIT.c.wait.is_(None), VISIT.c.state == "waiting", VISIT.c.issued < now - limit)
        within = case((VISIT.c.wait <= limit.total_seconds(), 1), else_=0)
        chosen = select(func.count(), func.sum(within)).where(
            VISIT.c.hall == hall,
            VISIT.c.service == service,
            VISIT.c.day.between(first, last),
            VISIT.c.booked.is_(None),
            or_(VISIT.c.wait.is_not(None), overdue),
        )
        if promise.segment is not None:
            chosen = chosen.where(VISIT.c.segment == promise.segment)
        people, kept = conn.execute(chosen).one()
        found[service] = Tally(int(kept or 0), people)
    return found


def waits(conn: Connection, hall: str, first: date, before: date) -> Iterable[tuple[date, int, float]]:
    """Day, local hour and wait in seconds of everybody who took a number from one day to before another."""
    chosen = select(VISIT.c.day, VISIT.c.hour, VISIT.c.wait).where(
        VISIT.c.hall == hall,
        VISIT.c.day >= first,
        VISIT.c.day < before,
        VISIT.c.wait.is_not(None),
        VISIT.c.booked.is_(None),
    )
    return [(row.day, row.hour, row.wait) for row in conn.execute(chosen)]
