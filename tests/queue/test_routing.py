"""Who is called next. Every expected figure is worked out here, by hand or by a plain restatement."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.halls.rules.model import Hall
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.routing import choose, ranking
from qms.queue.rules.terms import terms
from qms.queue.rules.why import Reason, why_called
from tests.halls.make import segment
from tests.queue.make import START, Person, Room, hall_with, office
from tests.queue.restated import NOW, PEOPLE, restated

ONE = {"1": {"id-card": 1, "passport": 1, "vehicle": 1}}


def points(hall: Hall, service: str, segment: str, waited: float) -> float:
    by = terms(hall, service, segment)
    return by.rate * waited + by.base


def morning(with_early_bird: bool = False) -> tuple[Room, str, str]:
    """The standing example: a walk-in of 10:02, and one booked for 10:20 who checked in at 10:15."""
    room = Room(office(ONE), "09:20")
    room.open()
    if with_early_bird:
        room.issue("vehicle")
    walk_in = room.at("10:02").issue("passport")
    room.at("10:15")
    booked = room.issue("id-card", "booked", booked=room.at("10:20").now)
    return room, walk_in, booked


@pytest.mark.parametrize(
    ("at", "booked_first", "booked_points", "walk_in_points"),
    [("10:24", True, 27, 22), ("10:22", True, 21, 20), ("10:20", False, 15, 18)],
)
def test_a_booking_and_a_walk_in_by_the_clock(
    at: str, booked_first: bool, booked_points: int, walk_in_points: int
) -> None:
    """15 + 3 a minute for the booked one, 1 a minute for the walk-in."""
    room, walk_in, booked = morning()
    first = room.at(at).call()
    called = room.last(e.TicketCalled)
    assert called.runner_up is not None
    scores = {score.ticket: score for score in (called.score, called.runner_up)}
    assert first == (booked if booked_first else walk_in)
    assert (scores[booked].points, scores[walk_in].points) == (booked_points, walk_in_points)
    assert (scores[booked].target, scores[booked].head) == (10, 0.5)
    assert (scores[walk_in].target, scores[walk_in].head) == (30, 0)


def test_over_the_guard_the_longest_wait_goes_before_all() -> None:
    room = morning(with_early_bird=True)[0]
    assert room.at("10:24").call() == "t1"
    assert room.last(e.TicketCalled).score.guarded
    assert room.last(e.TicketCalled).score.waited == 64


def test_the_guard_begins_after_its_minutes_and_not_at_them() -> None:
    room = morning(with_early_bird=True)[0]
    assert room.at("10:20").call() == "t1", "60 points are more anyway"
    assert not room.last(e.TicketCalled).score.guarded
    room.do(c.Undo("1", None, "t1"))
    room.at("10:20:01").call()
    assert room.last(e.TicketCalled).score.guarded


def test_over_the_guard_not_even_a_higher_level_goes_first() -> None:
    room = Room(office({"1": {"id-card": 1, "vehicle": 2}}))
    room.open()
    second_level = room.issue("vehicle")
    room.after(minutes=50)
    first_level = room.issue("id-card")
    room.after(minutes=10)
    assert [one.ticket.id for one in ranking(room.state, room.desk(), room.now)] == [
        first_level,
        second_level,
    ]
    assert room.after(seconds=1).call() == second_level


def test_a_second_level_is_called_only_when_nobody_of_the_first_is_due() -> None:
    room = Room(office({"1": {"id-card": 1, "vehicle": 2}}))
    room.open()
    long_waiting = room.issue("vehicle", "disabled")
    room.after(minutes=40)
    fresh = room.issue("id-card")
    early = room.issue("id-card", "booked", booked=room.now + timedelta(minutes=5))
    order = [one.ticket.id for one in ranking(room.state, room.desk(), room.now)]
    assert order == [fresh, long_waiting, early], "one whose time has not come does not count as first"
    room.after(minutes=5)
    order = [one.ticket.id for one in ranking(room.state, room.desk(), room.now)]
    assert order == [early, fresh, long_waiting]


def test_before_the_booked_time_an_idle_counter_may_call() -> None:
    room = Room(office(ONE))
    room.open()
    early = room.issue("id-card", "booked", booked=room.now + timedelta(minutes=10))
    assert room.call() == early
    assert room.last(e.TicketCalled).score.waited == -10


def test_one_who_checks_in_late_is_taken_as_come_at_check_in() -> None:
    room = Room(office(ONE), "10:20")
    booked = room.now
    late = room.at("10:30").issue("id-card", "booked", booked=booked)
    assert room.ticket(late).ref == booked + timedelta(minutes=10)


def test_equal_points_go_by_reference_time_then_by_number_in_the_log() -> None:
    room = Room(office(ONE))
    room.open()
    first, second = room.issue("passport"), room.issue("id-card")
    assert room.call() == first
    room.do(c.NoShow("1", None, first))
    room.after(minutes=15)
    head_start = room.issue("id-card", "disabled")
    assert room.call() == second, "15 points each: who came earlier"
    room.do(c.NoShow("1", None, second))
    assert room.call() == head_start


def test_efficiency_favours_short_services_where_the_office_wants_it() -> None:
    """(7.6 / (9 + 0.6)) ** 1 = 0.7917 and (7.6 / (14 + 0.6)) ** 1 = 0.5205."""
    room = Room(office(ONE, alpha=1))
    room.open()
    long = room.issue("vehicle")
    room.after(minutes=5)
    short = room.issue("id-card")
    room.after(minutes=10)
    assert room.call() == short
    called = room.last(e.TicketCalled)
    assert called.score.points == pytest.approx(10 * 0.791667, abs=1e-3)
    assert called.runner_up is not None
    assert called.runner_up.ticket == long
    assert called.runner_up.points == pytest.approx(15 * 0.520548, abs=1e-3)


@pytest.mark.parametrize(
    ("alpha", "short", "long"), [(0, 1, 1), (0.5, 0.889757, 0.721490), (1, 0.791667, 0.520548)]
)
def test_the_weight_of_efficiency_is_a_power(alpha: float, short: float, long: float) -> None:
    """Square roots of 7.6 / 9.6 and 7.6 / 14.6 half way, nothing at 0."""
    hall = office(ONE, alpha=alpha)
    assert points(hall, "id-card", "walk-in", 10) == pytest.approx(10 * short, abs=1e-4)
    assert points(hall, "vehicle", "walk-in", 10) == pytest.approx(10 * long, abs=1e-4)


@given(waited=st.integers(15, 60), service=st.sampled_from(["id-card", "vehicle"]))
def test_a_booking_that_falls_due_passes_a_walk_in_only_after_half_its_surplus(
    waited: int, service: str
) -> None:
    """Starvation bound: the walk-in stands at x, the booking at 15 + 3y; it passes at y = (x - 15) / 2."""
    hall = office(ONE)
    passes_at = (waited - 15) / 2
    for late, passed in ((passes_at - 0.01, False), (passes_at + 0.01, True)):
        mine = points(hall, service, "booked", late)
        assert (mine > points(hall, service, "walk-in", waited + late)) is passed


# -- the rule, restated


LEVELS = {"1": {"id-card": 1, "passport": 2}, "2": {"vehicle": 1, "id-card": 2}, "3": {"passport": 1}}


@given(PEOPLE, st.sampled_from(sorted(LEVELS)))
def test_the_order_is_the_one_that_the_rule_says(people: list[Person], counter: str) -> None:
    state, now = hall_with(people, office(LEVELS)), START + timedelta(minutes=NOW)
    wanted = restated(people, counter, LEVELS)
    assert [one.ticket.id for one in ranking(state, state.desk(counter), now)] == wanted
    chosen = choose(state, state.desk(counter), now)
    assert [one.ticket.id for one in chosen or () if one] == wanted[:2]


@given(PEOPLE, st.sampled_from(sorted(LEVELS)))
def test_within_one_line_the_rule_passes_nobody_who_is_there(people: list[Person], counter: str) -> None:
    state = hall_with(people, office(LEVELS))
    chosen = choose(state, state.desk(counter), START + timedelta(minutes=NOW))
    if chosen is None:
        return
    called = chosen[0].ticket
    for p in people:
        same = (p.service, p.segment, p.only) == (called.service, called.segment, called.only or "")
        if same and p.away <= NOW:
            assert (START + timedelta(minutes=p.ref), p.seq) >= (called.ref, called.seq)


@pytest.mark.slow
def test_accumulating_priority_gives_the_textbook_waits() -> None:
    """M/M/1, mu 1, two classes of 0.4 each, rates 1 and 1/2: mean waits 3.0 and 5.0; first come, 4.0.

    Compared as ratios to first come, first served on the same arrivals, which removes most noise.
    """
    classes = ("walk-in", "booked")
    hall = office(ONE, segments=(segment("walk-in", target=30), segment("booked", target=60, head=0)))
    rng, at = Random(7), 0.0
    people: list[tuple[float, int, float]] = []
    for _ in range(150_000):
        at += rng.expovariate(0.8)
        people.append((at, rng.randrange(2), rng.expovariate(1)))

    def waits(by_rule: bool) -> list[float]:
        total, count = [0.0, 0.0], [0, 0]
        lines: tuple[list[tuple[float, float]], ...] = ([], [])
        heads, coming, clock = [0, 0], 0, 0.0
        while coming < len(people) or any(heads[k] < len(lines[k]) for k in (0, 1)):
            if all(heads[k] == len(lines[k]) for k in (0, 1)):
                clock = max(clock, people[coming][0])
            while coming < len(people) and people[coming][0] <= clock:
                arrived, kind, length = people[coming]
                lines[kind].append((arrived, length))
                coming += 1
            ready = [k for k in (0, 1) if heads[k] < len(lines[k])]
            best = max(
                ready,
                key=lambda k: (
                    points(hall, "id-card", classes[k], clock - lines[k][heads[k]][0])
                    if by_rule
                    else -lines[k][heads[k]][0]
                ),
            )
            arrived, length = lines[best][heads[best]]
            heads[best] += 1
            total[best] += clock - arrived
            count[best] += 1
            clock += length
        return [total[k] / count[k] for k in (0, 1)]

    fair, ruled = waits(by_rule=False), waits(by_rule=True)
    assert ruled[0] / fair[0] == pytest.approx(3.0 / 4.0, rel=0.03)
    assert ruled[1] / fair[1] == pytest.approx(5.0 / 4.0, rel=0.03)
    assert sum(ruled) == pytest.approx(sum(fair), rel=0.02), "what one gains the others lose"


# -- why-sentences of real calls


def why(room: Room) -> list[Reason]:
    return list(why_called(room.last(e.TicketCalled), room.zone, room.state.setup.conduct.guard))


def test_why_a_booking_was_called_before_a_walk_in() -> None:
    room, walk_in, booked = morning()
    room.at("10:24").call()
    assert why(room) == [
        Reason(
            "desk.why.booked_sum",
            {"number": room.number(booked), "waited": 4, "time": "10:20", "head": 15, "rate": 3, "n": 27},
        ),
        Reason("desk.why.waited_plain", {"number": room.number(walk_in), "waited": 22, "n": 22}),
    ]


def test_why_the_guard_a_level_a_pick_and_a_resumed_one() -> None:
    room = Room(office({"1": {"id-card": 1, "vehicle": 2}}))
    room.open()
    vehicle = room.issue("vehicle")
    room.after(minutes=30)
    card = room.issue("id-card")
    room.after(minutes=5).call()
    assert [reason.code for reason in why(room)] == [
        "desk.why.waited_plain",
        "desk.why.waited_plain",
        "desk.why.level",
    ]
    assert why(room)[2].params == {"number": room.number(card), "other": room.number(vehicle)}
    room.do(c.Start("1", None, card))
    room.do(c.Park("1", None, card))
    another = room.issue("vehicle", "disabled")
    room.call(ticket=another)
    assert why(room) == [Reason("desk.why.picked", {"number": room.number(another), "n": 1})]
    room.do(c.NoShow("1", None, another))
    room.after(minutes=30).call()
    assert why(room)[0] == Reason(
        "desk.why.guarded", {"number": room.number(vehicle), "waited": 65, "guard": 60}
    )
    assert why(room)[1].code == "desk.why.only"
    room.do(c.NoShow("1", None, vehicle))
    room.do(c.Resume("1", None, card))
    assert why(room) == [Reason("desk.why.resumed", {"number": room.number(card)})]


def test_why_of_two_whose_times_have_not_come_speaks_of_their_times_only() -> None:
    room = Room(office({"1": {"id-card": 1, "vehicle": 2}}))
    room.open()
    room.issue("vehicle", "booked", booked=room.now + timedelta(minutes=10))
    room.issue("id-card", "walk-in", booked=room.now + timedelta(minutes=12))
    assert room.call() == "t1"
    assert [reason.code for reason in why(room)] == ["desk.why.early", "desk.why.early"]


def test_why_of_two_booked_for_one_time_is_who_was_in_the_queue_earlier() -> None:
    room = Room(office(ONE))
    room.open()
    for kind in ("id-card", "vehicle"):
        room.issue(kind, "booked", booked=room.now + timedelta(minutes=10))
    assert room.call() == "t1"
    assert [reason.code for reason in why(room)][-1] == "desk.why.tie"
