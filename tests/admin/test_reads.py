"""The history of a set-up is read off a log that holds millions of other events."""

from typing import Any

from sqlalchemy import Engine, insert, text

from qms.admin.reads import configured
from qms.queue.rules.events import HallConfigured
from qms.queue.tables import EVENT


def fill(engine: Engine, count: int) -> list[int]:
    """A log of tickets with a new set-up at every thousandth event, the first of all included."""
    rows: list[dict[str, Any]] = [
        {
            "hall": "town",
            "seq": n,
            "type": HallConfigured.__name__ if n % 1000 == 1 else "TicketIssued",
            "version": 1,
            **dict.fromkeys(("at", "day", "actor", "correlation", "body", "prev", "hash"), ""),
        }
        for n in range(1, count + 1)
    ]
    with engine.begin() as conn:
        conn.execute(insert(EVENT), rows)
        if engine.dialect.name == "postgresql":
            conn.execute(text("ANALYZE event"))  # as it does by itself
    return [row["seq"] for row in rows if row["type"] == HallConfigured.__name__]


def test_the_versions_that_acted_are_found_the_last_first(engine: Engine) -> None:
    there = fill(engine, 5000)
    with engine.connect() as conn:
        assert [row.seq for row in conn.execute(configured("town", 3))] == there[:-4:-1]
        assert conn.execute(configured("elsewhere", 3)).all() == []


def test_they_are_found_by_an_index_whatever_else_the_log_holds(engine: Engine) -> None:
    fill(engine, 5000)
    asked = str(configured("town", 30).compile(engine, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as conn:
        plan = "\n".join(str(row) for row in conn.exec_driver_sql(f"{explain} {asked}"))
    assert "event_configured" in plan, plan
