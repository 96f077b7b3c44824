"""Readers that follow the log: each event is worked on once, through crashes and in company."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine

from qms.kernel.event import Recorded
from qms.ledger.orders import LedgerUnavailable
from tests.ledger.child import Child
from tests.ledger.make import HALL, WallClock, buy, commits, open_hall, serving
from tests.ledger.tailing import follow, note, noted, stall, tail_of


async def test_every_event_is_worked_on_once_and_in_order(engine: Engine) -> None:
    async with serving(engine) as writer:
        tail = tail_of(engine, writer)
        assert await tail.step(HALL, note) == 0
        for n in range(7):
            await buy(writer, f"b{n}")
        steps = [await tail.step(HALL, note, limit=3) for _ in range(4)]
        assert steps == [3, 3, 2, 0]
        await buy(writer)
        assert await tail.step(HALL, note) == 1
        assert noted(engine) == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_a_position_outlives_the_process(engine: Engine) -> None:
    async with serving(engine) as writer:
        await buy(writer)
        await tail_of(engine, writer).step(HALL, note)
        await buy(writer)
    async with serving(engine, stock=None) as writer:
        assert await tail_of(engine, writer).step(HALL, note) == 1
        assert noted(engine) == [1, 2]


async def test_every_name_and_every_hall_has_a_position_of_its_own(engine: Engine) -> None:
    async with serving(engine) as writer:
        await buy(writer)
        await open_hall(writer, hall="garden")
        one, other = tail_of(engine, writer), tail_of(engine, writer, "others")
        assert await one.step(HALL, note) == await other.step(HALL, note) == 2
        assert await one.step("garden", note) == await one.step("nowhere", note) == 0


async def test_work_that_goes_wrong_leaves_no_trace_and_is_done_again(engine: Engine) -> None:
    def stumble(conn: Connection, events: object) -> None:
        note(conn, events)  # type: ignore[arg-type]
        raise RuntimeError("stumbled")

    async with serving(engine) as writer:
        await buy(writer)
        tail = tail_of(engine, writer)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="stumbled"):
                await tail.step(HALL, stumble)
        assert noted(engine) == []
        assert await tail.step(HALL, note) == 2
        assert noted(engine) == [1]
        assert writer.health().ready


async def test_followers_in_one_process_share_the_work_and_do_nothing_twice(engine: Engine) -> None:
    async with serving(engine) as writer:
        for _ in range(40):
            await buy(writer)
        tails = [tail_of(engine, writer) for _ in range(4)]
        shares = [0] * 4

        async def run(n: int) -> None:
            while max(noted(engine), default=0) < 40:
                shares[n] += await tails[n].step(HALL, note, limit=3)

        await asyncio.gather(*(run(n) for n in range(4)))
        assert noted(engine) == list(range(1, 41))
        assert sum(shares) == 41


@pytest.mark.parametrize("kept", [True, False], ids=["committed", "not committed"])
async def test_work_of_unknown_outcome_is_done_once(engine: Engine, kept: bool) -> None:
    def lose(commit: Callable[[], None]) -> None:
        if kept:
            commit()
        raise engine.dialect.loaded_dbapi.OperationalError("the line went dead")

    async with serving(engine) as writer:
        await buy(writer)
        tail = tail_of(engine, writer)
        with commits(engine, lose), pytest.raises(LedgerUnavailable):
            await tail.step(HALL, note)
        assert await tail.step(HALL, note) == (0 if kept else 2)
        assert noted(engine) == [1]


async def test_who_comes_second_waits_and_finds_the_work_done(postgresql_engine: Engine) -> None:
    """Both have read the same events; the second is held up until the first has committed."""
    engine = postgresql_engine
    async with serving(engine) as one, serving(engine, stock=None) as two:
        await buy(one)
        both = asyncio.Barrier(2)

        async def step(writer: object) -> int:
            tail = tail_of(engine, writer)  # type: ignore[arg-type]
            aside = tail._aside

            async def together(work: Callable[[Connection], object]) -> object:
                await both.wait()
                return await aside(work)

            tail._aside = together
            return await tail.step(HALL, note)

        for apple in (1, 2, 3):
            assert sorted(await asyncio.gather(step(one), step(two))) == [0, 2 if apple == 1 else 1]
            await buy(one)
        assert noted(engine) == [1, 2, 3]


@pytest.mark.slow
async def test_two_processes_share_the_work_and_do_nothing_twice(
    postgresql_engine: Engine, postgresql_url: str
) -> None:
    async with serving(postgresql_engine, WallClock(), stock=500) as writer:
        await asyncio.gather(*(buy(writer) for _ in range(500)))
    with Child(follow, postgresql_url, 500) as one, Child(follow, postgresql_url, 500) as two:
        assert [one.said(), two.said()] == ["ready", "ready"]
        for child in (one, two):
            child.pipe.send("go")
        shares = one.said(), two.said()
    assert min(shares) > 0, "both must have had a share for this to prove much"
    assert sum(shares) == 501
    assert noted(postgresql_engine) == list(range(1, 501))


@pytest.mark.slow
async def test_a_process_killed_between_work_and_commit_leaves_the_work_to_the_next(
    engine: Engine, url: str
) -> None:
    async with serving(engine, WallClock()) as writer:
        for _ in range(3):
            await buy(writer)
    for _ in range(2):
        with Child(stall, url) as child:
            assert child.said() == 4
            child.kill()
    async with serving(engine, WallClock(), stock=None) as writer:
        seen: list[Recorded] = []
        assert await tail_of(engine, writer).step(HALL, lambda conn, events: seen.extend(events)) == 4
        assert [recorded.seq for recorded in seen] == [1, 2, 3, 4]
        assert noted(engine) == []
