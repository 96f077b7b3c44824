"""Two clocks: business time, which can be set and sped up, and machine time, which cannot."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
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


def minutes(span: timedelta) -> float:
    """A span of time in minutes."""
    return span.total_seconds() / 60


def business_day(at: datetime, zone: ZoneInfo, boundary: time) -> date:
    """The business day to which an instant belongs, for a hall whose day begins at `boundary`."""
    local = at.astimezone(zone).replace(tzinfo=None)
    ahead = timedelta(hours=boundary.hour, minutes=boundary.minute)
    return (local - ahead).date()


def day_start(day: date, zone: ZoneInfo, boundary: time) -> datetime:
    """The instant at which a business day begins, in UTC."""
    return local_instant(day, boundary, zone)


@lru_cache(maxsize=8192)
def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a local time, in UTC.

    A time that comes twice is its first; one that a clock change leaves out is the change itself.
    """
    early, late = (datetime.combine(day, at.replace(fold=fold), tzinfo=zone) for fold in (1, 0))
    if late.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == datetime.combine(day, at):
        return late.astimezone(UTC)
    # A missing time: read with the offset after the gap it lies before the change, read with the
    # offset before the gap it lies after it (PEP 495). The change is between the two.
    low, high = early.astimezone(UTC), late.astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def instant(at: datetime) -> str:
    """An aware moment as all records, views and answers write it: ISO 8601, UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
