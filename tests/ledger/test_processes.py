"""Several processes, and processes that are killed: real ones, with nothing mocked."""

import asyncio
from itertools import count
from random import Random

import pytest
from sqlalchemy import Engine

from qms.ledger.lock import AlreadyServed
from qms.ledger.orders import Published
from tests.ledger.child import Child, race, shop
from tests.ledger.make import HALL, WallClock, buy, faults, make_writer, mirrored, sales, serving
from tests.ledger.toy import Apples, Sold

STOCK = 4000
KILLS = 20


@pytest.mark.slow
async def test_two_processes_take_from_one_stock_thousands_of_times_without_a_double_and_agree(
    postgresql_engine: Engine, postgresql_url: str
) -> None:
    async with serving(postgresql_engine, WallClock(), stock=STOCK):
        pass
    with Child(race, postgresql_url, 8) as one, Child(race, postgresql_url, 8) as two:
        assert {one.said(), two.said()} == {"ready"}
        for child in (one, two):
            child.pipe.send("go")
        (bought_1, seen_1, state_1), (bought_2, seen_2, state_2) = one.said(60), two.said(60)
        for child in (one, two):
            child.pipe.send("stop")
    assert min(len(bought_1), len(bought_2)) > STOCK / 20, (
        "both must have had their share for this to prove much"
    )
    assert sorted(bought_1 + bought_2) == list(range(1, STOCK + 1))
    assert state_1 == state_2
    assert seen_1 == seen_2 == list(range(1, STOCK + 2))
    assert mirrored(postgresql_engine) == sales(postgresql_engine)
    assert faults(postgresql_engine) == []


@pytest.mark.slow
async def test_whatever_was_answered_before_a_kill_is_in_the_log_and_a_retry_takes_nothing_twice(
    engine: Engine, url: str
) -> None:
    """Twenty kills at seeded moments upon one growing log; after each the dead one's callers ask again."""
    async with serving(engine, WallClock(), stock=1_000_000):
        pass
    told: dict[str, int] = {}
    for seed in range(KILLS):
        with Child(shop, url, 16) as child:
            heard = [child.said() for _ in range(20)]
            await asyncio.sleep(Random(seed).uniform(0, 0.12))
            child.kill()
            heard += child.rest()
        told |= {key: apple for said, key, apple in heard if said == "answered"}
        async with serving(engine, WallClock(), stock=None) as writer:
            unanswered = [key for said, key, _ in heard if said == "asked" and key not in told]
            again = await asyncio.gather(*(buy(writer, key, key) for key in unanswered))
            told |= {key: answer.body["apple"] for key, answer in zip(unanswered, again, strict=True)}
            state = writer.state(HALL)
        sold = sales(engine)
        assert {buyer: apple for apple, buyer in sold} == told
        assert len(sold) == len(told)
        assert state is not None
        assert state.buyers == dict(sold)
        assert mirrored(engine) == sold
        assert faults(engine) == []


@pytest.mark.slow
async def test_a_second_server_on_an_embedded_database_is_refused_until_the_first_is_dead(
    sqlite_engine: Engine, sqlite_url: str
) -> None:
    async with serving(sqlite_engine, WallClock()):
        with pytest.raises(AlreadyServed, match="held by process"):
            await make_writer(sqlite_engine).start()
    with Child(shop, sqlite_url, 1) as child:
        child.said()
        with pytest.raises(AlreadyServed, match=f"held by process {child.process.pid}"):
            await make_writer(sqlite_engine).start()
        child.kill()
        async with serving(sqlite_engine, WallClock(), stock=None) as writer:
            await buy(writer)


async def test_another_process_is_heard_of_at_once_and_its_halls_are_found(
    postgresql_engine: Engine,
) -> None:
    async with serving(postgresql_engine) as one:
        two = make_writer(postgresql_engine)
        await two.start()
        heard: asyncio.Queue[int] = asyncio.Queue()

        def watch(published: Published[Apples]) -> None:
            for recorded in published.events:
                if isinstance(recorded.body, Sold):
                    heard.put_nowait(recorded.seq)

        two.watch(watch)
        try:
            await asyncio.sleep(0.3)
            waits: list[float] = []
            clock = asyncio.get_running_loop()
            for n in count(2):
                asked = clock.time()
                await buy(one)
                assert await asyncio.wait_for(heard.get(), 5) == n
                waits.append(clock.time() - asked)
                if len(waits) == 10:
                    break
            assert sorted(waits)[5] < 0.2, "by notice, not by the look once a second"
        finally:
            await two.stop()


async def test_notices_that_are_lost_cost_a_second(
    postgresql_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qms.ledger.runner.announce", lambda engine, hall, seq: None)
    async with serving(postgresql_engine) as one:
        two = make_writer(postgresql_engine)
        await two.start()
        heard = asyncio.Event()
        two.watch(lambda published: heard.set())
        try:
            await buy(one)
            await asyncio.wait_for(heard.wait(), 3)
            assert two.state(HALL) == one.state(HALL)
        finally:
            await two.stop()
