"""Free days and hours, made ready for the pages that show them."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qms.booking.acts import Acts
from qms.booking.firsts import first_free
from qms.booking.http.asked import day_asked
from qms.booking.rules.model import Wanted
from qms.booking.rules.period import bookable
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.web.edge import Call
from qms.web.problems import Problem

MONTH = "%Y-%m"
WHY = frozenset(
    {
        "booking_closed",
        "service_not_bookable",
        "together_not_allowed",
        "hall_closed",
        "all_taken",
        "too_soon",
        "too_far",
    }
)
"""Reasons for which there are words."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the calendar, as far as it can be booked; `why` where nothing is free in any."""

    shown: date
    days: Mapping[date, tuple[datetime, ...]]
    earlier: date | None
    later: date | None
    first: datetime | None
    why: str = ""


class Times:
    """Asks the calendar on behalf of the pages."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    async def first(self, call: Call, hall: str, wanted: Sequence[Wanted]) -> datetime | None:
        """The first free time that people may book; None where there is none."""
        return await first_free(self._acts, call, hall, wanted)

    async def month(
        self, call: Call, hall: str, wanted: Sequence[Wanted], without: str | None = None
    ) -> Month:
        """The month that is asked for, else the one of the first free time.

        `without`: a booking that is to be moved, whose own time is not in its way.
        """
        setup, now = self._hall(hall), call.site.clock.now()
        span = bookable(setup, tuple(wanted), now, public=True)
        today = hours.day_of(setup, now)
        if span is None:
            why = await self.why(call, hall, wanted, today, today)
            return Month(today.replace(day=1), {}, None, None, None, why)
        first = await self.first(call, hall, wanted)
        if first is None:
            why = await self.why(call, hall, wanted, *span)
            return Month(span[0].replace(day=1), {}, None, None, None, why)
        shown = _month_asked(call) or hours.day_of(setup, first).replace(day=1)
        shown = min(max(shown, span[0].replace(day=1)), span[1].replace(day=1))
        end = shown.replace(day=monthrange(shown.year, shown.month)[1])
        days = await self._acts.days.free(
            call, hall, wanted, max(shown, span[0]), min(end, span[1]), without=without
        )
        before, after = shown - timedelta(days=1), end + timedelta(days=1)
        return Month(
            shown,
            days,
            before.replace(day=1) if before >= span[0] else None,
            after if after <= span[1] else None,
            first,
        )

    async def day(
        self, call: Call, hall: str, wanted: Sequence[Wanted], day: date, without: str | None = None
    ) -> tuple[datetime, ...]:
        """The free times of one day."""
        found = await self._acts.days.free(call, hall, wanted, day, day, without=without)
        return found.get(day, ())

    async def why(self, call: Call, hall: str, wanted: Sequence[Wanted], first: date, last: date) -> str:
        """Why nothing is free between two days."""
        why = await self._acts.days.why(call, hall, wanted, first, last)
        return why if why in WHY else "no_times"

    def _hall(self, hall: str) -> Hall:
        return self._acts.room(hall).setup


def day_wanted(call: Call) -> date:
    """The day that the address names; raises Problem where it names none."""
    day = day_asked(call, "day")
    if day is None:
        raise Problem("invalid", {"field": "day"})
    return day


def _month_asked(call: Call) -> date | None:
    text = call.request.query_params.get("month", "")
    try:
        return date.fromisoformat(f"{text}-01") if 2000 <= int(text[:4] or 0) < 3000 else None
    except ValueError:
        return None
