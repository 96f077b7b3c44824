"""Who is let in at all: one network has so many places, and gives them back."""

import asyncio
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from qms.live.door import Door
from qms.live.endpoint import Live
from qms.live.protocol import CROWDED
from qms.web.throttle import network
from tests.live.line import Line
from tests.live.make import Shelf, hub, who

leaping = pytest.mark.asyncio(loop_factories=["leaping"])


def caller(address: str | None, **headers: str) -> HTTPConnection:
    """A connection from an address; None: by a local socket, which has none."""
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    client = None if address is None else (address, 50000)
    return HTTPConnection({"type": "websocket", "client": client, "headers": named})


def entered(door: Door, *addresses: str | None) -> list[bool]:
    return [door.enter(caller(address)) is not None for address in addresses]


def test_each_network_has_so_many_places() -> None:
    door = Door((), 2, network)
    assert entered(door, *["192.0.2.1"] * 3, *["192.0.2.2"] * 3) == [True, True, False] * 2


def test_an_ipv6_host_has_one_network_however_many_addresses_it_takes() -> None:
    door = Door((), 2, network)
    assert entered(door, "2001:db8::1", "2001:db8::2", "2001:db8::3") == [True, True, False]
    assert entered(door, "2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1") == [
        True,
        True,
        True,
        False,
    ]


def test_who_leaves_gives_the_place_back_and_nothing_is_kept() -> None:
    door = Door((), 1, network)
    place = door.enter(caller("192.0.2.1"))
    assert place is not None
    assert entered(door, "192.0.2.1") == [False]
    door.leave(place)
    assert not door._inside
    assert entered(door, "192.0.2.1") == [True]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", None])
def test_the_machine_itself_is_not_counted(address: str | None) -> None:
    door = Door((), 1, network)
    assert entered(door, *[address] * 5) == [True] * 5
    door.leave("")
    assert not door._inside


def test_no_origin_is_allowed_because_none_was_configured() -> None:
    door = Door([""], 1, network)
    assert door.welcomes(caller(None, host="queue.example"))
    assert door.welcomes(caller(None, host="queue.example", origin="https://queue.example"))
    for origin in (
        "",
        "null",
        "queue.example",
        "https://evil.example",
        "https://queue.example.evil.example",
    ):
        assert not door.welcomes(caller(None, host="queue.example", origin=origin))


async def come(live: Live, address: str) -> tuple[Line, "asyncio.Task[None]"]:
    """A client that comes from an address."""
    line = Line(offers=True)
    line.free.set()
    line.outbox.put_nowait({"type": "websocket.connect"})
    scope: dict[str, Any] = {**line.scope(), "client": (address, 50000)}
    serving = asyncio.create_task(live(scope, line.outbox.get, line.send))
    await asyncio.sleep(0.1)
    return line, serving


@leaping
async def test_a_network_that_has_its_sockets_is_turned_away_and_others_are_not() -> None:
    made = hub(Shelf())
    live = Live(made, who, limit_each=2)
    lines = [await come(live, address) for address in ["192.0.2.1"] * 3 + ["192.0.2.2"]]
    assert [line.closed for line, _ in lines] == [None, None, CROWDED, None]
    lines[0][0].outbox.put_nowait({"type": "websocket.disconnect", "code": 1005})
    await lines[0][1]
    line, serving = await come(live, "192.0.2.1")
    assert line.closed is None
    assert len(made.watchers) == 3
    for task in [serving, *(task for _, task in lines)]:
        task.cancel()
    await asyncio.gather(serving, *(task for _, task in lines), return_exceptions=True)
    assert not live._door._inside


@leaping
async def test_those_who_are_still_being_looked_up_are_counted() -> None:
    made = hub(Shelf())

    async def slowly(_connection: Any) -> str:
        await asyncio.sleep(5)
        return "nobody"

    live = Live(made, slowly, limit_each=2)
    lines = [await come(live, "192.0.2.1") for _ in range(3)]
    assert [line.closed for line, _ in lines] == [None, None, CROWDED]
    await asyncio.sleep(6)
    assert [line.closed for line, _ in lines] == [4401, 4401, CROWDED]
    assert not live._door._inside
