"""Following the log: work that belongs to events, done once for each of them, whatever happens."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from qms.kernel.event import Recorded
from qms.ledger.codec import Codec
from qms.ledger.engine import insert_missing
from qms.ledger.reader import events_after
from qms.ledger.tables import TailRow, table_of

TAIL = table_of(TailRow)
_AT = select(TAIL.c.seq).where(TAIL.c.name == bindparam("of_name"), TAIL.c.hall == bindparam("of_hall"))
_MOVE = (
    update(TAIL)
    .where(
        TAIL.c.name == bindparam("of_name"),
        TAIL.c.hall == bindparam("of_hall"),
        TAIL.c.seq == bindparam("since"),
    )
    .values(seq=bindparam("upto"))
)

InTransaction = Callable[[Callable[[Connection], Any]], Awaitable[Any]]
Work = Callable[[Connection, Sequence[Recorded]], None]


class Tail:
    """A reader of the log with a saved position of its own in every hall; it begins at the first event.

    `read` asks the database off the event loop, `aside` is the writer's side-write. Several processes
    may follow under one name: each event is worked on by one of them, once.
    """

    def __init__(self, name: str, read: InTransaction, aside: InTransaction, codec: Codec) -> None:
        self.name = name
        self._read, self._aside, self._codec = read, aside, codec

    async def step(self, hall: str, work: Work, *, limit: int = 500) -> int:
        """Have `work` done on at most `limit` events after the position; returns on how many it was.

        0: there are none, or another process was faster. `work` runs in the transaction that moves
        the position, on the writer's thread: it writes rows, and neither waits nor talks to anybody.
        If it raises, nothing is done, the position stays, and the exception comes out of here.
        Raises LogUnreadable, and LedgerUnavailable where the database did not take it or nobody
        knows: the next step finds out.
        """
        since, events = await self._read(lambda conn: self._next(conn, hall, limit))
        if not events:
            return 0
        done: int = await self._aside(lambda conn: self._do(conn, hall, since, events, work))
        return done

    def _next(self, conn: Connection, hall: str, limit: int) -> tuple[int, list[Recorded]]:
        since = self._position(conn, hall)
        return since, events_after(conn, self._codec, hall, since, limit)

    def _position(self, conn: Connection, hall: str) -> int:
        return conn.execute(_AT, {"of_name": self.name, "of_hall": hall}).scalar_one_or_none() or 0

    def _do(self, conn: Connection, hall: str, since: int, events: Sequence[Recorded], work: Work) -> int:
        if since == 0:
            row = {"name": self.name, "hall": hall, "seq": 0}
            conn.execute(insert_missing(conn.dialect.name, TAIL), row)
        # Moved before the work: whoever comes second waits here, and then finds it moved.
        step = {"of_name": self.name, "of_hall": hall, "since": since, "upto": events[-1].seq}
        if conn.execute(_MOVE, step).rowcount == 0:
            return 0
        work(conn, events)
        return len(events)
