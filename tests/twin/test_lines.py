"""The twin's lines to a server: retried, kept current, and on business time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import orjson
import pytest
from websockets.asyncio.server import ServerConnection, serve

from qms.live.protocol import SERVER_STOPS, UNKNOWN
from qms.twin.business import Business
from qms.twin.feed import Feed
from qms.twin.hall import Crowd
from qms.twin.interface import Interface, Refused

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


@asynccontextmanager
async def answering(answers: Sequence[bytes | None]) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server with ready answers, one a connection (None: it hangs up), that keeps what it was asked."""
    asked: list[bytes] = []
    ready = iter(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        given = next(ready)
        if given is not None:
            writer.write(given)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


def http(status: str, body: bytes, *more: str) -> bytes:
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", "Connection: close", *more]
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body


def keys(asked: Sequence[bytes]) -> set[bytes]:
    lines = [line for one in asked for line in one.lower().split(b"\r\n")]
    return {line for line in lines if line.startswith(b"idempotency-key")}


async def test_a_server_that_is_away_is_tried_again_with_the_same_key() -> None:
    busy = http("503 Service Unavailable", b'{"code":"unavailable"}', "Retry-After: 0")
    async with answering([None, busy, http("201 Created", b'{"id":"7"}')]) as (base, asked):
        line = Interface(base, Random(1), token="kiosk")
        assert await line.post("/api/v1/halls/h/tickets", {"service": "s"}) == {"id": "7"}
        await line.close()
    assert len(asked) == 3
    assert len(keys(asked)) == 1
    assert all(b"authorization: bearer kiosk" in one.lower() for one in asked)
    assert all(b"sec-fetch-site: same-origin" in one.lower() for one in asked)


async def test_a_refusal_is_not_tried_again() -> None:
    refusal = http("409 Conflict", b'{"code":"nobody_waiting"}')
    async with answering([refusal, http("418 Odd", b"<html>")]) as (base, asked):
        line = Interface(base, Random(1))
        with pytest.raises(Refused) as said:
            await line.post("/x", {})
        assert (said.value.status, said.value.code) == (409, "nobody_waiting")
        with pytest.raises(Refused, match="418 \\?"):
            await line.post("/x", {})
        await line.close()
    assert len(asked) == 2


async def test_patience_ends() -> None:
    throttled = http("429 Too Many Requests", b'{"code":"throttled"}', "Retry-After: 60")
    async with answering([throttled]) as (base, _):
        line = Interface(base, Random(1))
        with pytest.raises(Refused, match="429 throttled"):
            await line.post("/x", {}, patience=0.5)
        await line.close()
    gone = Interface("http://127.0.0.1:9", Random(1))
    with pytest.raises(Refused, match="503 unavailable"):
        await gone.post("/x", {}, patience=0.1)
    await gone.close()


def message(kind: str, rev: int, **more: Any) -> str:
    said = {"type": kind, "stream": "s", "rev": rev, "at": "2026-11-23T11:00:00.000Z", "speed": 20}
    return orjson.dumps(said | more).decode()


async def test_a_feed_follows_patches_asks_again_in_doubt_and_outlives_a_restart() -> None:
    connections: list[str] = []

    async def screen(socket: ServerConnection) -> None:
        assert socket.request is not None
        connections.append(socket.request.headers["Cookie"])
        if len(connections) == 1:
            await socket.send(message("state", 1, state={"a": 1, "b": {"c": 2}}))
            await socket.send(message("patch", 2, patch={"b": {"c": None, "d": 3}}))
            await socket.send(message("beat", 2))
            await socket.send(message("patch", 4, patch={"a": 9}))
            assert await socket.recv() == '{"type":"again"}'
            await socket.send(message("state", 4, state={"a": 9}))
            await socket.close(SERVER_STOPS)
        elif len(connections) == 2:
            await socket.send(message("state", 1, state={"a": 10}))
            await socket.close(UNKNOWN)

    async with serve(screen, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        clock = Business()
        query = {"view": "queue", "hall": "h"}
        feed = Feed(f"http://127.0.0.1:{port}", query, clock, Random(1), lambda: {"Cookie": "a=b"})
        seen = []
        show = feed._show
        feed._show = lambda view, place: (seen.append(view), show(view, place))[1]  # type: ignore[method-assign, func-returns-value]
        async with asyncio.timeout(10):
            assert await feed.run() == UNKNOWN
    assert seen == [{"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"d": 3}}, {"a": 9}, {"a": 10}]
    assert connections == ["a=b", "a=b"]
    assert clock.speed == 20
    assert clock.now() >= NOON


async def test_news_wakes_and_gives_up() -> None:
    feed = Feed("http://127.0.0.1:9", {}, Business(), Random(1))
    await feed.news(feed.count, 0.01)
    waiting = asyncio.create_task(feed.news(feed.count, 60))
    await asyncio.sleep(0)
    feed._show({"a": 1}, ("s", 1))
    async with asyncio.timeout(1):
        await waiting
        await feed.news(feed.count - 1, 60)


def told(at: datetime) -> str:
    return at.isoformat()


async def test_business_time_goes_on_between_messages_and_jumps_with_them() -> None:
    seconds = [100.0]
    clock = Business(speed=10, machine=lambda: seconds[0])
    with pytest.raises(RuntimeError):
        clock.now()
    clock.told(told(NOON), None)
    await clock.known()
    seconds[0] += 3
    assert clock.now() == NOON + timedelta(seconds=30)
    clock.told(told(NOON + timedelta(seconds=10)), 10)  # a message that comes late
    assert clock.now() == NOON + timedelta(seconds=30)
    clock.told(told(NOON + timedelta(hours=12)), 20)
    seconds[0] += 1
    assert clock.now() == NOON + timedelta(hours=12, seconds=20)
    clock.told(told(NOON), 20)  # another server, whose time is earlier
    assert clock.now() == NOON
    assert clock.machine(NOON + timedelta(seconds=5)) == 0.25
    assert clock.machine(NOON + timedelta(hours=5)) == 1.0


async def test_a_sleeper_wakes_when_time_jumps() -> None:
    clock = Business(speed=1)
    clock.told(told(NOON), 1)
    sleeper = asyncio.create_task(clock.until(NOON + timedelta(hours=8)))
    await asyncio.sleep(0.01)
    clock.told(told(NOON + timedelta(hours=9)), 1)
    async with asyncio.timeout(3):
        await sleeper


async def test_one_who_fails_is_reported_and_takes_nobody_along() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))

    async def fails() -> None:
        raise ValueError("lost")

    crowd, done = Crowd(), asyncio.Event()
    crowd.add(fails())
    crowd.add(asyncio.sleep(3600))

    async def lives() -> None:
        await asyncio.sleep(0.01)
        done.set()

    crowd.add(lives())
    await done.wait()
    await crowd.end()
    assert [str(context["exception"]) for context in reported] == ["lost"]
