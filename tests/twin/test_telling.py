"""What people of played days were told on coming, against what came: the order of the methods, and the range."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from qms.halls.rules.files import HallFile, parse
from qms.twin.rules.sim.habits import Habits
from qms.twin.rules.sim.usual import usual
from tests.twin.telling import Telling, Told, days, rmse

MONDAY = date(2026, 11, 23)
BUSIER = 1.25
"""More people than the hall is staffed for, so that most of them have to wait."""
LEARNS = 2
"""Days after which every group has been called often enough for its ranges to be measured."""
pytestmark = pytest.mark.slow


@cache
def town_hall() -> list[Telling]:
    """Six days of the shipped town hall."""
    found = parse(Path("config/halls/ratusz.toml").read_text())
    assert isinstance(found, HallFile)
    habits = busier(usual(found.hall, MONDAY))
    return days(found.hall, habits, MONDAY, 6, seed=2026)


def busier(habits: Habits) -> Habits:
    return replace(
        habits,
        flows={
            day: tuple(replace(flow, people=tuple(BUSIER * n for n in flow.people)) for flow in flows)
            for day, flows in habits.flows.items()
        },
    )


def test_the_roll_errs_less_than_the_cycle_and_that_less_than_the_last_wait_or_people_by_service() -> None:
    """The order that SCIENCE A4 has for its synthetic hall, but for LES and QLc, which are level there."""
    people = [one for day in town_hall() for one in day.told()]
    roll = rmse([one.expected.mid - one.waited for one in people])
    qlc = rmse([one.qlc - one.waited for one in people])
    les = rmse([one.les - one.waited for one in people])
    ql = rmse([one.ql - one.waited for one in people])
    assert roll < 0.85 * qlc
    assert qlc < les < ql


def waiting() -> list[Told]:
    """Those who were told a wait once ranges were measured."""
    return [one for day in town_hall()[LEARNS:] for one in day.told() if one.expected.high > 0]


def covered(people: Sequence[Told]) -> float:
    return sum(one.expected.low <= one.waited <= one.expected.high for one in people) / len(people)


def test_the_range_covers_four_fifths_and_misses_as_often_below_as_above() -> None:
    people = waiting()
    assert len(people) > 500
    assert 0.77 <= covered(people) <= 0.83
    below = sum(one.waited < one.expected.low for one in people) / len(people)
    assert 0.07 <= below <= 0.13
    assert 0.07 <= 1 - covered(people) - below <= 0.13


def test_so_it_does_for_short_middling_and_long_waits() -> None:
    people = sorted(waiting(), key=lambda one: one.expected.mid)
    third = len(people) // 3
    for part in (people[:third], people[third : 2 * third], people[2 * third :]):
        assert 0.72 <= covered(part) <= 0.88


def test_the_longer_somebody_has_waited_the_less_the_roll_errs() -> None:
    """SCIENCE A3: scored at arrival and after 10, 20 and 30 minutes, of the same people."""
    errors: dict[int, list[float]] = {0: [], 10: [], 20: [], 30: []}
    for day in town_hall():
        for waited, error in day.while_waiting():
            errors[waited].append(error)
    found = [rmse(each) for each in errors.values()]
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.7 * found[0]
