"""Erases what is known of people once the office no longer needs it. Counts stay: events and rows lose nothing else."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import ColumnElement, Connection, Exists, exists, select, update

from qms.booking.project import BOOKING, WISH
from qms.halls.rules.booking import Bookings
from qms.halls.rules.model import Hall
from qms.ledger.codec import instant_text
from qms.ledger.persons import PERSON, forget_person
from qms.web.site import Site

log = structlog.get_logger("qms.privacy")
TOGETHER = 200
"""Persons in one small write, so that nobody's command waits long behind it."""


async def erase(site: Site, setup_of: Callable[[str], Hall | None]) -> int:
    """Erase in every hall whose time has come; returns how many persons. Raises LedgerUnavailable.

    Once more, or beside another process, does no harm. `setup_of` gives a hall's set-up in force.
    """
    erased = 0
    for hall in site.writer.halls():
        setup = setup_of(hall)
        days = (setup.bookings if setup and setup.bookings else Bookings()).erase_after_days
        before = site.clock.now() - timedelta(days=days)
        found = await _of_bookings(site, hall, before) + await _left_over(site, hall, before)
        if found:
            log.info("persons erased", hall=hall, persons=found)
        erased += found
    return erased


async def _of_bookings(site: Site, hall: str, before: datetime) -> int:
    """Persons of visits that were to end before a moment."""
    over = (
        select(BOOKING.c.id)
        .where(BOOKING.c.hall == hall, BOOKING.c.person.is_not(None), BOOKING.c.ends < before)
        .order_by(BOOKING.c.ends)
        .limit(TOGETHER)
    )
    erased = 0
    while ids := await site.read(lambda conn: list(conn.execute(over).scalars())):
        erased += await site.writer.aside(partial(forget_bookings, ids=ids, since=before.date()))
    return erased


def forget_bookings(conn: Connection, ids: Sequence[str], since: date) -> int:
    """Part bookings from their persons, and erase those persons that no other booking or wish needs."""
    mine = BOOKING.c.id.in_(ids)
    persons = conn.execute(select(BOOKING.c.person).where(mine, BOOKING.c.person.is_not(None)).distinct())
    known = list(persons.scalars())
    conn.execute(update(BOOKING).where(mine).values(person=None))
    return sum(forget_person(conn, person) for person in known if not _needed(conn, person, since))


def _needed(conn: Connection, person: str, since: date) -> bool:
    return any(conn.execute(select(use)).scalar_one() for use in _uses(person, since))


def _uses(person: ColumnElement[str] | str, since: date) -> tuple[Exists, Exists]:
    """Where somebody is still expected; a wish for days before `since` outlives them where nobody opened a day."""
    return exists().where(BOOKING.c.person == person), exists().where(
        WISH.c.person == person, WISH.c.last >= since
    )


def _forget(conn: Connection, ids: Sequence[str]) -> int:
    return sum(forget_person(conn, person) for person in ids)


async def _left_over(site: Site, hall: str, before: datetime) -> int:
    """Persons stored before a moment who belong to no booking and no wish (any more)."""
    used = _uses(PERSON.c.id, before.date())
    idle = (
        select(PERSON.c.id)
        .where(PERSON.c.hall == hall, PERSON.c.at < instant_text(before), *(~use for use in used))
        .limit(TOGETHER)
    )
    erased = 0
    while ids := await site.read(lambda conn: list(conn.execute(idle).scalars())):
        erased += await site.writer.aside(partial(_forget, ids=ids))
    return erased
