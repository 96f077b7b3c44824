"""The expected wait. Figures are worked out by hand, by closed forms or by numerical integration here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import exp, factorial, log

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qms.queue.rules import commands as c
from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.gamma import distribution, quantile
from qms.queue.rules.model import Expected, Pace
from qms.queue.rules.queue_length import drained
from qms.queue.rules.state import Queue
from tests.queue.gamma import integrated
from tests.queue.make import START, Person, Room, changed, hall_with, office
from tests.queue.restated import NOW, PEOPLE, Levels, restated

AT = START + timedelta(minutes=NOW)
ALL = {"id-card": 1, "passport": 1, "vehicle": 1}
CYCLE = 10
"""Minutes of an id card or a passport (9), and what the hall adds (1)."""


def in_line(count: int, service: str = "id-card", start: int = 80) -> list[Person]:
    return [Person(service, "walk-in", start, n + 1) for n in range(count)]


def busy(people: Sequence[Person], levels: Levels) -> Queue:
    """A hall in which every counter is open and has somebody."""
    state = hall_with(people, office(levels))
    state.desks = {name: replace(desk, idle_since=None) for name, desk in state.desks.items()}
    return state


def arrival(state: Queue, service: str = "id-card", at: datetime = AT) -> Expected:
    expected = Outlooks(state, at).for_arrival(service, "walk-in").expected
    assert expected is not None
    return expected


# -- the gamma distribution


@pytest.mark.parametrize(
    ("ahead", "counters", "mean", "low", "mid", "high"),
    [
        (0, 1, 6.0, 0.632, 4.159, 13.816),
        (2, 3, 6.0, 2.204, 5.348, 10.645),
        (5, 3, 12.0, 6.304, 11.340, 18.549),
        (11, 4, 18.0, 11.744, 17.503, 24.897),
    ],
)
def test_quantiles_are_those_on_record_for_exponential_service_of_six_minutes(
    ahead: int, counters: int, mean: float, low: float, mid: float, high: float
) -> None:
    shape, scale = ahead + 1, 6 / counters
    assert drained(ahead, counters, 6) == shape * scale == mean
    for share, minutes in ((0.1, low), (0.5, mid), (0.9, high)):
        assert quantile(shape, share) * scale == pytest.approx(minutes, abs=6e-4)


@given(st.integers(1, 60), st.floats(0.01, 120))
def test_the_distribution_of_a_whole_shape_is_erlangs_closed_form(shape: int, x: float) -> None:
    erlang = 1 - sum(exp(k * log(x) - x) / factorial(k) for k in range(shape))
    assert distribution(shape, x) == pytest.approx(erlang, abs=1e-11)


@pytest.mark.parametrize("people", [0, 1, 3, 11, 60, 500])
@pytest.mark.parametrize("share", [0.1, 0.9])
def test_quantiles_of_the_shapes_in_use_are_those_of_the_integrated_density(
    people: int, share: float
) -> None:
    shape = (people + 1) / 0.8**2
    assert integrated(shape, quantile(shape, share)) == pytest.approx(share, abs=1e-5)


def test_nothing_is_below_zero() -> None:
    assert distribution(2.5, 0) == distribution(2.5, -1) == 0


# -- queue length times cycle


@pytest.mark.parametrize(("people", "counters"), [(0, 1), (5, 3), (11, 4), (40, 2)])
def test_the_middle_is_people_ahead_and_oneself_times_the_cycle_over_the_counters(
    people: int, counters: int
) -> None:
    state = busy(in_line(people), {str(n): ALL for n in range(counters)})
    expected = arrival(state)
    mid = (people + 1) * CYCLE / counters
    shape = (people + 1) / 0.64
    assert expected.mid == pytest.approx(mid, abs=0.005)
    for minutes, share in ((expected.low, 0.1), (expected.high, 0.9)):
        assert integrated(shape, minutes * shape / mid) == pytest.approx(share, abs=2e-3)


def test_with_nobody_ahead_and_a_free_counter_there_is_no_wait() -> None:
    state = hall_with([], office({"1": ALL, "2": ALL}))
    assert arrival(state) == Expected(0, 0, 0)


def test_a_free_counter_for_other_services_does_not_help() -> None:
    state = hall_with([], office({"1": ALL, "2": {"vehicle": 1}}))
    state.desks["1"] = replace(state.desks["1"], idle_since=None)
    assert arrival(state).mid == CYCLE


def test_until_the_first_counter_is_back_from_its_break_the_wait_is_longer() -> None:
    state = busy(in_line(3), {"1": ALL, "2": ALL})
    for counter, minutes in (("1", 12), ("2", 30)):
        until = AT + timedelta(minutes=minutes)
        state.desks[counter] = replace(state.desks[counter], state="paused", until=until)
    assert arrival(state).mid == pytest.approx(12 + 4 * CYCLE / 2)


def test_a_break_that_should_be_over_is_over_now() -> None:
    state = busy([], {"1": ALL})
    state.desks["1"] = replace(state.desks["1"], state="paused", until=AT - timedelta(minutes=5))
    assert arrival(state).mid == CYCLE


def test_before_opening_the_wait_counts_from_the_opening() -> None:
    room = Room(office({"1": ALL, "2": ALL, "3": {"vehicle": 1}}), "07:40")
    for _ in range(3):
        room.issue()
    expected = arrival(room.state, at=room.now)
    assert expected.mid == pytest.approx(20 + 4 * CYCLE / 2)
    assert expected.low > 20


@pytest.mark.parametrize(("at", "known"), [("07:40", True), ("09:00", False), ("17:00", False)])
def test_with_no_counter_open_during_hours_or_long_before_nobody_can_say(at: str, known: bool) -> None:
    room = Room(office(), "07:40")
    room.issue()
    outlook = Outlooks(room.state, room.at(at).now).for_arrival("id-card", "walk-in")
    assert outlook.ahead == 1
    assert (outlook.expected is not None) is known


def test_a_paused_counter_without_an_end_leaves_the_wait_open() -> None:
    state = busy([], {"1": ALL})
    state.desks["1"] = replace(state.desks["1"], state="paused")
    assert Outlooks(state, AT).for_arrival("id-card", "walk-in").expected is None


def test_lines_share_the_counters_that_serve_both() -> None:
    """Counter 1 serves both, counter 2 vehicles only: of four vehicles two fall to counter 1."""
    state = busy(in_line(4, "vehicle"), {"1": {"id-card": 1, "vehicle": 1}, "2": {"vehicle": 1}})
    outlook = Outlooks(state, AT).for_arrival("id-card", "walk-in")
    assert outlook.ahead == 4
    assert outlook.expected is not None
    assert outlook.expected.mid == pytest.approx(4 * 15 / 2 + CYCLE)


def test_people_whom_my_counters_do_not_take_now_are_not_ahead() -> None:
    state = busy(in_line(4, "vehicle"), {"1": {"id-card": 1, "vehicle": 1}, "2": {"vehicle": 1}})
    state.desks["1"] = replace(state.desks["1"], profile=(("id-card", 1),))
    del state.desks["2"]
    outlook = Outlooks(state, AT).for_arrival("id-card", "walk-in")
    assert outlook.ahead == 0
    assert outlook.expected is not None
    assert outlook.expected.mid == CYCLE


def test_people_of_a_service_without_counters_are_ahead_where_its_group_takes_them() -> None:
    room = Room(office({"1": {"id-card": 1, "passport": 1}}))
    room.open()
    for kind in ("passport", "id-card", "passport", "passport"):
        room.issue(kind)
    room.call()
    room.configure(office({"1": {"id-card": 1}}))
    outlooks = Outlooks(room.state, room.now)
    assert outlooks.for_ticket(room.ticket("t4")).ahead == 2
    assert outlooks.for_arrival("id-card", "walk-in").ahead == 3


def test_one_who_is_sent_to_a_counter_waits_for_that_one() -> None:
    state = busy([*in_line(2), Person("id-card", "walk-in", 90, 9, only="2")], {"1": ALL, "2": ALL})
    outlook = Outlooks(state, AT).for_ticket(state.tickets["p9"])
    assert outlook.ahead == 2
    assert outlook.expected is not None
    assert outlook.expected.mid == pytest.approx(2 * CYCLE / 2 + CYCLE)


@given(PEOPLE)
def test_people_ahead_are_those_whom_the_rule_would_call_before(people: list[Person]) -> None:
    there = [replace(p, only="", away=0) for p in people]
    state = busy(there, {"1": ALL})
    outlooks = Outlooks(state, AT)
    order = restated(there, "1", {"1": ALL})
    assert [outlooks.for_ticket(state.tickets[name]).ahead for name in order] == list(range(len(order)))


# -- what is measured


def test_the_cycle_is_shrunk_to_what_is_configured() -> None:
    """c = (30 x 10 + 96) / (30 + 8) = 10.4211 minutes."""
    state = busy([], {"1": ALL})
    state.paces["documents"] = Pace("documents", 96, 8)
    assert arrival(state).mid == pytest.approx(10.42, abs=0.005)


def test_the_pace_is_gaps_between_calls_times_counters_while_the_line_never_empties() -> None:
    room = Room(office({"1": {"id-card": 1}, "2": {"id-card": 1}}))
    room.open("1", "ann")
    room.open("2", "bob")
    for _ in range(5):
        room.issue()
    room.call("1")
    room.after(minutes=4).call("2")
    assert room.state.paces == {"documents": Pace("documents", 4 * 2, 1)}
    room.do(c.NoShow("1", None, "t1"))
    room.do(c.PauseCounter("1", "ann", "lunch"))
    room.do(c.NoShow("2", None, "t2"))
    room.after(minutes=45).call("2")
    assert room.state.paces["documents"] == Pace("documents", 8 + 30 * 1, 2), "one active; 45 counts as 30"
    room.do(c.NoShow("2", None, "t3"))
    room.call("2")
    room.do(c.NoShow("2", None, "t4"))
    room.after(minutes=1).call("2")
    empty = room.state.paces["documents"]
    room.do(c.NoShow("2", None, "t5"))
    room.after(minutes=20).issue()
    room.call("2")
    assert room.state.paces["documents"] == empty, "the line had emptied"


def test_a_new_day_takes_over_what_was_measured_a_little_faded() -> None:
    room = Room(office({"1": {"id-card": 1}}), "15:00")
    room.open()
    for _ in range(3):
        room.issue()
    room.call()
    room.do(c.NoShow("1", None, "t1"))
    room.after(minutes=12).call()
    assert room.state.paces == {"documents": Pace("documents", 12, 1)}
    room.at("08:00", room.on + timedelta(days=1)).issue()
    faded = room.state.paces["documents"]
    assert faded.minutes == pytest.approx(12 * 59 / 60)
    assert faded.gaps == pytest.approx(59 / 60, abs=1e-4)


# -- properties

LEVELS = st.dictionaries(
    st.sampled_from("123456"),
    st.dictionaries(
        st.sampled_from(["id-card", "passport", "vehicle"]), st.integers(1, 2), min_size=1, max_size=3
    ),
    min_size=1,
)


@given(PEOPLE, LEVELS, st.sampled_from(["id-card", "vehicle"]), st.sampled_from(["walk-in", "booked"]))
def test_an_estimate_is_never_negative_and_its_range_is_in_order(
    people: list[Person], levels: Levels, service: str, segment: str
) -> None:
    outlook = Outlooks(busy(people, levels), AT).for_arrival(service, segment)
    served = any(service in profile for profile in levels.values())
    assert outlook.expected is not None or not served
    if outlook.expected is not None:
        assert 0 <= outlook.expected.low <= outlook.expected.mid <= outlook.expected.high


@pytest.mark.slow
@given(PEOPLE, LEVELS, st.sampled_from(["id-card", "vehicle"]))
def test_one_more_person_ahead_never_shortens_the_wait(
    people: list[Person], levels: Levels, service: str
) -> None:
    assume(len(people) > 1)
    assume(any(service in profile for profile in levels.values()))
    fewer, more = busy(people[1:], levels), busy(people, levels)
    assert arrival(fewer, service).mid <= arrival(more, service).mid + 0.005


@pytest.mark.slow
@given(PEOPLE, LEVELS, st.sampled_from(["id-card", "vehicle"]))
def test_a_counter_that_opens_beside_others_never_lengthens_the_wait(
    people: list[Person], levels: Levels, service: str
) -> None:
    assume(len(levels) > 1)
    last = max(levels)
    assume(any(service in profile for name, profile in levels.items() if name != last))
    more, fewer = busy(people, levels), busy(people, levels)
    del fewer.desks[last]
    assert arrival(more, service).mid <= arrival(fewer, service).mid + 0.005


def test_a_set_up_that_says_a_longer_service_makes_a_longer_wait() -> None:
    setup = office({"1": ALL})
    slow = changed(
        setup, services=(setup.services[0].model_copy(update={"minutes": 19}), *setup.services[1:])
    )
    room = Room(slow)
    room.open()
    room.issue()
    room.call()
    assert arrival(room.state, at=room.now).mid == 20
