"""A day that is played: who is called when, and what the laws of queues say of it."""

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.halls.rules.model import Overflow
from qms.twin.rules.sim import busy
from qms.twin.rules.sim.model import Outcome, Scene, Stand
from qms.twin.rules.sim.run import run
from tests.twin.sim_make import calls, come, crowd, of, open_hall, scene
from tests.twin.simpy_hall import SimpyHall


def test_one_counter_calls_in_order_and_each_service_lasts_as_long_as_it_does() -> None:
    hall = open_hall(conduct={"walk": 0.5})
    found = of(run(scene(hall, [come("x", 0, 10), come("y", 1, 5), come("z", 20, 5)])))
    assert [(found[id].called, found[id].finished) for id in "xyz"] == [(0, 10.5), (10.5, 16), (20, 25.5)]
    assert [found[id].wait for id in "xyz"] == [0, 9.5, 0]
    assert {one.outcome for one in found.values()} == {"served"}


def test_somebody_new_goes_to_the_counter_that_has_been_free_for_longest() -> None:
    hall = open_hall(counters=2)
    found = of(run(scene(hall, [come("x", 0, 10), come("y", 1, 2), come("z", 20, 5), come("w", 21, 5)])))
    assert [found[id].counter for id in "xyzw"] == ["1", "2", "2", "1"]


def test_the_example_of_the_rule_holds_between_a_walk_in_and_a_booking() -> None:
    """A034 printed at 10:02; B012 booked for 10:20, there at 10:15: 18 against 15 points at 10:20, 22 against 27 at 10:24."""
    people = [come("A034", 122), come("B012", 135, segment="booked", booked=140)]
    for free, first in ((140.0, "A034"), (142.1, "B012"), (144.0, "B012")):
        before = come("long", 0, free)
        assert calls(run(scene(open_hall(), [before, *people])))[1] == first


def test_over_the_guard_the_longest_wait_goes_first() -> None:
    people = [come("A034", 122), come("B012", 135, segment="booked", booked=140), come("C007", 80)]
    assert calls(run(scene(open_hall(), [come("long", 0, 144), *people])))[1] == "C007"


def test_somebody_booked_is_called_early_only_by_a_counter_with_nobody_else() -> None:
    early = come("B", 5, segment="booked", booked=15)
    assert of(run(scene(open_hall(), [early])))["B"].called == 5
    busy_counter = [come("x", 0, 8), come("A", 7), early]
    assert calls(run(scene(open_hall(), busy_counter))) == ["x", "A", "B"]


def test_a_booking_that_comes_too_late_waits_like_a_walk_in_from_when_it_came() -> None:
    late, kept = (come(id, at, segment="booked", booked=0) for id, at in (("late", 16.0), ("kept", 15.0)))
    found = of(run(scene(open_hall(), [late, kept])))
    assert (found["late"].segment, found["late"].ref) == ("walk-in", 16)
    assert (found["kept"].segment, found["kept"].ref) == ("booked", 15)


def test_whoever_loses_patience_leaves_unless_they_are_called_at_that_very_moment() -> None:
    people = [come("x", 0, 10), come("leaves", 1, patience=8.0), come("stays", 2, patience=8.0)]
    found = of(run(scene(open_hall(), people)))
    assert (found["leaves"].outcome, found["leaves"].called, found["leaves"].finished) == ("left", None, 9)
    assert (found["stays"].outcome, found["stays"].called) == ("served", 10)


def test_an_absent_person_costs_the_counter_a_while() -> None:
    found = of(run(scene(open_hall(), [come("gone", 0, 30, comes=False), come("next", 0.5)])))
    assert (found["gone"].outcome, found["gone"].finished) == ("missed", 1.5)
    assert found["next"].called == 1.5


def test_a_booking_that_never_comes_holds_up_nobody() -> None:
    found = of(run(scene(open_hall(), [come("never", None, segment="booked", booked=5), come("x", 5)])))
    assert (found["never"].outcome, found["never"].called, found["x"].called) == ("never_came", None, 5)


def test_a_break_begins_when_the_counter_is_free_and_nobody_is_called_in_it() -> None:
    stands = [Stand("1", 0, 480, ((10, 20),))]
    found = of(run(scene(open_hall(), [come("x", 5, 10), come("y", 12, 5)], stands)))
    assert (found["x"].finished, found["y"].called) == (15, 35)


def test_a_counter_that_opens_late_or_in_two_shifts_serves_in_them_alone() -> None:
    stands = [Stand("1", 30, 60), Stand("1", 100, 480)]
    people = [come("x", 0, 5), come("y", 55, 10), come("z", 58, 5), come("w", 70, 5)]
    found = of(run(scene(open_hall(), people, stands)))
    assert [found[id].called for id in "xyzw"] == [30, 55, 100, 105]


def test_a_shift_that_follows_upon_another_goes_on_though_somebody_is_being_served() -> None:
    stands = [Stand("1", 0, 60, services=("a",)), Stand("1", 60, 480, services=("b",))]
    people = [come("x", 50, 20), come("y", 55, 5, service="b")]
    assert of(run(scene(open_hall(), people, stands)))["y"].called == 70


def test_past_closing_those_are_served_who_wait_and_a_shorter_shift_ends_on_time() -> None:
    stands = [Stand("1", 0, 60), Stand("2", 0, 30)]
    people = [come(f"p{n}", 20, 50) for n in range(5)] + [come("after", 400)]
    found = of(run(scene(open_hall(counters=2), people, stands, closes=60)))
    assert [found[f"p{n}"].called for n in range(5)] == [20, 20, 70, 120, 170]
    assert found["after"].outcome == "waiting"


def test_a_counter_takes_only_the_services_of_its_shift() -> None:
    stands = [Stand("1", 0, 480, services=("b",))]
    found = of(run(scene(open_hall(), [come("x", 0), come("y", 0, service="b")], stands)))
    assert (found["x"].outcome, found["y"].outcome) == ("waiting", "served")


def test_a_hall_that_gives_no_number_says_why() -> None:
    hall = open_hall()
    capped = hall.model_copy(
        update={"services": tuple(s.model_copy(update={"daily_cap": 1}) for s in hall.services)}
    )
    found = of(run(scene(capped, [come("x", 0), come("y", 1)])))
    assert (found["y"].outcome, found["y"].code, found["y"].called) == ("refused", "daily_cap", None)


def test_passed_counts_those_who_came_later_and_were_called_first_at_a_counter_that_serves_me() -> None:
    people = [
        come("x", 0, 20),
        come("w", 1),
        *(come(f"b{n}", 2, segment="booked", booked=2) for n in range(2)),
    ]
    found = of(run(scene(open_hall(), people)))
    assert calls(found.values()) == ["x", "b0", "b1", "w"]
    assert [found[id].passed for id in ("w", "b0", "b1")] == [2, 0, 0]


def test_nobody_is_passed_by_those_whom_only_other_counters_serve() -> None:
    hall = open_hall(2, serves=["a", "b"])
    people = [come("x", 0, 20), come("w", 1), come("other", 2, service="b")]
    assert of(run(scene(hall, people)))["w"].passed == 0


def test_where_the_halls_rule_has_counters_help_they_do_so_once_another_line_waits_too_long() -> None:
    """Counter 1 has always somebody of its own line; b grows until the rule lets it serve b alike."""
    alone = open_hall(2, serves=["a", "b"])
    first, second = alone.counters
    helper = first.model_copy(update={"services": {"a": 1, "b": 2}})
    people = [come(f"a{n}", 4.0 * n, 4.5) for n in range(60)]
    people += [come(f"b{n}", 5.0 * n, 10, service="b") for n in range(30)]

    def helped(overflow: Overflow | None) -> list[float]:
        """When counter 1 called people of the other line while its own were still coming."""
        conduct = alone.conduct.model_copy(update={"overflow": overflow, "guard": 1440.0})
        hall = alone.model_copy(update={"counters": (helper, second), "conduct": conduct})
        found = run(scene(hall, people))
        b = [o for o in found if o.arrival.service == "b" and o.counter == "1" and o.called is not None]
        return sorted(o.called for o in b if o.called is not None and o.called < 236)

    assert helped(None) == []
    with_help = helped(Overflow(above=25, below=20, least=15))
    assert 25 <= with_help[0] < 60


def test_two_who_bear_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="two arrivals bear one id"):
        run(scene(open_hall(), [come("x", 0), come("x", 1)]))


RULES = ("accumulating", "fcfs", "strict", "strict_ageing", "longest_queue", "cmu")
seeds = st.integers(0, 10**6)
few = settings(max_examples=25, deadline=None)


def drawn(seed: int, rule: str = "accumulating", guard: float = 60, **more: Any) -> Scene:
    """A full hour or two in a hall with three counters of different skills."""
    hall = open_hall(3, serves=["ab", "a", "b"], conduct={"rule": rule, "guard": guard, "walk": 0.6})
    return scene(hall, crowd(Random(seed), 40, 3.0, 10.0, **more))


@few
@given(seeds, st.sampled_from(RULES))
def test_a_day_comes_out_the_same_each_time(seed: int, rule: str) -> None:
    assert run(drawn(seed, rule)) == run(drawn(seed, rule))


@few
@given(seeds, st.sampled_from(RULES))
def test_everybody_is_served_once_by_a_counter_that_may_and_that_does_nothing_else_meanwhile(
    seed: int, rule: str
) -> None:
    made = drawn(seed, rule)
    found = run(made)
    at: dict[str, list[tuple[float, float]]] = {}
    for one in found:
        assert one.called is not None
        assert one.finished is not None
        assert one.finished - one.called == pytest.approx(0.6 + one.arrival.minutes)
        assert one.counter is not None
        assert one.arrival.service in {c.id: c.services for c in made.hall.counters}[one.counter]
        at.setdefault(one.counter, []).append((one.called, one.finished))
    for spells in at.values():
        ordered = sorted(spells)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(ordered))


@few
@given(seeds, st.sampled_from(RULES))
def test_within_a_line_nobody_is_passed(seed: int, rule: str) -> None:
    lines: dict[tuple[str, str], list[Outcome]] = {}
    for one in run(drawn(seed, rule)):
        lines.setdefault((one.arrival.service, one.segment), []).append(one)
    for line in lines.values():
        line.sort(key=lambda o: (o.ref, o.arrival.arrives))
        due = [o for o in line if o.called is not None and o.ref is not None and o.called >= o.ref]
        assert [o.called for o in due] == sorted(o.called for o in due if o.called is not None)


@few
@given(seeds, st.sampled_from(("accumulating", "strict_ageing")))
def test_while_somebody_over_the_guard_waits_no_counter_that_serves_them_calls_one_under_it(
    seed: int, rule: str
) -> None:
    made = drawn(seed, rule, guard=20)
    serves = {c.id: c.services for c in made.hall.counters}
    found = run(made)
    for call in found:
        assert call.called is not None
        assert call.ref is not None
        if call.called - call.ref > 20:
            continue
        over = [
            o
            for o in found
            if o.arrival.service in serves[call.counter or ""]
            and o.arrival.arrives is not None
            and o.arrival.arrives < call.called < (o.called or 0)
            and call.called - (o.ref or 0) > 20
        ]
        assert not over


@few
@given(seeds, st.sampled_from(RULES))
def test_what_comes_later_changes_no_earlier_call(seed: int, rule: str) -> None:
    made = drawn(seed, rule)
    cut = 60.0
    early = [one for one in made.arrivals if one.arrives is not None and one.arrives < cut]
    others = [replace(one, id=f"other {one.id}") for one in crowd(Random(seed + 1), 40, 3.0, 10.0)]
    changed = replace(made, arrivals=(*early, *(one for one in others if (one.arrives or 0) >= cut)))
    before, after = of(run(made)), of(run(changed))
    for one in early:
        was, now = before[one.id], after[one.id]
        if was.called is not None and was.called < cut:
            assert (now.called, now.counter) == (was.called, was.counter)


@few
@given(seeds, st.sampled_from(RULES))
def test_people_in_line_are_as_many_as_arrive_times_how_long_they_wait(seed: int, rule: str) -> None:
    """Little's law over a whole day: the area under the number who wait is the sum of their waits."""
    found = run(drawn(seed, rule, patience=25.0))
    here = [
        (o.arrival.arrives or 0.0, (o.finished if o.called is None else o.called) or 0.0) for o in found
    ]
    steps = sorted([(at, 1) for at, _ in here] + [(at, -1) for _, at in here])
    area, waiting, last = 0.0, 0, 0.0
    for at, change in steps:
        area += waiting * (at - last)
        waiting, last = waiting + change, at
    arrivals, length = len(found), last
    mean_wait = sum(until - at for at, until in here) / arrivals
    assert waiting == 0
    assert area / length == pytest.approx(arrivals / length * mean_wait)


@pytest.mark.slow
@pytest.mark.parametrize("skills", ["all", "chained", "single"])
def test_the_same_hall_written_in_simpy_calls_the_same_people_at_the_same_times(
    skills: busy.Skills,
) -> None:
    """SimPy processes with points worked out anew: another program, the same calls at the same counters."""
    hall = busy.hall(skills)
    for number in range(3):
        made = busy.day(hall, number, Random(f"oracle {skills} {number}"))
        patient = tuple(
            replace(one, patience=40.0) if n % 3 == 0 else one for n, one in enumerate(made.arrivals)
        )
        made = replace(made, arrivals=patient)
        theirs = SimpyHall(made).run()
        ours = {o.arrival.id: (o.called, o.counter) for o in run(made) if o.called is not None}
        assert ours.keys() == theirs.keys()
        for id, (called, at) in theirs.items():
            assert ours[id][0] == pytest.approx(called, abs=1e-6)
            assert ours[id][1] == at
