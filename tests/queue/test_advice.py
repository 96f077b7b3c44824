"""What could be proposed is looked for while somebody watches, not too often, and holds while counters stand as they do."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from qms.queue import advice
from qms.queue.advice import Advice
from qms.queue.rules import commands as c
from qms.queue.rules.proposals import Proposal, proposals
from qms.queue.rules.state import Queue
from tests.queue.make import Room
from tests.queue.test_proposals import room

HALL = "ratusz"


class Searched:
    """A crowded hall whose proposals are looked for; `watching` says who looks, `told` which halls had news."""

    def __init__(self, every: float) -> None:
        self.room: Room = room()
        self.watching: list[str] = []
        self.told: list[str] = []
        self.advice = Advice(
            lambda hall: self.room.state if hall == HALL else None,
            self,
            lambda: self.watching,
            self.told.append,
            every=every,
            look=0.001,
        )

    def now(self) -> datetime:
        return self.room.now

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not so():  # noqa: ASYNC110
                await asyncio.sleep(0.001)


@asynccontextmanager
async def searching(every: float = 0.0) -> AsyncIterator[Searched]:
    searched = Searched(every)
    searched.advice.start()
    yield searched
    await searched.advice.stop()


async def test_nothing_is_looked_for_while_nobody_watches() -> None:
    async with searching() as searched:
        await asyncio.sleep(0.05)
        assert searched.advice.of(HALL) is None
        assert searched.told == []


async def test_what_is_found_is_told_to_those_who_watch() -> None:
    async with searching() as searched:
        searched.watching = [HALL, HALL, "elsewhere"]
        await searched.until(lambda: bool(searched.told))
        assert searched.advice.of(HALL) == proposals(searched.room.state, searched.room.now) != ()
        assert searched.advice.of("elsewhere") is None


async def test_a_hall_is_not_searched_again_too_soon() -> None:
    async with searching(every=3600) as searched:
        searched.watching = [HALL]
        await searched.until(lambda: bool(searched.told))
        await asyncio.sleep(0.05)
        assert searched.told == [HALL]


async def test_proposals_hold_only_while_the_counters_stand_as_they_did() -> None:
    async with searching(every=3600) as searched:
        searched.watching = [HALL]
        await searched.until(lambda: bool(searched.told))
        found = searched.advice.of(HALL)
        searched.room.issue("id-card")
        assert searched.advice.of(HALL) == found, "one who comes changes little"
        searched.room.do(c.OpenLevel("1", "vehicle", by_rule=False, minutes=20))
        assert searched.advice.of(HALL) is None
        searched.room.do(c.CloseLevel("1", "vehicle", by_rule=False))
        assert searched.advice.of(HALL) == found, "it was undone"
        searched.room.open("4", "dan")
        assert searched.advice.of(HALL) is None


async def test_a_search_that_fails_is_logged_and_the_next_one_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[Queue] = []

    def fails_once(state: Queue, now: datetime) -> Sequence[Proposal]:
        asked.append(state)
        if len(asked) == 1:
            raise ArithmeticError("a roll that went wrong")
        return proposals(state, now)

    monkeypatch.setattr(advice, "proposals", fails_once)
    with caplog.at_level(logging.ERROR):
        async with searching() as searched:
            searched.watching = [HALL]
            await searched.until(lambda: searched.advice.of(HALL) is not None)
    assert [record.message for record in caplog.records] == [f"no proposals for hall {HALL}"]
