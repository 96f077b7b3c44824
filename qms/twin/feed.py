"""One view of the live protocol, kept current over lost connections and restarts of the server."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from typing import Any
from urllib.parse import urlencode

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from qms.live.patch import apply
from qms.live.protocol import AGAIN, NOT_ALLOWED, SIGN_IN, UNKNOWN
from qms.twin.business import Business

FINAL = frozenset({SIGN_IN, NOT_ALLOWED, UNKNOWN})
"""Closing codes after which trying again alone does not help."""
LONGEST_PAUSE = 5.0


class Feed:
    """A view as last seen; `count` grows with each change. `headers` says who is watching, at each try."""

    def __init__(
        self,
        base_url: str,
        query: Mapping[str, str],
        clock: Business,
        random: Random,
        headers: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.view: Any = None
        self.count = 0
        self._url = f"ws{base_url.removeprefix('http')}/live?{urlencode(query)}"
        self._clock, self._random, self._headers = clock, random, headers
        self._place: tuple[str, int] = ("", 0)
        self._changed = asyncio.Event()

    async def run(self) -> int:
        """Follow the view until it is closed for good; gives the closing code."""
        pause = 0.25
        while True:
            seen, code = self.count, await self._once()
            if code in FINAL:
                return code
            pause = 0.25 if self.count != seen else min(LONGEST_PAUSE, pause * 2)
            await asyncio.sleep(pause * self._random.uniform(0.5, 1.5))

    async def news(self, since: int, seconds: float) -> None:
        """Wait until the view is no longer the one of count `since`, or so many machine seconds."""
        if self.count != since:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    async def _once(self) -> int:
        try:
            async with connect(
                self._url,
                additional_headers=self._headers(),
                user_agent_header="qms-twin",
                compression=None,
                proxy=None,
                open_timeout=5,
                close_timeout=1,
                max_size=None,
            ) as socket:
                async for text in socket:
                    await self._take(socket, orjson.loads(text))
                return socket.close_code or 0
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0
        except (OSError, WebSocketException):
            return 0

    async def _take(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        self._clock.told(message["at"], message.get("speed"))
        place = (message["stream"], message["rev"])
        if message["type"] == "state":
            self._show(message["state"], place)
        elif message["type"] == "patch":
            if place == (self._place[0], self._place[1] + 1):
                self._show(apply(self.view, message["patch"]), place)
            else:
                await socket.send(orjson.dumps(AGAIN).decode())

    def _show(self, view: dict[str, Any], place: tuple[str, int]) -> None:
        self.view, self._place = view, place
        self.count += 1
        self._changed.set()
        self._changed = asyncio.Event()
