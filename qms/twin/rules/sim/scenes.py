"""Scenes: days of a hall as it is, and days of a case that is given as a file."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from qms.halls.rules import hours
from qms.halls.rules.booking import Bookings
from qms.halls.rules.model import Hall, Hours
from qms.halls.rules.parts import WEEKDAYS, Span
from qms.kernel.clock import local_instant
from qms.twin.rules.sim import roster
from qms.twin.rules.sim.cases import CaseError
from qms.twin.rules.sim.model import Arrival, Scene, Stand

OPENS = time(8)
"""When minute 0 of a case is."""
SOME_DAY = date(2001, 1, 1)
"""A Monday, for days of a case that are no dates."""
LATE = 15.01
"""How late somebody booked may come where the hall does not say: a quarter of an hour, and no second more."""
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""Days of which every hall has hours: beyond them calendars and time zones end."""
WEEKS = 60
"""Weeks among which a usual one is looked for."""


ALWAYS = Span.model_construct(opens=time(0), closes=time.max)
"""The whole of a day. (A file cannot say so: its last minute is not open.)"""


def wide(hall: Hall) -> Hall:
    """A hall that turns nobody away: always open, without caps, last tickets, closures or run-out numbers.

    A case has a day of its own, which the hours of the file say nothing about.
    """
    key = ("wide",)
    if key not in hall.memo:
        hall.memo[key] = _wide(hall)
    found: Hall = hall.memo[key]
    return found


def _wide(hall: Hall) -> Hall:
    whole = Hours.model_construct(week=dict.fromkeys(WEEKDAYS, (ALWAYS,)))
    services = tuple(
        each.model_copy(
            update={
                "open": True,
                "daily_cap": None,
                "last_ticket": {},
                "booking": each.booking.model_copy(update={"only": False}),
            }
        )
        for each in hall.services
    )
    return hall.model_copy(
        update={
            "hours": whole,
            "services": services,
            "groups": tuple(
                g.model_copy(update={"first": 1, "last": 99_999, "digits": 5}) for g in hall.groups
            ),
            "bookings": hall.bookings or Bookings(check_in_closes=LATE),
            "closures": (),
            "holidays": None,
            "conduct": hall.conduct.model_copy(update={"stop_at_closing": False}),
        }
    )


def of_case(
    hall: Hall, days: Mapping[str, Sequence[Arrival]], staff: Mapping[str, Sequence[Stand]] | None = None
) -> tuple[Scene, ...]:
    """The days of a file, in a hall that turns nobody away.

    Staffed as `staff` says by day ('' for every day), else by the hall's shifts on that date (on
    its first usual day, where the day is no date), else every counter all day long.
    """
    open_hall = wide(hall)
    return tuple(_of_case(hall, open_hall, day, tuple(people), staff) for day, people in days.items())


def _of_case(
    hall: Hall,
    open_hall: Hall,
    day: str,
    people: tuple[Arrival, ...],
    staff: Mapping[str, Sequence[Stand]] | None,
) -> Scene:
    on = date_of(day)
    usual = on if on is not None and roster.opening_of(hall, on) else usual_day(hall)
    last = max(one.arrives if one.arrives is not None else one.booked or 0.0 for one in people)
    if staff is not None:
        stands = tuple(staff.get(day, staff.get("", ())))
    elif hall.roster and usual is not None:
        stands = roster.of_day(hall, usual)
    else:
        opening = roster.opening_of(hall, usual) if usual is not None else None
        stands = roster.all_day(hall, max(last, opening[1] if opening else 0.0))
    if not stands:
        raise CaseError(f"day {day}: no counter is staffed")
    opens = local_instant(on or SOME_DAY, OPENS, ZoneInfo(hall.zone))
    return Scene(open_hall, day, opens, max(stand.closes for stand in stands), people, stands)


def date_of(day: str) -> date | None:
    """The date that a day's name is; None where it is none, or one that is not played."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def usual_day(hall: Hall) -> date | None:
    """The first day of a usual week: once its shifts and opening rules hold, one in which no day of its hours is left out."""
    rules = (*hall.roster, *(hall.bookings.opening if hall.bookings else ()))
    start = max((rule.first_day for rule in rules), default=SOME_DAY)
    monday = start + timedelta(days=-start.weekday() % 7)
    weeks = ([monday + timedelta(days=7 * n + day) for day in range(7)] for n in range(WEEKS))
    for week in weeks:
        opens = [day for day in week if hall.hours.week.get(hours.weekday(day))]
        if opens and all(roster.opening_of(hall, day) for day in opens):
            return opens[0]
    return None


def of_day(
    hall: Hall, day: date, people: Sequence[Arrival], stands: Sequence[Stand] | None = None
) -> Scene:
    """A day of a hall as it is, with its own hours and gates; LookupError where it is closed."""
    opening = roster.opening_of(hall, day)
    if opening is None:
        raise LookupError(f"{hall.id} is closed on {day}")
    staffed = tuple(stands) if stands is not None else roster.of_day(hall, day)
    return Scene(hall, day.isoformat(), opening[0], opening[1], tuple(people), staffed)
