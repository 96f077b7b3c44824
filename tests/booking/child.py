"""A process that books in a race with others on one database."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from time import monotonic

from qms.booking.rules import commands as c
from qms.kernel.clock import ScaledClock
from qms.kernel.refusal import Refusal
from qms.ledger.engine import connect
from qms.ledger.orders import Order
from qms.web.edge import nothing
from tests.queue.child import HALL, make_writer


def race(pipe: Connection, url: str, now: datetime, commands: Sequence[c.HoldTime]) -> None:
    """Say 'ready', wait for a word, put all commands at once, say what came of each by booking."""
    asyncio.run(_race(pipe, url, now, commands))


async def _race(pipe: Connection, url: str, now: datetime, commands: Sequence[c.HoldTime]) -> None:
    writer = make_writer(connect(url), ScaledClock(now, 1, monotonic))
    await writer.start()
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    pipe.send(await tried(writer, commands))
    await asyncio.to_thread(pipe.recv)
    await writer.stop()


async def tried(writer: object, commands: Sequence[c.HoldTime]) -> dict[str, str]:
    """What came of each command, all put at once: 'held' or the code of the refusal."""

    async def one(command: c.HoldTime) -> tuple[str, str]:
        outcome = await writer.execute(  # type: ignore[attr-defined]
            Order(hall=HALL, command=command, actor="citizen", reply=nothing)
        )
        return command.booking, outcome.code if isinstance(outcome, Refusal) else "held"

    return dict(await asyncio.gather(*(one(command) for command in commands)))


def tally(found: dict[str, str]) -> dict[str, int]:
    """How many times each outcome."""
    return dict(Counter(found.values()))
