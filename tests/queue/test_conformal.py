"""The learnt range of an estimate: figures by hand, and what it holds on streams of waits that drift."""

from collections.abc import Sequence
from functools import cache
from heapq import heappop, heappush
from math import sin
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.queue.rules import commands as c
from qms.queue.rules.conformal import KEPT, band, learn, measured
from qms.queue.rules.fit import Trail
from qms.queue.rules.model import Expected
from tests.queue.gamma import integrated
from tests.queue.make import Room, office

HUNDREDTHS = Trail("documents", tuple(n / 100 for n in range(-49, 50)))
"""99 scores: the k-th smallest, at -0.50 + k/100, is the k-hundredth quantile."""
TOLD = Expected(2, 4, 9)


@pytest.mark.parametrize(
    ("wait", "low", "high"),
    [
        (4, 4 - 0.4 * 2.6, 4 + 0.4 * 2.6),  # sqrt(4) + 0.15 * 4 = 2.6
        (100, 100 - 0.4 * 25, 100 + 0.4 * 25),  # 10 + 15
        (0, 0, 0.4 * 0.5**0.5),  # never negative
    ],
)
def test_a_range_spans_the_tenth_and_ninetieth_scores_times_the_scale(
    wait: float, low: float, high: float
) -> None:
    assert band(HUNDREDTHS, wait) == pytest.approx((low, high))


def test_the_quantile_lies_between_two_scores_where_none_is_there() -> None:
    """Of 30 scores 1..30 the 3.1st is the tenth, the 27.9th the ninetieth quantile."""
    trail = Trail("documents", tuple(float(n) for n in range(1, 31)))
    assert band(trail, 100) == pytest.approx((100, 100 + 25 * 27.9))


def test_a_range_holds_the_wait_itself() -> None:
    late = Trail("documents", tuple(1 + n / 100 for n in range(99)))
    assert band(late, 4)[0] == 4
    early = Trail("documents", tuple(-1 - n / 100 for n in range(99)))
    assert band(early, 4)[1] == 4


def test_the_score_is_the_error_over_the_scale() -> None:
    """(9.2 - 4) / 2.6 = 2, and (1 - 4) / 2.6 = -1.1538."""
    trail = learn(learn(Trail("documents"), TOLD, 9.2), TOLD, 1)
    assert trail.scores == (2.0, -1.15)


@pytest.mark.parametrize(
    ("waited", "low", "high"),
    [
        (5, 0.101, 0.101),  # + 0.01 * 0.10
        (1.9, 0.091, 0.101),  # below the range: + 0.01 * (0.10 - 1)
        (9.1, 0.101, 0.091),
        (2, 0.101, 0.101),  # its ends belong to it
        (9, 0.101, 0.101),
    ],
)
def test_what_is_left_out_moves_by_the_misses(waited: float, low: float, high: float) -> None:
    after = learn(HUNDREDTHS, TOLD, waited)
    assert (after.low, after.high) == pytest.approx((low, high))


def test_what_is_left_out_stays_within_bounds() -> None:
    wide = narrow = HUNDREDTHS
    for _ in range(500):
        wide, narrow = learn(wide, TOLD, 1), learn(narrow, TOLD, 5)
    assert (wide.low, wide.high) == (0.005, 0.45)
    assert (narrow.low, narrow.high) == (0.45, 0.45)


def test_a_trail_keeps_the_last_thousand_scores() -> None:
    trail = Trail("documents")
    for n in range(1_005):
        trail = learn(trail, Expected(0, 100, 200), 100 + 25 * n)
    assert trail.scores == tuple(float(n) for n in range(5, 1_005))
    assert len(trail.scores) == KEPT


def test_before_thirty_scores_nothing_is_measured_and_nothing_left_out_moves() -> None:
    trail = Trail("documents")
    for _ in range(30):
        assert not measured(trail)
        trail = learn(trail, TOLD, 100)
        assert (trail.low, trail.high) == (0.1, 0.1)
    assert measured(trail)
    assert not measured(None)


def test_one_who_was_told_that_there_is_no_wait_teaches_nothing() -> None:
    assert learn(HUNDREDTHS, Expected(0, 0, 0), 0.5) is HUNDREDTHS


def test_the_range_before_anything_is_measured_is_the_gamma_distributions() -> None:
    """One ahead: shape 2 / 0.64 = 3.125; the integrals of its density up to both ends are 0.1 and 0.9."""
    for trail in (None, Trail("documents", (9.0,) * 29)):
        low, high = band(trail, 10, ahead=1)
        assert integrated(3.125, low * 3.125 / 10) == pytest.approx(0.1, abs=1e-5)
        assert integrated(3.125, high * 3.125 / 10) == pytest.approx(0.9, abs=1e-5)


@given(
    st.lists(st.floats(-9, 9), min_size=30, max_size=60),
    st.floats(0.005, 0.45),
    st.floats(0.005, 0.45),
    st.floats(0, 300),
)
def test_a_range_is_never_negative_and_in_order(
    scores: list[float], low: float, high: float, wait: float
) -> None:
    lower, upper = band(Trail("documents", tuple(scores), low, high), wait)
    assert 0 <= lower <= wait <= upper


# -- what it holds on streams


def stream(seed: int, people: int = 6_000) -> list[tuple[float, float, float]]:
    """When each comes, the wait they are told, and how long they wait.

    They are told five minutes for each of the people ahead and for themselves. Each of these takes a
    time of a gamma law, whose mean wanders between 0.7 and 1.3 of that and whose coefficient of
    variation goes from 0.6 to 1.2 half way.
    """
    rng = Random(seed)
    found, at = [], 0.0
    for n in range(people):
        at += rng.expovariate(1)
        cycles = rng.randint(1, 8)
        shape = 1 / (0.6 if n < people / 2 else 1.2) ** 2
        mean = 5 * (1 + 0.3 * sin(n / 400))
        waited = sum(mean * rng.gammavariate(shape, 1 / shape) for _ in range(cycles))
        found.append((at, 5.0 * cycles, waited))
    return found


Told = tuple[float, float, float, float]


def ranges(people: Sequence[tuple[float, float, float]]) -> list[Told]:
    """What each is told on coming (low, middle, high) and how long they wait; learnt from those called by then."""
    trail, told, calls = Trail("documents"), list[Told](), list[tuple[float, int]]()
    for n, (at, wait, waited) in enumerate(people):
        while calls and calls[0][0] <= at:
            _, other = heappop(calls)
            low, mid, high, took = told[other]
            trail = learn(trail, Expected(low, mid, high), took)
        low, high = band(trail, wait)
        told.append((low, wait, high, waited))
        heappush(calls, (at + waited, n))
    return told


@cache
def told_on(seed: int) -> list[Told]:
    """What people of a stream are told, once the first 500 have come."""
    return ranges(stream(seed))[500:]


@pytest.mark.parametrize("seed", range(3))
def test_ranges_cover_four_fifths_on_a_stream_that_drifts(seed: int) -> None:
    told = told_on(seed)
    below = sum(waited < low for low, _, _, waited in told) / len(told)
    above = sum(waited > high for _, _, high, waited in told) / len(told)
    assert 0.77 <= 1 - below - above <= 0.83
    assert 0.07 <= below <= 0.13
    assert 0.07 <= above <= 0.13


@pytest.mark.parametrize("seed", range(3))
def test_so_they_do_for_short_middling_and_long_waits(seed: int) -> None:
    told = sorted(told_on(seed), key=lambda one: one[1])
    third = len(told) // 3
    for part in (told[:third], told[third : 2 * third], told[2 * third :]):
        covered = sum(low <= waited <= high for low, _, high, waited in part) / len(part)
        assert 0.72 <= covered <= 0.88


def test_what_comes_later_changes_no_range_told_before() -> None:
    people = stream(7, 400)
    now = people[300][0]
    later = [(at, told, waited if at + waited <= now else 500.0) for at, told, waited in people[:301]]
    assert later != people[:301]
    assert [one[:3] for one in ranges(later)] == [one[:3] for one in ranges(people)[:301]]


def test_a_call_that_was_taken_back_teaches_once() -> None:
    room = Room(office({"1": {"id-card": 1}}), "09:00")
    room.open()
    room.do(room.wish("id-card", ticket="t1", expected=Expected(4, 10, 20)))
    room.after(minutes=8).call()
    taught = room.state.trails["documents"]
    assert len(taught.scores) == 1
    room.do(c.Undo("1", None, "t1"))
    room.after(minutes=1).call()
    assert room.state.trails["documents"] == taught
