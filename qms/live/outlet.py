"""How a socket's messages get out: at once while the client keeps up, by a task of its own when it does not.

A thousand boards hear of one call, and waking a task for each would cost more than the sending
does. So a server may offer, among the extensions of its scope, to write a message without
waiting. What it does not write at once goes by ASGI's `send`, which may wait for the client, in a
task: on a server without the offer, that is every message.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from starlette.types import Scope, Send

from qms.live.topic import Message

log = logging.getLogger(__name__)

EXTENSION = "qms.write"
"""The offer's name in the scope."""

Write = Callable[[Message], bool]
"""Writes a message whole and now; False where it did nothing, as it would have to wait."""


class Talker(Protocol):
    """Who has something to send."""

    def next(self) -> Message | None:
        """What to send now, as fresh as can be; nothing is queued before it is asked for."""

    def behind(self, waits: bool) -> None:
        """A message has to wait for the client (True), or it is gone (False)."""

    def lost(self) -> None:
        """Nothing more can be sent."""


class Outlet:
    """Sends what a talker has to say, one message after another."""

    __slots__ = ("_send", "_talker", "_task", "_write")

    def __init__(self, send: Send, write: Write, talker: Talker) -> None:
        self._send = send
        self._write = write
        self._talker = talker
        self._task: asyncio.Task[None] | None = None
        """Sends the one message that has to wait; for good once nothing more is sent."""

    def flush(self) -> None:
        """Send what there is; call it on the event loop. Never raises."""
        if self._task is not None:
            return
        try:
            while (message := self._talker.next()) is not None:
                if not self._write(message):
                    self._task = asyncio.create_task(self._wait(message))
                    self._talker.behind(True)
                    return
        except Exception as error:
            self._failed(error)

    async def _wait(self, message: Message) -> None:
        try:
            await self._send(message)
        except Exception as error:
            self._failed(error)
        else:
            self._task = None
            self._talker.behind(False)
            self.flush()

    def _failed(self, error: Exception) -> None:
        """OSError: the client has gone. RuntimeError: the server has closed it (no answer to its ping)."""
        if not isinstance(error, (OSError, RuntimeError)):
            log.error("a message could not be sent", exc_info=error)
        self._talker.lost()

    def stop(self) -> None:
        """Wait for the client no longer."""
        if self._task is not None:
            self._task.cancel()


def writer(scope: Scope) -> Write:
    """The server's offer, or what always declines."""
    offer = scope.get("extensions", {}).get(EXTENSION)
    return offer["write"] if offer is not None else lambda _message: False
