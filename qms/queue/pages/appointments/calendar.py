"""Free days and hours as staff may give them away: also those that are kept from the public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qms.booking.acts import Acts
from qms.booking.rules.model import Wanted
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.web.edge import Call

WEEKS = timedelta(days=13)
"""So far beyond the day that is shown further days are offered."""
FAR = timedelta(days=180)
"""So far ahead the first free time is looked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Free times of a day, and the free days from it on; none where nothing is free for long."""

    day: date
    times: tuple[datetime, ...]
    days: Mapping[date, tuple[datetime, ...]]
    today: date


async def offered(
    acts: Acts,
    call: Call,
    hall: Hall,
    wanted: Sequence[Wanted],
    day: date | None,
    without: str | None = None,
) -> Choice:
    """The times of a day, without one those of the first free day.

    `without`: an appointment that is to be moved, whose own time is not in its way.
    """
    today = hours.day_of(hall, call.site.clock.now())
    first = max(day or today, today)
    days = await acts.days.free(call, hall.id, wanted, first, first + WEEKS, public=False, without=without)
    begin = first
    while not days and begin < today + FAR:
        begin += WEEKS + timedelta(days=1)
        days = await acts.days.free(
            call, hall.id, wanted, begin, begin + WEEKS, public=False, without=without
        )
    shown = first if day is not None or not days else min(days)
    return Choice(shown, days.get(shown, ()), days, today)
