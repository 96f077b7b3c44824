"""The socket: `WS /live?view=…`. One task reads, an outlet writes; nothing is queued for a socket.

A socket only remembers which revision it was sent. Its outlet takes the next patch from the
topic, or the full state where that patch is no longer kept, so a client that reads slowly costs
no more than one that reads fast.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Any

import orjson
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from qms.live.door import Door
from qms.live.hub import Hub
from qms.live.outlet import Outlet, writer
from qms.live.protocol import AGAIN, CROWDED, FAILED, MALFORMED, SERVER_STOPS, UNKNOWN
from qms.live.topic import Message, Topic
from qms.live.view import Subject

log = logging.getLogger(__name__)

LONGEST = 64
"""Characters that a client's message may have."""
LONGEST_QUERY = 2048
BREATH = 0.2
"""Seconds for which a client that asked for the full state is not listened to."""
PATIENCE = 20.0
"""Seconds for which a client may take nothing of what it is sent."""
FAREWELL = 5.0
"""Seconds within which the close frame must be on its way."""
COMPLAINT = 10.0
"""Seconds from one line in the log to the next, where sockets cannot be let in and come again and again."""

Identify = Callable[[HTTPConnection], Awaitable[Any]]


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

    async def _admit(self, websocket: WebSocket, send: Send) -> "Socket | int":
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
        socket = Socket(hub, websocket, send, principal, self._identify, PATIENCE)
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


class Socket:
    """One open socket: a watcher of a topic."""

    __slots__ = (
        "_again",
        "_beat",
        "_closing",
        "_connection",
        "_deadline",
        "_ended",
        "_hub",
        "_identify",
        "_outlet",
        "_patience",
        "_rev",
        "_topic",
        "checked",
        "principal",
        "skipped",
    )

    def __init__(
        self,
        hub: Hub,
        connection: HTTPConnection,
        send: Send,
        principal: Any,
        identify: Identify,
        patience: float,
    ) -> None:
        self.principal = principal
        self.checked = asyncio.get_running_loop().time()
        self.skipped = 0
        """How often the socket was too slow and was given the full state."""
        self._hub = hub
        self._connection = connection
        self._identify = identify
        self._patience = patience
        self._outlet = Outlet(send, writer(connection.scope), self)
        self._topic: Topic
        self._rev = 0
        self._again = False
        self._beat = False
        self._closing: int | None = None
        self._ended = False
        """Whether the last word has been said."""
        self._deadline: asyncio.Timeout | None = None

    def subscribe(self, subject: Subject) -> int | None:
        """Join the topic; gives the code with which to close where there is none."""
        topic = self._hub.subscribe(self, subject)
        if isinstance(topic, int):
            return topic
        self._topic = topic
        return None

    async def serve(self, receive: Receive) -> None:
        """Run the socket until it is closed by either side."""
        try:
            async with asyncio.timeout(None) as self._deadline:
                self._outlet.flush()
                await self._read(receive)
        except TimeoutError:
            """The client does not read, or nothing more can be sent."""
        finally:
            self._deadline = None
            self._ended = True
            self._hub.leave(self, self._topic)
            self._outlet.stop()

    async def _read(self, receive: Receive) -> None:
        """Until the client is gone; after a word that is not understood nothing more is heeded."""
        while (message := await receive())["type"] == "websocket.receive":
            if self._closing is not None:
                continue
            if not understood(message):
                self.close(MALFORMED)
                continue
            self._again = True
            self._outlet.flush()
            await asyncio.sleep(BREATH)

    def _read_for(self, seconds: float | None) -> None:
        """Listen to the client no longer than so many seconds more."""
        if self._deadline is not None and not self._deadline.expired():
            now = asyncio.get_running_loop().time()
            self._deadline.reschedule(None if seconds is None else now + seconds)

    # -- for the hub

    def wake(self) -> None:
        """There is something to send."""
        self._outlet.flush()

    def beat(self) -> None:
        """Send a heartbeat."""
        self._beat = True
        self._outlet.flush()

    def close(self, code: int) -> None:
        """Close as soon as the socket takes it; only the first code counts."""
        if self._closing is None and not self._ended:
            self._closing = code
            self._read_for(FAREWELL)
            self._outlet.flush()

    async def check(self) -> None:
        """Look up who this is and whether they may still watch. A failing look-up changes nothing."""
        self.checked = asyncio.get_running_loop().time()
        try:
            self.principal = await self._identify(self._connection)
            refused = self._topic.view.allow(self.principal, self._topic.subject)
        except Exception:
            log.exception("rights behind a socket could not be looked up")
            return
        if refused is not None:
            self.close(refused)

    # -- for the outlet

    def next(self) -> Message | None:
        """The next patch, or the full state where that patch is no longer kept."""
        if self._ended:
            return None
        if self._closing is not None:
            self._ended = True
            return {"type": "websocket.close", "code": self._closing}
        topic = self._topic
        if self._rev != topic.rev or self._again:
            patch = None if self._again or not self._rev else topic.patch_after(self._rev)
            if patch is not None:
                self._rev += 1
                return patch
            if self._rev and not self._again:
                self.skipped += 1
            self._again = False
            self._rev = topic.rev
            return self._hub.full(topic)
        if self._beat:
            self._beat = False
            return self._hub.beat(topic)
        return None

    def behind(self, waits: bool) -> None:
        """A client that takes nothing for too long is given up."""
        if self._closing is None:
            self._read_for(self._patience if waits else None)

    def lost(self) -> None:
        """Nothing more can be sent."""
        self._ended = True
        self._read_for(0)


def understood(message: Message) -> bool:
    """Whether a client's message is the one thing that it may say."""
    text = message.get("text")
    if not isinstance(text, str) or len(text) > LONGEST:
        return False
    try:
        return bool(orjson.loads(text) == AGAIN)
    except orjson.JSONDecodeError:
        return False
