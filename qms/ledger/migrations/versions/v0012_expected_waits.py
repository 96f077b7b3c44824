"""The wait that was expected when a number was given, beside the wait that came of it."""

from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = {"low": "expected_low", "mid": "expected_mid", "high": "expected_high"}
AT_ONCE = 1000
"""Events read together."""


def upgrade() -> None:
    for name in COLUMNS.values():
        op.add_column("visit", sa.Column(name, sa.Float(), nullable=True))
    conn = op.get_bind()
    visit = sa.table("visit", sa.column("id"), *map(sa.column, COLUMNS.values()))
    values: dict[str, Any] = {name: sa.bindparam(end) for end, name in COLUMNS.items()}
    change = sa.update(visit).where(visit.c.id == sa.bindparam("ticket")).values(values)
    for some in _told(conn):
        if some:
            conn.execute(change, some)


def _told(conn: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """What the log says was expected, some at a time; it was on record before there was a column for it."""
    event = sa.table("event", *map(sa.column, ("hall", "seq", "type", "body")))
    place = sa.tuple_(event.c.hall, event.c.seq)
    issued = sa.select(event).where(event.c.type == "TicketIssued").order_by(event.c.hall, event.c.seq)
    last = ("", 0)
    while rows := conn.execute(issued.where(place > last).limit(AT_ONCE)).all():
        last = (rows[-1].hall, rows[-1].seq)
        bodies = (orjson.loads(row.body) for row in rows)
        yield [{"ticket": b["ticket"], **b["expected"]} for b in bodies if b.get("expected") is not None]


def downgrade() -> None:
    for name in COLUMNS.values():
        op.drop_column("visit", name)
