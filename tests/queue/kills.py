"""Kill a process that runs a hall, look at what it left, and go on: once, or as often as one likes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic

from sqlalchemy import Engine

from qms.halls.rules.model import Hall
from qms.kernel.clock import ScaledClock
from qms.kernel.event import Recorded
from qms.ledger.chain import check
from qms.ledger.engine import connect
from qms.ledger.orders import Answer
from qms.ledger.reader import events_after, heads
from qms.ledger.setups import Setups
from qms.queue.project import QUEUE
from qms.queue.reads import compare
from qms.queue.rules import commands as c
from qms.queue.rules.state import new
from tests.ledger.child import Child
from tests.queue.acts import setups
from tests.queue.auditor import Auditor
from tests.queue.child import HALL, held, make_writer, open_hall, order, work
from tests.queue.make import CODEC

MORNING = datetime(2026, 11, 24, 7, tzinfo=UTC)


@dataclass(frozen=True)
class Left:
    """What a killed process left: the log, when it began, and how many of its commands were answered."""

    log: list[Recorded]
    since: datetime
    answered: int


async def prepare(url: str, versions: Sequence[Hall] | None = None) -> None:
    """A hall with its set-ups on a fresh, migrated database."""
    engine = connect(url)
    writer = make_writer(engine, ScaledClock(MORNING, 1, monotonic))
    await writer.start()
    await open_hall(writer, setups() if versions is None else versions)
    await writer.stop()
    engine.dispose()


async def kill_once(url: str, seed: int) -> int:
    """Have a process act as `seed` says, kill it at a moment of that seed's, and check all that it left.

    Raises AssertionError where an answer is not in the log, the chain is broken, fold and rows differ,
    or the hall does not go on. Returns how many commands were answered before the kill. Its cost grows
    with the log: who kills for hours begins with a fresh database now and then.
    """
    engine = connect(url)
    try:
        left = await kill(engine, work, url, seed)
        verify(engine, left.log, left.since)
        await _go_on(engine, left.log)
        return left.answered
    finally:
        engine.dispose()


async def kill(engine: Engine, work: Callable[..., None], url: str, seed: int) -> Left:
    """Have a process do `work` as `seed` says, and kill it at a moment of that seed's.

    Raises AssertionError where what it found in the log was changed, or an answer of its is not there.
    """
    before = log_of(engine)
    with Child(work, url, seed, before[-1].at) as child:
        answered = [child.said() for _ in range(5)]
        await asyncio.sleep(Random(seed).uniform(0, 0.3))
        child.kill()
        answered += child.rest()
    log = log_of(engine)
    assert log[: len(before)] == before
    for name, seq, events in answered:
        assert seq <= len(log), f"{name} was answered and is not in the log"
        for place, kind in events:
            found = log[place - 1]
            assert (found.seq, found.correlation, type(found.body).__name__) == (place, name, kind)
    return Left(log, before[-1].at, len(answered))


def log_of(engine: Engine) -> list[Recorded]:
    """The hall's log; a commit that a killed process had sent is waited for."""
    with engine.connect() as conn:
        heads(conn, [HALL], lock=True)
        return events_after(conn, CODEC, HALL, 0, 1_000_000)


def verify(engine: Engine, log: list[Recorded], since: datetime | None = None) -> None:
    """The chain is whole, and each day (from that of `since` on) folds to its rows; so says the auditor too."""
    version_of = Setups(engine, Hall.model_validate_json).of(HALL)
    auditor = Auditor(HALL, version_of)
    auditor.read(log)
    assert auditor.faults == []
    days = sorted({event.day for event in log if since is None or event.at >= since})
    with engine.connect() as conn:
        faults = check(conn, HALL)
        assert faults == [], faults
        for day in days:
            events = [event for event in log if event.day == day]
            assert compare(conn, HALL, day, events, version_of) == []


async def _go_on(engine: Engine, log: list[Recorded]) -> None:
    """A restart finds the state that the log says, and takes commands."""
    writer = make_writer(engine, ScaledClock(log[-1].at + timedelta(seconds=1), 1, monotonic))
    await writer.start()
    try:
        version_of = Setups(engine, Hall.model_validate_json).of(HALL)
        folded = new(HALL, version_of)
        for event in log:
            QUEUE.apply(folded, event)
        assert held(writer) == folded
        answer = await writer.execute(order(c.SuspendHall(f"after {len(log)}")))
        assert isinstance(answer, Answer)
        assert answer.seq > len(log)
        assert isinstance(await writer.execute(order(c.ResumeHall())), Answer)
    finally:
        await writer.stop()
