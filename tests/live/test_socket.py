"""The life of one socket, to the moment: how long a client is listened to, waited for, and remembered."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from qms.live.endpoint import Live
from qms.live.hub import Hub
from qms.live.protocol import MALFORMED, NOT_ALLOWED, SERVER_STOPS
from qms.live.socket import BREATH, FAREWELL, PATIENCE
from tests.live.line import Line
from tests.live.make import HALL, Shelf, hub, who

pytestmark = pytest.mark.asyncio(loop_factories=["leaping"])

AGAIN = '{"type":"again"}'


class Served:
    """A line that is being served, and the hub behind it."""

    def __init__(self, line: Line, made: Hub, shelf: Shelf, serving: "asyncio.Task[None]") -> None:
        self.line = line
        self.hub = made
        self.shelf = shelf
        self.serving = serving
        self.began = now()

    def publish(self, state: Any) -> None:
        self.hub.publish(HALL, state, urgent=True)

    def heard(self) -> list[dict[str, Any]]:
        """What has come since it was last asked for."""
        return [json.loads(self.line.inbox.get_nowait()) for _ in range(self.line.inbox.qsize())]

    async def ended(self) -> float:
        """Waits for the end; tells how long it took."""
        began = now()
        await self.serving
        assert not self.hub.watchers
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1
        assert not self.line.waiting
        return now() - began


def now() -> float:
    return asyncio.get_running_loop().time()


@asynccontextmanager
async def served(offers: bool = True) -> AsyncIterator[Served]:
    shelf = Shelf()
    made = hub(shelf)
    line = Line(offers)
    line.free.set()
    line.outbox.put_nowait({"type": "websocket.connect"})
    serving = asyncio.create_task(Live(made, who)(line.scope(), line.outbox.get, line.send))
    await asyncio.sleep(0.001)
    assert len(made.watchers) == 1
    yield Served(line, made, shelf, serving)
    if not serving.done():
        line.leave()
        await serving


@pytest.fixture(params=[True, False], ids=["offer", "no offer"])
def offers(request: pytest.FixtureRequest) -> Any:
    """Whether the server offers to write at once."""
    return request.param


async def test_a_client_that_leaves_is_forgotten_at_once(offers: bool) -> None:
    async with served(offers) as one:
        one.line.leave()
        assert await one.ended() == 0


async def test_a_client_that_leaves_while_it_is_behind_leaves_nothing_behind(offers: bool) -> None:
    async with served(offers) as one:
        one.line.free.clear()
        one.publish({"a": 1})
        await asyncio.sleep(1)
        assert one.line.waiting == 1
        one.line.leave()
        assert await one.ended() == 0


async def test_a_client_that_takes_nothing_is_given_up_when_patience_ends(offers: bool) -> None:
    async with served(offers) as one:
        one.line.free.clear()
        for n in range(100):
            one.publish({"n": n})
            await asyncio.sleep(0.01)
        assert await one.ended() == pytest.approx(PATIENCE - 1, abs=0.1)
        assert one.line.closed is None


async def test_a_client_that_takes_something_is_waited_for_anew(offers: bool) -> None:
    async with served(offers) as one:
        for n in range(20):
            one.line.free.clear()
            one.publish({"n": n})
            await asyncio.sleep(PATIENCE - 1)
            one.line.free.set()
            await asyncio.sleep(0.1)
        assert [message["type"] for message in one.heard()] == ["state"] + ["patch"] * 20


async def test_a_client_that_has_nothing_to_take_is_not_waited_for(offers: bool) -> None:
    async with served(offers) as one:
        await asyncio.sleep(10 * PATIENCE)
        one.publish({"a": 1})
        await asyncio.sleep(1)
        assert [message["type"] for message in one.heard()] == ["state", "patch"]


async def test_a_client_that_is_behind_is_given_one_state_and_no_more(offers: bool) -> None:
    async with served(offers) as one:
        one.line.free.clear()
        for n in range(100):
            one.publish({"n": n})
            await asyncio.sleep(0.01)
        one.line.free.set()
        await asyncio.sleep(1)
        heard = one.heard()
        assert [message["type"] for message in heard] == ["state", "patch", "state"]
        assert heard[-1]["state"] == {"n": 99}


async def test_beats_of_a_client_that_is_behind_are_one(offers: bool) -> None:
    async with served(offers) as one:
        one.line.free.clear()
        (watcher,) = one.hub.watchers
        for _ in range(10):
            watcher.beat()
        await asyncio.sleep(1)
        one.line.free.set()
        await asyncio.sleep(1)
        assert [message["type"] for message in one.heard()] in (
            ["state", "beat"],
            ["state", "beat", "beat"],
        )


async def test_a_client_is_listened_to_after_a_breath_each_time() -> None:
    async with served() as one:
        one.heard()
        for _ in range(10):
            one.line.say(AGAIN)
        for n in range(10):
            await asyncio.sleep(0 if n else BREATH / 2)
            assert len(one.heard()) == 1
            await asyncio.sleep(BREATH)
        assert one.heard() == []


async def test_after_a_word_that_is_not_understood_nothing_is_heeded(offers: bool) -> None:
    async with served(offers) as one:
        one.line.free.clear()
        one.publish({"a": 1})
        await asyncio.sleep(0.1)
        for word in ("what?", AGAIN, AGAIN):
            one.line.say(word)
        await asyncio.sleep(1)
        one.line.free.set()
        assert await one.ended() == 0
        assert one.line.closed == MALFORMED
        assert [message["type"] for message in one.heard()] == ["state", "patch"]


async def test_a_client_that_does_not_take_the_farewell_is_left(offers: bool) -> None:
    async with served(offers) as one:
        one.line.free.clear()
        one.publish({"a": 1})
        await asyncio.sleep(1)
        one.hub.watchers.copy().popitem()[0].close(NOT_ALLOWED)
        assert await one.ended() == pytest.approx(FAREWELL)
        assert one.line.closed is None


async def test_the_first_code_counts(offers: bool) -> None:
    async with served(offers) as one:
        (watcher,) = one.hub.watchers
        watcher.close(NOT_ALLOWED)
        watcher.close(SERVER_STOPS)
        await one.ended()
        assert one.line.closed == NOT_ALLOWED


async def test_after_the_last_word_nothing_is_said(offers: bool) -> None:
    async with served(offers) as one:
        (watcher,) = one.hub.watchers
        one.heard()
        one.publish({"a": 1})
        watcher.close(NOT_ALLOWED)
        watcher.beat()
        watcher.wake()
        await one.ended()
        assert one.heard() == []


async def test_a_client_that_cannot_be_sent_to_is_forgotten_at_once_even_if_it_is_to_be_closed(
    offers: bool,
) -> None:
    async with served(offers) as one:
        (watcher,) = one.hub.watchers
        one.line.gone = True
        watcher.beat()
        if not offers:
            await asyncio.sleep(0)
        watcher.close(SERVER_STOPS)
        assert await one.ended() == 0
        assert one.line.closed is None


async def test_one_that_is_cancelled_leaves_nothing_behind(offers: bool) -> None:
    async with served(offers) as one:
        one.line.free.clear()
        one.publish({"a": 1})
        await asyncio.sleep(1)
        one.serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one.serving
        await asyncio.sleep(0)
        assert not one.hub.watchers
        assert len(asyncio.all_tasks()) == 1
