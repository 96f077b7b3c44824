"""Forecasts of arrivals, judged on days that were drawn by rules that the forecast does not know."""

from datetime import date, timedelta

import pytest

from qms.planning.rules.forecast import Day, Marks, accuracy, learn
from tests.planning.arrivals import WEEKDAYS, World, working_days

OFF = [date(2026, 1, 1), date(2026, 1, 6), date(2026, 2, 16), date(2026, 3, 9), date(2026, 4, 6)]
OFF += [date(2026, 5, 1), date(2026, 5, 25), date(2026, 6, 4), date(2026, 6, 5)]
DAYS = working_days(date(2025, 12, 1), 150, OFF)
WORKING = working_days(date(2025, 12, 1), 160, OFF)
PLAIN = date(2026, 7, 15)


def test_days_off_and_starts_of_months_are_known_from_the_days_on_which_the_hall_opens() -> None:
    marks = Marks(DAYS)
    assert [day for day in DAYS if marks.starts_month(day)][:6] == [
        *(date(2025, 12, n) for n in (1, 2, 3)),
        *(date(2026, 1, n) for n in (2, 5, 7)),
    ]
    assert marks.follows_off(date(2026, 4, 7))
    assert not marks.follows_off(date(2026, 1, 2))
    assert not marks.follows_off(date(2026, 4, 13))


def test_a_history_that_begins_in_a_month_does_not_tell_how_that_month_began() -> None:
    days = working_days(date(2026, 1, 12), 20)
    marks = Marks(days)
    assert [day for day in days if marks.starts_month(day)] == [date(2026, 2, n) for n in (2, 3, 4)]


def test_without_chance_the_days_to_come_are_told_as_they_will_be() -> None:
    world = World(spread=0)
    marks = Marks(DAYS)
    learnt = learn(
        [
            Day(day, tuple(round(1000 * world.mean(day, marks) * share) for share in world.profile()))
            for day in DAYS
        ],
        DAYS,
    )
    assert learnt.month_start == pytest.approx(world.month_start, rel=0.03)
    assert learnt.after_off == pytest.approx(world.after_off, rel=0.06)
    mean = 1000 * world.level * WEEKDAYS[PLAIN.weekday()]
    assert learnt.total(PLAIN, WORKING).mean == pytest.approx(mean, rel=0.03)


def test_what_was_drawn_is_found_again_and_the_bands_hold_what_they_say() -> None:
    seen = [accuracy(World().days(DAYS, seed), DAYS, 20) for seed in range(12)]
    judged = [each for each in seen if each is not None]
    assert len(judged) == 12
    assert 0.75 <= sum(each.covered for each in judged) / 12 <= 0.89
    # A day's own level and chance alone make a mean miss of about 8 %.
    assert sum(each.miss for each in judged) / 12 < 0.11


def test_three_weeks_have_no_holes_and_wider_bands_than_half_a_year() -> None:
    drawn = World(level=40).days(DAYS, 1)
    few, many = learn(drawn[:15], DAYS), learn(drawn, DAYS)
    profile = World().profile()
    open_at = [n for n in range(48) if profile[n] > 0.01]
    assert all(few.of(PLAIN, DAYS)[n].mean > 0 for n in open_at)
    narrow, wide = many.of(PLAIN, DAYS)[19], few.of(PLAIN, DAYS)[19]
    assert (wide.high - wide.low) / wide.mean**0.5 > (narrow.high - narrow.low) / narrow.mean**0.5


def test_a_weekday_never_seen_is_told_by_the_others() -> None:
    mondays = [day for day in World().days(DAYS, 1) if day.day.weekday() == 0]
    learnt = learn(mondays, DAYS)
    assert learnt.total(PLAIN, DAYS).mean == pytest.approx(learnt.base[0].sum(), rel=0.05)


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(ValueError, match="no day"):
        learn([], [])
    assert accuracy(World().days(DAYS[:12], 1), DAYS, 5) is None
    assert accuracy([Day(PLAIN + timedelta(n), (0,) * 48) for n in range(20)], DAYS, 5) is None


def test_a_hall_where_nobody_came_expects_nobody() -> None:
    learnt = learn([Day(day, (0,) * 48) for day in DAYS[:20]], DAYS)
    assert learnt.total(PLAIN, DAYS).mean == 0
