"""Business time, as the live protocol tells it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from qms.twin.rules.clerk import moment

NAP = 1.0
"""Seconds of machine time after which a sleeper looks whether business time has jumped."""
LAG = 5.0
"""Machine seconds by which a message may be late; only a greater step back is believed."""


class Business:
    """The server's business clock, kept going between messages; `speed` until the server says another."""

    def __init__(self, speed: float = 1.0, machine: Callable[[], float] = monotonic) -> None:
        self.speed = speed
        self._machine = machine
        self._at: datetime | None = None
        self._when = 0.0
        self._known = asyncio.Event()

    def told(self, at: str, speed: float | None) -> None:
        """A message said that it is `at`."""
        self.speed = speed or self.speed
        told, now = moment(at), self.now() if self._at is not None else None
        if now is None or told > now or (now - told).total_seconds() > LAG * self.speed:
            self._at, self._when = told, self._machine()
            self._known.set()

    def now(self) -> datetime:
        """Business time; raises RuntimeError before the first message."""
        if self._at is None:
            raise RuntimeError("nobody has said yet what time it is")
        return self._at + timedelta(seconds=(self._machine() - self._when) * self.speed)

    async def known(self) -> None:
        """Wait for the first message."""
        await self._known.wait()

    def machine(self, at: datetime) -> float:
        """Machine seconds until a moment of business time, at most a nap."""
        return min(NAP, max(0.0, (at - self.now()).total_seconds() / self.speed))

    async def until(self, at: datetime) -> None:
        """Sleep until a moment of business time."""
        while True:
            left = self.machine(at)
            if left <= 0:
                return
            await asyncio.sleep(left)
