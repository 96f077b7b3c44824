"""Habits of a hall of which nothing was measured: as many people as keep its counters busy, as in the demo."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from qms.booking.rules.opening import spans_on
from qms.halls.rules import hours
from qms.halls.rules.model import BOOKED, WALK_IN, Hall
from qms.halls.rules.parts import WEEKDAYS
from qms.kernel.clock import day_start, local_instant, minutes
from qms.twin.rules.arrivals import Stream
from qms.twin.rules.day import Day
from qms.twin.rules.demand import per_hour
from qms.twin.rules.persons import ABSENT, LONGEST, SEGMENTS, WEIGHTS
from qms.twin.rules.sim import roster
from qms.twin.rules.sim.habits import HALF_HOUR, Flow, Habits, lognormal

SPREAD = 0.55
"""Deviation of service times over their mean, as of the demo's people."""
PATIENCE, PATIENCE_SPREAD = 80.0, 0.5
GIVES_BACK = 0.6
"""The share of people who lose patience at some time and give their number back."""
BOOKS = 0.25
"""The share of people who book, for a service and at an hour for which they can."""
ONLY = 0.25
"""Bookings an hour for a service that is given by appointment only."""
SHOWS = 0.9
PUNCTUAL = (-12.0, -9.0, -7.0, -5.0, -4.0, -3.0, -1.0, 2.0, 7.0)
LATE = (0.0, 0.0, 1.0, 2.0, 5.0)


def usual(hall: Hall, around: date) -> Habits:
    """Habits in the week of a date: a day on which the hall is closed then has none of its own."""
    monday = around - timedelta(days=around.weekday())
    flows = {name: _flows(hall, _day_like(hall, monday, n)) for n, name in enumerate(WEEKDAYS)}
    return Habits(
        flows={name: found for name, found in flows.items() if found},
        minutes={s.id: lognormal(s.minutes, SPREAD, LONGEST * s.minutes) for s in hall.services},
        patience=lognormal(PATIENCE, PATIENCE_SPREAD, 480.0),
        stays=1 - GIVES_BACK,
        absent=ABSENT,
        shows=SHOWS,
        punctual=PUNCTUAL,
        late=LATE,
        slot=float(hall.bookings.slot if hall.bookings else 5),
    )


def _day_like(hall: Hall, monday: date, weekday: int) -> date:
    """The first such weekday from a week on at which the hall opens; the week's own where it never does."""
    days = [monday + timedelta(days=weekday + 7 * n) for n in range(4)]
    return next((day for day in days if roster.opening_of(hall, day)), days[0])


def _flows(hall: Hall, day: date) -> tuple[Flow, ...]:
    """Who is expected on a day, half hour by half hour."""
    opening = roster.opening_of(hall, day)
    last = hours.last_ticket(hall, day)
    if opening is None or last is None:
        return ()
    start = day_start(day, ZoneInfo(hall.zone), hall.conduct.day_begins)
    spans = tuple((o.opens, o.closes) for o in hours.business_openings(hall, day))
    shape = Stream(Day(day, spans, last), 1.0)
    found: dict[tuple[str, str, bool], list[float]] = {}
    for n in range(48):
        middle = start + timedelta(minutes=(n + 0.5) * HALF_HOUR)
        for (service, segment, booked), people in _expected(hall, day, middle, shape).items():
            found.setdefault((service, segment, booked), [0.0] * 48)[n] = people
    return tuple(Flow(*key, tuple(people)) for key, people in sorted(found.items()))


def _expected(hall: Hall, day: date, at: datetime, shape: Stream) -> dict[tuple[str, str, bool], float]:
    """People in the half hour around a moment, by service and segment, who come by themselves or are booked."""
    minute = minutes(at - shape.day.opens)
    desks = {
        stand.counter: own.services
        for stand in roster.of_day(hall, day)
        if stand.opens <= minute < stand.closes and (own := hall.counter(stand.counter)) is not None
    }
    found: dict[tuple[str, str, bool], float] = {}
    hour = HALF_HOUR / 60
    for service, rate in per_hour(_card(hall), desks).items() if desks else ():
        booked = BOOKS if _bookable(hall, service, day, at) else 0.0
        if booked:
            found[service, BOOKED, True] = rate * booked * hour
        last = hours.last_ticket(hall, day, hall.service(service))
        if last is not None and at < last and (now := shape.rate(at) * rate * (1 - booked) * hour) > 0:
            for segment, share in _segments(hall).items():
                found[service, segment, False] = now * share
    for part in hall.services:
        if part.booking.only and not part.retired and _bookable(hall, part.id, day, at):
            found[part.id, BOOKED, True] = ONLY * hour
    return found


def _card(hall: Hall) -> Mapping[str, Any]:
    """The hall as the demo's people see it."""
    return {
        "services": {
            part.id: {"open": part.open and not part.booking.only, "minutes": part.minutes}
            for part in hall.services
            if not part.retired
        }
    }


def _segments(hall: Hall) -> Mapping[str, float]:
    """Which share of those who come by themselves is of which segment."""
    offered = {
        s.id: WEIGHTS.get(s.id, 1.0) for s in hall.segments if s.offered == "kiosk" and not s.retired
    }
    named = SEGMENTS if offered else 0.0
    total = sum(offered.values())
    return {WALK_IN: 1 - named, **{id: named * weight / total for id, weight in offered.items()}}


def _bookable(hall: Hall, service: str, day: date, at: datetime) -> bool:
    """Whether people can book the service for that hour."""
    zone, part = ZoneInfo(hall.zone), hall.service(service)
    if hall.bookings is None or part is None or part.booking.open == "none":
        return False
    return any(
        local_instant(day, span.opens, zone) <= at < local_instant(day, span.closes, zone)
        for rule in hall.bookings.opening
        if not rule.services or service in rule.services
        for span in spans_on(rule, day)
    )
