"""What the rows of visits tell the public: whether promises are kept, and when it is best to come.

Read beside the writer, and kept: the pages that show it cost nothing, and taking a number never waits.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, or_, select

from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.ledger.tables import table_of
from qms.queue.rules.best import Best, best_time, usual_waits
from qms.queue.rules.promise import Published, Stay, Tally, Whom, promises, tallies
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

    async def published(self, setup: Hall, now: datetime) -> Mapping[Whom, Published]:
        """What is promised to whom and whether it is kept, where the office publishes it.

        Today's figures are at most a minute old, those of the days before at most an hour.
        """
        promised = promises(setup) if setup.conduct.publish_standards else {}
        if not promised:
            return {}
        today = hours.day_of(setup, now)
        first, yesterday = today - MONTH + timedelta(days=1), today - timedelta(days=1)

        def between(start: date, end: date) -> Callable[[Connection], Mapping[Whom, Tally]]:
            return lambda conn: tallies(setup, stays(conn, setup.id, start, end, now))

        before = await self._keep(f"before {today}", setup, now, HOUR, between(first, yesterday))
        so_far = await self._keep("today", setup, now, MINUTE, between(today, today))
        none = Tally()
        return {
            whom: Published(promise, day := so_far.get(whom, none), day + before.get(whom, none))
            for whom, promise in promised.items()
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


def stays(conn: Connection, hall: str, first: date, last: date, now: datetime) -> Iterator[Stay]:
    """Those who came from one day to another, and were called or wait now."""
    chosen = select(
        *(VISIT.c[name] for name in ("service", "segment", "booked", "issued", "reference", "wait"))
    ).where(
        VISIT.c.hall == hall,
        VISIT.c.day.between(first, last),
        or_(VISIT.c.wait.is_not(None), VISIT.c.state == "waiting"),
    )
    for row in conn.execute(chosen):
        called = row.issued + timedelta(seconds=row.wait) if row.wait is not None else now
        waited = (called - row.reference).total_seconds()
        yield Stay(row.service, row.segment, row.booked is not None, waited, row.wait is not None)


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
