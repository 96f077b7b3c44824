"""Two databases behind one engine: all that differs between SQLite and PostgreSQL is here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Event as Flag
from typing import Any

import orjson
import psycopg
from sqlalchemy import (
    Connection,
    Engine,
    Float,
    Insert,
    Integer,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

CHANNEL = "hall"
SQLITE_CULPRITS = {1, 18, 19, 20, 25}
"""SQLite's primary codes (error, too big, constraint, mismatch, range) that blame one statement."""
POSTGRESQL_GONE = ("08", "25006", "53", "55", "57", "58", "XX")
"""SQLSTATEs: connection, read-only (a stand-by), resources, locks, operator, system, internal errors."""

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Wait = Callable[[float], list[str]]
"""Waits up to so many seconds and returns the payloads of the notices that came."""


def connect(url: str, patience: float = 5.0) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`.

    `patience` (seconds): how long to wait for a lock or a connection before giving up.
    Statements' parameters are never shown in errors: they may be personal.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _connect_sqlite(url, patience)
    return _connect_postgresql(url, patience)


def _connect_sqlite(url: str, patience: float) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": patience}, pool_size=16)

    @event.listens_for(engine, "connect")
    def prepare(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # transactions begin where `begin` says, not where the driver guesses
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "journal_size_limit=67108864",
        ):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        # A writer that begins by reading would be refused, or worse, decide on what is no longer true.
        immediate = conn.get_execution_options().get("qms_write", False)
        conn.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _connect_postgresql(url: str, patience: float) -> Engine:
    milliseconds = int(patience * 1000)
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=16,
        max_overflow=16,
        pool_timeout=patience,
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": max(2, int(patience)),
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "options": f"-c lock_timeout={milliseconds} -c timezone=UTC",
        },
    )


def writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take the write lock as they begin."""
    return engine.execution_options(qms_write=True)


def is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def database_file(engine: Engine) -> Path | None:
    """The file of an embedded database; None for a server's, or one in memory."""
    name = engine.url.database
    return Path(name) if is_sqlite(engine) and name and name != ":memory:" else None


def put_rows(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, replace: bool) -> None:
    """Insert rows that name every column; with `replace` in place of those with the same primary key.

    On SQLite in one statement, which reads the rows from a JSON text: its driver lets go of the
    interpreter at each statement, and with a statement a row a busy event loop would be let in
    between all of them.
    """
    if conn.dialect.name != "sqlite":
        conn.execute(upsert(conn.dialect.name, table) if replace else insert(table), list(rows))
        return
    statement, columns = _sqlite_put(table, replace)
    values = [[row[n] if as_is is None else as_is(row[n]) for n, as_is in columns] for row in rows]
    conn.exec_driver_sql(statement, (orjson.dumps(values).decode(),))


@cache
def _sqlite_put(
    table: Table, replace: bool
) -> tuple[str, Sequence[tuple[str, Callable[[Any], Any] | None]]]:
    """The statement, and for each column its name and what makes of a value what SQLite keeps."""
    dialect = sqlite.dialect()
    names = [column.name for column in table.columns]
    key = [column.name for column in table.primary_key]
    listed = ", ".join(f'"{name}"' for name in names)
    read = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(len(names)))
    statement = f'INSERT INTO "{table.name}" ({listed}) SELECT {read} FROM json_each(?) WHERE true'  # noqa: S608
    if replace:
        rest = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in key)
        statement += f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {rest}"
    processors = [
        _fits
        if isinstance(column.type, Integer | Float)
        else column.type.dialect_impl(dialect).bind_processor(dialect)
        for column in table.columns
    ]
    return statement, tuple(zip(names, processors, strict=True))


def _fits(number: Any) -> Any:
    """A number as it is, where neither JSON nor SQLite makes another one of it; raises OverflowError."""
    if number is not None and not -(2**63) <= number < 2**63:
        raise OverflowError("a number that no column holds")
    return number


@cache
def upsert(dialect: str, table: Table) -> Insert:
    """Insert, or replace the row with the same primary key."""
    statement = _INSERT[dialect](table)
    rest = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    made: Insert = statement.on_conflict_do_update(
        index_elements=[c.name for c in table.primary_key], set_=rest
    )
    return made


@cache
def insert_missing(dialect: str, table: Table) -> Insert:
    """Insert, or leave the row with the same primary key as it is."""
    made: Insert = _INSERT[dialect](table).on_conflict_do_nothing(
        index_elements=[c.name for c in table.primary_key]
    )
    return made


def alone(conn: Connection) -> None:
    """Keep other processes from migrating until this transaction ends."""
    if conn.dialect.name != "sqlite":  # there BEGIN IMMEDIATE has done it
        conn.execute(text("SELECT pg_advisory_xact_lock(713705)"))


def announce(engine: Engine, hall: str, seq: int) -> None:
    """Tell other processes that a hall's log has grown.

    After the commit and not in it: a transaction that notifies makes every other one that notifies
    wait for its commit, so halls would queue behind each other. A lost notice costs a second.
    """
    if not is_sqlite(engine):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(
                text("SELECT pg_notify(:channel, :payload)"),
                {"channel": CHANNEL, "payload": f"{hall}:{seq}"},
            )


@contextmanager
def listening(engine: Engine, stop: Flag) -> Iterator[Wait]:
    """Notices from other processes; on an embedded database, which has no others, a mere pause."""
    if is_sqlite(engine):

        def pause(seconds: float) -> list[str]:
            stop.wait(seconds)
            return []

        yield pause
        return
    args, options = engine.dialect.create_connect_args(engine.url)
    with psycopg.connect(*args, **options, autocommit=True, connect_timeout=5) as conn:
        conn.execute(f"LISTEN {CHANNEL}")
        yield lambda seconds: [note.payload for note in conn.notifies(timeout=seconds, stop_after=1)]


def database_now(conn: Connection) -> datetime:
    """The database machine's present time; the own machine's for an embedded database."""
    if conn.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now


def is_gone(error: DBAPIError) -> bool:
    """Whether the database is away, full, locked or broken, rather than at odds with one statement."""
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    if isinstance(error, IntegrityError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF not in SQLITE_CULPRITS
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state.startswith(POSTGRESQL_GONE)
    return isinstance(error, OperationalError)
