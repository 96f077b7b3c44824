"""What must survive: numbers given while the server was away, and what was printed.

An SQLite file with a full sync at each commit: what `give` returned is on disk, whatever happens next.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

TABLES = """
CREATE TABLE IF NOT EXISTS given (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, token TEXT NOT NULL, hall TEXT NOT NULL, day TEXT NOT NULL,
    family TEXT NOT NULL, number INTEGER NOT NULL, written TEXT NOT NULL,
    service TEXT NOT NULL, language TEXT NOT NULL, segment TEXT, taken_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'unsent', code TEXT, settled_at TEXT,
    UNIQUE (day, family, number)
) STRICT;
CREATE INDEX IF NOT EXISTS unsent ON given (seq) WHERE state = 'unsent';
CREATE TABLE IF NOT EXISTS paper (
    id TEXT PRIMARY KEY, day TEXT NOT NULL, ticket TEXT NOT NULL, language TEXT NOT NULL,
    state TEXT NOT NULL, again INTEGER NOT NULL DEFAULT 0
) STRICT;
"""
DAYS_KEPT = 7
"""Business days for which what was handed in, and what was printed, is kept."""
INSERT = """
INSERT INTO given (id, token, hall, day, family, number, written, service, language, segment, taken_at)
VALUES (:id, :token, :hall, :day, :family, :number, :written, :service, :language, :segment, :taken_at)
"""
BY_ID = """
SELECT id, token, hall, day, family, number, written, service, language, segment, taken_at
FROM given WHERE id = ?
"""
OLDEST = """
SELECT id, token, hall, day, family, number, written, service, language, segment, taken_at
FROM given WHERE state = 'unsent' AND hall = ? ORDER BY seq LIMIT 1
"""
ALL = """
SELECT id, token, hall, day, family, number, written, service, language, segment, taken_at,
    state, code, settled_at
FROM given NOT INDEXED ORDER BY seq
"""
SALVAGED = """
INSERT INTO given (id, token, hall, day, family, number, written, service, language, segment, taken_at,
    state, code, settled_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
NOT_THE_FILE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
"""What keeps a file from being used that is whole."""
PRIMARY = 0xFF
"""The bits of an error's code that tell its kind."""
Outcome = Literal["handed", "refused"]
Printed = Literal["begun", "printed", "failed"]


class Unwritable(Exception):  # noqa: N818
    """The disk did not take it: nothing of it may be promised to anybody."""


@dataclass(frozen=True, slots=True)
class Given:
    """A number given while the server was away. `family` is the group in whose run it stands."""

    id: str
    token: str
    hall: str
    day: str
    family: str
    number: int
    written: str
    service: str
    language: str
    segment: str | None
    taken_at: str


class Journal:
    """The file. All methods may be called from any thread, and block for as long as the disk takes."""

    def __init__(self, path: Path) -> None:
        """Raises OSError or sqlite3.Error; `damaged` tells that the file before could not be read and is kept aside."""
        self.damaged = False
        self._lock = Lock()
        try:
            self._db = _open(path)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if getattr(error, "sqlite_errorcode", 0) & PRIMARY in NOT_THE_FILE:
                raise
            aside = _set_aside(path)
            self.damaged, self._db = True, _open(path)
            _salvage(aside, self._db)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def give(
        self, id: str, make: Callable[[frozenset[int]], Given | None], day: str, family: str
    ) -> Given | None:
        """Put one more number on disk: `make` chooses it, told those of the run that are used on that day.

        An id that has a number keeps it. None where `make` finds none; raises Unwritable.
        """
        with self._writing() as db:
            known = _one(db, id)
            if known is not None:
                return known
            rows = db.execute("SELECT number FROM given WHERE day = ? AND family = ?", (day, family))
            given = make(frozenset(row[0] for row in rows))
            if given is not None:
                db.execute(INSERT, asdict(given))
            return given

    def given(self, id: str) -> Given | None:
        """The number that was given to an id."""
        with self._lock:
            return _one(self._db, id)

    def used(self, day: str) -> dict[str, frozenset[int]]:
        """The numbers used on a business day, by run."""
        found: dict[str, set[int]] = {}
        with self._lock:
            for family, number in self._db.execute(
                "SELECT family, number FROM given WHERE day = ?", (day,)
            ):
                found.setdefault(family, set()).add(number)
        return {family: frozenset(numbers) for family, numbers in found.items()}

    def uncounted(self, day: str, service: str, since: str) -> int:
        """Numbers of a service and day that a server did not know of at a moment of the machine."""
        asked = (
            "SELECT count(*) FROM given WHERE day = ? AND service = ? AND state <> 'refused' "
            "AND (state = 'unsent' OR settled_at >= ?)"
        )
        with self._lock:
            return int(self._db.execute(asked, (day, service, since)).fetchone()[0])

    def next_unsent(self, hall: str) -> Given | None:
        """The oldest number of a hall that is not handed in."""
        with self._lock:
            row = self._db.execute(OLDEST, (hall,)).fetchone()
        return None if row is None else Given(*row)

    def settle(self, id: str, outcome: Outcome, code: str | None, at: str) -> None:
        """What became of a number; raises Unwritable, and it will be handed in once more, under the same id."""
        with self._writing() as db:
            db.execute(
                "UPDATE given SET state = ?, code = ?, settled_at = ? WHERE id = ? AND state = 'unsent'",
                (outcome, code, at, id),
            )

    def counts(self) -> tuple[int, int]:
        """How many numbers are not handed in yet, and how many the server refused for good."""
        with self._lock:
            rows = self._db.execute(
                "SELECT state, count(*) FROM given WHERE state <> 'handed' GROUP BY state"
            )
            counts = dict(rows.fetchall())
        return counts.get("unsent", 0), counts.get("refused", 0)

    def last_moment(self) -> str | None:
        """The latest moment that stands on a paper."""
        with self._lock:
            return self._db.execute("SELECT max(taken_at) FROM given").fetchone()[0]  # type: ignore[no-any-return]

    def begin_paper(self, id: str, day: str, ticket: str, language: str) -> Printed | None:
        """Note that a paper is about to be printed; what is known of it already, and then nothing is changed."""
        with self._writing() as db:
            row = db.execute("SELECT state FROM paper WHERE id = ?", (id,)).fetchone()
            if row is None:
                db.execute(
                    "INSERT INTO paper (id, day, ticket, language, state) VALUES (?, ?, ?, ?, 'begun')",
                    (id, day, ticket, language),
                )
                return None
            known: Printed = row[0]
            return known

    def ticket(self, id: str) -> str | None:
        """The ticket, as JSON, for which a paper was begun."""
        with self._lock:
            row = self._db.execute("SELECT ticket FROM paper WHERE id = ?", (id,)).fetchone()
        return None if row is None else str(row[0])

    def end_paper(self, id: str, state: Printed) -> None:
        """What came of it; raises Unwritable."""
        with self._writing() as db:
            db.execute("UPDATE paper SET state = ? WHERE id = ?", (state, id))

    def once_more(self, id: str, most: int) -> tuple[str, str] | None:
        """Count one more print of a ticket: the ticket and its language; None for an unknown one, or the last was had."""
        with self._writing() as db:
            row = db.execute("SELECT ticket, language, again FROM paper WHERE id = ?", (id,)).fetchone()
            if row is None or row[2] >= most:
                return None
            db.execute("UPDATE paper SET again = again + 1 WHERE id = ?", (id,))
            return row[0], row[1]

    def forget(self, before: str) -> None:
        """Drop what is settled of business days before one; what was refused stays until somebody looks."""
        with self._writing() as db:
            db.execute("DELETE FROM given WHERE state = 'handed' AND day < ?", (before,))
            db.execute("DELETE FROM paper WHERE day < ?", (before,))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with self._db:
                    self._db.execute("BEGIN IMMEDIATE")
                    yield self._db
            except (sqlite3.Error, OSError) as error:
                raise Unwritable(str(error)) from error


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        path.chmod(0o600)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        if db.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the file is damaged")
        db.executescript(TABLES)
        for whole in (ALL, "SELECT * FROM paper"):  # letters that are none are found only as they are read
            for _ in db.execute(whole):
                pass
    except BaseException:
        db.close()
        raise
    return db


def _set_aside(path: Path) -> Path:
    """Keep a file that cannot be read, for somebody who can."""
    number = sum(1 for _ in path.parent.glob(f"damaged-*-{path.name}"))
    aside = path.with_name(f"damaged-{number}-{path.name}")
    for part in ("", "-wal", "-shm"):
        old = path.with_name(path.name + part)
        if old.exists():
            old.rename(aside.with_name(aside.name + part))
    return aside


def _salvage(damaged: Path, db: sqlite3.Connection) -> None:
    """Take over what can still be read of numbers that were given, up to where the file is broken."""
    with closing(sqlite3.connect(damaged)) as old, suppress(sqlite3.Error, UnicodeDecodeError):
        for row in old.execute(ALL):
            with suppress(sqlite3.IntegrityError):
                db.execute(SALVAGED, row)


def _one(db: sqlite3.Connection, id: str) -> Given | None:
    row = db.execute(BY_ID, (id,)).fetchone()
    return None if row is None else Given(*row)
