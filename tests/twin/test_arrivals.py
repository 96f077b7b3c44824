"""How many people come, when, and for what."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from qms.twin.rules import demand, persons
from qms.twin.rules.arrivals import Stream
from qms.twin.rules.chance import around, pick
from qms.twin.rules.day import current
from tests.twin.make import MONDAY, card, day

QUARTER = timedelta(minutes=15)


def integral(stream: Stream, start: datetime, end: datetime) -> float:
    """Expected arrivals, by the midpoint rule a second at a time."""
    seconds = int((end - start).total_seconds())
    moments = (start + timedelta(seconds=n + 0.5) for n in range(seconds))
    return sum(stream.rate(at) for at in moments) / 3600


def arrivals(stream: Stream, random: Random) -> list[datetime]:
    found, at = [], stream.begins - timedelta(hours=3)
    while (after := stream.next(at, random)) is not None:
        found.append(after)
        at = after
    return found


def test_the_rate_integrates_to_its_mean_over_the_day() -> None:
    stream = Stream(day(), 30)
    hours = (stream.ends - stream.begins) / timedelta(hours=1)
    assert integral(stream, stream.begins, stream.ends) == pytest.approx(30 * hours, rel=1e-4)
    assert stream.rate(stream.begins - QUARTER) == stream.rate(stream.ends) == 0


@pytest.mark.slow
def test_arrivals_follow_the_integral_of_their_rate_in_each_quarter_of_an_hour() -> None:
    stream, random, days = Stream(day(), 30), Random(7), 300
    counted: Counter[int] = Counter()
    for _ in range(days):
        counted.update((at - stream.begins) // QUARTER for at in arrivals(stream, random))
    for quarter in range(int((stream.ends - stream.begins) / QUARTER)):
        start = stream.begins + quarter * QUARTER
        expected = days * integral(stream, start, start + QUARTER)
        assert abs(counted[quarter] - expected) < 4 * expected**0.5, start


@pytest.mark.slow
def test_the_numbers_of_days_scatter_as_a_poisson_process_does() -> None:
    stream, random = Stream(day(), 20), Random(3)
    counts = [len(arrivals(stream, random)) for _ in range(400)]
    mean = sum(counts) / len(counts)
    variance = sum((n - mean) ** 2 for n in counts) / (len(counts) - 1)
    assert mean == pytest.approx(integral(stream, stream.begins, stream.ends), rel=0.02)
    assert variance / mean == pytest.approx(1, abs=0.25)


def test_nobody_comes_where_nobody_is_expected() -> None:
    assert Stream(day(), 0).next(MONDAY, Random(1)) is None
    assert Stream(day(), 30).next(day().last_ticket, Random(1)) is None


def test_demand_fills_the_staffed_counters_and_no_more() -> None:
    desks = {"1": {"id-card": 1, "taxes": 2}, "2": {"id-card": 1}, "3": {"taxes": 1}}
    rates = demand.per_hour(card(), desks)
    work = {id: rate * (card()["services"][id]["minutes"] + demand.CYCLE) for id, rate in rates.items()}
    assert work["id-card"] == pytest.approx(120 * (demand.BUSY - demand.ALONE / 2))
    assert work["taxes"] == pytest.approx(60 * (demand.BUSY - demand.ALONE))
    assert rates["cash"] == demand.TRICKLE


def test_a_counter_opened_by_somebody_else_draws_people_for_what_only_it_serves() -> None:
    desks = {"1": {"id-card": 1, "taxes": 1}}
    quiet = demand.per_hour(card(), desks, {"id-card"})
    busy = demand.per_hour(card(), desks, {"id-card", "cash"})
    assert busy["cash"] > 5 * quiet["cash"]
    assert busy["id-card"] == quiet["id-card"]


def test_services_that_are_closed_draw_nobody_and_a_hall_is_never_flooded() -> None:
    shut: dict[str, Any] = card()["services"] | {"cash": {"minutes": 3, "open": False}}
    assert "cash" not in demand.per_hour(card(services=shut), {"1": {"cash": 1}})
    many = {str(n): {"cash": 1} for n in range(500)}
    assert sum(demand.per_hour(card(), many).values()) == pytest.approx(demand.MOST)


def test_the_day_is_read_off_the_card() -> None:
    today = day()
    assert (today.opens, today.closes) == (MONDAY, MONDAY + timedelta(hours=8))
    assert today.last_ticket == MONDAY + timedelta(hours=7)
    assert current(card(), today.closes + timedelta(minutes=44)) == today
    assert current(card(), today.closes + timedelta(minutes=46)) != today
    saturday = current(card(), MONDAY + timedelta(days=5))
    assert saturday is not None
    assert saturday.opens == MONDAY + timedelta(days=7)
    assert current(card(hours={"week": {}, "last_ticket": {}}), MONDAY) is None


def test_a_break_at_midday_lies_between_two_spans() -> None:
    spans = [{"opens": "08:00", "closes": "12:00"}, {"opens": "12:20", "closes": "16:00"}]
    today = day(hours={"week": {"mon": spans}, "last_ticket": {}})
    noon = MONDAY + timedelta(hours=4)
    assert today.reopens(noon - QUARTER) is None
    assert today.reopens(noon) == noon + timedelta(minutes=20)
    assert not today.open_at(noon)
    assert today.open_at(noon + timedelta(minutes=20))
    assert today.last_ticket == today.closes


def test_people_differ_as_the_shares_say() -> None:
    random, weights = Random(5), {"id-card": 3.0, "taxes": 1.0}
    crowd = [persons.person(random, card(), weights, MONDAY, home=True) for _ in range(4000)]
    share = {
        "id-card": sum(p.service == "id-card" for p in crowd) / len(crowd),
        "pl": sum(p.language == "pl" for p in crowd) / len(crowd),
        "75-plus": sum(p.segment == "75-plus" for p in crowd) / len(crowd),
        "home": sum(p.from_home for p in crowd) / len(crowd),
        "absent": sum(not p.comes for p in crowd) / len(crowd),
    }
    assert share["id-card"] == pytest.approx(0.75, abs=0.03)
    assert share["pl"] == pytest.approx(persons.FIRST_LANGUAGE, abs=0.03)
    assert share["75-plus"] == pytest.approx(persons.SEGMENTS, abs=0.02)
    assert share["home"] == pytest.approx(persons.FROM_HOME, abs=0.03)
    assert share["absent"] == pytest.approx(persons.ABSENT, abs=0.02)
    assert {p.other for p in crowd if p.other and p.service == "id-card"} == {"taxes"}
    assert not any(persons.person(random, card(), weights, MONDAY, home=False).from_home for _ in range(50))


def test_long_waits_put_people_off_and_short_ones_do_not() -> None:
    random = Random(1)
    assert not any(persons.puts_off(random, 20) for _ in range(200))
    assert 60 < sum(persons.puts_off(random, 40) for _ in range(200)) < 140
    assert sum(persons.puts_off(random, 500) for _ in range(200)) < 200


def test_draws_have_the_mean_they_are_asked_for() -> None:
    random = Random(2)
    draws = [around(random, 10, 0.6) for _ in range(20_000)]
    assert sum(draws) / len(draws) == pytest.approx(10, rel=0.02)
    assert min(draws) > 0
    assert Counter(pick(random, {"a": 9, "b": 1}) for _ in range(1000))["a"] > 850
