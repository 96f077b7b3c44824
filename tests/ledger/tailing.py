"""A toy that follows the log: it notes every apple sold, in a table that would also take it twice."""

import asyncio
import os
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection as Pipe
from time import sleep
from typing import Any

from sqlalchemy import Connection, Engine, insert, select
from sqlmodel import Field

from qms.kernel.event import Recorded
from qms.ledger.engine import connect
from qms.ledger.tables import table_of
from qms.ledger.tail import Tail
from qms.ledger.writer import Writer
from tests.ledger.make import HALL, WallClock, make_writer
from tests.ledger.toy import Apples, Sold, ToyModel


class NoteRow(ToyModel, table=True):
    """A sale, and who noted it."""

    __tablename__ = "toy_note"

    id: int | None = Field(default=None, primary_key=True)
    apple: int
    by: str


NOTE = table_of(NoteRow)


def note(conn: Connection, events: Sequence[Recorded], by: str = "") -> None:
    """The work: a note for each sale."""
    apples = [recorded.body.apple for recorded in events if isinstance(recorded.body, Sold)]
    if apples:
        conn.execute(insert(NOTE), [{"apple": apple, "by": by} for apple in apples])


def noted(engine: Engine) -> list[int]:
    """Apples that were noted, in the order in which they were."""
    with engine.connect() as conn:
        return list(conn.execute(select(NOTE.c.apple).order_by(NOTE.c.id)).scalars())


def tail_of(engine: Engine, writer: Writer[Apples], name: str = "notes") -> Tail:
    async def read(ask: Callable[[Connection], Any]) -> Any:
        def asked() -> Any:
            with engine.connect() as conn:
                return ask(conn)

        return await asyncio.to_thread(asked)

    return Tail(name, read, writer.aside, writer.codec)


def follow(pipe: Pipe, url: str, upto: int) -> None:
    """A process that notes beside another until the log's end; then says how much was its share."""

    async def run() -> int:
        engine = connect(url)
        writer = make_writer(engine, WallClock())
        await writer.start()
        tail, share, me = tail_of(engine, writer), 0, str(os.getpid())
        pipe.send("ready")
        await asyncio.to_thread(pipe.recv)
        while max(noted(engine), default=0) < upto:
            share += await tail.step(HALL, lambda conn, events: note(conn, events, me), limit=7)
        await writer.stop()
        return share

    pipe.send(asyncio.run(run()))


def stall(pipe: Pipe, url: str) -> None:
    """A process that does the work, says so, and never gets to the commit."""

    def work(conn: Connection, events: Sequence[Recorded]) -> None:
        note(conn, events)
        pipe.send(len(events))
        sleep(60)

    async def run() -> None:
        engine = connect(url)
        writer = make_writer(engine, WallClock())
        await writer.start()
        await tail_of(engine, writer).step(HALL, work)

    asyncio.run(run())
