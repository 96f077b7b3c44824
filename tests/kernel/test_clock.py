"""Business time, business days, and how a moment is written."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.kernel.clock import ScaledClock, business_day, day_start, instant

WARSAW = ZoneInfo("Europe/Warsaw")
START = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
ZONES = [
    "UTC",
    "Europe/Warsaw",
    "Europe/London",
    "America/New_York",
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
]
"""Among them zones whose clocks change at midnight, by half an hour, or stand at odd minutes."""


class Machine:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_business_time_runs_at_its_speed() -> None:
    machine = Machine()
    clock = ScaledClock(START, 20, machine)
    machine.seconds += 3
    assert clock.now() == START + timedelta(minutes=1)
    assert clock.now().tzinfo is UTC


def test_business_time_is_set_forward_and_never_back() -> None:
    machine = Machine()
    clock = ScaledClock(START.astimezone(WARSAW), 2, machine)
    machine.seconds += 30
    clock.set_forward(START + timedelta(hours=2))
    assert clock.now() == START + timedelta(hours=2)
    clock.set_forward(START)
    machine.seconds += 30
    assert clock.now() == START + timedelta(hours=2, minutes=1)


def test_a_clock_needs_a_zone_and_a_speed() -> None:
    with pytest.raises(ValueError, match="aware"):
        ScaledClock(datetime(2026, 11, 24), 1, Machine())  # noqa: DTZ001
    with pytest.raises(ValueError, match="above 0"):
        ScaledClock(START, 0, Machine())


@pytest.mark.parametrize(
    ("at", "begins", "day"),
    [
        ("2026-11-24T00:00", 0, 24),
        ("2026-11-24T23:59:59.999", 0, 24),
        ("2026-11-24T03:59", 4, 23),
        ("2026-11-24T04:00", 4, 24),
        ("2026-11-25T03:59", 4, 24),
    ],
)
def test_a_business_day_begins_at_its_boundary(at: str, begins: int, day: int) -> None:
    local = datetime.fromisoformat(at).replace(tzinfo=WARSAW)
    assert business_day(local.astimezone(UTC), WARSAW, time(begins)) == date(2026, 11, day)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Warsaw", date(2027, 3, 28), 23),
        ("Europe/Warsaw", date(2026, 10, 25), 25),
        ("Asia/Beirut", date(2021, 3, 28), 23),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Havana", date(2024, 11, 3), 25),
        ("Australia/Lord_Howe", date(2024, 10, 6), 23.5),
        ("Europe/Warsaw", date(2028, 2, 29), 24),
    ],
)
def test_days_of_a_clock_change_are_as_long_as_they_are(zone: str, day: date, hours: float) -> None:
    at = ZoneInfo(zone)
    length = day_start(day + timedelta(days=1), at, time(0)) - day_start(day, at, time(0))
    assert length == timedelta(hours=hours)


def test_where_the_clock_change_swallows_the_boundary_the_day_begins_with_the_change() -> None:
    """In the Chatham Islands 02:45 is followed by 03:45."""
    chatham = ZoneInfo("Pacific/Chatham")
    change = datetime(2026, 9, 26, 14, tzinfo=UTC)
    assert day_start(date(2026, 9, 27), chatham, time(3)) == change
    assert business_day(change, chatham, time(3)) == date(2026, 9, 27)
    assert business_day(change - timedelta(milliseconds=1), chatham, time(3)) == date(2026, 9, 26)


@given(
    st.sampled_from(ZONES),
    st.dates(date(2015, 1, 1), date(2035, 12, 31)),
    st.integers(0, 6).map(time),
)
def test_a_day_begins_where_the_one_before_ends(zone: str, day: date, begins: time) -> None:
    where = ZoneInfo(zone)
    start = day_start(day, where, begins)
    assert business_day(start, where, begins) == day
    assert business_day(start - timedelta(milliseconds=1), where, begins) == day - timedelta(days=1)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2015, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 6).map(time),
)
def test_every_instant_belongs_to_one_day(zone: str, at: datetime, begins: time) -> None:
    where = ZoneInfo(zone)
    day = business_day(at, where, begins)
    assert day_start(day, where, begins) <= at < day_start(day + timedelta(days=1), where, begins)


def test_a_moment_is_written_in_utc_to_the_millisecond() -> None:
    east = timezone(timedelta(hours=2))
    assert instant(datetime(2026, 7, 1, 12, 0, 0, 123999, tzinfo=east)) == "2026-07-01T10:00:00.123Z"
