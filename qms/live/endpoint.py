"""`WS /live?view=…`: who is let in, and to what."""

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from qms.live.door import Door
from qms.live.hub import Hub
from qms.live.protocol import CROWDED, FAILED, MALFORMED, SERVER_STOPS, UNKNOWN
from qms.live.socket import Identify, Socket

log = logging.getLogger(__name__)

LONGEST_QUERY = 2048
COMPLAINT = 10.0
"""Seconds from one line in the log to the next, where sockets cannot be let in and come again and again."""


class Live:
    """The ASGI endpoint. `identify` tells who a connection is, now; it is asked again later.

    `origins` are other origins (`https://host[:port]`) from which a browser may come; its own
    is always welcome. More than `limit` sockets are turned away with 1013, and more than
    `limit_each` from one network, as `network` tells it of an address.
    """

    def __init__(
        self,
        hub: Hub,
        identify: Identify,
        *,
        origins: Collection[str] = (),
        limit: int = 10_000,
        limit_each: int = 1000,
        network: Callable[[str], str] = str,
    ) -> None:
        self._hub = hub
        self._identify = identify
        self._door = Door(origins, limit_each, network)
        self._limit = limit
        self._complained = -COMPLAINT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(WebSocketDisconnect):
            await self._run(WebSocket(scope, receive, send), receive, send)

    async def _run(self, websocket: WebSocket, receive: Receive, send: Send) -> None:
        if not self._door.welcomes(websocket):
            await websocket.close(MALFORMED)
            return
        await websocket.accept()
        network = self._door.enter(websocket)
        if network is None:
            await websocket.close(CROWDED)
            return
        try:
            await self._let_in(websocket, receive, send)
        finally:
            self._door.leave(network)

    async def _let_in(self, websocket: WebSocket, receive: Receive, send: Send) -> None:
        try:
            socket = await self._admit(websocket, send)
        except Exception:
            self._complain()
            socket = FAILED
        if isinstance(socket, int):
            await websocket.close(socket)
        else:
            await socket.serve(receive)

    async def _admit(self, websocket: WebSocket, send: Send) -> Socket | int:
        hub = self._hub
        unwanted = self._unwanted()
        if unwanted is not None:
            return unwanted
        query = websocket.query_params
        view = hub.view(query.get("view", ""))
        if view is None or len(websocket.scope["query_string"]) > LONGEST_QUERY:
            return UNKNOWN
        subject = await view.keys({name: query.getlist(name) for name in query})
        if isinstance(subject, int):
            return subject
        principal = await self._identified(websocket)
        # No await from here on: whatever is published next finds the socket subscribed.
        refused = self._unwanted() or view.allow(principal, subject)
        if refused is not None:
            return refused
        socket = Socket(hub, websocket, send, principal, self._identify)
        return socket.subscribe(subject) or socket

    def _complain(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._complained >= COMPLAINT:
            self._complained = now
            log.exception("a socket could not be let in")

    def _unwanted(self) -> int | None:
        """The code for a socket that comes at a bad time."""
        if self._hub.stopping:
            return SERVER_STOPS
        return CROWDED if len(self._hub.watchers) >= self._limit else None

    async def _identified(self, websocket: WebSocket) -> Any:
        """Who this is; looked up again where rights changed meanwhile, as no recheck sees the socket yet."""
        while True:
            seen = self._hub.rechecks
            principal = await self._identify(websocket)
            if self._hub.rechecks == seen:
                return principal
