"""One socket. One task reads, an outlet writes; nothing is queued for a socket.

A socket only remembers which revision it was sent. Its outlet takes the next patch from the
topic, or the full state where that patch is no longer kept, so a client that reads slowly costs
no more than one that reads fast.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import HTTPConnection
from starlette.types import Receive, Send

from qms.live.hub import Hub
from qms.live.outlet import Outlet, writer
from qms.live.protocol import AGAIN, MALFORMED
from qms.live.topic import Message, Topic
from qms.live.view import Subject

log = logging.getLogger(__name__)

LONGEST = 64
"""Characters that a client's message may have."""
BREATH = 0.2
"""Seconds for which a client that asked for the full state is not listened to."""
PATIENCE = 20.0
"""Seconds for which a client may take nothing of what it is sent."""
FAREWELL = 5.0
"""Seconds within which the close frame must be on its way."""

Identify = Callable[[HTTPConnection], Awaitable[Any]]


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
    ) -> None:
        self.principal = principal
        self.checked = asyncio.get_running_loop().time()
        self.skipped = 0
        """How often the socket was too slow and was given the full state."""
        self._hub = hub
        self._connection = connection
        self._identify = identify
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
            self._read_for(PATIENCE if waits else None)

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
