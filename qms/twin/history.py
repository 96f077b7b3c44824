"""What a served hall has on record of its visits, as the simulator takes it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select

from qms.booking.project import BOOKING
from qms.ledger.tables import table_of
from qms.queue.tables import Spell, Visit
from qms.twin.rules.sim.model import End
from qms.twin.rules.sim.past import Stay

VISIT, SPELL = table_of(Visit), table_of(Spell)
ENDS: dict[str | None, End] = {"missed": "missed"}
"""How a spell ended, where it was no service."""
SENT_BACK = "requeued"


def stays(conn: Connection, hall: str, first: date, last: date) -> list[Stay]:
    """Every wait of those days, in the order in which they began.

    Somebody absent who was sent back to waiting is there once, with the call to which they came.
    """
    within = (VISIT.c.hall == hall, VISIT.c.day.between(first, last))
    spells: dict[str, list[Row[Any]]] = {}
    joined = select(SPELL).join(VISIT, VISIT.c.id == SPELL.c.visit).where(*within)
    for row in conn.execute(joined.order_by(SPELL.c.visit, SPELL.c.n)):
        spells.setdefault(row.visit, []).append(row)
    visits = conn.execute(select(VISIT).where(*within).order_by(VISIT.c.issued, VISIT.c.id))
    return [stay for visit in visits for stay in _of_visit(visit, spells.get(visit.id, ()))]


def not_shown(conn: Connection, hall: str, first: date, last: date) -> int:
    """How many bookings of those days never came."""
    missed = (BOOKING.c.hall == hall, BOOKING.c.day.between(first, last), BOOKING.c.state == "missed")
    return conn.execute(select(func.count()).where(*missed)).scalar_one()


def _of_visit(visit: Row[Any], spells: Sequence[Row[Any]]) -> Iterator[Stay]:
    called = [spell for spell in spells if spell.outcome != SENT_BACK]
    for n, spell in enumerate(called):
        yield Stay(
            id=f"{visit.id}-{spell.n}",
            day=visit.day,
            service=spell.service,
            segment=visit.segment,
            since=spell.since if n else visit.issued,
            booked=visit.booked if n == 0 else None,
            called=spell.called,
            started=spell.started,
            ended=spell.ended,
            counter=spell.counter,
            outcome=ENDS.get(spell.outcome, "served"),
            accurate=spell.accurate,
        )
    if not called:
        yield Stay(
            id=visit.id,
            day=visit.day,
            service=visit.service,
            segment=visit.segment,
            since=visit.issued,
            booked=visit.booked,
            ended=visit.ended,
            outcome="left" if visit.state == "cancelled" else "waiting",
        )
