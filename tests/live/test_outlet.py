"""How messages get out: in order, at once where that can be, and never more than one waiting."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from qms.live.outlet import EXTENSION, Outlet, writer
from qms.live.topic import Message


class Speaker:
    """Has so many messages to send; notes what it is told of the client."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.asked = 0
        self.heard: list[object] = []

    def next(self) -> Message | None:
        self.asked += 1
        return {"type": self.names.pop(0)} if self.names else None

    def behind(self, waits: bool) -> None:
        self.heard.append(waits)

    def lost(self) -> None:
        self.names.clear()
        self.heard.append("lost")


class Client:
    """The server's end of a connection: takes what it is sent while it is `free`."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.free.set()
        self.taken: list[str] = []
        self.sending = 0
        self.tasks: set[asyncio.Task[Any] | None] = set()
        self.error: Exception | None = None

    def write(self, message: Message) -> bool:
        if self.error is not None:
            raise self.error
        if self.free.is_set():
            self.taken.append(message["type"])
        return self.free.is_set()

    async def send(self, message: Message) -> None:
        self.sending += 1
        assert self.sending == 1
        self.tasks.add(asyncio.current_task())
        try:
            await self.free.wait()
            if self.error is not None:
                raise self.error
            self.taken.append(message["type"])
        finally:
            self.sending -= 1


def declines(_message: Message) -> bool:
    return False


@pytest.fixture(params=["with the offer", "without it"])
def offer(request: pytest.FixtureRequest) -> Callable[[Client], Callable[[Message], bool]]:
    """What the server says to writing at once: some can, some cannot."""
    return (lambda client: client.write) if request.param == "with the offer" else (lambda _: declines)


Offer = Callable[[Client], Callable[[Message], bool]]


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_all_is_sent_in_order(offer: Offer) -> None:
    client, speaker = Client(), Speaker(*"abcde")
    Outlet(client.send, offer(client), speaker).flush()
    await settled()
    assert client.taken == list("abcde")


async def test_with_the_offer_all_is_sent_before_flush_returns_and_no_task_is_made() -> None:
    client, speaker = Client(), Speaker(*"abc")
    tasks = asyncio.all_tasks()
    Outlet(client.send, client.write, speaker).flush()
    assert client.taken == list("abc")
    assert asyncio.all_tasks() == tasks
    assert speaker.heard == []


async def test_while_a_client_is_behind_nothing_is_asked_for(offer: Offer) -> None:
    client, speaker = Client(), Speaker(*"ab")
    outlet = Outlet(client.send, offer(client), speaker)
    client.free.clear()
    for _ in range(10):
        outlet.flush()
        await settled()
    assert (speaker.asked, client.taken, speaker.heard) == (1, [], [True])
    client.free.set()
    await settled()
    assert client.taken == ["a", "b"]
    assert speaker.heard[-1] is False
    assert not client.sending


async def test_what_comes_up_while_a_client_is_behind_follows_in_order(offer: Offer) -> None:
    client, speaker = Client(), Speaker("a")
    outlet = Outlet(client.send, offer(client), speaker)
    client.free.clear()
    outlet.flush()
    speaker.names += ["b", "c"]
    outlet.flush()
    await settled()
    client.free.set()
    outlet.flush()
    await settled()
    speaker.names += ["d"]
    outlet.flush()
    await settled()
    assert client.taken == list("abcd")


async def test_a_message_that_waits_is_sent_in_a_task_of_its_own() -> None:
    """`send` belongs to the server and may use timeouts and locks: it never runs in a task of others."""
    client, speaker = Client(), Speaker("a")
    client.free.clear()
    Outlet(client.send, client.write, speaker).flush()
    await settled()
    assert client.tasks
    assert None not in client.tasks
    assert asyncio.current_task() not in client.tasks
    client.free.set()
    await settled()


async def test_a_send_with_a_timeout_of_its_own_ends_this_socket_and_nothing_else() -> None:
    speaker = Speaker("a")
    never = asyncio.Event()

    async def send(_message: Message) -> None:
        async with asyncio.timeout(0.01):
            await never.wait()

    async def beat_loop() -> str:
        Outlet(send, declines, speaker).flush()
        await asyncio.sleep(0.05)
        return "went on"

    assert await asyncio.create_task(beat_loop()) == "went on"
    assert speaker.heard == [True, "lost"]


async def test_stopping_while_a_lock_is_waited_for_leaves_the_lock_to_the_next() -> None:
    lock = asyncio.Lock()
    taken = []

    async def send(message: Message) -> None:
        async with lock:
            taken.append(message["type"])

    await lock.acquire()
    first, second = (Outlet(send, declines, Speaker(name)) for name in "ab")
    first.flush()
    second.flush()
    await settled()
    lock.release()
    first.stop()
    await settled()
    assert taken == ["b"]
    assert not lock.locked()


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("closed")])
async def test_a_client_that_is_gone_is_told_and_not_logged(
    offer: Offer, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    client, speaker = Client(), Speaker(*"abc")
    client.error = error
    outlet = Outlet(client.send, offer(client), speaker)
    outlet.flush()
    await settled()
    outlet.flush()
    await settled()
    assert [word for word in speaker.heard if word is not True] == ["lost"]
    assert client.taken == []
    assert not caplog.records


async def test_an_error_while_waiting_ends_the_socket() -> None:
    client, speaker = Client(), Speaker(*"abc")
    outlet = Outlet(client.send, client.write, speaker)
    client.free.clear()
    outlet.flush()
    await settled()
    client.error = OSError("gone")
    client.free.set()
    await settled()
    outlet.flush()
    assert (client.taken, speaker.heard) == ([], [True, "lost"])


async def test_another_error_is_logged_and_ends_the_socket(
    offer: Offer, caplog: pytest.LogCaptureFixture
) -> None:
    client, speaker = Client(), Speaker(*"abc")
    client.error = ValueError("a mistake of ours")
    with caplog.at_level(logging.ERROR):
        Outlet(client.send, offer(client), speaker).flush()
        await settled()
    assert speaker.heard[-1] == "lost"
    assert "a message could not be sent" in caplog.text


async def test_a_speaker_that_fails_ends_its_socket_and_does_not_raise(
    offer: Offer, caplog: pytest.LogCaptureFixture
) -> None:
    client, speaker = Client(), Speaker("a")

    def fail() -> Message | None:
        raise LookupError("nothing")

    speaker.next = fail  # type: ignore[method-assign]
    Outlet(client.send, offer(client), speaker).flush()
    assert speaker.heard == ["lost"]


async def test_stopping_ends_the_wait_for_the_client(offer: Offer) -> None:
    client, speaker = Client(), Speaker(*"ab")
    outlet = Outlet(client.send, offer(client), speaker)
    client.free.clear()
    outlet.flush()
    await settled()
    outlet.stop()
    await settled()
    client.free.set()
    outlet.flush()
    await settled()
    assert client.taken == []
    assert not client.sending
    assert len(asyncio.all_tasks()) == 1


async def test_stopping_before_the_task_has_begun_is_as_good() -> None:
    client, speaker = Client(), Speaker("a")
    outlet = Outlet(client.send, declines, speaker)
    outlet.flush()
    outlet.stop()
    await settled()
    assert client.taken == []
    assert len(asyncio.all_tasks()) == 1


async def test_stopping_where_nothing_waits_is_no_harm() -> None:
    Outlet(Client().send, declines, Speaker()).stop()


def test_the_servers_offer_stands_in_its_scope() -> None:
    def write(_message: Message) -> bool:
        return True

    assert writer({"extensions": {EXTENSION: {"write": write}}}) is write
    scopes: list[dict[str, Any]] = [{}, {"extensions": {}}, {"extensions": {"websocket.http.response": {}}}]
    for scope in scopes:
        assert writer(scope)({"type": "websocket.send"}) is False
