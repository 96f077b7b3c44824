"""Sockets through a real server: what they are told, in which order, and with which code they close."""

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.protocol import State

from qms.live import protocol
from qms.live import socket as live_socket
from qms.live.server import LiveProtocol
from tests.live.make import HALL, NOON, Shelf
from tests.live.screen import Screen
from tests.live.served import follow, hear, serving, until

pytestmark = pytest.mark.slow

AGAIN = '{"type":"again"}'


@pytest.fixture(params=[LiveProtocol, "websockets-sansio"], ids=["ours", "plain"])
def ws(request: pytest.FixtureRequest) -> Any:
    """On our own WebSocket protocol and on uvicorn's."""
    return request.param


async def closed(client: ClientConnection, seconds: float = 5) -> int | None:
    """The code with which the server closes; what comes before it is passed over."""
    async with asyncio.timeout(seconds):
        try:
            while True:
                await client.recv()
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else None


async def test_first_comes_the_state_then_patches(ws: Any) -> None:
    async with serving(ws=ws) as house, house.watching() as client:
        first = await hear(client)
        house.publish({"a": 1, "b": {"c": 2}})
        second = await hear(client)
        house.publish({"a": 1, "b": {}})
        third = await hear(client)
    stream = first["stream"]
    assert first == {
        "type": "state",
        "stream": stream,
        "rev": 1,
        "halls": {HALL: 0},
        "at": "2026-11-23T12:00:00.000Z",
        "speed": 20,
        "version": "7",
        "state": {},
    }
    at = {"stream": stream, "at": first["at"]}
    assert second == {
        "type": "patch",
        "rev": 2,
        "halls": {HALL: 1},
        "patch": {"a": 1, "b": {"c": 2}},
        **at,
    }
    assert third == {"type": "patch", "rev": 3, "halls": {HALL: 2}, "patch": {"b": {"c": None}}, **at}


async def test_all_sockets_of_a_view_get_the_same_bytes(ws: Any) -> None:
    async with (
        serving(ws=ws) as house,
        house.watching() as one,
        house.watching() as other,
    ):
        for client in (one, other):
            await hear(client)
        house.publish({"name": "Zażółć"})
        assert await one.recv(decode=False) == await other.recv(decode=False)
        assert len(house.shelf.computed) == 2


async def test_heartbeats_tell_business_time_and_speed(ws: Any) -> None:
    async with serving(ws=ws, rhythm={"beat": 0.1, "slots": 2}) as house, house.watching() as client:
        first = await hear(client)
        beats = [await hear(client) for _ in range(3)]
    assert (
        beats == [{"type": "beat", "stream": first["stream"], "rev": 1, "at": first["at"], "speed": 20}] * 3
    )
    assert first["at"].startswith(NOON.isoformat()[:16])


async def test_a_client_that_asks_again_is_given_the_whole_state(ws: Any) -> None:
    async with serving(ws=ws) as house, house.watching() as client:
        await hear(client)
        house.publish({"a": 1})
        await hear(client)
        await client.send(AGAIN)
        again = await hear(client)
        house.publish({"a": 2})
        patch = await hear(client)
    assert (again["type"], again["rev"], again["state"]) == ("state", 2, {"a": 1})
    assert (patch["type"], patch["rev"], patch["patch"]) == ("patch", 3, {"a": 2})


async def test_asking_again_and_again_is_answered_no_faster_than_it_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_socket, "BREATH", 0.05)
    async with serving() as house, house.watching(close_timeout=0.1) as client:
        for _ in range(50):
            await client.send(AGAIN)
        await asyncio.sleep(0.3)
        house.publish({"a": 1})
        screen = Screen()
        await follow(client, screen, {"a": 1})
        assert len(screen.kinds) in range(4, 10)


async def test_any_other_word_closes_with_1008() -> None:
    words = ("hello", "{}", "[]", "", "{", '"again"', "\ud7ff", AGAIN.encode(), " " * 65 + AGAIN)
    async with serving() as house:
        for word in (*words, '{"type":"again","more":1}', '{"type":"state"}'):
            async with house.watching() as client:
                await client.send(word)
                await client.send(AGAIN)
                assert await closed(client) == protocol.MALFORMED == 1008
                await until(lambda: not house.hub.watchers)


async def test_a_message_longer_than_the_server_reads_closes_the_socket(ws: Any) -> None:
    async with serving(ws=ws) as house, house.watching() as client:
        await client.send("x" * 5000)
        assert await closed(client) == 1009
        await until(lambda: not house.hub.watchers)


async def test_what_is_not_known_closes_with_4404(ws: Any) -> None:
    queries = (
        "",
        "view=nothing&hall=hall",
        "view=shelf",
        "view=shelf&hall=nowhere",
        "view=shelf&hall=hall&hall=nowhere",
        "view=shelf&hall=%00",
        "view=shelf&hall=%ff%fe",
        "hall=hall",
        "view=shelf&hall=hall&more=" + "x" * 2048,
    )
    async with serving(ws=ws) as house:
        for query in queries:
            async with house.watching(query) as client:
                assert await closed(client) == protocol.UNKNOWN == 4404
                assert not house.hub.watchers


async def test_what_else_stands_in_an_address_does_not_matter() -> None:
    async with serving() as house, house.watching(f"view=shelf&hall={HALL}&colour=blue") as client:
        assert (await hear(client))["type"] == "state"


@pytest.mark.parametrize(("who", "code"), [("nobody", 4401), ("somebody else", 4403)])
async def test_who_may_not_watch_is_told_so_and_gets_nothing(ws: Any, who: str, code: int) -> None:
    async with serving(ws=ws) as house, house.watching(who=who) as client:
        with pytest.raises(ConnectionClosed) as refused:
            await client.recv()
        assert refused.value.rcvd is not None
        assert refused.value.rcvd.code == code
        assert not house.hub.watchers


async def test_rights_that_end_close_the_socket_at_a_recheck(ws: Any) -> None:
    async with serving(ws=ws) as house, house.watching() as client:
        await hear(client)
        house.shelf.let = protocol.NOT_ALLOWED
        await house.hub.recheck(lambda principal: principal == "another")
        house.publish({"a": 1})
        assert (await hear(client))["patch"] == {"a": 1}
        await house.hub.recheck(lambda principal: principal == "somebody")
        house.publish({"a": 2})
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 4403


async def test_rights_that_end_close_the_socket_at_the_next_patrol(ws: Any) -> None:
    async with serving(ws=ws, rhythm={"tick": 0.02, "recheck": 0.1}) as house, house.watching() as client:
        await hear(client)
        house.shelf.let = protocol.SIGN_IN
        assert await closed(client, 1) == 4401
        await until(lambda: not house.hub.watchers)


async def test_rights_that_cannot_be_looked_up_stay_as_they_were(caplog: pytest.LogCaptureFixture) -> None:
    async with serving() as house, house.watching() as client:
        await hear(client)

        async def fails(_connection: Any) -> None:
            raise OSError("the database is gone")

        for watcher in house.hub.watchers:
            watcher._identify = fails  # type: ignore[attr-defined]
        await house.hub.recheck()
        house.publish({"a": 1})
        assert (await hear(client))["patch"] == {"a": 1}
    assert "could not be looked up" in caplog.text


async def test_rights_that_end_while_a_socket_is_let_in_are_not_missed() -> None:
    """A recheck finds only sockets that watch: one that is still being looked up is looked up again."""
    async with serving() as house:
        asked: list[str] = []
        told = asyncio.Event()
        people = ["somebody", "nobody"]

        async def slowly(_connection: Any) -> str:
            found = people[len(asked)]
            asked.append(found)
            if len(asked) == 1:
                await told.wait()
            return found

        house.live._identify = slowly
        async with house.watching() as client:
            await until(lambda: asked)
            await house.hub.recheck()
            told.set()
            assert await closed(client) == 4401
        assert asked == people


async def test_more_sockets_than_the_limit_are_turned_away(ws: Any) -> None:
    async with serving(ws=ws, limit=2) as house, house.watching() as one, house.watching() as two:
        await hear(one)
        await hear(two)
        async with house.watching() as third:
            assert await closed(third) == protocol.CROWDED == 1013
        await one.close()
        await until(lambda: len(house.hub.watchers) == 1)
        async with house.watching() as fourth:
            assert (await hear(fourth))["type"] == "state"


async def test_a_crowd_that_comes_at_once_does_not_pass_the_limit() -> None:
    async with serving(limit=3) as house:
        told = asyncio.Event()

        async def slowly(_connection: Any) -> str:
            await told.wait()
            return "somebody"

        house.live._identify = slowly
        watching = [house.watching() for _ in range(8)]
        clients = [await each.__aenter__() for each in watching]
        told.set()
        await until(lambda: sum(client.state is State.CLOSED for client in clients) == 5)
        assert [client.close_code for client in clients].count(1013) == 5
        assert len(house.hub.watchers) == 3
        for each in watching:
            await each.__aexit__(None, None, None)


async def test_a_view_that_fails_at_first_closes_with_1011(
    ws: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(ws=ws) as house:
        house.publish(RuntimeError("no"))
        for _ in range(3):
            async with house.watching() as client:
                assert await closed(client) == protocol.FAILED == 1011
        house.publish({"a": 1})
        async with house.watching() as client:
            assert (await hear(client))["state"] == {"a": 1}
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "a socket could not be let in"
    ]


# -- origins


async def test_a_page_of_another_site_is_refused_before_it_is_let_in(ws: Any) -> None:
    async with serving(ws=ws) as house:
        foreign = ("http://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "", "127.0.0.1")
        for origin in foreign:
            with pytest.raises(InvalidStatus) as refused:
                async with house.watching(origin=origin):
                    """Not reached."""
            assert refused.value.response.status_code == 403
        assert not house.shelf.computed


async def test_our_own_pages_and_those_allowed_are_let_in(ws: Any) -> None:
    async with serving(ws=ws, origins=("https://queue.example",)) as house:
        for origin in (None, "https://queue.example", f"http://127.0.0.1:{house.port}"):
            async with house.watching(origin=origin) as client:
                assert (await hear(client))["type"] == "state"


# -- frames


async def test_messages_of_any_length_arrive_whole(ws: Any) -> None:
    async with serving(ws=ws) as house, house.watching(max_size=None) as client:
        screen = Screen()
        await follow(client, screen, {})
        for length in (1, 30, 60, 126, 300, 65_300, 65_536, 300_000):
            for text in ("ż" * (length // 2), "x" * length):
                house.publish({"text": text})
                await follow(client, screen, {"text": text})
        await client.send(AGAIN)
        assert (await hear(client))["state"] == {"text": "x" * 300_000}
        assert screen.kinds == ["state"] + ["patch"] * 16


async def test_a_server_that_compresses_is_understood_as_well(ws: Any) -> None:
    """The ready frame is not compressed, which is its right."""
    async with (
        serving(ws=ws, ws_per_message_deflate=True) as house,
        house.watching(compression="deflate") as client,
    ):
        assert client.protocol.extensions
        screen = Screen()
        await follow(client, screen, {})
        for n in range(3):
            house.publish({"text": "abc" * 100, "n": n})
            await follow(client, screen, {"text": "abc" * 100, "n": n})
            await client.send(AGAIN)
            screen.take(await hear(client))


# -- pings


async def test_a_quiet_client_is_pinged_and_stays(ws: Any) -> None:
    async with (
        serving(ws=ws, ws_ping_interval=0.05, ws_ping_timeout=0.3) as house,
        house.watching() as client,
    ):
        await hear(client)
        await asyncio.sleep(0.6)
        house.publish({"a": 1})
        assert (await hear(client))["patch"] == {"a": 1}


async def test_pings_go_between_messages_in_both_directions(ws: Any) -> None:
    async with (
        serving(ws=ws, ws_ping_interval=0.02, ws_ping_timeout=0.5) as house,
        house.watching() as client,
    ):
        screen = Screen()
        await follow(client, screen, {})
        for n in range(30):
            house.publish({"n": n, "text": "x" * (n * 7 % 200)})
            waiter = await client.ping()
            await follow(client, screen, {"n": n, "text": "x" * (n * 7 % 200)})
            await asyncio.wait_for(waiter, 2)
    assert screen.kinds == ["state"] + ["patch"] * 30


async def test_a_client_that_does_not_answer_pings_is_given_up(ws: Any) -> None:
    async with serving(ws=ws, ws_ping_interval=0.05, ws_ping_timeout=0.1) as house:
        sock = await house.raw()
        await until(lambda: house.hub.watchers)
        await until(lambda: not house.hub.watchers, 3)
        sock.close()


# -- comings and goings


async def test_a_client_that_leaves_is_forgotten(ws: Any) -> None:
    async with serving(ws=ws) as house:
        for _ in range(3):
            async with house.watching() as client:
                await hear(client)
                assert len(house.hub.watchers) == 1
            await until(lambda: not house.hub.watchers)
        assert house.hub.topics() == ()


async def test_a_client_that_vanishes_is_forgotten_while_others_go_on(
    ws: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(ws=ws) as house, house.watching() as staying:
        screen = Screen()
        await follow(staying, screen, {})
        for n in range(20):
            sock = await house.raw()
            await until(lambda: len(house.hub.watchers) == 2)
            sock.close()  # with bytes unread, so the server meets a reset
            house.publish({"n": n, "text": "x" * 10_000})
            await follow(staying, screen, {"n": n, "text": "x" * 10_000})
            await until(lambda: len(house.hub.watchers) == 1)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_client_that_vanishes_before_it_is_let_in_is_no_error(
    ws: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(ws=ws, ws_ping_interval=0.02, ws_ping_timeout=0.02) as house:
        told = asyncio.Event()
        asked = []

        async def slowly(_connection: Any) -> str:
            asked.append(True)
            await told.wait()
            return "nobody"

        house.live._identify = slowly
        for _ in range(5):
            (await house.raw()).close()
        for _ in range(5):
            await house.raw()  # answers no ping, and so is closed by the server itself
        await until(lambda: len(asked) >= 5)
        await until(lambda: all(each.transport.is_closing() for each in house.web.server_state.connections))
        told.set()
        await until(lambda: not house.web.server_state.tasks)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_who_reconnects_gets_the_state_of_now(ws: Any) -> None:
    async with serving(ws=ws) as house, house.watching() as other:
        await hear(other)
        async with house.watching() as client:
            before = await hear(client)
        house.publish({"a": 1})
        await hear(other)
        async with house.watching() as client:
            after = await hear(client)
        assert (after["type"], after["rev"], after["state"]) == ("state", 2, {"a": 1})
        assert after["stream"] == before["stream"]


async def test_stopping_tells_every_socket_with_1012(ws: Any) -> None:
    async with serving(ws=ws) as house, house.watching() as one, house.watching() as two:
        await hear(one)
        await hear(two)
        house.web.end.set()
        assert await closed(one) == await closed(two) == protocol.SERVER_STOPS == 1012


async def test_who_comes_while_the_server_stops_is_told_so(ws: Any) -> None:
    async with serving(ws=ws) as house:
        house.hub.stopping = True
        async with house.watching() as client:
            assert await closed(client) == 1012


async def test_who_is_being_let_in_when_the_server_stops_is_told_so() -> None:
    async with serving() as house:
        told = asyncio.Event()

        async def slowly(_connection: Any) -> str:
            await told.wait()
            return "somebody"

        house.live._identify = slowly
        async with house.watching() as client:
            await house.hub.stop()
            told.set()
            assert await closed(client) == 1012
        assert not house.hub.watchers


async def test_sockets_of_two_views_do_not_disturb_each_other(ws: Any) -> None:
    shelf = Shelf()
    async with serving(ws=ws, shelf=shelf) as house:
        other = Shelf("other")
        house.hub.register(other.view)
        async with house.watching() as one, house.watching(f"view=other&hall={HALL}") as two:
            first, second = await hear(one), await hear(two)
            assert first["stream"] != second["stream"]
            house.publish({"a": 1})
            assert (await hear(one))["stream"] == first["stream"]
            assert (await hear(two))["stream"] == second["stream"]
