"""`/live` of the page: what the server says, passed on as it is, but for the version of the page."""

import asyncio
import json
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException

from qms.devices.agent.pages import Pages
from qms.devices.agent.upstream import Upstream
from qms.live.protocol import CROWDED, SERVER_STOPS

LARGEST = 2048
"""Characters of an address, and of what a page may say."""
MOST = 20
"""Lines at a time: one page has one, and a page that loads anew leaves one behind for a moment."""
UNKNOWN_CODES = frozenset({1005, 1006, 1015})
"""Closing codes that are never sent."""


class LiveLines:
    """The lines of the page. They close when the server is away, so that the page knows, and it comes again."""

    def __init__(self, upstream: Upstream, pages: Pages) -> None:
        self._upstream, self._pages = upstream, pages
        self._open: set[WebSocket] = set()

    async def serve(self, websocket: WebSocket) -> None:
        """The endpoint."""
        query = websocket.scope["query_string"].decode("latin-1")
        await websocket.accept()
        if not self._upstream.online or len(query) > LARGEST or len(self._open) >= MOST:
            await websocket.close(CROWDED)
            return
        self._open.add(websocket)
        code = SERVER_STOPS
        try:
            code = await self._joined(websocket, query)
        finally:
            self._open.discard(websocket)
            with suppress(RuntimeError, WebSocketDisconnect):
                await websocket.close(SERVER_STOPS if code in UNKNOWN_CODES else code)

    async def close(self) -> None:
        """End all lines: the server went, or there is another page to load."""
        for websocket in list(self._open):
            with suppress(RuntimeError, WebSocketDisconnect):
                await websocket.close(SERVER_STOPS)

    async def _joined(self, websocket: WebSocket, query: str) -> int:
        """Until one of the two ends; the code with which the server ended."""
        try:
            async with self._upstream.live(query) as server:
                down = asyncio.create_task(self._down(server, websocket))
                up = asyncio.create_task(_up(websocket, server))
                try:
                    await asyncio.wait({down, up}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in (down, up):
                        task.cancel()
                    await asyncio.gather(down, up, return_exceptions=True)
                return server.close_code or SERVER_STOPS
        except (OSError, WebSocketException, TimeoutError):
            return SERVER_STOPS

    async def _down(self, server: ClientConnection, websocket: WebSocket) -> None:
        with suppress(ConnectionClosed, WebSocketDisconnect, RuntimeError):
            async for text in server:
                said = text if isinstance(text, str) else text.decode()
                if '"type":"state"' not in said[:40]:
                    await websocket.send_text(said)
                    continue
                version = self._pages.told_version()
                await websocket.send_text(_with_version(said, version))
                if version != self._pages.version:
                    return  # the page comes again, and then hears that there is a newer one


def _with_version(text: str, version: str) -> str:
    """A full state, with the version of our own page in place of the server's program."""
    message = json.loads(text) | {"version": version}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


async def _up(websocket: WebSocket, server: ClientConnection) -> None:
    with suppress(ConnectionClosed, WebSocketDisconnect, RuntimeError, KeyError):
        while True:
            text = await websocket.receive_text()
            if len(text) <= LARGEST:
                await server.send(text)
