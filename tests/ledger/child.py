"""Real processes that buy apples and say, over a pipe, what they asked for and what they were answered."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from qms.ledger.engine import connect
from qms.ledger.orders import Answer, Published
from qms.ledger.writer import Writer
from tests.ledger.make import HALL, WallClock, make_writer, new_key, order, until
from tests.ledger.toy import Apples, Buy


class Child:
    """A process with a writer of its own; killed when the block is left."""

    def __init__(self, main: Any, *args: Any) -> None:
        # A fork server imports once, so that a child starts in a moment and is a true process all the same.
        context: ForkServerContext = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.ledger.child", "tests.queue.child"])
        self.pipe, theirs = context.Pipe()
        self.process: ForkServerProcess = context.Process(target=main, args=(theirs, *args), daemon=True)
        self.process.start()
        theirs.close()

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.pipe.close()

    def kill(self) -> None:
        """As the power would: no handler runs, nothing is flushed."""
        if self.process.pid is not None and self.process.is_alive():
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()

    def said(self, seconds: float = 30) -> Any:
        """The next thing the child says; raises EOFError when it is dead and has said all."""
        if not self.pipe.poll(seconds):
            raise AssertionError("the child said nothing")
        return self.pipe.recv()

    def rest(self) -> list[Any]:
        """All that a dead child had said."""
        heard: list[Any] = []
        try:
            while True:
                heard.append(self.said())
        except (EOFError, ConnectionResetError):
            return heard


def shop(pipe: Connection, url: str, callers: int) -> None:
    """Buy without end, each time under a fresh key that is also the buyer's name."""
    asyncio.run(_shop(pipe, url, callers))


async def _shop(pipe: Connection, url: str, callers: int) -> None:
    writer = make_writer(connect(url), WallClock())
    await writer.start()

    async def caller() -> None:
        while True:
            key = new_key()
            pipe.send(("asked", key, 0))
            answer = await writer.execute(order(Buy(key), key))
            assert isinstance(answer, Answer)
            pipe.send(("answered", key, answer.body["apple"]))

    await asyncio.gather(*(caller() for _ in range(callers)))


def race(pipe: Connection, url: str, callers: int) -> None:
    """Buy until all is sold, beside others; then say what was bought, seen and held in the end."""
    asyncio.run(_race(pipe, url, callers))


async def _race(pipe: Connection, url: str, callers: int) -> None:
    writer = make_writer(connect(url), WallClock())
    seen: list[int] = []

    def watch(published: Published[Apples]) -> None:
        seen.extend(recorded.seq for recorded in published.events)

    writer.watch(watch)
    await writer.start()
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    bought = [
        apple
        for apples in await asyncio.gather(*(_buy_all(writer) for _ in range(callers)))
        for apple in apples
    ]
    await until(lambda: (state := writer.state(HALL)) is not None and state.stock == 0)
    state = writer.state(HALL)
    assert state is not None
    pipe.send((bought, seen, state))
    await asyncio.to_thread(pipe.recv)
    await writer.stop()


async def _buy_all(writer: Writer[Apples]) -> Sequence[int]:
    bought: list[int] = []
    while isinstance(answer := await writer.execute(order(Buy(str(os.getpid())), new_key())), Answer):
        bought.append(answer.body["apple"])
    return bought
