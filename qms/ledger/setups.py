"""Stored versions of a hall's set-up: immutable, numbered from 1."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine, func, insert, select

from qms.ledger.codec import instant_text
from qms.ledger.tables import SetupRow, table_of

T = TypeVar("T")
SETUP = table_of(SetupRow)


def store(conn: Connection, hall: str, body: str, by: str) -> int:
    """Keep `body` (JSON text) as the hall's newest version and return its number.

    The same text as the newest version is not stored again: that version's number is returned.
    """
    digest = sha256(body.encode()).hexdigest()
    mine = select(SETUP.c.version, SETUP.c.digest).where(SETUP.c.hall == hall)
    newest = conn.execute(mine.order_by(SETUP.c.version.desc()).limit(1).with_for_update()).first()
    if newest is not None and newest.digest == digest:
        return int(newest.version)
    version = 1 if newest is None else int(newest.version) + 1
    at = instant_text(datetime.now(UTC))
    row = {"hall": hall, "version": version, "body": body, "digest": digest, "at": at, "by": by}
    conn.execute(insert(SETUP), row)
    return version


def newest_version(conn: Connection, hall: str) -> int | None:
    """Number of the newest stored version, None for a hall without any."""
    newest: int | None = conn.execute(
        select(func.max(SETUP.c.version)).where(SETUP.c.hall == hall)
    ).scalar_one()
    return newest


def read_setup(conn: Connection, hall: str, version: int) -> str:
    """A stored version's text; raises LookupError."""
    chosen = select(SETUP.c.body).where(SETUP.c.hall == hall, SETUP.c.version == version)
    body = conn.execute(chosen).scalar_one_or_none()
    if body is None:
        raise LookupError(f"{hall} has no set-up version {version}")
    return str(body)


class Setups(Generic[T]):
    """Parsed versions, read once; safe to share between threads."""

    def __init__(self, engine: Engine, parse: Callable[[str], T]) -> None:
        self._engine, self._parse = engine, parse
        self._known: dict[tuple[str, int], T] = {}
        self._lock = Lock()

    def of(self, hall: str) -> Callable[[int], T]:
        """`version_of` of one hall; what it returns raises LookupError for a version never stored."""

        def version_of(version: int) -> T:
            known = self._known.get((hall, version))
            return known if known is not None else self._read(hall, version)

        return version_of

    def _read(self, hall: str, version: int) -> T:
        with self._engine.connect() as conn:
            parsed = self._parse(read_setup(conn, hall, version))
        with self._lock:
            return self._known.setdefault((hall, version), parsed)
