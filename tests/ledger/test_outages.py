"""A database that is away, full or locked: nothing changes, and service resumes by itself."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from qms.ledger.engine import connect, is_gone
from qms.ledger.orders import Answer, LedgerUnavailable
from tests.ledger.make import (
    HALL,
    buy,
    commits,
    faults,
    make_writer,
    mirrored,
    new_key,
    open_hall,
    order,
    sales,
    serving,
    until,
)
from tests.ledger.toy import Break, Buy
from tests.postgres import Cluster


@pytest.mark.parametrize("kept", [True, False], ids=["committed", "not committed"])
async def test_a_commit_of_unknown_outcome_is_settled_by_the_key(engine: Engine, kept: bool) -> None:
    """Callers hear that nobody knows; then the log is read again before anything else happens."""

    def lose(commit: Callable[[], None]) -> None:
        if kept:
            commit()
        raise engine.dialect.loaded_dbapi.OperationalError("the line went dead")

    async with serving(engine) as writer:
        await buy(writer, "adam")
        keys = [new_key() for _ in range(5)]
        with commits(engine, lose):
            outcomes = await asyncio.gather(*(buy(writer, k, k) for k in keys), return_exceptions=True)
            assert [type(o) for o in outcomes] == [LedgerUnavailable] * 5
            assert not writer.health().ready
        again = [await buy(writer, key, key) for key in keys]
        assert [a.body["apple"] for a in again] == [2, 3, 4, 5, 6]
        assert {a.replayed for a in again} == {kept}
        assert sales(engine) == mirrored(engine) == [(1, "adam"), *((n + 2, k) for n, k in enumerate(keys))]
        assert again[-1].state.buyers == dict(sales(engine))
        assert faults(engine) == []


@pytest.mark.slow
async def test_what_an_unknown_commit_did_is_published_without_anyone_asking(engine: Engine) -> None:
    def lose(commit: Callable[[], None]) -> None:
        commit()
        raise engine.dialect.loaded_dbapi.OperationalError("the line went dead")

    seen: list[int] = []
    async with serving(engine) as writer:
        writer.watch(lambda published: seen.extend(r.seq for r in published.events))
        with commits(engine, lose), pytest.raises(LedgerUnavailable):
            await buy(writer, "eve")
        await until(lambda: (state := writer.state(HALL)) is not None and state.stock == 99, 5)
        await until(lambda: writer.health().ready, 5)
        assert seen == [1, 2]


async def test_a_transaction_cut_off_before_its_commit_changes_nothing(postgresql_engine: Engine) -> None:
    def cut_off(conn: Any) -> None:
        with psycopg.connect(postgresql_engine.url.render_as_string().replace("+psycopg", "")) as other:
            pid = conn.connection.dbapi_connection.info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s, 1000)", (pid,))

    async with serving(postgresql_engine) as writer:
        await buy(writer, "adam")
        event.listen(postgresql_engine, "commit", cut_off)
        try:
            with pytest.raises(LedgerUnavailable):
                await buy(writer, "eve", "k1")
        finally:
            event.remove(postgresql_engine, "commit", cut_off)
        assert not (await buy(writer, "eve", "k1")).replayed
        assert sales(postgresql_engine) == [(1, "adam"), (2, "eve")]


async def test_a_locked_database_is_said_to_be_unavailable_and_then_serves_again(
    sqlite_engine: Engine,
) -> None:
    async with serving(sqlite_engine) as writer:
        other = sqlite3.connect(str(sqlite_engine.url.database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        outcomes = await asyncio.gather(*(buy(writer) for _ in range(3)), return_exceptions=True)
        assert [type(o) for o in outcomes] == [LedgerUnavailable] * 3
        assert not writer.health().ready
        other.execute("ROLLBACK")
        other.close()
        await until(lambda: writer.health().ready, 5)
        assert (await buy(writer)).body["apple"] == 1


async def test_a_hall_that_is_locked_for_long_does_not_hold_up_another(postgresql_engine: Engine) -> None:
    async with serving(postgresql_engine) as writer:
        await open_hall(writer, hall="garden")
        with postgresql_engine.begin() as other:
            other.execute(text("SELECT * FROM head WHERE hall = :hall FOR UPDATE"), {"hall": HALL})
            waiting = asyncio.create_task(buy(writer))
            assert isinstance(await writer.execute(order(Buy("eve"), hall="garden")), Answer)
            assert not waiting.done()
            with pytest.raises(LedgerUnavailable):
                await waiting
        assert (await buy(writer)).body["apple"] == 1


async def test_a_full_disk_changes_nothing_and_service_resumes_when_there_is_room(
    sqlite_engine: Engine,
) -> None:
    """SQLite's own limit on pages stands in for the disk's: the same error, at the same places."""
    room = 1 << 30

    def limit(dbapi: Any, _record: Any, _proxy: Any) -> None:
        dbapi.execute(f"PRAGMA max_page_count={room}").close()

    event.listen(sqlite_engine, "checkout", limit)
    async with serving(sqlite_engine, stock=10_000) as writer:
        with sqlite_engine.connect() as conn:
            room = conn.exec_driver_sql("PRAGMA page_count").scalar_one() + 4
        answered: list[int] = []
        outcome: Any = None
        while not isinstance(outcome, LedgerUnavailable):
            outcomes = await asyncio.gather(
                *(buy(writer, "x" * 200) for _ in range(8)), return_exceptions=True
            )
            answered += [o.body["apple"] for o in outcomes if isinstance(o, Answer)]
            outcome = outcomes[-1]
        assert len(answered) >= 8
        assert [apple for apple, _ in sales(sqlite_engine)] == answered
        state = writer.state(HALL)
        assert state is not None
        assert state.sold == answered[-1]
        assert not writer.health().ready
        room = 1 << 30
        await until(lambda: writer.health().ready, 5)
        assert (await buy(writer)).body["apple"] == answered[-1] + 1
        assert faults(sqlite_engine) == []


@pytest.mark.slow
async def test_a_server_that_dies_is_said_to_be_unavailable_and_is_found_again_by_itself(
    cluster: Cluster, postgresql_engine: Engine
) -> None:
    seen: list[int] = []
    async with serving(postgresql_engine) as writer, serving(postgresql_engine, stock=None) as other:
        other.watch(lambda published: seen.extend(r.seq for r in published.events))
        await buy(writer, "adam")
        cluster.stop()
        try:
            with pytest.raises(LedgerUnavailable):
                await buy(writer, "eve", "k1")
            with pytest.raises(LedgerUnavailable):
                await writer.aside(lambda conn: None)
            await until(lambda: not other.health().database)
        finally:
            cluster.start()
        await until(lambda: writer.health().ready and other.health().ready)
        assert (await buy(writer, "eve", "k1")).body["apple"] == 2
        await until(lambda: seen == [1, 2, 3], 5)
        assert faults(postgresql_engine) == []


async def test_a_writer_does_not_start_on_a_database_that_is_not_there(tmp_path: Any) -> None:
    engine = connect(f"postgresql+psycopg://qms@/none?host={tmp_path}", patience=0.1)
    with pytest.raises(LedgerUnavailable):
        await make_writer(engine).start()


async def test_a_value_that_no_column_holds_fails_its_caller_only(engine: Engine) -> None:
    async with serving(engine) as writer:
        outcomes = await asyncio.gather(
            buy(writer, "adam"),
            writer.execute(order(Break("database"))),
            writer.execute(order(Buy("lone \ud800 surrogate"))),
            buy(writer, "eve"),
            return_exceptions=True,
        )
        assert [isinstance(o, Answer) for o in outcomes] == [True, False, False, True]
        assert sales(engine) == mirrored(engine) == [(1, "adam"), (2, "eve")]
        assert writer.health().ready


@pytest.mark.parametrize(
    ("error", "gone"),
    [
        (psycopg.errors.DiskFull(), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.LockNotAvailable(), True),
        (psycopg.errors.ReadOnlySqlTransaction(), True),
        (psycopg.errors.InsufficientPrivilege(), False),
        (psycopg.OperationalError("could not connect"), True),
        (psycopg.errors.DeadlockDetected(), False),
        (psycopg.errors.ProgramLimitExceeded(), False),
        (psycopg.errors.NumericValueOutOfRange(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_outage_is_told_from_a_culprit(error: Exception, gone: bool) -> None:
    wrapped: DBAPIError = OperationalError("SELECT 1", {}, error)
    assert is_gone(wrapped) is gone
