"""A real server with a real hub, and clients that speak to it through a real socket."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect

from qms.live.endpoint import Live
from qms.live.hub import Hub
from qms.live.server import LiveProtocol
from tests.live.make import HALL, Shelf, hub, who
from tests.live.screen import Screen

Protocol = Any


class Web(uvicorn.Server):
    """uvicorn as it is served with: the hub closes its sockets first. `end` ends it."""

    def __init__(self, config: uvicorn.Config, hub: Hub, briskly: bool) -> None:
        super().__init__(config)
        self.end = asyncio.Event()
        self._hub = hub
        self._briskly = briskly

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the test runner's."""
        yield

    async def main_loop(self) -> None:
        """Without uvicorn's tenths of a second."""
        await self.on_tick(0)
        await self.end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._hub.stop()
        if not self._briskly:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await until(lambda: not self.server_state.connections and not self.server_state.tasks)


class House:
    """A server of one view."""

    def __init__(self, shelf: Shelf, made: Hub, live: Live, port: int, web: Web) -> None:
        self.shelf = shelf
        self.hub = made
        self.live = live
        self.port = port
        self.web = web
        self.seq = 0
        self.raws: list[socket.socket] = []

    def publish(self, state: Any, urgent: bool = True) -> None:
        self.seq += 1
        self.hub.publish(HALL, state, urgent=urgent, seq=self.seq)

    @asynccontextmanager
    async def watching(
        self, query: str = f"view=shelf&hall={HALL}", scheme: str = "ws", **options: Any
    ) -> AsyncIterator[ClientConnection]:
        """A client as browsers are, which reads; `who` says who it is."""
        address = f"{scheme}://127.0.0.1:{self.port}/live?{query}"
        named = {"x-who": options.pop("who", "somebody")}
        options = {"ping_interval": None, "close_timeout": 2, "compression": None, **options}
        async with connect(address, additional_headers=named, **options) as client:
            yield client

    async def raw(self, *, kernel: int = 4096) -> socket.socket:
        """A client that reads no more than a test makes it read, and has little room for the rest."""
        sock = socket.socket()
        self.raws.append(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, kernel)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        await asyncio.get_running_loop().sock_sendall(sock, handshake(self.port))
        return sock


def handshake(port: int, path: str = f"/live?view=shelf&hall={HALL}") -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@asynccontextmanager
async def serving(
    *,
    ws: Protocol = LiveProtocol,
    limit: int = 10_000,
    origins: tuple[str, ...] = (),
    shelf: Shelf | None = None,
    rhythm: dict[str, Any] | None = None,
    briskly: bool = True,
    **options: Any,
) -> AsyncIterator[House]:
    """A server on a free port, stopped in the end, `briskly` or as uvicorn does it; `options` are uvicorn's."""
    shelf = shelf or Shelf()
    made = hub(shelf, **(rhythm or {}))
    live = Live(made, who, origins=origins, limit=limit)
    app = Starlette(routes=[WebSocketRoute("/live", live)])
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    given = {
        "http": "httptools",
        "lifespan": "off",
        "log_config": None,
        "access_log": False,
        "ws_per_message_deflate": False,
        "ws_max_size": 1024,
        "timeout_graceful_shutdown": 5,
        **options,
    }
    web = Web(uvicorn.Config(app, ws=ws, **given), made, briskly)
    made.start()
    serving = asyncio.create_task(web.serve(sockets=[listener]))
    house = House(shelf, made, live, listener.getsockname()[1], web)
    try:
        yield house
    finally:
        for sock in house.raws:
            sock.close()
        web.end.set()
        await serving
        listener.close()
        # What a connection still has to say to a loop that ends.
        await asyncio.sleep(0.01)


async def hear(client: ClientConnection, seconds: float = 5) -> dict[str, Any]:
    """The next message."""
    async with asyncio.timeout(seconds):
        said: dict[str, Any] = json.loads(await client.recv())
        return said


async def follow(
    client: ClientConnection, screen: Screen, state: Any, seconds: float = 5, messages: int = 1_000_000
) -> None:
    """Take messages until the screen shows the state; asks again where it is in doubt, as live.js does."""
    end = len(screen.kinds) + messages
    async with asyncio.timeout(seconds):
        while screen.state != state and len(screen.kinds) < end:
            if not screen.take(await hear(client, seconds)) and not screen.asked:
                screen.asked = True
                await client.send('{"type":"again"}')


async def until(condition: Any, seconds: float = 5) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event to tell of it
            await asyncio.sleep(0.002)
