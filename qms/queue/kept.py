"""Whether the waits that people were told came true: by service, over the last month.

Held against each other is what was expected when a number was given and the wait until its first call,
both in the row of the visit. Left out is who was told that there was no wait, and who let others go first.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.ledger.tables import table_of
from qms.queue.tables import Spell, Visit

VISIT, SPELL = table_of(Visit), table_of(Spell)
DAYS = 30
GOOD = timedelta(minutes=10)
"""So long figures that were read are told again."""
Read = Callable[[Callable[[Connection], Any]], Awaitable[Any]]
"""Asks the database, off the event loop."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Of the people of a service who were told a wait, `called` were called and the share `never` was not.

    `within`, `below`, `above`: the share of those called whose wait lay in the range, was shorter, was longer;
    a range is to hold 80 %. `mae`, `rmse`: mean and root mean square of how far the wait was from the
    middle, in minutes. None while nobody was called.
    """

    called: int
    never: float
    within: float | None = None
    below: float | None = None
    above: float | None = None
    mae: float | None = None
    rmse: float | None = None


class Estimates:
    """The figures of all halls, read beside the writer and kept for a while."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._kept: dict[str, tuple[date, datetime, Mapping[str, Kept]]] = {}

    async def of(self, setup: Hall, now: datetime) -> Mapping[str, Kept]:
        """By service, over the last thirty days with today. Raises LedgerUnavailable."""
        today, known = hours.day_of(setup, now), self._kept.get(setup.id)
        if known is None or known[0] != today or not known[1] <= now < known[1] + GOOD:
            first = today - timedelta(days=DAYS - 1)
            found = await self._read(lambda conn: kept(conn, setup.id, first, today))
            known = self._kept[setup.id] = (today, now, found)
        return known[2]


def kept(conn: Connection, hall: str, first: date, last: date) -> Mapping[str, Kept]:
    """By the service that was asked for, over these days."""
    wait, low, mid, high = (
        VISIT.c.wait / 60,
        VISIT.c.expected_low,
        VISIT.c.expected_mid,
        VISIT.c.expected_high,
    )
    called, off = wait.is_not(None), wait - mid
    service = func.coalesce(SPELL.c.service, VISIT.c.service)
    first_spell = and_(SPELL.c.visit == VISIT.c.id, SPELL.c.n == 1)
    deferred = and_(
        VISIT.c.reference > VISIT.c.issued,
        or_(VISIT.c.booked.is_(None), VISIT.c.reference > VISIT.c.booked),
    )
    question = (
        select(
            service.label("service"),
            _count(called).label("called"),
            _count(and_(wait.is_(None), VISIT.c.ended.is_not(None))).label("never"),
            _count(wait < low).label("below"),
            _count(wait > high).label("above"),
            func.sum(func.abs(off)).label("errors"),
            func.sum(off * off).label("squares"),
        )
        .select_from(VISIT.outerjoin(SPELL, first_spell))
        .where(VISIT.c.hall == hall, VISIT.c.day.between(first, last), high > 0, ~deferred)
        .group_by(service)
    )
    found = {row["service"]: _kept(dict(row)) for row in conn.execute(question).mappings()}
    return {service: one for service, one in found.items() if one is not None}


def _count(of: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((of, 1), else_=0))


def _kept(row: Mapping[str, Any]) -> Kept | None:
    """None where everybody still waits."""
    called, never = row["called"], row["never"]
    if not called + never:
        return None
    share = round(never / (called + never), 4)
    if not called:
        return Kept(called, share)
    below, above = row["below"] / called, row["above"] / called
    return Kept(
        called,
        share,
        round(1 - below - above, 4),
        round(below, 4),
        round(above, 4),
        round(row["errors"] / called, 2),
        round(sqrt(row["squares"] / called), 2),
    )
