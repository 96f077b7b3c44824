"""The wait that was expected when a number was given, beside the wait that came of it."""

from collections.abc import Iterator, Mapping
from itertools import islice
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


def upgrade() -> None:
    for name in COLUMNS.values():
        op.add_column("visit", sa.Column(name, sa.Float(), nullable=True))
    conn = op.get_bind()
    visit = sa.table("visit", sa.column("id"), *map(sa.column, COLUMNS.values()))
    values: dict[str, Any] = {name: sa.bindparam(end) for end, name in COLUMNS.items()}
    change = sa.update(visit).where(visit.c.id == sa.bindparam("ticket")).values(values)
    told = _told(conn)
    while some := list(islice(told, AT_ONCE)):
        conn.execute(change, some)


def _told(conn: sa.Connection) -> Iterator[Mapping[str, Any]]:
    """What the log says was expected; it was on record before there was a column for it."""
    event = sa.table("event", sa.column("type"), sa.column("body"))
    rows = conn.execute(sa.select(event.c.body).where(event.c.type == "TicketIssued")).scalars().all()
    for text in rows:
        body = orjson.loads(text)
        if body.get("expected") is not None:
            yield {"ticket": body["ticket"], **body["expected"]}


def downgrade() -> None:
    for name in COLUMNS.values():
        op.drop_column("visit", name)
