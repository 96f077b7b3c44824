"""When a hall is open, and when it gives out tickets: local hours as instants.

All answers are for a *business day* (see `qms.kernel.clock`): with a day that begins at 04:00,
an opening from 00:00 to 02:00 on Tuesday belongs to Monday. Hours, holidays and closures are
those of the calendar date.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from qms.halls.rules import holiday
from qms.halls.rules.booking import Closure
from qms.halls.rules.model import Hall, Service
from qms.halls.rules.parts import WEEKDAYS, Span, Weekday
from qms.kernel.clock import business_day, day_start, local_instant

Closed = Literal["before_opening", "after_last_ticket", "hall_closed"]
T = TypeVar("T")
_KEPT = 2000
"""Results kept with a set-up."""
_AHEAD = 400
"""Days looked at for the next opening: a year of closure, and some."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening as instants in UTC; the end is no longer part of it."""

    opens: datetime
    closes: datetime


def openings(hall: Hall, day: date) -> tuple[Opening, ...]:
    """The opening spans of a local calendar date; one that a clock change swallows is left out."""
    zone = ZoneInfo(hall.zone)
    both = (
        Opening(local_instant(day, s.opens, zone), local_instant(day, s.closes, zone))
        for s in spans(hall, day)
    )
    return tuple(opening for opening in both if opening.opens < opening.closes)


def spans(hall: Hall, day: date) -> tuple[Span, ...]:
    """The local opening hours of a calendar date.

    Hours of that single day stand in place of the week's; a public holiday has none, unless the
    office opens on it or gives it hours of its own. Whatever they are, closures cut them.
    """
    hours = hall.hours.dates.get(day)
    if hours is None:
        hours = () if is_holiday(hall, day) else hall.hours.week.get(weekday(day), ())
    return without(hours, (each.span for each in closures(hall, day) if not each.services))


def closures(hall: Hall, day: date) -> tuple[Closure, ...]:
    """The closures of a calendar date: of the hall, and of single services."""
    return tuple(each for each in hall.closures if each.first_day <= day <= each.last_day)


def without(spans: Iterable[Span], cuts: Iterable[Span | None]) -> tuple[Span, ...]:
    """What is left of spans; a cut None takes all of them."""
    left = list(spans)
    for cut in cuts:
        if cut is None:
            return ()
        pieces = [
            (max(each.opens, opens), min(each.closes, closes))
            for each in left
            for opens, closes in ((time.min, cut.opens), (cut.closes, time.max))
        ]
        left = [Span(opens=opens, closes=closes) for opens, closes in pieces if opens < closes]
    return tuple(left)


def is_holiday(hall: Hall, day: date) -> bool:
    """Whether a date is a public holiday on which the office does not open as usual."""
    kept = hall.holidays
    return kept is not None and day not in kept.open_on and holiday_name(hall, day, "en") is not None


def holiday_name(hall: Hall, day: date, language: str) -> str | None:
    """What a public holiday is called, also where the office opens on it; None on other days."""
    kept = hall.holidays
    if kept is None:
        return None
    return holiday.of_year(kept.country, kept.subdivision, day.year, language).get(day)


def business_openings(hall: Hall, day: date) -> tuple[Opening, ...]:
    """The opening spans within a business day, cut at its ends."""
    return _once(hall, ("openings", day), lambda: _business_openings(hall, day))


def _once(hall: Hall, key: tuple[Any, ...], work: Callable[[], T]) -> T:
    """What one version of a set-up says of a day is worked out once; some days are kept."""
    memo = hall.memo.setdefault(("hours",), {})
    if key not in memo:
        if len(memo) > _KEPT:
            memo.clear()
        memo[key] = work()
    found: T = memo[key]
    return found


def _business_openings(hall: Hall, day: date) -> tuple[Opening, ...]:
    start, end = _bounds(hall, day)
    dates = (day, day + timedelta(days=1)) if hall.conduct.day_begins > time(0) else (day,)
    cut = (
        Opening(max(opening.opens, start), min(opening.closes, end))
        for each in dates
        for opening in openings(hall, each)
    )
    return tuple(opening for opening in cut if opening.opens < opening.closes)


def is_open(hall: Hall, at: datetime) -> bool:
    """Whether counters may serve at this instant."""
    return any(o.opens <= at < o.closes for o in business_openings(hall, day_of(hall, at)))


def issuing(hall: Hall, at: datetime, service: Service | None = None) -> Closed | None:
    """Why no ticket is given at this instant, or None.

    Tickets are given from `tickets_before` minutes before each opening until its end, and not
    from the last-ticket hour on: the hall's or the service's own, whichever is earlier.
    """
    day = day_of(hall, at)
    spans = business_openings(hall, day)
    if not spans or at >= spans[-1].closes:
        return "hall_closed"
    last = last_ticket(hall, day, service)
    if last is not None and at >= last:
        return "after_last_ticket"
    lead = timedelta(minutes=hall.hours.tickets_before)
    if any(o.opens - lead <= at < o.closes for o in spans):
        return None
    return "before_opening"


def closing(hall: Hall, at: datetime) -> datetime | None:
    """The last closing of the business day of this instant; None where the hall stays closed."""
    spans = business_openings(hall, day_of(hall, at))
    return spans[-1].closes if spans else None


def last_ticket(hall: Hall, day: date, service: Service | None = None) -> datetime | None:
    """From when on a business day no more tickets are given; None where the hall stays closed.

    On a day with hours of its own a last-ticket hour of the week that lies before them says nothing.
    """
    key = ("last_ticket", day, service.id if service else None)
    return _once(hall, key, lambda: _last_ticket(hall, day, service))


def _last_ticket(hall: Hall, day: date, service: Service | None) -> datetime | None:
    open_at = business_openings(hall, day)
    if not open_at:
        return None
    name = weekday(day)
    hours = [hall.hours.last_ticket.get(name), service.last_ticket.get(name) if service else None]
    ends = [_within(hall, day, hour) for hour in hours if hour is not None]
    if day in hall.hours.dates:
        ends = [end for end in ends if end > open_at[0].opens]
    return min([open_at[-1].closes, *ends])


def next_opening(hall: Hall, at: datetime) -> datetime | None:
    """The first opening after this instant; None for a hall that never opens."""
    for opening in _from(hall, at):
        if opening.opens > at:
            return opening.opens
    return None


def day_of(hall: Hall, at: datetime) -> date:
    """The hall's business day of an instant."""
    return business_day(at, ZoneInfo(hall.zone), hall.conduct.day_begins)


def weekday(day: date) -> Weekday:
    """The short English name under which hours are kept."""
    return WEEKDAYS[day.weekday()]


def _from(hall: Hall, at: datetime) -> Iterator[Opening]:
    if not any(hall.hours.week.values()) and not any(hall.hours.dates.values()):
        return
    first = day_of(hall, at)
    for ahead in range(_AHEAD):
        yield from business_openings(hall, first + timedelta(days=ahead))


def _bounds(hall: Hall, day: date) -> tuple[datetime, datetime]:
    zone, boundary = ZoneInfo(hall.zone), hall.conduct.day_begins
    return day_start(day, zone, boundary), day_start(day + timedelta(days=1), zone, boundary)


def _within(hall: Hall, day: date, at: time) -> datetime:
    """A local time of a business day, which before the boundary is the next calendar date."""
    later = timedelta(days=1 if at < hall.conduct.day_begins else 0)
    return local_instant(day + later, at, ZoneInfo(hall.zone))
