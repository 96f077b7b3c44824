"""Migrations and models agree, on both databases, for every slice's tables."""

import json
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, Table, inspect, text

from qms.ledger.engine import connect, writing
from qms.ledger.schema import alembic_config, is_current, metadata, upgrade
from tests.queue.rows import visit


def test_migrations_and_models_agree(engine: Engine) -> None:
    with engine.connect() as conn:
        context = MigrationContext.configure(
            conn, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata()) == []


def test_every_table_of_every_slice_is_there(engine: Engine) -> None:
    assert metadata().tables.keys() <= set(inspect(engine).get_table_names())
    assert {
        "event",
        "head",
        "day_head",
        "answer",
        "person",
        "person_key",
        "tail",
        "setup",
    } <= metadata().tables.keys()


def test_an_empty_database_is_brought_up_to_date_and_then_left_alone(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    engine.dispose()


def test_a_migrated_database_says_so(engine: Engine) -> None:
    assert is_current(engine)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    assert not is_current(engine)


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_an_embedded_database_is_durable_and_strict(
    sqlite_engine: Engine, pragma: str, value: object
) -> None:
    with sqlite_engine.connect() as conn:
        assert conn.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_every_migration_can_be_taken_back_and_made_again(engine: Engine) -> None:
    config = alembic_config()
    with writing(engine).begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    upgrade(engine)
    test_migrations_and_models_agree(engine)


def test_a_wait_that_was_expected_before_there_was_a_column_for_it_is_found_in_the_log(
    engine: Engine,
) -> None:
    config = alembic_config()
    with writing(engine).begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0011")
        visits = Table("visit", MetaData(), autoload_with=conn)
        events = Table("event", MetaData(), autoload_with=conn)
        told = {"low": 4.5, "mid": 9.25, "high": 20.0}
        bodies: list[dict[str, Any]] = [
            {"ticket": "v1", "expected": told},
            {"ticket": "v2", "expected": None},
            {"ticket": "v3"},
        ]
        for n, body in enumerate(bodies, 1):
            conn.execute(visits.insert().values(visit(n)))
            conn.execute(events.insert().values(_event(n, body)))
    upgrade(engine)
    with engine.connect() as conn:
        rows = conn.execute(
            text("SELECT expected_low, expected_mid, expected_high FROM visit ORDER BY id")
        ).all()
    assert [tuple(row) for row in rows] == [(4.5, 9.25, 20.0), (None,) * 3, (None,) * 3]


def _event(seq: int, body: dict[str, Any]) -> dict[str, Any]:
    known = {"hall": "town", "seq": seq, "at": "", "day": "", "type": "TicketIssued", "version": 2}
    return known | {"actor": "", "correlation": "", "body": json.dumps(body), "prev": "", "hash": ""}
