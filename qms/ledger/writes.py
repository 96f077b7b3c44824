"""The statements that put a batch down."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, update

from qms.ledger.answers import ANSWER
from qms.ledger.engine import put_rows
from qms.ledger.fold import Fold
from qms.ledger.persons import Stored, write_persons
from qms.ledger.reader import DAY_HEAD, EVENT, HEAD

_HEAD = (
    update(HEAD)
    .where(HEAD.c.hall == bindparam("of"))
    .values({name: bindparam(f"n_{name}") for name in ("seq", "hash", "fold_from", "at")})
)


def write_log(
    conn: Connection,
    folds: Sequence[Fold[Any]],
    persons: Sequence[Stored],
    answers: Sequence[dict[str, Any]],
) -> None:
    """Insert events, private data and answers; move the heads of halls and days."""
    if folds:
        put_rows(conn, EVENT, [row for fold in folds for row in fold.rows], replace=False)
        put_rows(conn, DAY_HEAD, _day_heads(folds), replace=True)
        moved = [fold.head.row(fold.hall) for fold in folds]
        conn.execute(
            _HEAD, [{"of": row.pop("hall"), **{f"n_{k}": v for k, v in row.items()}} for row in moved]
        )
    if persons:
        write_persons(conn, persons)
    if answers:
        put_rows(conn, ANSWER, answers, replace=False)


def _day_heads(folds: Sequence[Fold[Any]]) -> list[dict[str, Any]]:
    last = {(row["hall"], row["day"]): row for fold in folds for row in fold.rows}
    return [{name: row[name] for name in ("hall", "day", "seq", "hash")} for row in last.values()]
