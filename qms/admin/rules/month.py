"""A month of a hall: on each day, when it is open, when appointments are given, and why not."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qms.booking.rules import opening
from qms.booking.rules.minutes import runs
from qms.halls.rules import hours
from qms.halls.rules.booking import Closure, OpeningRule
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import Span

Times = tuple[tuple[str, str], ...]
"""Stretches of local time, each from `08:00` to `16:00`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One day of the calendar. `exceptions`: rules that have other times on that day alone."""

    day: date
    inside: bool
    """Whether it lies in the month, not before or after it in the same week."""
    open: tuple[Span, ...]
    appointments: Times
    holiday: str | None
    closures: tuple[Closure, ...]
    exceptions: tuple[OpeningRule, ...]


def weeks(hall: Hall, month: date, language: str) -> Sequence[Sequence[Shown]]:
    """The weeks of a month, from Monday to Sunday; holidays are called as `language` calls them."""
    days = Calendar().monthdatescalendar(month.year, month.month)
    return [[_shown(hall, day, day.month == month.month, language) for day in week] for week in days]


def beside(month: date) -> tuple[date, date]:
    """The first days of the months before and after."""
    first = month.replace(day=1)
    return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)


def _shown(hall: Hall, day: date, inside: bool, language: str) -> Shown:
    rules = hall.bookings.opening if hall.bookings is not None else ()
    return Shown(
        day,
        inside,
        hours.spans(hall, day),
        _appointments(hall, day),
        hours.holiday_name(hall, day, language),
        hours.closures(hall, day),
        tuple(each for each in rules if day in each.exceptions and opening.within(each, day)),
    )


def _appointments(hall: Hall, day: date) -> Times:
    """When an appointment for any service is given, by the hall's clock."""
    if hall.bookings is None:
        return ()
    found = opening.day(hall, day)
    bookable: Mapping[str, int] = found.plan.bookable
    minutes = 0
    for each in bookable.values():
        minutes |= each

    def clock(minute: int) -> str:
        return f"{found.at(minute).astimezone(found.frame.zone):%H:%M}"

    return tuple((clock(first), clock(end)) for first, end in runs(minutes))
