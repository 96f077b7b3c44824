"""Reminders on the hall's own clock, also around its changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.halls.rules.booking import Reconfirm, Reminder
from qms.notices.rules.times import ask_again, reminder_time, reminders
from tests.notices.make import setup
from tests.queue.make import WARSAW

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def local(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), WARSAW).astimezone(UTC)


@pytest.mark.parametrize(
    ("visit", "reminder", "due"),
    [
        # The clocks go forward on 29 March 2026: that night has no 02:30.
        ((date(2026, 3, 30), "10:00"), Reminder(days=1, at=time(9)), "2026-03-29T07:00+00:00"),
        ((date(2026, 3, 30), "10:00"), Reminder(days=2, at=time(9)), "2026-03-28T08:00+00:00"),
        ((date(2026, 3, 30), "10:00"), Reminder(days=1, at=time(2, 30)), "2026-03-29T01:00+00:00"),
        ((date(2026, 3, 29), "10:00"), Reminder(days=1), "2026-03-28T09:00+00:00"),
        ((date(2026, 3, 29), "10:00"), Reminder(minutes=1440), "2026-03-28T08:00+00:00"),
        # They go back on 25 October 2026: that night has 02:30 twice.
        ((date(2026, 10, 26), "10:00"), Reminder(days=1, at=time(9)), "2026-10-25T08:00+00:00"),
        ((date(2026, 10, 26), "10:00"), Reminder(days=2, at=time(9)), "2026-10-24T07:00+00:00"),
        ((date(2026, 10, 26), "10:00"), Reminder(days=1, at=time(2, 30)), "2026-10-25T00:30+00:00"),
        ((date(2026, 10, 25), "10:00"), Reminder(days=1), "2026-10-24T08:00+00:00"),
    ],
)
def test_a_day_before_is_the_same_hour_by_the_clock_on_the_wall(
    visit: tuple[date, str], reminder: Reminder, due: str
) -> None:
    assert reminder_time(setup(), reminder, local(*visit)) == datetime.fromisoformat(due)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.integers(0, 30),
    st.times(),
)
def test_every_reminder_is_on_its_day_at_its_hour(minutes: int, days: int, at: time) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    at = at.replace(second=0, microsecond=0, tzinfo=None, fold=0)
    due = reminder_time(setup(), Reminder(days=days, at=at), start).astimezone(WARSAW)
    assert due.date() == start.astimezone(WARSAW).date() - timedelta(days=days)
    # An hour that the clock change leaves out becomes the moment of the change.
    assert due.time() == at or (due.time(), at.hour) == (time(3), 2)


def test_what_is_past_when_the_visit_is_booked_is_left_out() -> None:
    hall = setup(
        reminders=(Reminder(days=4, at=time(9)), Reminder(days=1, at=time(9)), Reminder(minutes=30))
    )
    start = local(date(2026, 12, 2), "10:00")
    every = [n for n, _ in reminders(hall, start, LONG_AGO)]
    booked_the_day_before = [n for n, _ in reminders(hall, start, local(date(2026, 12, 1), "12:00"))]
    assert (every, booked_the_day_before) == ([0, 1, 2], [2])


def test_a_reminder_at_the_hour_of_the_visit_or_later_is_none() -> None:
    hall = setup(reminders=(Reminder(days=0, at=time(10)), Reminder(days=0, at=time(12))))
    assert reminders(hall, local(date(2026, 12, 2), "10:00"), LONG_AGO) == []


def test_one_is_asked_again_so_many_hours_before_the_answer_must_be_there() -> None:
    hall = setup(reconfirm=Reconfirm(days=4, hours=24))
    by = datetime(2026, 11, 29, 9, tzinfo=UTC)
    assert ask_again(hall, by) == datetime(2026, 11, 28, 9, tzinfo=UTC)


def test_the_zone_is_the_halls() -> None:
    hall = setup(hall={"zone": "Atlantic/Azores"}, reminders=())
    start = datetime(2026, 12, 2, 12, tzinfo=UTC)
    due = reminder_time(hall, Reminder(days=1, at=time(9)), start)
    assert due.astimezone(ZoneInfo("Atlantic/Azores")).time() == time(9)
