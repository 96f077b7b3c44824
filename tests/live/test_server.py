"""Our WebSocket protocol writes at once only what may be written at this moment."""

from typing import Any

import pytest

from qms.live.server import LiveProtocol
from qms.live.topic import encoded
from tests.live.served import House, hear, serving, until

FRAMED = encoded({"a": 1})


def connection(house: House) -> LiveProtocol:
    """The server's end of the one connection."""
    (found,) = house.web.server_state.connections
    assert isinstance(found, LiveProtocol)
    return found


async def test_a_frame_is_written_as_it_stands() -> None:
    async with serving() as house, house.watching() as client:
        await hear(client)
        assert connection(house).write(FRAMED)
        assert await hear(client) == {"a": 1}


@pytest.mark.parametrize(
    "message", [{"type": "websocket.send", "text": "{}"}, {"type": "websocket.close", "code": 1000}]
)
async def test_what_brings_no_frame_is_left_to_send(message: Any) -> None:
    async with serving() as house, house.watching() as client:
        await hear(client)
        assert not connection(house).write(message)


async def test_nothing_is_written_while_the_client_is_behind() -> None:
    async with serving() as house, house.watching() as client:
        await hear(client)
        connection(house).pause_writing()
        assert not connection(house).write(FRAMED)
        connection(house).resume_writing()
        assert connection(house).write(FRAMED)


async def test_nothing_is_written_after_our_close_frame() -> None:
    async with serving() as house:
        await house.raw()  # does not answer it, so that the connection stays
        await until(lambda: house.hub.watchers)
        ours = connection(house)
        house.hub.watchers.copy().popitem()[0].close(4403)
        await until(lambda: ours.close_sent)
        assert not ours.transport.is_closing()
        assert not ours.write(FRAMED)


async def test_nothing_is_written_after_the_clients_close_frame() -> None:
    async with serving() as house, house.watching() as client:
        await hear(client)
        ours = connection(house)
        await client.close()
        assert not ours.write(FRAMED)


async def test_nothing_is_written_to_a_connection_that_was_cut() -> None:
    async with serving() as house, house.watching() as client:
        await hear(client)
        ours = connection(house)
        ours.transport.abort()
        assert not ours.write(FRAMED)
        await until(lambda: ours.disconnected)
        assert not ours.write(FRAMED)
        await until(lambda: not house.hub.watchers)


async def test_nothing_is_written_once_the_server_stops() -> None:
    async with serving() as house, house.watching() as client:
        await hear(client)
        ours = connection(house)
        ours.shutdown()
        assert not ours.write(FRAMED)


async def test_a_connection_that_has_ended_takes_back_its_offer() -> None:
    async with serving() as house:
        async with house.watching() as client:
            await hear(client)
            ours = connection(house)
            assert ours.scope["extensions"]["qms.write"]
        await until(lambda: "qms.write" not in ours.scope["extensions"])
