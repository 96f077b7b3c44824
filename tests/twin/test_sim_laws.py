"""What queueing theory says of simple halls, held against halls that are played (SCIENCE B3, C2).

The exact means are those of the literature, worked out without this program. Both runs have the
same people; the mean wait in plain order of arrival, which is known exactly, takes most of what
chance did out of the others (a control variate).
"""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from statistics import fmean

import pytest

from qms.halls.rules.model import Hall
from qms.twin.rules.sim import busy
from qms.twin.rules.sim.figures import Row, against, table
from qms.twin.rules.sim.model import Arrival, Plan, Played, Scene
from qms.twin.rules.sim.tuning import ruled
from qms.twin.simulate import play
from tests.halls.make import segment
from tests.twin.sim_make import come, open_hall, scene

SCALE = 0.02
"""Minutes of the hall for each minute of the theory: the whole stretch then fits into one day."""
TOLERANCE = 0.05


def markov(counters: int, rates: Mapping[str, float], minutes: float, count: int, ratio: float) -> Scene:
    """So many who come at random (`rates` a minute by segment) and take exponential times.

    Walk-ins gain `ratio` points while booked gain one; nobody has a head start, and no wait is over the guard.
    """
    random, at, people = Random(f"{counters} {minutes}"), 0.0, list[Arrival]()
    names, weights = list(rates), list(rates.values())
    for n in range(count):
        at += random.expovariate(sum(weights))
        kind = random.choices(names, weights)[0]
        people.append(come(f"{n}", at * SCALE, random.expovariate(1 / minutes) * SCALE, segment=kind))
    segments = (segment("walk-in", target=0.1 / ratio), segment("booked", target=0.1))
    hall = open_hall(counters, conduct={"guard": 1440}, segments=segments)
    return scene(hall, people, closes=900.0)


def waits(made: Scene, rule: str) -> dict[str, float]:
    """Mean waits by segment in the theory's minutes, and of all."""
    played = play([made], [Plan(rule, ruled(made.hall, rule))], workers=1)[0]
    by: dict[str, list[float]] = {"": []}
    for one in played.outcomes[0]:
        assert one.wait is not None
        by.setdefault(one.segment, []).append(one.wait / SCALE)
        by[""].append(one.wait / SCALE)
    return {name: fmean(values) for name, values in by.items()}


SINGLE = {"booked": 0.4, "walk-in": 0.4}
FIVE = {"booked": 12 / 60, "walk-in": 22 / 60}
CASES = [
    (1, SINGLE, 1.0, 4.0, "strict", 0.5, (1.3333, 6.6667)),
    (1, SINGLE, 1.0, 4.0, "accumulating", 0.75, (3.5556, 4.4444)),
    (1, SINGLE, 1.0, 4.0, "accumulating", 0.5, (3.0, 5.0)),
    (1, SINGLE, 1.0, 4.0, "accumulating", 0.25, (2.2857, 5.7143)),
    (5, FIVE, 8.0, 13.328, "strict", 0.5, (1.829, 19.600)),
    (5, FIVE, 8.0, 13.328, "accumulating", 0.5, (8.674, 15.866)),
    (5, FIVE, 8.0, 13.328, "accumulating", 0.2, (4.920, 17.914)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("counters", "rates", "minutes", "plain", "rule", "ratio", "expected"), CASES)
def test_mean_waits_are_those_of_the_theory(
    counters: int,
    rates: Mapping[str, float],
    minutes: float,
    plain: float,
    rule: str,
    ratio: float,
    expected: tuple[float, float],
) -> None:
    made = markov(counters, rates, minutes, 10_000, ratio)
    in_order = lindley(made, counters)
    found = waits(made, rule)
    # Those who are strictly first hardly feel the others, so that how full it was tells nothing of their waits.
    control = 1.0 if rule == "strict" else plain / in_order
    assert found["booked"] * control == pytest.approx(expected[0], rel=TOLERANCE)
    assert found["walk-in"] * plain / in_order == pytest.approx(expected[1], rel=TOLERANCE)


def lindley(made: Scene, counters: int) -> float:
    """The mean wait in order of arrival, by Kiefer and Wolfowitz's recursion: no hall is asked."""
    free, total = [0.0] * counters, 0.0
    for one in made.arrivals:
        assert one.arrives is not None
        first = min(range(counters), key=lambda n: free[n])
        start = max(one.arrives, free[first])
        total += start - one.arrives
        free[first] = start + one.minutes
    return total / len(made.arrivals) / SCALE


def test_in_order_of_arrival_each_waits_as_long_as_the_recursion_says() -> None:
    made = markov(3, FIVE, 4.0, 800, 1)
    assert waits(made, "fcfs")[""] == pytest.approx(lindley(made, 3), abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["accumulating", "strict", "strict_ageing", "longest_queue"])
def test_what_one_kind_gains_another_loses(rule: str) -> None:
    """Conservation: with one mean service for all, no rule that ignores lengths changes the mean wait of all."""
    made = markov(5, FIVE, 8.0, 6_000, 0.5)
    assert waits(made, rule)[""] == pytest.approx(lindley(made, 5), rel=0.02)


DAYS = 10


def rows(played: Played, kind: str = "segment") -> dict[str, Row]:
    return {row.name: row for row in table(played).rows if row.kind == kind}


def days(hall: Hall, booked: float = 0.3) -> list[Scene]:
    return [busy.day(hall, n, Random(f"busy {n}"), booked=booked) for n in range(DAYS)]


@pytest.mark.slow
def test_rules_stand_to_each_other_on_a_busy_day_as_they_should() -> None:
    """The order and the signs of the typical busy hall: nothing here is tuned to its figures."""
    hall = busy.hall()
    rules = ("fcfs", "strict", "accumulating", "cmu")
    played = dict(zip(rules, play(days(hall), [Plan(r, ruled(hall, r)) for r in rules]), strict=True))
    seen = {rule: rows(each) for rule, each in played.items()}
    booked = {rule: seen[rule]["booked"].within or 0 for rule in rules}
    walk_in = {rule: seen[rule]["walk-in"].within or 0 for rule in rules}
    worst = {rule: seen[rule]["walk-in"].longest or 0 for rule in rules}
    assert booked["fcfs"] < booked["cmu"] < booked["strict"]
    assert booked["fcfs"] < booked["accumulating"] < booked["strict"]
    assert walk_in["strict"] < walk_in["cmu"]
    assert walk_in["accumulating"] < walk_in["fcfs"]
    assert worst["accumulating"] < worst["strict"]
    assert worst["accumulating"] < worst["cmu"]


@pytest.mark.slow
def test_people_who_book_and_counters_with_several_skills_shorten_waits() -> None:
    """The strongest levers: the same demand waits less the more of it is booked, and the more each counter can do."""
    hall = busy.hall()
    some, many = (
        table(play(days(hall, share), [Plan("")])[0]).rows[-1].mean or 0 for share in (0.08, 0.75)
    )
    assert many < some / 2
    one_each = busy.hall("single")
    of_chain, alone = (
        table(play([replace(day, hall=each) for day in days(hall)], [Plan("")])[0]).rows[-1].mean or 0
        for each in (hall, one_each)
    )
    assert of_chain < alone


def test_one_more_counter_helps_and_the_difference_is_over_the_same_days() -> None:
    hall = busy.hall()
    made = [busy.day(hall, n, Random(f"busy {n}")) for n in range(2)]
    fewer = [replace(day, roster=day.roster[:-1]) for day in made]
    nine = play(made, [Plan("9")], workers=1)[0]
    eight = play(fewer, [Plan("8")], workers=1)[0]
    everybody = against(nine, eight)[-1]
    means = [
        fmean(o.wait for o in day if o.wait is not None) for each in (nine, eight) for day in each.outcomes
    ]
    assert everybody.kind == "all"
    assert everybody.mean == pytest.approx(fmean([means[2] - means[0], means[3] - means[1]]))
    assert everybody.mean > 0
