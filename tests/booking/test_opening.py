"""When appointments are given: rules, breaks, exceptions, closures, roster, clock changes, midnight."""

from datetime import date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from qms.booking.rules import opening
from qms.booking.rules.free import starts
from qms.booking.rules.minutes import each, lasting, runs, span
from qms.booking.rules.model import DayBook
from qms.halls.rules.booking import Closure, Recurring, TimeOff
from qms.halls.rules.model import Conduct, Hall, Hours
from qms.halls.rules.parts import WEEKDAYS
from tests.booking.make import ID, PASSPORT, TUESDAY, booking_hall, clocks, counter, cut, rule, shift
from tests.halls.make import service

WEEK = {day: cut("00:00-23:59") for day in WEEKDAYS}


def given(hall: Hall, day: date = TUESDAY, wanted: object = ID) -> list[str]:
    """The hours at which an appointment may begin."""
    assert wanted is ID or wanted is PASSPORT
    return clocks(starts(hall, DayBook(day), (wanted,), public=True), ZoneInfo(hall.zone))


def test_minutes_as_bits() -> None:
    assert list(runs(span(3, 5) | span(8, 9))) == [(3, 5), (8, 9)]
    assert span(5, 5) == span(7, 5) == 0
    assert list(each(lasting(span(0, 10) | span(20, 24), 7))) == [0, 1, 2, 3]
    assert lasting(span(0, 10), 1) == span(0, 10)


@pytest.mark.parametrize(
    ("more", "day", "holds"),
    [
        ({"days": ("tue",)}, "2026-11-24", True),
        ({"days": ("tue",)}, "2026-11-25", False),
        ({"first_day": "2026-11-25"}, "2026-11-24", False),
        ({"last_day": "2026-11-24"}, "2026-11-24", True),
        ({"last_day": "2026-11-24"}, "2026-11-25", False),
        # From a Friday on, every second week: counted from that week's Monday.
        ({"first_day": "2026-11-13", "every": 2}, "2026-11-13", True),
        ({"first_day": "2026-11-13", "every": 2}, "2026-11-16", False),
        ({"first_day": "2026-11-13", "every": 2}, "2026-11-20", False),
        ({"first_day": "2026-11-13", "every": 2}, "2026-11-23", True),
        ({"first_day": "2026-11-13", "every": 3}, "2026-12-04", True),
        ({"month_weeks": (-1,)}, "2026-11-24", True),
        ({"month_weeks": (-1,)}, "2026-11-23", False),
        ({"month_weeks": (-1,)}, "2026-11-30", True),
        ({"month_weeks": (4,)}, "2026-11-24", True),
        ({"month_weeks": (1, 3)}, "2026-11-03", True),
        ({"month_weeks": (1, 3)}, "2026-11-10", False),
        ({"month_weeks": (5,)}, "2026-12-29", True),
        ({"month_weeks": (-1,)}, "2028-02-29", True),
    ],
)
def test_what_recurs(more: dict[str, object], day: str, holds: bool) -> None:
    fields = {"days": WEEKDAYS, "first_day": "2026-01-01", **more}
    assert opening.applies(Recurring.model_validate(fields), date.fromisoformat(day)) is holds


def test_times_end_by_the_end_of_each_stretch() -> None:
    hall = booking_hall(rule("08:00-08:50", "09:10-10:00", breaks=cut("09:30-09:40")), slot=15)
    assert given(hall) == ["08:00", "08:15", "08:30", "09:10", "09:40"]


def test_breaks_may_reach_over_the_ends_and_follow_each_other() -> None:
    hall = booking_hall(rule("08:00-10:00", breaks=cut("07:00-08:30", "08:30-08:45", "09:30-11:00")))
    assert given(hall) == ["08:45", "09:00", "09:15"]


def test_first_and_last_appointment_lie_apart_from_the_hours() -> None:
    hall = booking_hall(rule("08:00-12:00", first=time(8, 20), last=time(9, 5)))
    assert given(hall) == ["08:20", "08:35", "08:50", "09:05"]


def test_an_appointment_does_not_outlast_the_hall() -> None:
    hall = booking_hall(rule("07:00-20:00"), hours=Hours(week={"tue": cut("08:05-08:50")}))
    assert given(hall) == ["08:15", "08:30"]
    assert given(hall, TUESDAY + timedelta(days=1)) == []


def test_an_exception_stands_in_place_of_a_day() -> None:
    saturday = date(2026, 11, 28)
    hours = Hours(week=dict.fromkeys(WEEKDAYS, cut("08:00-16:00")))
    changed = {TUESDAY: cut("10:00-10:30"), saturday: cut("09:00-09:15"), date(2026, 11, 26): ()}
    hall = booking_hall(rule("08:00-09:00", exceptions=changed), hours=hours)
    assert given(hall) == ["10:00", "10:15"]
    assert given(hall, saturday) == ["09:00"]
    assert given(hall, date(2026, 11, 26)) == []
    assert len(given(hall, date(2026, 11, 25))) == 4


def test_an_exception_ends_with_its_rule() -> None:
    changed = {TUESDAY: cut("10:00-10:30")}
    ended = booking_hall(rule(exceptions=changed, last_day=TUESDAY - timedelta(days=1)))
    assert given(ended) == []


def test_rules_for_services_and_two_in_a_row() -> None:
    hall = booking_hall(
        rule("08:00-09:00", id="a", services=("id-card",)),
        rule("09:00-09:30", id="b"),
        rule("09:30-10:00", id="c", services=("passport",)),
        services=(service("id-card", minutes=45), service("passport", minutes=15)),
    )
    assert given(hall) == ["08:00", "08:15", "08:30", "08:45"]
    assert given(hall, wanted=PASSPORT) == ["09:00", "09:15", "09:30", "09:45"]


def test_a_closure_of_a_service_shuts_it_alone() -> None:
    closures = (
        Closure(
            id="a", first_day=TUESDAY, last_day=TUESDAY, span=cut("08:00-08:20")[0], services=("id-card",)
        ),
        Closure(id="b", first_day=date(2026, 11, 25), last_day=date(2026, 11, 26), services=("id-card",)),
    )
    hall = booking_hall(rule("08:00-09:00"), closures=closures)
    assert given(hall) == ["08:30", "08:45"]
    assert given(hall, date(2026, 11, 26)) == []
    assert len(given(hall, wanted=PASSPORT)) == len(given(hall, date(2026, 11, 26), PASSPORT)) == 4


def test_a_closure_of_the_hall_wins_over_everything() -> None:
    hall = booking_hall(
        rule(exceptions={TUESDAY: cut("09:00-10:00")}),
        hours=Hours(week={}, dates={TUESDAY: cut("08:00-16:00")}),
        closures=(Closure(id="a", first_day=TUESDAY, last_day=TUESDAY, span=cut("09:10-09:50")[0]),),
    )
    assert given(hall) == []
    assert given(hall.model_copy(update={"closures": ()})) == ["09:00", "09:15", "09:30", "09:45"]


def test_who_is_on_duty() -> None:
    hall = booking_hall(
        counters=(counter("1"), counter("2", "passport"), counter("3", retired=True)),
        roster=(
            shift("1", "08:00-09:00", id="m", breaks=cut("08:15-08:30")),
            shift("1", "10:00-10:30", id="n", services=("passport",)),
            shift("2", "11:00-11:15"),
        ),
        time_off=(
            TimeOff(counter="1", first_day=TUESDAY, last_day=TUESDAY, span=cut("08:45-09:00")[0]),
            TimeOff(counter="1", first_day=date(2026, 11, 25), last_day=date(2026, 11, 26)),
        ),
    )
    assert given(hall) == ["08:00", "08:30"]
    assert given(hall, wanted=PASSPORT) == ["08:00", "08:30", "10:00", "10:15", "11:00"]
    assert given(hall, date(2026, 11, 26)) == []
    assert given(hall, date(2026, 11, 27)) == ["08:00", "08:30", "08:45"]


def test_no_time_that_the_clock_leaves_out() -> None:
    hall = booking_hall(rule("01:00-04:00", days=WEEKDAYS), hours=Hours(week=WEEK), slot=30)
    assert given(hall, date(2026, 3, 29)) == ["01:00", "01:30", "03:00", "03:30"]
    inside = booking_hall(rule("02:15-03:30", days=WEEKDAYS), hours=Hours(week=WEEK))
    assert given(inside, date(2026, 3, 29)) == ["03:00", "03:15"]


def test_an_hour_that_comes_twice_is_given_twice() -> None:
    hall = booking_hall(rule("01:00-04:00", days=WEEKDAYS), hours=Hours(week=WEEK), slot=30)
    times = starts(hall, DayBook(date(2026, 10, 25)), (ID,), public=True)
    assert clocks(times) == ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"]
    assert all(b - a == timedelta(minutes=30) for a, b in pairwise(times))


def test_a_zone_whose_clock_is_changed_at_midnight() -> None:
    hall = booking_hall(
        rule("00:00-02:00", days=WEEKDAYS), hours=Hours(week=WEEK), zone="America/Santiago", slot=30
    )
    assert given(hall, date(2026, 9, 6)) == ["01:00", "01:30"]


def test_the_small_hours_belong_to_the_day_before() -> None:
    hall = booking_hall(
        rule("22:00-23:59", id="late"),
        rule("00:00-06:00", id="night", days=("wed",)),
        hours=Hours(week=WEEK),
        conduct=Conduct(day_begins=time(4)),
        slot=60,
        services=(service("id-card", minutes=60), service("passport", minutes=60)),
    )
    assert given(hall) == ["22:00", "00:00", "01:00", "02:00", "03:00"]
    assert given(hall, date(2026, 11, 25)) == ["04:00", "05:00", "22:00"]


def test_alike_days_share_what_was_worked_out() -> None:
    hall = booking_hall()
    assert opening.day(hall, TUESDAY).plan is opening.day(hall, TUESDAY + timedelta(days=1)).plan
    assert opening.day(hall, TUESDAY).plan is not opening.day(hall, date(2026, 11, 28)).plan
    assert opening.day(hall, TUESDAY) is opening.day(hall, TUESDAY)


def test_a_hall_without_bookings_has_no_days() -> None:
    with pytest.raises(LookupError):
        opening.day(booking_hall(bookings=None), TUESDAY)
