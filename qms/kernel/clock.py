"""Two clocks: business time, which can be set and sped up, and machine time, which cannot."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Business time: opening hours, waits and the day's end are measured by it."""

    def now(self) -> datetime:
        """The present business time, aware, in UTC."""
        ...


class ScaledClock:
    """Business time that starts at a set moment and runs `speed` times as fast as `machine`.

    `machine` gives seconds that never go back. The clock can be set forward, never back.
    """

    def __init__(self, start: datetime, speed: float, machine: Callable[[], float]) -> None:
        if start.tzinfo is None:
            raise ValueError("start must be aware")
        if speed <= 0:
            raise ValueError("speed must be above 0")
        self.speed = speed
        self._machine = machine
        self._start = start.astimezone(UTC)
        self._origin = machine()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(self._machine() - self._origin) * self.speed)

    def set_forward(self, to: datetime) -> None:
        """Jump to `to`; a moment already past leaves the clock as it is."""
        now = self.now()
        self._start, self._origin = max(now, to.astimezone(UTC)), self._machine()


def business_day(at: datetime, zone: ZoneInfo, boundary: time) -> date:
    """The business day to which an instant belongs, for a hall whose day begins at `boundary`."""
    local = at.astimezone(zone).replace(tzinfo=None)
    ahead = timedelta(hours=boundary.hour, minutes=boundary.minute)
    return (local - ahead).date()


def day_start(day: date, zone: ZoneInfo, boundary: time) -> datetime:
    """The instant at which a business day begins, in UTC.

    Where the clock change swallows the boundary, it is the instant of the change itself:
    a missing local time read with `fold=0` uses the offset before the gap (PEP 495).
    """
    return datetime.combine(day, boundary, tzinfo=zone).astimezone(UTC)


def instant(at: datetime) -> str:
    """An aware moment as all records, views and answers write it: ISO 8601, UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
