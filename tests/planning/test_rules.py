"""The formulas of staffing: printed and exact numbers, and what must hold of every line."""

from collections.abc import Callable
from fractions import Fraction
from math import comb, exp, inf, nan, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.planning.rules import abandonment, erlang, overbooking, priority, slots, square_root, staffing
from qms.planning.rules.staffing import Demand, Goal, advise

RATES = st.floats(0.01, 5)
MINUTES = st.floats(0.5, 40)
CLERKS = st.integers(1, 60)
TIMES = st.floats(0, 60)


def test_the_printed_example_of_a_call_centre_comes_out_to_the_last_digit() -> None:
    line = erlang.line(100 / 30, 3, 14)
    assert line.p_wait == pytest.approx(0.1741319335950498, rel=1e-12)
    assert line.level(20 / 60) == pytest.approx(0.8883500191794669, rel=1e-12)
    assert line.mean_wait * 60 == pytest.approx(7.83593701177724, rel=1e-12)
    assert line.occupancy == pytest.approx(0.7142857, abs=1e-7)
    advice = advise(Demand(100 / 30, 3), Goal(0.8, 20 / 60, 0.85), shrinkage=0.3)
    assert (advice.needed, advice.rostered, advice.missed) == (14, 20, ())


@pytest.mark.parametrize(
    ("rho", "clerks", "share"),
    [
        (0.5, 2, 0.3333),
        (0.5, 5, 0.1304),
        (0.5, 10, 0.0361),
        (0.8, 2, 0.7111),
        (0.8, 5, 0.5541),
        (0.8, 25, 0.2091),
        (0.8, 50, 0.0870),
    ],
)
def test_the_share_that_waits_is_that_of_the_tables(rho: float, clerks: int, share: float) -> None:
    assert erlang.delayed(rho * clerks, clerks) == pytest.approx(share, abs=5e-5)


@pytest.mark.parametrize(
    ("clerks", "hourly", "p_wait", "mean", "within_15", "p90"),
    [
        (3, 18, 0.6472, 8.629, 0.7899, 24.90),
        (5, 30, 0.5541, 4.433, 0.9150, 13.70),
        (8, 50, 0.5327, 3.196, 0.9563, 10.04),
    ],
)
def test_halls_of_eight_minutes_wait_as_reckoned_by_hand(
    clerks: int, hourly: float, p_wait: float, mean: float, within_15: float, p90: float
) -> None:
    line = erlang.line(hourly / 60, 8, clerks)
    assert line.p_wait == pytest.approx(p_wait, abs=5e-5)
    assert line.mean_wait == pytest.approx(mean, abs=5e-4)
    assert line.level(15) == pytest.approx(within_15, abs=5e-5)
    assert line.quantile(0.9) == pytest.approx(p90, abs=5e-3)


def test_who_loses_patience_leaves_as_often_as_reckoned_by_hand() -> None:
    line = abandonment.line(0.5, 8, 4, patience=30)
    assert line.leave_share == pytest.approx(0.1345, abs=5e-5)
    assert line.mean_wait == pytest.approx(4.035, abs=5e-4)


@given(load=st.integers(1, 30).map(lambda tenths: Fraction(tenths, 4)), clerks=st.integers(1, 25))
def test_erlang_b_and_c_are_the_sums_that_define_them(load: Fraction, clerks: int) -> None:
    terms, term = [Fraction(1)], Fraction(1)
    for k in range(1, clerks + 1):
        term = term * load / k
        terms.append(term)
    assert erlang.blocking(float(load), clerks) == pytest.approx(float(terms[-1] / sum(terms)), rel=1e-12)
    if load < clerks:
        queued = terms[-1] / (1 - load / clerks)
        wanted = float(queued / (sum(terms[:-1]) + queued))
        assert erlang.delayed(float(load), clerks) == pytest.approx(wanted, rel=1e-12)


@given(rate=RATES, minutes=MINUTES, clerks=CLERKS, time=TIMES)
def test_one_more_clerk_never_makes_anybody_wait_longer(
    rate: float, minutes: float, clerks: int, time: float
) -> None:
    fewer, more = erlang.line(rate, minutes, clerks), erlang.line(rate, minutes, clerks + 1)
    assert more.mean_wait <= fewer.mean_wait
    assert more.level(time) >= fewer.level(time) - 1e-12
    assert more.quantile(0.9) <= fewer.quantile(0.9)


@given(
    rate=RATES,
    minutes=MINUTES,
    clerks=st.integers(1, 30),
    patience=st.floats(1, 120),
    time=st.floats(0, 30),
)
def test_where_people_leave_one_more_clerk_helps_and_nobody_waits_longer_than_where_all_stay(
    rate: float, minutes: float, clerks: int, patience: float, time: float
) -> None:
    line = abandonment.line(rate, minutes, clerks, patience)
    more, staying = (
        abandonment.line(rate, minutes, clerks + 1, patience),
        erlang.line(rate, minutes, clerks),
    )
    assert line.mean_wait <= staying.mean_wait + 1e-9
    assert line.p_wait <= staying.p_wait + 1e-9
    assert more.mean_wait <= line.mean_wait + 1e-9
    assert more.level(time) >= line.level(time) - 1e-9
    assert 0 <= line.occupancy <= 1 + 1e-9
    # Little: who waits is rate x wait; who has all the time there is is called unless he leaves.
    assert line.queue == pytest.approx(rate * line.mean_wait)
    assert line.level(1e7) == pytest.approx(1 - line.leave_share, abs=1e-9)
    assert line.still_waiting(line.quantile(0.9)) <= 0.1 + 1e-6


def test_patience_without_end_is_a_line_that_everybody_stays_in() -> None:
    stays, leaves = erlang.line(0.5, 8, 5), abandonment.line(0.5, 8, 5, patience=1e6)
    assert leaves.mean_wait == pytest.approx(stays.mean_wait, rel=1e-3)
    assert leaves.level(10) == pytest.approx(stays.level(10), abs=1e-3)
    assert leaves.quantile(0.9) == pytest.approx(stays.quantile(0.9), rel=1e-3)


def test_the_chances_of_a_line_that_people_leave_are_the_sums_of_their_exponential_times() -> None:
    rate, minutes, clerks, patience, time = 0.9, 7.0, 3, 20.0, 9.0
    line = abandonment.line(rate, minutes, clerks, patience)
    # One person followed through the line in steps of a thousandth of a minute.
    step, called = 0.001, 0.0
    place = list(line.waiting)
    for _ in range(int(time / step)):
        moved = [chance * step * (clerks / minutes + k / patience) for k, chance in enumerate(place)]
        called += moved[0]
        ahead = [*moved[1:], 0.0]
        place = [p * (1 - step / patience) - m + a for p, m, a in zip(place, moved, ahead, strict=True)]
    assert line.level(time) == pytest.approx(1 - line.p_wait + called, abs=2e-4)
    assert line.still_waiting(time) == pytest.approx(sum(place), abs=2e-4)


def test_a_line_beyond_its_clerks_never_settles_and_says_so() -> None:
    line = erlang.line(1, 10, 9)
    assert not line.settles
    assert (line.p_wait, line.mean_wait, line.level(60), line.quantile(0.5)) == (1, inf, 0, inf)
    goals = {each.goal: each for each in staffing.missed(line, Goal(0.8, 10, 0.9))}
    assert (goals["settles"].wanted, goals["settles"].reached) == (9, 10)
    assert goals["service_level"].by == pytest.approx(0.8)
    assert goals["occupancy"].by == pytest.approx(0.1)


@given(rate=RATES, minutes=MINUTES, share=st.floats(0.05, 0.99), within=TIMES, busy=st.floats(0.3, 1))
def test_the_least_number_of_clerks_keeps_the_goals_and_one_less_does_not(
    rate: float, minutes: float, share: float, within: float, busy: float
) -> None:
    demand, goal = Demand(rate, minutes), Goal(share, within, busy)
    enough = staffing.least(demand, goal)
    assert not staffing.missed(demand.line(enough), goal)
    assert enough == 1 or staffing.missed(demand.line(enough - 1), goal)


def test_service_times_that_do_not_vary_halve_the_wait() -> None:
    assert erlang.line(0.1, 8, 1, cv=0).mean_wait == pytest.approx(erlang.line(0.1, 8, 1).mean_wait / 2)


@pytest.mark.parametrize(("share", "reserve"), [(0.5, 0.5061), (0.2, 1.0615), (0.1, 1.4202)])
def test_the_square_root_rule_has_the_reserves_of_the_table(share: float, reserve: float) -> None:
    assert square_root.beta(share) == pytest.approx(reserve, abs=5e-5)


@given(load=st.floats(20, 400), share=st.floats(0.05, 0.9))
def test_the_square_root_rule_is_within_a_clerk_of_erlang(load: float, share: float) -> None:
    exact = staffing.first(lambda clerks: erlang.delayed(load, clerks) <= share, 2000)
    assert exact is not None
    assert abs(square_root.clerks(load, share) - exact) <= 1


@pytest.mark.parametrize(
    ("reckon", "waits"),
    [
        (lambda a: priority.fcfs(a, 1, 1), (4.0, 4.0)),
        (lambda a: priority.strict(a, 1, 1), (1.3333, 6.6667)),
        (lambda a: priority.accumulating(a, 1, 1, (1, 0.75)), (3.5556, 4.4444)),
        (lambda a: priority.accumulating(a, 1, 1, (1, 0.5)), (3.0, 5.0)),
        (lambda a: priority.accumulating(a, 1, 1, (1, 0.25)), (2.2857, 5.7143)),
    ],
)
def test_two_classes_at_one_clerk_wait_as_kleinrock_says(
    reckon: Callable[[tuple[float, float]], tuple[float, ...]], waits: tuple[float, float]
) -> None:
    assert reckon((0.4, 0.4)) == pytest.approx(waits, abs=5e-5)


@pytest.mark.parametrize(
    ("reckon", "waits"),
    [
        (lambda a: priority.fcfs(a, 8, 5), (13.328, 13.328)),
        (lambda a: priority.strict(a, 8, 5), (1.829, 19.600)),
        (lambda a: priority.accumulating(a, 8, 5, (1, 0.5)), (8.674, 15.866)),
        (lambda a: priority.accumulating(a, 8, 5, (1, 0.2)), (4.920, 17.914)),
    ],
)
def test_booked_and_walk_in_at_five_clerks_wait_as_kleinrock_says(
    reckon: Callable[[tuple[float, float]], tuple[float, ...]], waits: tuple[float, float]
) -> None:
    assert reckon((12 / 60, 22 / 60)) == pytest.approx(waits, abs=5e-4)


def test_three_classes_in_strict_order_wait_as_cobham_says() -> None:
    arrivals, minutes, clerks = (0.1, 0.15, 0.2), 8.0, 5
    share, reckoned = 0.0, []
    base = erlang.delayed(sum(arrivals) * minutes, clerks) * minutes / clerks
    for each in arrivals:
        before, share = share, share + each * minutes / clerks
        reckoned.append(base / ((1 - before) * (1 - share)))
    assert priority.strict(arrivals, minutes, clerks) == pytest.approx(tuple(reckoned))


@given(
    arrivals=st.lists(st.floats(0.01, 0.4), min_size=1, max_size=5),
    steps=st.lists(st.floats(0.05, 1), min_size=5, max_size=5),
    clerks=st.integers(1, 12),
)
def test_whatever_the_rule_the_waits_weigh_the_same_together(
    arrivals: list[float], steps: list[float], clerks: int
) -> None:
    rates = [1.0]
    for step in steps[1 : len(arrivals)]:
        rates.append(rates[-1] * step)
    minutes = 0.95 * clerks / sum(arrivals)
    alike = sum(arrivals) * erlang.line(sum(arrivals), minutes, clerks).mean_wait
    for waits in (
        priority.accumulating(arrivals, minutes, clerks, rates),
        priority.strict(arrivals, minutes, clerks),
    ):
        assert sum(a * w for a, w in zip(arrivals, waits, strict=True)) == pytest.approx(alike)
        assert list(waits) == sorted(waits)


@pytest.mark.parametrize(("capacity", "booked"), [(8, 8), (10, 10), (20, 21), (40, 43)])
def test_so_many_are_booked_that_rarely_more_come_than_there_are_places(capacity: int, booked: int) -> None:
    assert overbooking.most(capacity, 0.15, 0.05) == booked


@given(booked=st.integers(1, 40), capacity=st.integers(1, 40), no_show=st.floats(0, 0.9))
def test_the_chance_that_too_many_come_is_binomial(booked: int, capacity: int, no_show: float) -> None:
    comes = 1 - no_show
    more = range(capacity + 1, booked + 1)
    wanted = sum(comb(booked, k) * comes**k * no_show ** (booked - k) for k in more)
    assert overbooking.overflow(booked, capacity, no_show) == pytest.approx(wanted, abs=1e-12)


def test_a_mixed_hall_is_not_overbooked() -> None:
    assert overbooking.advised(40, booked_share=0.6, no_show=0.15) == 40
    assert overbooking.advised(40, booked_share=0.9, no_show=0.15) == 43
    assert overbooking.most(10, no_show=0) == 10


def test_eighteen_minutes_make_a_time_every_twenty() -> None:
    assert slots.grid(18, use=0.9, step=5) == 20
    assert slots.grid(18.1, use=0.9, step=5) == 25
    assert slots.grid(1, step=5) == 5


def test_a_few_odd_visits_do_not_move_the_time_of_a_service() -> None:
    few = slots.measured([60.0] * 3, configured=10)
    many = slots.measured([12.0] * 600 + [351.0], configured=10)
    assert few.mean == pytest.approx((30 * 10 + 180) / 33)
    assert many.mean == pytest.approx((300 + 601 * 12) / 631)
    assert slots.measured([], configured=10).mean == 10
    assert many.cv < 0.2


@pytest.mark.parametrize("bad", [nan, inf, -inf, -1.0, 0.0])
def test_figures_that_are_none_are_refused_in_words(bad: float) -> None:
    for asked in (
        lambda: erlang.line(bad, 3, 14),
        lambda: erlang.line(1, bad, 14),
        lambda: abandonment.line(1, 3, 14, bad),
        lambda: priority.accumulating((1, 1), 3, 14, (1, bad)),
        lambda: square_root.clerks(bad, 0.5),
        lambda: overbooking.most(int(bad) if bad in (-1, 0) else -1, 0.1),
        lambda: slots.grid(bad),
    ):
        with pytest.raises(ValueError, match="must be a number"):
            asked()


def test_classes_out_of_order_and_too_few_clerks_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="falling order"):
        priority.accumulating((1, 1), 1, 9, (1, 2))
    with pytest.raises(ValueError, match="clerks must be"):
        erlang.line(1, 1, 0)
    assert priority.fcfs((1, 1), 1, 1) == (inf, inf)


def test_the_normal_law_of_the_square_root_rule_is_the_normal_law() -> None:
    # Phi(1) by Simpson's rule, phi(1) by its formula.
    def phi(x: float) -> float:
        return exp(-x * x / 2) / sqrt(2 * pi)

    n = 2000
    area = (
        0.5
        + sum((1, 4, 2)[0 if k in (0, n) else 1 + (k + 1) % 2] * phi(k / n) for k in range(n + 1)) / 3 / n
    )
    assert square_root.p_wait(1) == pytest.approx(1 / (1 + area / phi(1)), rel=1e-9)
