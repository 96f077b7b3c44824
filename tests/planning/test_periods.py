"""A day whose arrivals change: rates moved by a service, and the exact look from minute to minute."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.planning.rules import abandonment, erlang, periods

SHAPES = st.lists(st.floats(0, 1.5), min_size=1, max_size=8)


def test_rates_are_moved_by_a_service() -> None:
    assert periods.lagged([1, 2, 3], 30, 10) == pytest.approx((2 / 3, 5 / 3, 8 / 3))
    assert periods.lagged([1, 2, 3], 30, 45) == pytest.approx((0, 0.5, 1.5))
    assert periods.lagged([1, 2, 3], 30, 0) == (1, 2, 3)
    assert periods.lagged([1, 2, 3], 30, 900) == (0, 0, 0)


def test_short_services_are_planned_for_by_the_half_hour_long_ones_by_what_came_before() -> None:
    assert periods.effective([1, 2], 30, 9.9) == (1, 2)
    assert periods.effective([1, 2, 0], 30, 15) == (0.5, 1.5, 1)


def test_a_day_that_never_changes_comes_to_the_line_that_has_settled() -> None:
    last = periods.transient([0.5] * 40, 30, 8, [5] * 40, within=10)[-1]
    line = erlang.line(0.5, 8, 5)
    assert last.mean_wait == pytest.approx(line.mean_wait, rel=1e-3)
    assert last.level == pytest.approx(line.level(10), abs=1e-4)
    assert last.occupancy == pytest.approx(0.8, abs=1e-4)
    gone = periods.transient([0.5] * 20, 30, 8, [4] * 20, within=10, patience=30)[-1]
    leaves = abandonment.line(0.5, 8, 4, 30)
    assert gone.level == pytest.approx(leaves.level(10), abs=1e-6)
    assert gone.mean_wait == pytest.approx(leaves.mean_wait, rel=1e-5)


def test_a_changing_day_is_what_the_equations_of_the_chain_give() -> None:
    rates, clerks, minutes = [0.4, 1.2, 0.3], [3, 5, 2], 7.0
    met = periods.transient(rates, 30, minutes, clerks, within=5, start=4)
    chance, step, people = np.zeros(161), 0.005, np.arange(161)
    chance[4] = 1.0
    for period, (rate, count) in enumerate(zip(rates, clerks, strict=True)):
        queue, down = 0.0, np.minimum(people, count) / minutes
        for _ in range(round(30 / step)):
            change = -(rate + down) * chance
            change[1:] += rate * chance[:-1]
            change[:-1] += (down * chance)[1:]
            chance = chance + step * change
            queue += step / 30 * float(chance @ np.maximum(people - count, 0))
        assert met[period].waiting == pytest.approx(queue, abs=0.02)


def test_what_a_busy_half_hour_leaves_over_is_carried_into_the_next() -> None:
    after_rush = periods.transient([1.5, 0.3], 30, 8, [6, 6], within=10)[1]
    calm = periods.transient([0.3, 0.3], 30, 8, [6, 6], within=10)[1]
    assert after_rush.mean_wait > 5 * calm.mean_wait


@settings(max_examples=25)
@given(rates=SHAPES, clerks=st.integers(1, 9), minutes=st.floats(2, 25))
def test_one_more_clerk_never_makes_a_day_worse(rates: list[float], clerks: int, minutes: float) -> None:
    fewer = periods.transient(rates, 30, minutes, [clerks] * len(rates), within=10)
    more = periods.transient(rates, 30, minutes, [clerks + 1] * len(rates), within=10)
    for less, better in zip(fewer, more, strict=True):
        assert better.mean_wait <= less.mean_wait + 1e-6
        assert better.level >= less.level - 1e-6


def test_a_period_without_clerks_serves_nobody() -> None:
    closed, opened = periods.transient([0.5, 0.5], 30, 8, [0, 9], within=10)
    assert (closed.level, closed.occupancy) == (0, 0)
    assert closed.waiting == pytest.approx(7.5, abs=0.05)
    assert opened.mean_wait > 0


def test_days_that_make_no_sense_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="every period"):
        periods.transient([1], 30, 8, [1, 2], within=10)
    with pytest.raises(ValueError, match="must be a number"):
        periods.transient([float("nan")], 30, 8, [1], within=10)
    with pytest.raises(ValueError, match="more people"):
        periods.transient([5000.0] * 20, 30, 4, [1] * 20, within=10)
