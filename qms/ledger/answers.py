"""Answers kept for idempotency keys, so that a retry gets what the first try got."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from qms.ledger.codec import instant_text
from qms.ledger.orders import Key
from qms.ledger.tables import AnswerRow, table_of

ANSWER = table_of(AnswerRow)
_FIND = select(ANSWER).where(
    ANSWER.c.key.in_(bindparam("keys", expanding=True)),
    ANSWER.c.scope.in_(bindparam("scopes", expanding=True)),
)
KEPT = timedelta(days=1)

Name = tuple[str, str]
"""Scope and key."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer given before."""

    hall: str
    digest: str
    body: str
    seq: int


def find_answers(conn: Connection, keys: Iterable[Key]) -> dict[Name, Kept]:
    """Kept answers to any of the keys, in one question to the database."""
    names = [(key.key, key.scope) for key in keys]
    if not names:
        return {}
    # Not a list of pairs: SQLite would look through the whole table for them.
    rows = conn.execute(
        _FIND, {"keys": [name for name, _ in names], "scopes": sorted({scope for _, scope in names})}
    )
    return {(row.scope, row.key): Kept(row.hall, row.digest, row.body, row.seq) for row in rows}


def answer_row(key: Key, kept: Kept) -> dict[str, Any]:
    """The row to insert, stamped with machine time: a retry is a matter of the network, not of business."""
    at = instant_text(datetime.now(UTC))
    return {
        "scope": key.scope, "key": key.key, "hall": kept.hall,
        "digest": kept.digest, "body": kept.body, "seq": kept.seq, "at": at,
    }  # fmt: skip


def prune_answers(conn: Connection, now: datetime) -> int:
    """Forget answers over a day old (machine time); returns how many."""
    return conn.execute(delete(ANSWER).where(ANSWER.c.at < instant_text(now - KEPT))).rowcount
