"""The queue of messages: putting in, claiming, and marking what became of each.

A claim is a conditional update, so two processes never hold the same message; `attempts` fences:
a sender that was given up for lost cannot mark what somebody else has claimed since. Every
function is one small write, or a question.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from qms.ledger.engine import insert_missing
from qms.ledger.tables import table_of
from qms.post.tables import Message

MESSAGE = table_of(Message)
QUEUED, SENDING, SENT, FAILED, DROPPED = "queued", "sending", "sent", "failed", "dropped"
MAIL, SMS, PUSH = "mail", "sms", "push"
"""The ways by which messages go."""
Row = Mapping[str, Any]

LEASE = timedelta(minutes=10)
"""A sender that has not marked a message so long after claiming it is taken for lost."""
ATTEMPTS = 20
"""A message is given up after so many: about two days."""
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=4)
"""Pauses after the first failure, and at most; each is twice the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A message to be sent at `due`; see `Message`. Two with the same `once` are one."""

    hall: str
    seq: int
    template: str
    person: str
    about: str
    language: str
    due: datetime
    part: int = 0
    version: int = 0
    channel: str = MAIL
    once: str = ""
    """By which it is known as the same; empty: by its event, template, part and person."""


def put(conn: Connection, messages: Iterable[Wanted], now: datetime) -> None:
    """Queue messages; those that are there already stay as they are. `now` is machine time."""
    rows = [_row(message, now) for message in messages]
    if rows:
        conn.execute(insert_missing(conn.dialect.name, MESSAGE), rows)


def _row(wanted: Wanted, now: datetime) -> dict[str, Any]:
    names = ("hall", "seq", "template", "part", "person", "about", "version", "language", "channel", "due")
    once = wanted.once or f"{wanted.seq}:{wanted.template}:{wanted.part}:{wanted.person}"
    return {
        **{name: getattr(wanted, name) for name in names},
        "id": sha256(f"{wanted.hall}:{once}".encode()).hexdigest()[:32],
        "state": QUEUED,
        "attempts": 0,
        "next_at": now,
        "error": "",
        "message_id": "",
        "at": now,
    }


def due(conn: Connection, business: datetime, now: datetime, limit: int, channel: str = MAIL) -> list[Row]:
    """What may be tried now, the longest due first: queued messages, and those of lost senders."""
    may = (MESSAGE.c.due <= business, MESSAGE.c.next_at <= now, MESSAGE.c.channel == channel)
    chosen = (
        select(MESSAGE)
        .where(MESSAGE.c.state.in_([QUEUED, SENDING]), *may)
        .order_by(MESSAGE.c.due, MESSAGE.c.id)
        .limit(limit)
    )
    return [dict(row) for row in conn.execute(chosen).mappings()]


def waiting(conn: Connection, business: datetime) -> int:
    """How many mails are due and not sent."""
    mine = (MESSAGE.c.state == QUEUED, MESSAGE.c.due <= business, MESSAGE.c.channel == MAIL)
    chosen = select(func.count()).where(*mine)
    return int(conn.execute(chosen).scalar_one())


def claim(conn: Connection, found: Sequence[Row], domain: str, now: datetime) -> list[Row]:
    """Take those of `found` that nobody else has taken meanwhile; each has its Message-ID from then on."""
    claimed: list[Row] = []
    for row in found:
        changes = {
            "state": SENDING,
            "attempts": row["attempts"] + 1,
            "next_at": now + LEASE,
            "message_id": row["message_id"] or f"<{row['id']}@{domain}>",
        }
        unchanged = and_(
            MESSAGE.c.id == row["id"],
            MESSAGE.c.attempts == row["attempts"],
            or_(MESSAGE.c.state == QUEUED, and_(MESSAGE.c.state == SENDING, MESSAGE.c.next_at <= now)),
        )
        if conn.execute(update(MESSAGE).where(unchanged).values(changes)).rowcount:
            claimed.append({**row, **changes})
    return claimed


def settle(conn: Connection, row: Row, state: str, error: str, now: datetime) -> bool:
    """Mark a claimed message as sent, failed or dropped; says whether it was still this sender's."""
    return _mark(conn, row, now, state=state, error=error)


def put_off(conn: Connection, row: Row, error: str, now: datetime) -> bool:
    """After a failure that may pass: queue it again for later, or give it up."""
    if row["attempts"] >= ATTEMPTS:
        return settle(conn, row, FAILED, error, now)
    pause = min(FIRST * 2 ** (row["attempts"] - 1), LONGEST)
    return _mark(conn, row, now, state=QUEUED, error=error, next_at=now + pause)


def release(conn: Connection, rows: Iterable[Row], now: datetime) -> None:
    """Give back what was claimed and not tried."""
    for row in rows:
        _mark(conn, row, now, state=QUEUED, attempts=row["attempts"] - 1, next_at=now)


def try_again(
    conn: Connection,
    hall: str,
    start: datetime,
    end: datetime,
    now: datetime,
    message: str | None = None,
) -> int:
    """Queue again what failed of a hall's messages due from `start` to before `end`; returns how many.

    With `message` only that one. Attempts go on being counted: they fence off senders that were lost.
    """
    failed = [
        MESSAGE.c.state == FAILED,
        MESSAGE.c.due >= start,
        MESSAGE.c.due < end,
        MESSAGE.c.hall == hall,
    ]
    if message is not None:
        failed.append(MESSAGE.c.id == message)
    changes = {"state": QUEUED, "next_at": now, "at": now}
    return conn.execute(update(MESSAGE).where(*failed).values(changes)).rowcount


def _mark(conn: Connection, row: Row, now: datetime, **changes: Any) -> bool:
    mine = (
        MESSAGE.c.id == row["id"],
        MESSAGE.c.state == SENDING,
        MESSAGE.c.attempts == row["attempts"],
    )
    return conn.execute(update(MESSAGE).where(*mine).values(at=now, **changes)).rowcount > 0
