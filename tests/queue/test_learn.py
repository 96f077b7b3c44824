"""What the nights learn: service times as they were, and a correction only where it proves itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import numpy as np
import pytest

from qms.queue.rules.features import corrected, features
from qms.queue.rules.fit import ELAPSED
from qms.queue.rules.learn import Call, Sample, correction, fit, ridge, times

FIRST = date(2026, 3, 2)
OPENS = datetime(2026, 3, 2, 8, tzinfo=UTC)


def samples(
    tickets: int, days: int, really: Callable[[int, float, str], float], seed: int = 1
) -> list[Sample]:
    """Tickets evenly over days; `really` makes the wait of day, rolled wait and service."""
    random = Random(seed)
    made = []
    for n in range(tickets):
        day, rolled = n * days // tickets, random.uniform(5, 60)
        service = random.choice(("passport", "vehicle"))
        of = features(rolled, 0.8 * rolled, None, 0.0, service, "walk-in")
        waited = really(day, rolled, service) + random.gauss(0, 4)
        made.append(Sample(FIRST + timedelta(days=day), of, waited))
    return made


def one_quarter_more(day: int, rolled: float, service: str) -> float:
    return 1.25 * rolled + (6 if service == "vehicle" else 0)


def test_a_correction_is_kept_where_the_roll_is_wrong_in_the_same_way_on_days_not_seen() -> None:
    kept, gain = correction(samples(600, 10, one_quarter_more))
    assert kept is not None
    assert gain > 0.5
    for service, more in (("passport", 0.0), ("vehicle", 6.0)):
        of = features(40, 32, None, 0.0, service, "walk-in")
        assert corrected(kept, of) == pytest.approx(50 + more, abs=1.5)


def test_without_500_tickets_nothing_is_corrected() -> None:
    assert correction(samples(499, 10, one_quarter_more)) == (None, 0.0)
    assert correction(samples(500, 10, one_quarter_more))[0] is not None


def test_a_correction_that_the_latest_days_belie_is_dropped() -> None:
    def until_the_eighth(day: int, rolled: float, service: str) -> float:
        return rolled * (1.4 if day < 8 else 1.0)

    assert correction(samples(600, 10, until_the_eighth)) == (None, 0.0)


def test_one_day_is_no_proof() -> None:
    assert correction(samples(600, 1, one_quarter_more)) == (None, 0.0)


def test_the_ridge_is_least_squares_with_a_penalty_on_what_the_roll_misses() -> None:
    learnt = samples(300, 5, one_quarter_more)
    found = ridge(learnt)
    names = list(found.names)
    assert names == sorted(names)
    assert "booking" not in names, "it never varied"
    table = np.array([[s.features.get(name, 0.0) for name in names] for s in learnt])
    standard = (table - table.mean(0)) / table.std(0)
    missed = np.array([s.waited - s.features["roll"] for s in learnt])
    # The penalty as ten observations of nothing but each weight: plain least squares does the rest.
    stacked = np.vstack([standard, np.sqrt(10) * np.eye(len(names))])
    wanted = np.concatenate([missed - missed.mean(), np.zeros(len(names))])
    weights = np.linalg.lstsq(stacked, wanted, rcond=None)[0]
    weights[names.index("roll")] += table.std(0)[names.index("roll")]
    assert found.weights == pytest.approx(weights)
    assert found.bias == pytest.approx(np.mean([s.waited for s in learnt]))


def test_where_the_roll_is_right_nothing_much_is_added() -> None:
    of = features(30, 24, None, 0.0, "passport", "walk-in")
    found = ridge(samples(600, 10, lambda day, rolled, service: rolled))
    assert corrected(found, of) == pytest.approx(30, abs=1)


def test_nothing_can_be_learnt_from_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        ridge([])


def call(counter: str, at: float, took: float | None, service: str = "passport", walk: float = 1) -> Call:
    called = OPENS + timedelta(minutes=at)
    started = None if took is None else called + timedelta(minutes=walk)
    ended = called + timedelta(minutes=walk + (took or 0))
    return Call(FIRST, service, counter, called, started, ended)


def test_a_service_takes_until_its_counter_calls_again_if_it_went_straight_on() -> None:
    went_on = [call("1", 0, 5), call("1", 8, 5)]  # 1 + 5 minutes, then 2 until the next call
    paused = [call("2", 0, 5), call("2", 20, 5)]
    (found,) = times([*paused, *went_on])
    assert found.spells == 4
    assert found.mean == pytest.approx((7 + 5 + 5 + 5) / 4, abs=0.03)  # the longest is cut a little


def test_what_remains_is_the_mean_of_what_was_left_of_longer_ones() -> None:
    took = [4.0] * 60 + [8.0] * 60
    (found,) = times([call(str(n), 0, minutes) for n, minutes in enumerate(took)])
    remaining = dict(zip(ELAPSED, found.remaining, strict=True))
    assert found.mean == remaining[0] == 6.0
    after_1 = (60 * 3 + 60 * 7 + 5 * 6.0) / 125
    assert remaining[1] == pytest.approx(after_1, abs=0.01)
    after_2 = (60 * 2 + 60 * 6 + 5 * after_1) / 125
    after_3 = (60 * 1 + 60 * 5 + 5 * after_2) / 125
    assert remaining[5] == pytest.approx((60 * 3 + 5 * after_3) / 65, abs=0.01)
    assert all(left > 0 for left in found.remaining)


def test_a_spell_left_open_over_lunch_is_cut() -> None:
    (found,) = times([call(str(n), 0, 351 if n == 7 else 5) for n in range(200)])
    assert found.mean == pytest.approx(5, abs=0.1)


def test_the_share_of_no_shows_leans_towards_the_halls_where_calls_are_few() -> None:
    many = [call(f"a{n}", 0, None if n < 30 else 5) for n in range(300)]
    few = [call(f"b{n}", 0, 5, "vehicle") for n in range(3)]
    found = {each.service: each for each in times([*many, *few])}
    away = 30 / 303
    assert found["passport"].no_show == pytest.approx((30 + 30 * away) / 330, abs=1e-4)
    assert found["vehicle"].no_show == pytest.approx(30 * away / 33, abs=1e-4)


def test_a_fit_says_until_when_and_from_how_many_it_was_learnt() -> None:
    found = fit(FIRST, [call("1", 0, 5)], samples(20, 2, one_quarter_more))
    assert (found.learnt, found.tickets, found.correction, found.gain) == (FIRST, 20, None, 0.0)
    assert [each.service for each in found.times] == ["passport"]
    assert fit(FIRST, [], []).times == ()
