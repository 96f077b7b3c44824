"""A connection without a network: what a server hands to the application, and what that says to it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Message

from qms.live.outlet import EXTENSION
from tests.live.make import HALL


@dataclass
class Line:
    """A connection that can lose messages, or take none, and the server's end of it."""

    offers: bool
    """Whether the server offers to write at once."""
    inbox: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    outbox: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    lose: int = 0
    """So many of the next messages are lost."""
    waiting: int = 0
    gone: bool = False
    """Whether nothing can be sent any more."""
    closed: int | None = None
    """The code with which the server closed."""

    def put(self, message: Message) -> None:
        if self.gone:
            raise OSError("the client has gone")
        if message["type"] == "websocket.close":
            self.closed = message["code"]
            self.outbox.put_nowait({"type": "websocket.disconnect", "code": self.closed})
        if message["type"] != "websocket.send":
            return
        if self.lose:
            self.lose -= 1
        else:
            self.inbox.put_nowait(message["text"])

    def write(self, message: Message) -> bool:
        if self.free.is_set() and message["type"] == "websocket.send":
            self.put(message)
            return True
        return False

    async def send(self, message: Message) -> None:
        self.waiting += 1
        assert self.waiting == 1, "nothing is queued"
        try:
            await self.free.wait()
            self.put(message)
        finally:
            self.waiting -= 1

    def say(self, text: str) -> None:
        """What the client says."""
        self.outbox.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        """The client goes away."""
        self.outbox.put_nowait({"type": "websocket.disconnect", "code": 1005})

    def scope(self) -> dict[str, Any]:
        return {
            "type": "websocket",
            "headers": [],
            "query_string": f"view=shelf&hall={HALL}".encode(),
            "path": "/live",
            "extensions": {EXTENSION: {"write": self.write}} if self.offers else {},
        }
