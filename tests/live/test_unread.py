"""Clients that do not read, read slowly, or only talk: none costs much, none holds up the others."""

import asyncio
import json
import socket
from contextlib import suppress
from time import monotonic
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from qms.live import server as live_server
from qms.live import socket as live_socket
from qms.live.server import UNREAD_PONGS, LiveProtocol
from tests.bench.sockets import TEXT, Line
from tests.live.screen import Screen
from tests.live.served import House, follow, serving, until

pytestmark = pytest.mark.slow

BIG = 20_000
"""Characters of a state; a few of these are more than is kept for a client that does not read."""
PLAIN_BIG = 400_000
"""The same with uvicorn's own protocol, which leaves to the kernel how much it keeps."""

both = pytest.mark.parametrize(
    ("ws", "size"), [(LiveProtocol, BIG), ("websockets-sansio", PLAIN_BIG)], ids=["ours", "plain"]
)


def state(n: int, size: int = BIG) -> dict[str, Any]:
    """Another whole text with each number, so that a patch is as large as the state."""
    return {"n": n, "text": str(n % 10) * size}


async def publish(house: House, many: int, start: int = 0, size: int = BIG) -> dict[str, Any]:
    """So many changes, each of them published for itself."""
    for n in range(start, start + many):
        rev = {topic.rev for topic in house.hub._topics.values()}
        house.publish(state(n, size))
        await until(lambda rev=rev: rev != {topic.rev for topic in house.hub._topics.values()})
    return state(start + many - 1, size)


def buffered(house: House) -> list[int]:
    """Bytes that the server keeps for each connection."""
    return [each.transport.get_write_buffer_size() for each in house.web.server_state.connections]


class Reader:
    """Reads a raw socket as slowly as it is told, and follows what it says as a screen does."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._line = Line(0, sock)
        self._head = b""
        self._upgraded = False
        self.screen = Screen()

    async def read(self, most: int) -> bool:
        """Take in some bytes; False at the end."""
        data = await asyncio.get_running_loop().sock_recv(self._sock, most)
        if not self._upgraded:
            self._head, mark, data = (self._head + data).partition(b"\r\n\r\n")
            self._upgraded = bool(mark)
            if not mark:
                return True
        for opcode, payload in self._line.frames(data):
            if opcode == TEXT:
                assert self.screen.take(json.loads(payload))
        return bool(data)

    async def follow(
        self, shown: dict[str, Any], most: int = 65536, pause: float = 0, seconds: float = 10
    ) -> None:
        async with asyncio.timeout(seconds):
            while self.screen.state != shown:
                await self.read(most)
                await asyncio.sleep(pause)


async def test_nothing_is_queued_for_a_client_that_does_not_read() -> None:
    async with serving() as house:
        await house.raw()
        await until(lambda: house.hub.watchers)
        await publish(house, 20)
        few = sum(buffered(house))
        await publish(house, 200, start=20)
        assert sum(buffered(house)) == few
        assert few < 3 * BIG


@both
async def test_who_was_behind_is_given_the_state_of_now_and_is_current_again(ws: Any, size: int) -> None:
    async with serving(ws=ws) as house:
        sock = await house.raw()
        await until(lambda: house.hub.watchers)
        shown = await publish(house, 60, size=size)
        reader = Reader(sock)
        await reader.follow(shown)
        assert len(reader.screen.kinds) < 50
        assert reader.screen.kinds[-1] == "state"
        assert [watcher.skipped for watcher in house.hub.watchers] == [1]  # type: ignore[attr-defined]
        shown = await publish(house, 1, start=60, size=size)
        await reader.follow(shown)
        assert reader.screen.kinds[-1] == "patch"


async def test_a_little_behind_is_made_up_by_patches() -> None:
    async with serving() as house:
        sock = await house.raw()
        reader = Reader(sock)
        await reader.follow({})
        shown = await publish(house, 5)
        await reader.follow(shown)
        assert reader.screen.kinds == ["state"] + ["patch"] * 5


async def test_a_slow_reader_is_kept_and_comes_to_the_last_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """As through a proxy on a bad line: little room, little at a time, but always something."""
    monkeypatch.setattr(live_socket, "PATIENCE", 0.5)
    async with serving() as house:
        sock = await house.raw(kernel=2048)
        reader = Reader(sock)
        began = monotonic()
        publishing = asyncio.create_task(publish(house, 150))
        with suppress(TimeoutError):
            await reader.follow(state(149), most=4096, pause=0.005, seconds=2)
        shown = await publishing
        await reader.follow(shown, most=8192, pause=0.001)
        assert monotonic() - began > 1
        assert len(house.hub.watchers) == 1


@both
async def test_who_takes_nothing_for_too_long_is_given_up_and_others_hear_all(
    ws: Any, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "PATIENCE", 0.5)
    monkeypatch.setattr(live_server, "LINGER", 0.2)
    async with serving(ws=ws) as house, house.watching(max_size=None) as reading:
        for _ in range(5):
            await house.raw()
        await until(lambda: len(house.hub.watchers) == 6)
        screen = Screen()
        for n in range(0, 40, 4):
            await follow(reading, screen, await publish(house, 4, start=n, size=size))
        began = monotonic()
        await until(lambda: len(house.hub.watchers) == 1)
        assert monotonic() - began < 1
        if ws is LiveProtocol:
            await until(lambda: len(house.web.server_state.connections) == 1, 1)
        await follow(reading, screen, await publish(house, 1, start=40))
        assert "state" not in screen.kinds[1:]


async def test_patience_begins_anew_with_each_message_that_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_socket, "PATIENCE", 0.4)
    async with serving() as house:
        sock = await house.raw()
        reader = Reader(sock)
        await until(lambda: house.hub.watchers)
        for n in range(5):
            shown = await publish(house, 12, start=12 * n)
            await asyncio.sleep(0.2)
            await reader.follow(shown)
        assert len(house.hub.watchers) == 1


async def test_closing_one_that_does_not_read_takes_a_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "FAREWELL", 0.2)
    async with serving() as house:
        await house.raw()
        await until(lambda: house.hub.watchers)
        await publish(house, 20)
        for watcher in list(house.hub.watchers):
            watcher.close(4403)
        await until(lambda: not house.hub.watchers, 1)


async def test_a_client_that_pings_and_never_reads_is_cut_off() -> None:
    """Answers to pings are written whether or not the client takes them: they are counted."""
    async with serving() as house:
        sock = await house.raw()
        await until(lambda: house.hub.watchers)
        await publish(house, 20)
        connection = next(iter(house.web.server_state.connections))
        ping = bytes((0x89, 0x80 | 125, 0, 0, 0, 0)) + b"x" * 125
        most = 0
        with suppress(OSError):
            for _ in range(2000):
                async with asyncio.timeout(2):
                    await asyncio.get_running_loop().sock_sendall(sock, ping)
                if not connection.transport.is_closing():
                    most = max(most, *buffered(house))
        await until(lambda: not house.hub.watchers)
        assert most < 3 * BIG + 2 * UNREAD_PONGS * 127 + 65536


async def test_a_client_that_pings_and_reads_may_go_on_for_ever() -> None:
    async with serving() as house, house.watching() as client:
        screen = Screen()
        await follow(client, screen, {})
        for n in range(10):
            waiters = [await client.ping() for _ in range(UNREAD_PONGS // 2)]
            await follow(client, screen, await publish(house, 1, start=n))
            await asyncio.gather(*waiters)


@pytest.mark.slow
@pytest.mark.asyncio(loop_factories=["uvloop"])
async def test_the_server_stops_within_seconds_though_clients_do_not_read() -> None:
    async with serving(briskly=False) as house, house.watching() as reading:
        for _ in range(20):
            await house.raw()
        await until(lambda: len(house.hub.watchers) == 21)
        screen = Screen()
        for n in range(20):
            await follow(reading, screen, await publish(house, 1, start=n))
        began = monotonic()
        house.web.end.set()
        with suppress(ConnectionClosed):
            while True:
                await reading.recv()
        assert reading.close_code == 1012
        assert monotonic() - began < 1
        await until(lambda: not house.web.server_state.connections, 6)
        assert monotonic() - began < 4.5
