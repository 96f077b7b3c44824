"""Questions to the log and the calendar: which versions acted, and on which days somebody is booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from qms.booking.project import BOOKING
from qms.booking.rules.model import OPEN
from qms.ledger.codec import Codec
from qms.ledger.reader import EVENT
from qms.queue.rules.events import HallConfigured


@dataclass(frozen=True, slots=True)
class Acted:
    """A version of the set-up that came to act: when, and by whom."""

    version: int
    at: datetime
    by: str


def acted(conn: Connection, codec: Codec, hall: str, most: int) -> Sequence[Acted]:
    """The versions that acted last, newest first. A stored one that was refused never did."""
    chosen = (
        select(EVENT)
        .where(EVENT.c.hall == hall, EVENT.c.type == HallConfigured.__name__)
        .order_by(EVENT.c.seq.desc())
        .limit(most)
    )
    events = [codec.recorded(dict(row)) for row in conn.execute(chosen).mappings()]
    return [
        Acted(each.body.version, each.at, each.actor)
        for each in events
        if isinstance(each.body, HallConfigured)
    ]


def booked_days(conn: Connection, hall: str, first: date) -> Sequence[date]:
    """The days from `first` on with bookings that may still be cancelled."""
    chosen = (
        select(BOOKING.c.day)
        .where(BOOKING.c.hall == hall, BOOKING.c.day >= first, BOOKING.c.state.in_(sorted(OPEN)))
        .distinct()
        .order_by(BOOKING.c.day)
    )
    return list(conn.execute(chosen).scalars())
