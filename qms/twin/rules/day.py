"""A hall's working day as everybody can read it off the hall's public card."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD = 15
"""Days among which the next working day is looked for."""
LINGER = timedelta(minutes=45)
"""So long after closing those who still wait are served; then the day is over for everybody."""


@dataclass(frozen=True, slots=True)
class Day:
    """When a hall serves on one date (instants in UTC), and until when it gives out tickets."""

    date: date
    spans: tuple[tuple[datetime, datetime], ...]
    last_ticket: datetime

    @property
    def opens(self) -> datetime:
        return self.spans[0][0]

    @property
    def closes(self) -> datetime:
        return self.spans[-1][1]

    def open_at(self, at: datetime) -> bool:
        """Whether the hall serves at this moment."""
        return any(opens <= at < closes for opens, closes in self.spans)

    def reopens(self, at: datetime) -> datetime | None:
        """The end of the midday break in which this moment falls, or None."""
        if not self.opens <= at < self.closes or self.open_at(at):
            return None
        return min(opens for opens, _ in self.spans if opens > at)


def current(card: Mapping[str, Any], at: datetime) -> Day | None:
    """The working day that goes on at `at`, or the next one; None for a hall that never opens."""
    zone = ZoneInfo(card["zone"])
    today = at.astimezone(zone).date()
    days = (_day(card, today + timedelta(days=n), zone) for n in range(LOOK_AHEAD))
    return next((day for day in days if day is not None and at < day.closes + LINGER), None)


def _day(card: Mapping[str, Any], day: date, zone: ZoneInfo) -> Day | None:
    name = WEEKDAYS[day.weekday()]

    def instant(clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)

    spans = [(instant(s["opens"]), instant(s["closes"])) for s in card["hours"]["week"].get(name, ())]
    if not spans:
        return None
    last = card["hours"]["last_ticket"].get(name)
    return Day(day, tuple(spans), min(spans[-1][1], instant(last) if last else spans[-1][1]))
