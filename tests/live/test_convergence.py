"""Whatever happens on the way, every screen comes to show what a fresh look at the hall would."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.live.endpoint import Live
from qms.live.hub import Hub
from tests.live.leap import LeapingLoop
from tests.live.line import Line
from tests.live.make import HALL, Shelf, hub, who
from tests.live.screen import STATES, Screen, changed
from tests.live.served import House, follow, serving, until

pytestmark = pytest.mark.slow

SETTLED = 30.0
"""Seconds after which all must be well: a client that was given up has come back, two beats have told it all."""
PAUSE = 0.5
"""Seconds after which a client comes back."""


class Client:
    """A screen that comes back when it is cut off, and asks for the full state where it is in doubt."""

    def __init__(self, live: Live, offers: bool) -> None:
        self.screen = Screen()
        self.line = Line(offers)
        self._live = live
        self._offers = offers
        self.running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            self.line = line = Line(self._offers)
            line.free.set()
            line.outbox.put_nowait({"type": "websocket.connect"})
            serving = asyncio.create_task(self._live(line.scope(), line.outbox.get, line.send))
            hearing = asyncio.create_task(self._hear(line))
            try:
                await serving
                await asyncio.sleep(PAUSE)
            finally:
                serving.cancel()
                hearing.cancel()
                await asyncio.gather(serving, hearing, return_exceptions=True)
            self.screen.asked = False

    async def _hear(self, line: Line) -> None:
        while True:
            if not self.screen.take(json.loads(await line.inbox.get())) and not self.screen.asked:
                self.screen.asked = True
                line.say('{"type":"again"}')

    def cut(self) -> None:
        """The client goes away, and comes back."""
        self.line.leave()
        self.line.free.set()


class World:
    """A hall, its hub, and some clients."""

    def __init__(self, offers: list[bool]) -> None:
        self.shelf = Shelf()
        self.hub: Hub = hub(self.shelf)
        self.hub.start()
        live = Live(self.hub, who)
        self.clients = [Client(live, offered) for offered in offers]
        self.state: dict[str, Any] = {}
        self.seq = 0

    def publish(self, state: Any, urgent: bool) -> None:
        self.seq += 1
        self.hub.publish(HALL, state, urgent=urgent, seq=self.seq)

    async def settle(self) -> None:
        for client in self.clients:
            client.line.free.set()
            client.line.lose = 0
        await asyncio.sleep(SETTLED)

    async def end(self) -> None:
        for client in self.clients:
            client.running.cancel()
        await asyncio.gather(*(client.running for client in self.clients), return_exceptions=True)
        assert not self.hub.watchers
        await self.hub.stop()


Act = Callable[[World], Awaitable[None]]


@st.composite
def acts(draw: st.DrawFn, state: dict[str, Any], clients: int) -> tuple[Act, dict[str, Any], str]:
    """Something that happens, and the state of the hall after it."""
    kind = draw(
        st.sampled_from(["publish"] * 4 + ["wait"] * 3 + ["lose", "jam", "free", "cut", "fail", "none"])
    )
    which, urgent = draw(st.integers(0, clients - 1)), draw(st.booleans())
    seconds = draw(st.sampled_from([0.0, 0.001, 0.02, 0.11, 0.3, 5.0, 25.0]))
    after = draw(changed(state)) if kind == "publish" else state
    lost = draw(st.integers(1, 4))

    async def act(world: World) -> None:
        line = world.clients[which].line
        match kind:
            case "publish":
                world.publish(after, urgent)
            case "wait":
                await asyncio.sleep(seconds)
            case "lose":
                line.lose += lost
            case "jam":
                line.free.clear()
            case "free":
                line.free.set()
            case "cut":
                world.clients[which].cut()
            case "fail":
                world.publish(RuntimeError("a view that fails"), urgent)
                await asyncio.sleep(seconds)
                world.publish(state, urgent)
            case "none":
                world.publish(None, urgent)
                await asyncio.sleep(seconds)
                world.publish(state, urgent)

    return act, after, f"{kind} {which} {seconds} {urgent} {after}"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_screen_comes_to_show_the_state_of_now(data: st.DataObject) -> None:
    offers = data.draw(st.lists(st.booleans(), min_size=1, max_size=3))
    state: dict[str, Any] = data.draw(STATES)
    steps: list[Act] = []
    for _ in range(data.draw(st.integers(1, 15))):
        step, state, _what = data.draw(acts(state, len(offers)))
        steps.append(step)

    async def scenario() -> None:
        world = World(offers)
        await asyncio.sleep(0)
        try:
            for step in steps:
                await step(world)
            world.publish(state, urgent=False)
            await world.settle()
            for client in world.clients:
                assert client.screen.state == state
        finally:
            await world.end()

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(scenario())


async def test_real_clients_that_come_go_and_dawdle_all_see_the_end() -> None:
    chance = random.Random(7)
    last = {"n": 149, "text": "the end"}

    async def client(house: House) -> Screen:
        """Follows until the end, however often it goes away or stops to read."""
        screen = Screen()
        while True:
            async with house.watching(max_queue=1, max_size=None) as line:
                for _ in range(chance.choice([3, 30, 1000])):
                    await follow(line, screen, last, messages=chance.randrange(1, 20))
                    if screen.state == last:
                        return screen
                    await asyncio.sleep(chance.choice([0, 0, 0.01, 0.1]))

    async with serving(rhythm={"beat": 0.5, "urgent_gap": 0}) as house:
        following = [asyncio.create_task(client(house)) for _ in range(10)]
        for n in range(149):
            state = {"n": n, f"k{n % 7}": n, "text": str(n) * chance.choice([1, 100, 5000])}
            house.publish(state, urgent=chance.random() < 0.5)
            await asyncio.sleep(chance.choice([0, 0.001, 0.006]))
        house.publish(last, urgent=False)
        async with asyncio.timeout(20):
            screens = await asyncio.gather(*following)
        assert [screen.state for screen in screens] == [last] * 10
        await until(lambda: not house.hub.watchers)
