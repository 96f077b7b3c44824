"""Questions to the calendar's rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from qms.booking.project import BOOKING, FREED, WISH
from qms.booking.rules.model import OCCUPYING, OPEN

Row = Mapping[str, Any]
MANY = 500
"""At most so many bookings are listed."""


def booking_held(conn: Connection, holder: str) -> Row | None:
    """The booking of a holder, by the hash of the token."""
    row = conn.execute(select(BOOKING).where(BOOKING.c.holder == holder)).mappings().first()
    return None if row is None else dict(row)


def booking_by_id(conn: Connection, hall: str, id: str) -> Row | None:
    """One booking of a hall."""
    chosen = select(BOOKING).where(BOOKING.c.hall == hall, BOOKING.c.id == id)
    row = conn.execute(chosen).mappings().first()
    return None if row is None else dict(row)


def bookings_of_day(conn: Connection, hall: str, day: date) -> list[Row]:
    """Every booking of a day that got as far as contact data, by time."""
    chosen = (
        select(BOOKING)
        .where(BOOKING.c.hall == hall, BOOKING.c.day == day, BOOKING.c.state.not_in(["held", "lapsed"]))
        .order_by(BOOKING.c.starts, BOOKING.c.id)
    )
    return [dict(row) for row in conn.execute(chosen).mappings()]


def bookings_by_code(conn: Connection, hall: str, codes: Collection[str]) -> list[Row]:
    """Those that bear one of these hashed codes, newest day first."""
    chosen = (
        select(BOOKING)
        .where(BOOKING.c.hall == hall, BOOKING.c.code.in_(codes))
        .order_by(BOOKING.c.day.desc())
        .limit(MANY)
    )
    return [dict(row) for row in conn.execute(chosen).mappings()]


def bookings_of_persons(
    conn: Connection, hall: str, persons: Collection[str], day: date | None = None
) -> list[Row]:
    """Those made by one of these persons, newest day first."""
    mine = BOOKING.c.hall == hall, BOOKING.c.person.in_(persons)
    chosen = select(BOOKING).where(*mine, *([] if day is None else [BOOKING.c.day == day]))
    ordered = chosen.order_by(BOOKING.c.day.desc(), BOOKING.c.starts).limit(MANY)
    return [dict(row) for row in conn.execute(ordered).mappings()]


def overdue(conn: Connection, now: datetime) -> list[tuple[str, date]]:
    """Halls and days on which something has run out."""
    taking = BOOKING.c.state.in_(sorted(OCCUPYING))
    booked = select(BOOKING.c.hall, BOOKING.c.day).where(BOOKING.c.due <= now, taking).distinct()
    freed = select(FREED.c.hall, FREED.c.day).where(FREED.c.until <= now).distinct()
    found = {(row.hall, row.day) for chosen in (booked, freed) for row in conn.execute(chosen.limit(MANY))}
    return sorted(found)


def freed_days(conn: Connection) -> list[tuple[str, date]]:
    """Halls with people on the waiting list, and the days on which a time was given back there."""
    waiting = select(WISH.c.hall).distinct()
    chosen = select(FREED.c.hall, FREED.c.day).where(FREED.c.hall.in_(waiting)).distinct()
    return sorted((row.hall, row.day) for row in conn.execute(chosen.limit(MANY)))


def wish_held(conn: Connection, holder: str) -> Row | None:
    """An entry of the waiting list, by the hash of its token."""
    row = conn.execute(select(WISH).where(WISH.c.holder == holder)).mappings().first()
    return None if row is None else dict(row)


def wish_known(conn: Connection, id: str) -> Row | None:
    """An entry of the waiting list."""
    row = conn.execute(select(WISH).where(WISH.c.id == id)).mappings().first()
    return None if row is None else dict(row)


def wishes_of(conn: Connection, hall: str, persons: Collection[str]) -> int:
    """How many entries of the waiting list these persons have."""
    chosen = select(func.count()).where(WISH.c.hall == hall, WISH.c.person.in_(persons))
    return int(conn.execute(chosen).scalar_one())


def counts(
    conn: Connection,
    hall: str,
    persons: Sequence[str],
    day: date,
    today: date,
    since: datetime,
    without: str = "",
) -> tuple[int, int, int]:
    """What a contact holds: open bookings on `day`, open ones from `today` on, and those made `since`.

    A booking `without` does not count.
    """
    if not persons:
        return 0, 0, 0
    mine = BOOKING.c.hall == hall, BOOKING.c.person.in_(persons), BOOKING.c.id != without
    open_ones = (*mine, BOOKING.c.state.in_(sorted(OPEN)))
    one = select(func.count()).where(*open_ones, BOOKING.c.day == day)
    all_ = select(func.count()).where(*open_ones, BOOKING.c.day >= today)
    made = select(func.count()).where(
        *mine, BOOKING.c.made >= since, or_(BOOKING.c.state != "lapsed", BOOKING.c.via == "web")
    )
    found = [int(conn.execute(chosen).scalar_one()) for chosen in (one, all_, made)]
    return found[0], found[1], found[2]


def booking_known(conn: Connection, id: str) -> Row | None:
    """One booking of any hall."""
    row = conn.execute(select(BOOKING).where(BOOKING.c.id == id)).mappings().first()
    return None if row is None else dict(row)
