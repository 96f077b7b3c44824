"""Questions to the log and the calendar: which versions acted, and on which days somebody is booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from qms.booking.project import BOOKING
from qms.booking.rules.model import OPEN
from qms.ledger.codec import Codec
from qms.queue.rules.events import HallConfigured
from qms.queue.tables import CONFIGURED, EVENT


@dataclass(frozen=True, slots=True)
class Acted:
    """A version of the set-up that came to act: when, and by whom."""

    version: int
    at: datetime
    by: str


def acted(conn: Connection, codec: Codec, hall: str, most: int) -> Sequence[Acted]:
    """The versions that acted last, newest first. A stored one that was refused never did."""
    events = [codec.recorded(dict(row)) for row in conn.execute(configured(hall, most)).mappings()]
    return [
        Acted(each.body.version, each.at, each.actor)
        for each in events
        if isinstance(each.body, HallConfigured)
    ]


def configured(hall: str, most: int) -> Select[Any]:
    """The log's rows that brought a set-up into force, the last first; an index of their own finds them."""
    mine = select(EVENT).where(EVENT.c.hall == hall, CONFIGURED)
    return mine.order_by(EVENT.c.seq.desc()).limit(most)


def booked_days(conn: Connection, hall: str, first: date) -> Sequence[date]:
    """The days from `first` on with bookings that may still be cancelled."""
    chosen = (
        select(BOOKING.c.day)
        .where(BOOKING.c.hall == hall, BOOKING.c.day >= first, BOOKING.c.state.in_(sorted(OPEN)))
        .distinct()
        .order_by(BOOKING.c.day)
    )
    return list(conn.execute(chosen).scalars())
