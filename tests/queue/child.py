"""Real processes that run a hall: one that does whatever comes to mind until it is killed, one that only calls."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from multiprocessing.connection import Connection
from random import Random
from time import monotonic
from typing import Any

from sqlalchemy import Engine

from qms.halls.rules.model import Hall
from qms.kernel.clock import Clock, ScaledClock
from qms.kernel.event import Command, Recorded
from qms.ledger import setups
from qms.ledger.engine import connect
from qms.ledger.orders import Answer, Key, Order
from qms.ledger.setups import Setups
from qms.ledger.vault import Vault
from qms.ledger.writer import Writer
from qms.queue.project import QUEUE
from qms.queue.rules import commands as c
from qms.queue.rules.state import Queue
from tests.ledger.make import until
from tests.queue import acts

HALL = "ratusz"
SPEEDS = (1_000, 20_000, 200_000)
"""A second of a killed process's life is a quarter of an hour in its hall, or two days and more, by its seed."""
CALLERS = 8
Commands = Callable[[Random, Callable[[], Queue], Callable[[], datetime]], Iterator[Command]]
"""What comes to mind, by chance, the state and the time."""


def make_writer(engine: Engine, clock: Clock) -> Writer[Queue]:
    vault = Vault([b"a secret of thirty-two bytes or more"])
    return Writer(engine, QUEUE, clock, vault, Setups(engine, Hall.model_validate_json))


async def open_hall(writer: Writer[Queue], versions: Sequence[Hall]) -> None:
    """Store the set-ups of a hall, and have the first one act."""

    def store(conn: Any) -> None:
        for version in versions:
            setups.store(conn, HALL, version.model_dump_json(), "tester")

    await writer.aside(store)
    await writer.add_hall(HALL)
    assert isinstance(await writer.execute(order(c.ConfigureHall(1, None))), Answer)


def order(command: Command, name: str = "") -> Order[Queue]:
    """An order whose events bear `name`, and whose answer says which events they are."""

    def told(state: Queue, events: Sequence[Recorded]) -> dict[str, Any]:
        return {"events": [[event.seq, type(event.body).__name__] for event in events]}

    key = Key("tester:/act", name, "body") if name else None
    return Order(hall=HALL, command=command, actor="staff-1", correlation=name, key=key, reply=told)


def held(writer: Writer[Queue]) -> Queue:
    state = writer.state(HALL)
    assert state is not None
    return state


def work(pipe: Connection, url: str, seed: int, start: datetime) -> None:
    """Act at random for ever; say what was answered, after it was."""
    asyncio.run(act(pipe, url, seed, start, acts.commands, SPEEDS[seed % len(SPEEDS)]))


async def act(
    pipe: Connection, url: str, seed: int, start: datetime, commands: Commands, speed: float
) -> None:
    """Have several callers put `commands` for ever, from `start` on; say what was answered, after it was."""
    clock = ScaledClock(start, speed, monotonic)
    writer = make_writer(connect(url), clock)
    await writer.start()

    async def caller(rng: Random) -> None:
        for command in commands(rng, lambda: held(writer), clock.now):
            name = f"{rng.getrandbits(64):016x}"
            answer = await writer.execute(order(command, name))
            if isinstance(answer, Answer):
                pipe.send((name, answer.seq, answer.body["events"]))

    await asyncio.gather(*(caller(Random(f"{seed} {n}")) for n in range(CALLERS)))


def race(pipe: Connection, url: str, start: datetime, counters: Sequence[str]) -> None:
    """Call at all these counters at once, beside another process, until nobody waits."""
    asyncio.run(_race(pipe, url, start, counters))


async def _race(pipe: Connection, url: str, start: datetime, counters: Sequence[str]) -> None:
    writer = make_writer(connect(url), ScaledClock(start, 1, monotonic))
    await writer.start()
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    called = await asyncio.gather(*(_call_all(writer, counter) for counter in counters))
    pipe.send([ticket for tickets in called for ticket in tickets])
    last: int = await asyncio.to_thread(pipe.recv)
    await until(lambda: held(writer).seq == last)
    pipe.send(replace(held(writer), version_of=_unknown))
    await asyncio.to_thread(pipe.recv)
    await writer.stop()


def _unknown(version: int) -> Hall:
    """What a state that goes to another process knows of set-ups."""
    raise LookupError(version)


async def _call_all(writer: Writer[Queue], counter: str) -> list[str]:
    """Call, start, and call the next one, who finishes the one before; returns the tickets called."""
    called: list[str] = []
    current: str | None = None
    while isinstance(await writer.execute(order(c.CallNext(counter, None, current))), Answer):
        current = held(writer).desk(counter).ticket
        assert current is not None
        called.append(current)
        assert isinstance(await writer.execute(order(c.Start(counter, None, current))), Answer)
    return called
