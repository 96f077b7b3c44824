"""When a hall is open, and when it gives out tickets: local hours as instants.

All answers are for a *business day* (see `qms.kernel.clock`): with a day that begins at 04:00,
an opening from 00:00 to 02:00 on Tuesday belongs to Monday. Only weekdays are known here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from qms.halls.rules.model import WEEKDAYS, Hall, Service, Weekday
from qms.kernel.clock import business_day, day_start, local_instant

Closed = Literal["before_opening", "after_last_ticket", "hall_closed"]
T = TypeVar("T")
_KEPT = 500
"""Results kept with a set-up."""
_AHEAD = 15
"""Days looked at for the next opening: a week, and another where a clock change swallows a span."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening as instants in UTC; the end is no longer part of it."""

    opens: datetime
    closes: datetime


def openings(hall: Hall, day: date) -> tuple[Opening, ...]:
    """The opening spans of a local calendar date; one that a clock change swallows is left out."""
    zone = ZoneInfo(hall.zone)
    spans = hall.hours.week.get(weekday(day), ())
    both = (Opening(local_instant(day, s.opens, zone), local_instant(day, s.closes, zone)) for s in spans)
    return tuple(opening for opening in both if opening.opens < opening.closes)


def business_openings(hall: Hall, day: date) -> tuple[Opening, ...]:
    """The opening spans within a business day, cut at its ends."""
    return _once(hall, ("openings", day), lambda: _business_openings(hall, day))


def _once(hall: Hall, key: tuple[Any, ...], work: Callable[[], T]) -> T:
    """What one version of a set-up says of a day is worked out once; some days are kept."""
    if key not in hall.memo:
        if len(hall.memo) > _KEPT:
            hall.memo.clear()
        hall.memo[key] = work()
    found: T = hall.memo[key]
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
    """From when on a business day no more tickets are given; None where the hall stays closed."""
    key = ("last_ticket", day, service.id if service else None)
    return _once(hall, key, lambda: _last_ticket(hall, day, service))


def _last_ticket(hall: Hall, day: date, service: Service | None) -> datetime | None:
    spans = business_openings(hall, day)
    if not spans:
        return None
    name = weekday(day)
    hours = [hall.hours.last_ticket.get(name), service.last_ticket.get(name) if service else None]
    return min([spans[-1].closes, *(_within(hall, day, hour) for hour in hours if hour is not None)])


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
