"""The log of messages: what became of them, by the day on which they were due."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from qms.post.queue import DROPPED, FAILED, MESSAGE, QUEUED, SENDING, SENT, Row

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "sent": (SENT,),
    "waiting": (QUEUED, SENDING),
    "failed": (FAILED,),
    "dropped": (DROPPED,),
}
"""What may have become of a message, and the states in which it is then."""
STATES = tuple(state for states in OUTCOMES.values() for state in states)


def counts(conn: Connection, hall: str, start: datetime, end: datetime) -> Mapping[str, int]:
    """How many messages were due from `start` to before `end` (business time), by outcome."""
    chosen = select(MESSAGE.c.state, func.count().label("n")).where(*_due(hall, start, end, STATES))
    by_state = {row.state: row.n for row in conn.execute(chosen.group_by(MESSAGE.c.state))}
    return {name: sum(by_state.get(one, 0) for one in states) for name, states in OUTCOMES.items()}


def listed(
    conn: Connection,
    hall: str,
    start: datetime,
    end: datetime,
    states: Collection[str] = STATES,
    offset: int = 0,
    limit: int = 100,
) -> list[Row]:
    """Those messages, the latest due first."""
    chosen = (
        select(MESSAGE)
        .where(*_due(hall, start, end, states))
        .order_by(MESSAGE.c.due.desc(), MESSAGE.c.id)
        .offset(offset)
        .limit(limit)
    )
    return [dict(row) for row in conn.execute(chosen).mappings()]


def failed_last(conn: Connection, hall: str, before: datetime) -> datetime | None:
    """When the last message that failed before a moment was due."""
    chosen = select(func.max(MESSAGE.c.due)).where(
        MESSAGE.c.state == FAILED, MESSAGE.c.due < before, MESSAGE.c.hall == hall
    )
    found: datetime | None = conn.execute(chosen).scalar_one()
    return found


def _due(hall: str, start: datetime, end: datetime, states: Collection[str]) -> list[ColumnElement[bool]]:
    """All by the index, which begins with the state."""
    return [
        MESSAGE.c.state.in_(list(states)),
        MESSAGE.c.due >= start,
        MESSAGE.c.due < end,
        MESSAGE.c.hall == hall,
    ]
