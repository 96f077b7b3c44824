"""Event -> rows of the calendar, and rows -> books."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, select

from qms.booking import tables
from qms.booking.rules import events as e
from qms.booking.rules.calendar import Brought, Room
from qms.booking.rules.decide import Needs
from qms.booking.rules.due import due_at
from qms.booking.rules.model import OCCUPYING, Booking, DayBook, Freed, Wanted, Wish
from qms.halls.rules.model import Hall
from qms.kernel.event import Recorded
from qms.ledger.aggregate import Drop, Put
from qms.ledger.tables import table_of

BOOKING, FREED, WISH = (table_of(model) for model in (tables.Booking, tables.Freed, tables.Wish))


def project(room: Room, event: Recorded) -> Iterable[Put | Drop]:
    """The rows that a calendar's event changes; `room` is as it stands after it."""
    body: Any = event.body
    if isinstance(body, e.BookOpened):
        return
    if isinstance(body, e.TimeFreed):
        freed = room.calendar.book(body.day).freed[body.freed]
        yield Put(tables.Freed, freed_row(room.id, freed))
    elif isinstance(body, e.TimeShown):
        yield Drop(tables.Freed, {"id": body.freed})
    elif isinstance(body, e.WishMade):
        yield from _wish_rows(room, body.wish)
    elif isinstance(body, e.WishEnded):
        yield Drop(tables.Wish, {"id": body.wish})
    else:
        day = body.now.day if isinstance(body, e.BookingMoved) else body.day
        booking = room.calendar.book(day).bookings[body.booking]
        by = body.by if isinstance(body, e.BookingCancelled) else None
        yield Put(tables.Booking, booking_row(room.id, booking, room.setup, by))
        if isinstance(body, e.TimeHeld) and body.freed is not None:
            yield Drop(tables.Freed, {"id": body.freed})
        if booking.wish is not None:
            yield from _wish_rows(room, booking.wish)
        if isinstance(body, e.BookingMoved):
            wishes = (room.calendar.wishes or {}).values()
            yield from (Put(tables.Wish, wish_row(room.id, w)) for w in wishes if w.booking == booking.id)


def _wish_rows(room: Room, wish: str) -> Iterator[Put]:
    known = (room.calendar.wishes or {}).get(wish)
    if known is not None:
        yield Put(tables.Wish, wish_row(room.id, known))


def booking_row(hall: str, booking: Booking, setup: Hall, by: str | None = None) -> dict[str, Any]:
    """The row of a booking."""
    return {
        "id": booking.id,
        "hall": hall,
        "day": booking.day,
        "starts": booking.start,
        "ends": booking.end,
        "services": wanted_text(booking.services),
        "state": booking.state,
        "via": booking.via,
        "segment": booking.segment,
        "language": booking.language,
        "holder": booking.holder,
        "code": booking.code,
        "code_n": booking.code_n,
        "made": booking.made,
        "until": booking.until,
        "due": due_at(booking, setup),
        "person": booking.person,
        "proved": booking.proved,
        "reconfirm": booking.reconfirm,
        "wish": booking.wish,
        "passed": " ".join(booking.passed),
        "ticket": booking.ticket,
        "sequence": booking.sequence,
        "touched": booking.touched,
        "ended_by": by,
    }


def freed_row(hall: str, freed: Freed) -> dict[str, Any]:
    """The row of a freed time."""
    return {
        "id": freed.id,
        "hall": hall,
        "day": freed.day,
        "starts": freed.start,
        "ends": freed.end,
        "services": wanted_text(freed.services),
        "until": freed.until,
        "passed": " ".join(freed.passed),
    }


def wish_row(hall: str, wish: Wish) -> dict[str, Any]:
    """The row of an entry of the waiting list."""
    names = ("id", "first", "last", "segment", "language", "holder", "made", "seq", "person")
    more = ("booking", "booking_day", "offered")
    row = {name: getattr(wish, name) for name in (*names, *more)}
    return {**row, "hall": hall, "services": wanted_text(wish.services)}


def wanted_text(services: Sequence[Wanted]) -> str:
    """Services and counts as they are stored."""
    return orjson.dumps([{"service": w.service, "count": w.count} for w in services]).decode()


def wanted_of(text: str) -> tuple[Wanted, ...]:
    """What was stored by `wanted_text`."""
    return tuple(Wanted(one["service"], one["count"]) for one in orjson.loads(text))


def booking_of(row: Mapping[str, Any]) -> Booking:
    """The booking behind a row."""
    return _booking([row[name] for name in _COLUMNS], wanted_of)


_COLUMNS = tuple({"start": "starts", "end": "ends"}.get(each.name, each.name) for each in fields(Booking))
_SERVICES, _PASSED = _COLUMNS.index("services"), _COLUMNS.index("passed")


def _booking(values: list[Any], wanted: Callable[[str], tuple[Wanted, ...]]) -> Booking:
    """A booking from a row's values in the order of `_COLUMNS`."""
    values[_SERVICES] = wanted(values[_SERVICES])
    values[_PASSED] = tuple(values[_PASSED].split())
    return Booking(*values)


def fetch(conn: Connection, hall: str, needs: Needs) -> Brought:
    """Read from rows what a calendar lacks; for a transaction that holds the hall."""
    books = {day: (dict[str, Booking](), dict[str, Freed]()) for day in needs.days}
    if books:
        known = cache(wanted_of)
        chosen = select(*(BOOKING.c[name] for name in _COLUMNS)).where(
            BOOKING.c.hall == hall, BOOKING.c.day.in_(needs.days), BOOKING.c.state.in_(sorted(OCCUPYING))
        )
        for row in conn.execute(chosen):
            booking = _booking(list(row), known)
            books[booking.day][0][booking.id] = booking
        for freed in _freed(conn, hall, needs.days):
            books[freed.day][1][freed.id] = freed
    days = {day: DayBook(day, *book) for day, book in books.items()}
    return Brought(days, _wishes(conn, hall) if needs.wishes else None)


def _freed(conn: Connection, hall: str, days: Sequence[date]) -> Iterator[Freed]:
    chosen = select(FREED).where(FREED.c.hall == hall, FREED.c.day.in_(days))
    for row in conn.execute(chosen).mappings():
        services, passed = wanted_of(row["services"]), tuple(row["passed"].split())
        yield Freed(row["id"], row["day"], row["starts"], row["ends"], services, row["until"], passed)


def _wishes(conn: Connection, hall: str) -> list[Wish]:
    rows = conn.execute(select(WISH).where(WISH.c.hall == hall).order_by(WISH.c.seq)).mappings()
    return [
        Wish(
            **{name: row[name] for name in row if name not in ("hall", "services")},
            services=wanted_of(row["services"]),
        )
        for row in rows
    ]
