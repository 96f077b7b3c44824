"""From who came to clerks for each half hour: what is measured, what is planned, what is said where it does not do."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.cli import staffing_week
from qms.cli.history import hall_history
from qms.cli.known import Refused
from qms.cli.staffing_week import Asked, staff_hall
from qms.planning.rules.cover import HALF, cover, seats, short, stands
from qms.planning.rules.forecast import Expected
from qms.planning.rules.staffing import Demand, Goal
from qms.planning.rules.week import learnt, opening, plan
from qms.twin.rules.sim.past import Stay
from tests.booking.web import MONDAY, house
from tests.planning.past import lived
from tests.queue.make import office

GOAL = Goal(0.8, 20, 0.85)
FIRST = date(2026, 11, 2)


def expecting(*people: float) -> list[tuple[int, Expected]]:
    """A day from eight o'clock."""
    return [(16 + n, Expected(0, each, 2 * each)) for n, each in enumerate(people)]


def stay(day: date, at: str, minutes: float, service: str = "id-card", **more: Any) -> Stay:
    """Somebody who came at an hour of Warsaw and was called a minute later."""
    hour, minute = map(int, at.split(":"))
    since = datetime(day.year, day.month, day.day, hour - 1, minute, tzinfo=UTC)
    called = since + timedelta(minutes=1)
    fields: dict[str, Any] = {
        "called": called,
        "ended": called + timedelta(minutes=minutes),
        "counter": "1",
    } | more
    id = fields.pop("id", f"{at}{day}".replace("-", ""))
    return Stay(id, day, service, "walk-in", since, **fields)


def test_each_half_hour_keeps_the_goal_with_the_least_clerks_that_carry_the_day() -> None:
    halves = cover(expecting(5, 20, 26, 26, 12, 4), Demand(1, 9), GOAL, counters=20, shrinkage=0.2)
    assert all(half.met.level >= 0.8 for half in halves)
    assert not short(halves)
    assert [half.clerks for half in halves] == sorted(h.clerks for h in halves[:4]) + [
        h.clerks for h in halves[4:]
    ]
    assert halves[2].clerks in (10, 11)  # 7.8 clerks of work, busy for 85 % at most
    assert halves[2].rostered == -(-halves[2].clerks * 10 // 8)


def test_what_even_all_counters_do_not_keep_is_told_with_how_far_it_is_missed() -> None:
    halves = cover(expecting(5, 20, 26, 26, 12, 4), Demand(1, 9), GOAL, counters=6, shrinkage=0)
    worst = short(halves)[0]
    goals = {each.goal: each for each in worst.missed}
    assert worst.clerks == 6
    assert worst.wanted > 6
    assert goals["service_level"].by == pytest.approx(0.8 - worst.met.level)
    assert goals["occupancy"].reached > 0.85


@settings(max_examples=40)
@given(people=st.lists(st.integers(0, 34), min_size=1, max_size=8), minutes=st.integers(3, 20))
def test_no_half_hour_misses_a_goal_in_silence(people: list[int], minutes: int) -> None:
    """Where a counter is free, both goals are kept; where one is missed, it is told with what it would take."""
    for half in cover(expecting(*people), Demand(1, minutes), GOAL, counters=9, shrinkage=0):
        if half.expected.mean:
            kept = half.met.level >= GOAL.share and half.met.occupancy <= GOAL.busy
            assert kept or (half.clerks == 9 and half.wanted > 9 and half.missed)


def test_where_services_are_long_clerks_stay_for_those_who_came_before() -> None:
    quick = cover(expecting(12, 12, 12, 0, 0), Demand(1, 8), GOAL, counters=40, shrinkage=0)
    slow = cover(expecting(12, 12, 12, 0, 0), Demand(1, 40), GOAL, counters=40, shrinkage=0)
    assert (quick[3].clerks, quick[4].clerks) == (1, 1)
    assert slow[3].clerks > 8


def test_counters_are_staffed_so_that_nothing_is_left_undone_and_then_where_most_work_is() -> None:
    serves = {"1": {"a": 1, "b": 2}, "2": {"a": 1, "b": 2}, "3": {"b": 1}, "4": {"c": 1}, "5": {"z": 1}}
    seated = seats(serves, {"a": 100, "b": 20, "c": 10, "nobody gives it": 5})
    assert set(seated.order[: seated.least]) == {"1", "4"}
    assert seated.order[2:] == ("2", "3", "5")


def test_a_roster_has_so_many_counters_open_as_clerks_are_planned() -> None:
    halves = cover(expecting(5, 20, 26, 26, 12, 4), Demand(1, 9), GOAL, counters=20, shrinkage=0)
    order = tuple(f"{n}" for n in range(20))
    roster = stands(halves, order, opens=8 * 60, closes=180)
    for n, half in enumerate(halves):
        assert sum(stand.opens <= n * HALF < stand.closes for stand in roster) == half.clerks
    assert max(stand.closes for stand in roster) == 180


def test_the_minutes_of_a_clerk_are_all_the_spells_of_a_visit_from_call_to_end() -> None:
    people = [stay(FIRST + timedelta(n), "9:10", 6.0, id=f"{n}") for n in range(4)]
    people += [stay(FIRST + timedelta(n), "9:20", 14.0, id=f"{n}-2") for n in range(4)]
    people.append(stay(FIRST, "9:50", 500, id="9", accurate=False))
    people.append(stay(FIRST, "9:55", 0, id="10", called=None, counter=None, outcome="left"))
    known = learnt(office(), people)
    assert known.minutes.visits == 4
    assert known.minutes.mean == pytest.approx((30 * 10 + 4 * 20) / 34)  # 9 as set up, and 1 for the cycle
    assert known.work == {"id-card": 80}
    # Nine o'clock has four people, half past nine two; who was handed over is one person.
    assert known.forecast.days == 4


def test_who_comes_early_waits_for_the_opening_and_a_booking_counts_when_it_is_due() -> None:
    setup = office()
    days = [FIRST + timedelta(n) for n in range(5)]
    early = [stay(day, "7:40", 9, id=f"{n}a") for n, day in enumerate(days)]
    due = [
        stay(day, "8:10", 9, id=f"{n}b", booked=datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC))
        for n, day in enumerate(days)
    ]
    planned = plan(setup, learnt(setup, early + due), [date(2026, 11, 10)], GOAL, 0.2)[0]
    means = {half.n: half.expected.mean for half in planned.halves}
    assert means[16] == pytest.approx(1, abs=0.3)
    assert means[21] == pytest.approx(1, abs=0.3)
    assert sum(means.values()) == pytest.approx(planned.expected.mean)


def test_a_week_far_ahead_is_no_start_of_a_month_and_follows_no_days_off() -> None:
    setup = office()
    weekdays = [FIRST - timedelta(n) for n in range(120) if (FIRST - timedelta(n)).weekday() < 5]
    busy = {day for day in weekdays if day.day <= 3}
    people = [
        stay(day, "9:10", 9, id=f"{day:%m%d}{n}")
        for day in weekdays
        for n in range(40 if day in busy else 10)
    ]
    known = learnt(setup, people)
    assert known.forecast.month_start > 2
    late, first = plan(setup, known, [date(2026, 12, 14), date(2027, 1, 4)], GOAL, 0.2)
    assert late.expected.mean == pytest.approx(10, rel=0.2)
    assert first.expected.mean > 20


def test_a_closed_day_has_no_plan() -> None:
    setup = office()
    known = learnt(setup, [stay(FIRST, "9:10", 6.0)])
    saturday = date(2026, 11, 7)
    assert opening(setup, saturday) == ()
    assert plan(setup, known, [saturday], GOAL, 0.2) == ()


@pytest.mark.slow
def test_a_hall_plans_its_week_from_its_history(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = _history(tmp_path)
    monkeypatch.setattr(staffing_week, "work", lambda op, **asked: done)
    monkeypatch.setattr(staffing_week, "DRAWS", 1)
    asked = Asked("town", 4, None, None, None, None, None, None, tmp_path / "week.svg")
    staff_hall(asked, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["learnt"]["days"] == 8
    assert told["days"][0]["day"] == "2026-11-24"
    assert len(told["days"]) == 7
    for half in told["days"][0]["half_hours"]:
        assert half["low"] <= half["mean"] <= half["high"]
        assert half["service_level"] >= told["goal"]["share"] or half["wanted"] > half["clerks"]
    assert {row["kind"] for row in told["check"]["rows"]} == {"segment", "service", "all"}
    assert told["appointments"]["bookings"] > 0
    drawing = (tmp_path / "week.svg").read_text()
    assert drawing.startswith("<svg")
    assert "<style" not in drawing
    assert " style=" not in drawing
    staff_hall(Asked("town", 4, None, 0.99, 0.0, None, None, None, None), as_json=False)
    assert "NOT MET with all" in capsys.readouterr().out
    with pytest.raises(Refused, match=r"\.svg or a \.png"):
        staff_hall(
            Asked("town", 4, None, None, None, None, None, None, tmp_path / "week.pdf"), as_json=True
        )


def test_a_hall_without_a_past_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = _history(tmp_path, days=0)
    monkeypatch.setattr(staffing_week, "work", lambda op, **asked: done)
    with pytest.raises(Refused, match="nobody has come yet"):
        staff_hall(Asked("town", 4, None, None, None, None, None, None, None), as_json=True)


def _history(folder: Path, days: int = 8) -> dict[str, Any]:
    """What a served hall tells of its last days."""

    async def told() -> dict[str, Any]:
        async with house(folder) as built:
            state = built.server.site.writer.state("town")
            assert state is not None
            past = [MONDAY.date() - timedelta(n) for n in range(1, days + 1)]
            with built.server.site.engine.begin() as conn:
                lived(conn, state.setup, past)
            return await hall_history(built.server, "town", 4)

    return asyncio.run(told())


@pytest.mark.parametrize("first", [date.min, date(9999, 12, 30)])
def test_no_week_at_the_end_of_calendars_is_planned(first: date) -> None:
    with pytest.raises(Refused, match=f"{first}: days from 1900-01-01 to 2999-12-31"):
        staff_hall(Asked("town", 4, first, None, None, None, None, None, None), as_json=True)
