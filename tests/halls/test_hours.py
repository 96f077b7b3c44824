"""Opening hours on ordinary days, at midnight, on a leap day and when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.halls.rules import hours
from qms.halls.rules.model import Conduct, Hall, Hours
from qms.halls.rules.parts import WEEKDAYS
from qms.kernel.clock import local_instant
from tests.halls.make import hall, halls, service, span

WARSAW = ZoneInfo("Europe/Warsaw")
MONDAY = date(2026, 3, 2)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def at(hour: str, day: date = MONDAY, zone: ZoneInfo = WARSAW) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), zone).astimezone(UTC)


def open_daily(
    *spans: tuple[str, str], zone: str = "Europe/Warsaw", begins: int = 0, **more: object
) -> Hall:
    week = {day: tuple(span(*each) for each in spans) for day in WEEKDAYS}
    return hall(
        zone=zone,
        hours=Hours.model_validate({"week": week, "tickets_before": 30, **more}),
        conduct=Conduct(day_begins=time(begins)),
    )


@pytest.mark.parametrize(
    ("when", "is_open", "reason"),
    [
        ("00:00", False, "before_opening"),
        ("07:29", False, "before_opening"),
        ("07:30", False, None),
        ("08:00", True, None),
        ("15:29", True, None),
        ("15:30", True, "after_last_ticket"),
        ("15:59", True, "after_last_ticket"),
        ("16:00", False, "hall_closed"),
        ("23:59", False, "hall_closed"),
    ],
)
def test_a_day_from_before_opening_to_after_closing(when: str, is_open: bool, reason: str | None) -> None:
    one = open_daily(("08:00", "16:00"), last_ticket={"mon": "15:30"})
    assert hours.is_open(one, at(when)) is is_open
    assert hours.issuing(one, at(when)) == reason


def test_without_a_last_ticket_hour_tickets_are_given_until_closing() -> None:
    one = open_daily(("08:00", "16:00"))
    assert hours.issuing(one, at("15:59")) is None
    assert hours.issuing(one, at("16:00")) == "hall_closed"


def test_the_earlier_of_the_halls_and_the_services_last_ticket_counts() -> None:
    one = open_daily(("08:00", "16:00"), last_ticket={"mon": "15:00"})
    early, late = (
        service("a", last_ticket={"mon": time(14)}),
        service("b", last_ticket={"mon": time(15, 30)}),
    )
    assert hours.last_ticket(one, MONDAY, early) == at("14:00")
    assert hours.last_ticket(one, MONDAY, late) == at("15:00")
    assert hours.issuing(one, at("14:00"), early) == "after_last_ticket"
    assert hours.issuing(one, at("14:00"), late) is None
    assert hours.last_ticket(one, MONDAY + timedelta(days=1), early) == at(
        "16:00", MONDAY + timedelta(days=1)
    )


def test_in_a_long_break_no_tickets_are_given_until_shortly_before_it_ends() -> None:
    one = open_daily(("08:00", "12:00"), ("13:00", "16:00"))
    assert not hours.is_open(one, at("12:00"))
    assert hours.issuing(one, at("12:10")) == "before_opening"
    assert hours.issuing(one, at("12:30")) is None
    assert hours.closing(one, at("09:00")) == at("16:00")
    assert hours.next_opening(one, at("09:00")) == at("13:00")


def test_a_closed_day_gives_no_tickets_and_names_the_next_opening() -> None:
    saturday = date(2026, 3, 7)
    assert hours.issuing(hall(), at("10:00", saturday)) == "hall_closed"
    assert hours.closing(hall(), at("10:00", saturday)) is None
    assert hours.last_ticket(hall(), saturday) is None
    assert hours.next_opening(hall(), at("10:00", saturday)) == at("08:00", date(2026, 3, 9))


def test_the_next_opening_is_after_the_present_one() -> None:
    assert hours.next_opening(hall(), at("07:59")) == at("08:00")
    assert hours.next_opening(hall(), at("08:00")) == at("08:00", date(2026, 3, 3))


def test_a_hall_without_hours_never_opens() -> None:
    assert hours.next_opening(hall(hours=Hours()), at("08:00")) is None


def test_a_leap_day_is_a_day_like_others() -> None:
    leap = date(2028, 2, 29)
    assert hours.is_open(hall(), at("08:00", leap))
    assert hours.next_opening(hall(), at("16:00", date(2028, 2, 28))) == at("08:00", leap)


def test_hours_to_midnight_end_with_the_day() -> None:
    one = open_daily(("00:00", "23:59"))
    assert hours.is_open(one, at("00:00"))
    assert not hours.is_open(one, at("23:59"))
    assert hours.next_opening(one, at("23:59")) == at("00:00", date(2026, 3, 3))


def test_a_night_belongs_to_the_business_day_in_which_it_begins() -> None:
    one = open_daily(("00:00", "02:00"), ("20:00", "23:00"), begins=4, last_ticket={"mon": "01:30"})
    tuesday = date(2026, 3, 3)
    assert hours.day_of(one, at("01:00", tuesday)) == MONDAY
    assert hours.closing(one, at("21:00")) == at("02:00", tuesday)
    assert hours.issuing(one, at("01:29", tuesday)) is None
    assert hours.issuing(one, at("01:30", tuesday)) == "after_last_ticket"
    assert hours.issuing(one, at("03:00", tuesday)) == "hall_closed"


def test_an_opening_across_the_days_end_is_cut_there() -> None:
    one = open_daily(("02:00", "08:00"), begins=4)
    assert hours.business_openings(one, MONDAY) == (
        hours.Opening(at("04:00"), at("08:00")),
        hours.Opening(at("02:00", date(2026, 3, 3)), at("04:00", date(2026, 3, 3))),
    )


@pytest.mark.parametrize(
    ("day", "utc"), [(date(2026, 3, 28), 7), (SPRING, 6), (date(2026, 10, 24), 6), (AUTUMN, 7)]
)
def test_the_hall_opens_by_its_own_clock_on_both_sides_of_a_change(day: date, utc: int) -> None:
    opening = hours.openings(open_daily(("08:00", "16:00")), day)[0]
    assert opening.opens == datetime(day.year, day.month, day.day, utc, tzinfo=UTC)
    assert opening.closes - opening.opens == timedelta(hours=8)


def test_a_missing_time_is_the_instant_of_the_change() -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert [local_instant(SPRING, time(2, m), WARSAW) for m in (0, 1, 30, 59)] == [change] * 4
    assert local_instant(SPRING, time(1, 59), WARSAW) == change - timedelta(minutes=1)
    assert local_instant(SPRING, time(3, 0), WARSAW) == change


def test_a_time_that_comes_twice_is_its_first() -> None:
    assert local_instant(AUTUMN, time(2, 30), WARSAW) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_opening_swallowed_by_the_change_is_left_out() -> None:
    one = open_daily(("02:00", "03:00"))
    assert hours.openings(one, SPRING) == ()
    assert hours.next_opening(one, at("12:00", date(2026, 3, 28))) == at("02:00", date(2026, 3, 30))
    assert hours.openings(one, AUTUMN)[0].closes - hours.openings(one, AUTUMN)[0].opens == timedelta(
        hours=2
    )


def test_a_half_hour_change_and_a_day_that_never_was() -> None:
    howe, apia = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")
    assert local_instant(date(2026, 10, 4), time(2, 15), howe) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
    assert local_instant(date(2011, 12, 30), time(9), apia) == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_where_midnight_is_missing_the_day_begins_with_the_change() -> None:
    one = open_daily(("00:00", "23:00"), zone="Africa/Cairo")
    change = datetime(2026, 4, 23, 22, tzinfo=UTC)
    assert hours.business_openings(one, date(2026, 4, 24))[0].opens == change
    assert hours.is_open(one, change)
    assert not hours.is_open(one, change - timedelta(minutes=1))


@pytest.mark.slow
@given(
    halls(),
    st.integers(0, 730 * 24 * 60).map(lambda minutes: at("00:00", MONDAY) + timedelta(minutes=minutes)),
)
@settings(max_examples=60, deadline=None)
def test_answers_agree_with_each_other_at_any_instant(any_hall: Hall, now: datetime) -> None:
    reason, closing, following = (
        hours.issuing(any_hall, now),
        hours.closing(any_hall, now),
        hours.next_opening(any_hall, now),
    )
    if hours.is_open(any_hall, now):
        assert reason in (None, "after_last_ticket")
        assert closing is not None
        assert now < closing
    if closing is None or now >= closing:
        assert reason == "hall_closed"
    if following is not None:
        assert following > now
        assert hours.is_open(any_hall, following)
        assert hours.issuing(any_hall, following) != "before_opening"
