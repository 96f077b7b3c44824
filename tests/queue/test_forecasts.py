"""Rolls beside the path of commits: when a hall is rolled, who is told, and what a failing roll costs."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from qms.ledger.orders import Published
from qms.queue import forecasts
from qms.queue.forecasts import Forecasts
from qms.queue.rules.roll import Rolled, roll
from qms.queue.rules.state import Queue
from tests.queue.make import Room

HALL = "ratusz"


class Live:
    """A room whose states are published, and the forecasts that follow them; `told` are the rolls heard of."""

    def __init__(self, gap: float = 0.0, speed: float = 1.0) -> None:
        self.room = Room()
        self.room.open()
        self.told: list[Rolled] = []
        self.forecasts = Forecasts(lambda _: self.room.state, self, speed, gap=gap)
        self.forecasts.follow(lambda _, rolled: self.told.append(rolled))

    def now(self) -> datetime:
        return self.room.now

    def publish(self) -> None:
        self.forecasts.published(Published(HALL, self.room.state, ()))

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not so():  # noqa: ASYNC110
                await asyncio.sleep(0.001)


@pytest.fixture
async def live() -> Live:
    return Live()


async def test_a_published_state_is_rolled_and_everybody_hears_of_it(live: Live) -> None:
    live.forecasts.start([])
    ticket = live.room.issue()
    live.publish()
    await live.until(lambda: bool(live.told))
    rolled = live.forecasts.of(HALL)
    assert rolled is live.told[-1]
    assert ticket in rolled.tickets
    await live.forecasts.stop()


async def test_what_happens_while_a_hall_is_rolled_is_rolled_next_and_all_of_it_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live = Live(gap=0.01)
    begun, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(state: Queue, now: datetime) -> Rolled:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)
        return roll(state, live.room.now)

    monkeypatch.setattr(forecasts, "roll", slow)
    live.forecasts.start([HALL])
    await begun.wait()
    for _ in range(5):
        live.room.issue()
        live.publish()
    go_on.set()
    await live.until(lambda: len(live.told) == 2)
    assert [len(rolled.tickets) for rolled in live.told] == [0, 5]
    await live.forecasts.stop()


async def test_a_hall_that_stands_still_is_rolled_again_after_half_a_minute_of_business() -> None:
    live = Live(speed=30_000.0)
    live.forecasts.start([HALL])
    await live.until(lambda: len(live.told) >= 3)
    assert {rolled.seq for rolled in live.told} == {live.room.state.seq}
    await live.forecasts.stop()


async def test_yesterdays_roll_says_nothing_of_today(live: Live) -> None:
    live.forecasts.start([HALL])
    live.publish()
    await live.until(lambda: bool(live.told))
    live.room.now += timedelta(days=1)
    live.room.tick()
    assert live.room.state.day is None
    assert live.forecasts.of(HALL) is None
    live.publish()
    live.room.open()
    assert live.forecasts.of(HALL) is None
    live.publish()
    await live.until(lambda: live.forecasts.of(HALL) is not None)
    await live.forecasts.stop()


async def test_a_roll_that_fails_is_logged_once_and_the_formula_goes_on(
    live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[datetime] = []

    def failing(state: Queue, now: datetime) -> Rolled:
        tries.append(now)
        raise RuntimeError("broken")

    live.forecasts.start([HALL])
    await live.until(lambda: bool(live.told))
    monkeypatch.setattr(forecasts, "roll", failing)
    with caplog.at_level(logging.ERROR):
        for n in range(1, 4):
            live.room.issue()
            live.publish()
            await live.until(lambda n=n: len(tries) >= n)  # type: ignore[misc]
        await live.until(lambda: live.forecasts.of(HALL) is None)
    assert len([r for r in caplog.records if "cannot be rolled" in r.message]) == 1
    monkeypatch.setattr(forecasts, "roll", roll)
    live.room.issue()
    live.publish()
    await live.until(lambda: live.forecasts.of(HALL) is not None)
    await live.forecasts.stop()


async def test_a_hall_is_rolled_no_more_once_it_is_stopped(live: Live) -> None:
    live.forecasts.start([HALL])
    await live.until(lambda: bool(live.told))
    await live.forecasts.stop()
    heard = len(live.told)
    live.room.issue()
    live.publish()
    await asyncio.sleep(0.05)
    assert len(live.told) == heard
