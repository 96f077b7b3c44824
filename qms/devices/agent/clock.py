"""Business time at the kiosk: as the server last told it, carried on by the machine's clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from qms.kernel.clock import instant


class HeardClock:
    """Business time. It never goes back behind `floor`, the last moment that stands on a paper.

    `machine` gives aware time in UTC, also right after a restart: a kiosk without a battery for its
    clock falls back, and the floor keeps it from dating a number before the one before it.
    """

    def __init__(self, machine: Callable[[], datetime], floor: datetime | None = None) -> None:
        self._machine, self._floor = machine, floor
        self._at = self._heard = machine()
        self.speed = 1.0

    def hear(self, at: datetime, speed: float | None = None) -> None:
        """The server says what time it is; `speed` is business seconds per second of the machine."""
        self._at, self._heard = at.astimezone(UTC), self._machine()
        self.speed = self.speed if speed is None else speed
        self._floor = None  # whoever has heard the time need not guess

    def now(self) -> datetime:
        now = self._at + (self._machine() - self._heard) * self.speed
        return now if self._floor is None else max(now, self._floor)

    def not_before(self, at: datetime) -> None:
        """A paper bears this moment."""
        self._floor = at if self._floor is None else max(at, self._floor)

    def kept(self) -> dict[str, Any]:
        """What makes the same clock again after a restart."""
        return {"at": instant(self._at), "heard": instant(self._heard), "speed": self.speed}

    def resume(self, kept: dict[str, Any]) -> None:
        """Go on from what was kept; what cannot be read leaves the machine's time."""
        try:
            at, heard = (datetime.fromisoformat(str(kept[name])) for name in ("at", "heard"))
            speed = float(kept["speed"])
        except (KeyError, TypeError, ValueError):
            return
        if self._machine() - heard >= timedelta(0):  # else this machine's clock has fallen back
            self._at, self._heard, self.speed = at, heard, speed
        else:
            self._at, self.speed = at, speed
