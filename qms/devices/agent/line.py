"""The agent's own live line: by it the business clock is set, and it is known at once that the server went."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from random import SystemRandom
from urllib.parse import urlencode

from qms.devices.agent.clock import HeardClock
from qms.devices.agent.upstream import Upstream

SILENCE = 11.0
"""Seconds without a word (two heartbeats and a little) after which a line is taken for dead."""
PAUSES = (1.0, 4.0)
"""Between these many seconds passes until a lost line is opened again."""


class Line:
    """Watches the hall's queues. `lost` is awaited when the line ends: to see whether the server is there."""

    def __init__(
        self, upstream: Upstream, hall: str, clock: HeardClock, lost: Callable[[], Awaitable[None]]
    ) -> None:
        self._upstream, self._clock, self._lost = upstream, clock, lost
        self._query = urlencode({"view": "queue", "hall": hall})
        self._random = SystemRandom()

    async def run(self) -> None:
        """For ever."""
        while True:
            with suppress(Exception):  # whoever answers there may say anything
                await self._once()
            with suppress(Exception):
                await self._lost()
            await asyncio.sleep(self._random.uniform(*PAUSES))

    async def _once(self) -> None:
        async with self._upstream.live(self._query) as socket:
            while True:
                async with asyncio.timeout(SILENCE):
                    message = json.loads(await socket.recv())
                self._clock.hear(datetime.fromisoformat(message["at"]), message.get("speed"))
