"""How a socket's messages get out: at once while the client keeps up, by a task of its own when it does not.

A thousand boards hear of one call. Waking a task for each would cost more than the sending does,
so `flush` takes the steps of the server's `send` itself; only where `send` has to wait for the
client, a task is made that goes on from there.
"""

import asyncio
import logging
from collections.abc import Awaitable, Generator
from types import coroutine
from typing import Any, Protocol

from starlette.types import Send

from qms.live.topic import Message

log = logging.getLogger(__name__)


class Talker(Protocol):
    """Who has something to send."""

    def next(self) -> Message | None:
        """What to send now, as fresh as can be; nothing is queued before it is asked for."""

    def behind(self, waits: bool) -> None:
        """The client has stopped to take what is sent (True), or takes it again (False)."""

    def lost(self) -> None:
        """Nothing more can be sent."""


class Outlet:
    """Sends what a talker has to say, one message after another."""

    __slots__ = ("_send", "_talker", "_task")

    def __init__(self, send: Send, talker: Talker) -> None:
        self._send = send
        self._talker = talker
        self._task: asyncio.Task[None] | None = None
        """Waits for a client that is behind."""

    def flush(self) -> None:
        """Send what there is; call it on the event loop. Never raises."""
        if self._task is not None:
            return
        try:
            while (message := self._talker.next()) is not None:
                steps = self._send(message).__await__()
                for waited_for in steps:
                    self._task = asyncio.create_task(self._go_on(rest(waited_for, steps)))
                    self._talker.behind(True)
                    return
        except Exception as error:
            self._failed(error)

    async def _go_on(self, sending: Awaitable[None]) -> None:
        try:
            await sending
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


@coroutine
def rest(waited_for: Any, steps: Generator[Any, Any, None]) -> Generator[Any, Any, None]:
    """What is left of a sending that was begun by hand and found that it had to wait."""
    yield waited_for
    yield from steps
