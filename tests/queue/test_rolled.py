"""What is told of a wait where a hall was rolled: the roll itself, its correction, and its range."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.queue.rules import commands as c
from qms.queue.rules.estimate import Outlook, Outlooks
from qms.queue.rules.features import corrected, delays, features
from qms.queue.rules.fit import Correction, Fit, Trail
from qms.queue.rules.model import Expected
from qms.queue.rules.queue_length import drained
from qms.queue.rules.roll import Rolled, roll
from qms.queue.rules.state import Queue
from tests.booking.make import book, booking
from tests.queue.gamma import integrated
from tests.queue.make import START, TUESDAY, Person, Room, hall_with, office
from tests.queue.restated import PEOPLE
from tests.queue.test_estimate import LEVELS
from tests.queue.test_roll import ALL, IDENTITY, busy

NOW = START + timedelta(minutes=100)
TENTHS = Trail("documents", tuple(n / 100 for n in range(-49, 50)))
"""Scores of which the tenth quantile is -0.4, the ninetieth 0.4."""


def told(room: Room, ticket: str | None = None, rolled: Rolled | None = None) -> Outlook:
    outlooks = Outlooks(room.state, room.now, rolled=rolled or roll(room.state, room.now))
    return (
        outlooks.for_ticket(room.ticket(ticket)) if ticket else outlooks.for_arrival("id-card", "walk-in")
    )


def knowing(room: Room, *trails: Trail, correction: Correction | None = None) -> None:
    """Let the hall have learnt; the times of its services stay as they are."""
    room.state.trails.update({trail.group: trail for trail in trails})
    fit = room.state.fit or Fit(date(2026, 11, 23), 500)
    room.state.fit = replace(fit, correction=correction)


# -- the roll


def test_the_middle_is_the_rolled_wait() -> None:
    room = busy()
    ids = [room.issue() for _ in range(3)]
    mids = [outlook.expected.mid for id in ids if (outlook := told(room, id)).expected]
    assert mids == pytest.approx([4, 7, 4 + IDENTITY])
    arrival = told(room)
    assert arrival.ahead == 3
    assert arrival.expected is not None
    assert arrival.expected.mid == pytest.approx(7 + IDENTITY)


def test_without_a_roll_it_is_queue_length_times_cycle() -> None:
    room = busy()
    room.issue()
    expected = Outlooks(room.state, room.now).for_arrival("id-card", "walk-in").expected
    assert expected is not None
    assert expected.mid == pytest.approx(2 * 10 / 2)


def test_so_it_is_where_the_roll_cannot_say() -> None:
    room = busy()
    room.issue()
    nothing = Rolled(room.now, room.state.seq, {}, {}, {})
    outlook = told(room, rolled=nothing)
    assert outlook.expected is not None
    assert outlook.expected.mid == pytest.approx(2 * 10 / 2)


def test_time_that_has_passed_since_the_roll_is_waited_already() -> None:
    room = busy()
    ticket = room.issue()
    rolled = roll(room.state, room.now)
    room.after(seconds=30)
    outlook = told(room, ticket, rolled)
    assert outlook.expected is not None
    assert outlook.expected.mid == 3.5
    room.after(minutes=20)
    late = told(room, ticket, rolled)
    assert late.expected is not None
    assert late.expected.mid == 0


def test_one_who_came_after_the_roll_is_told_what_it_says_of_those_who_come() -> None:
    room = busy()
    room.issue()
    rolled = roll(room.state, room.now)
    room.after(seconds=6)
    ticket = room.issue()
    outlook = told(room, ticket, rolled)
    assert outlook.expected is not None
    assert outlook.expected.mid == pytest.approx(7 - 0.1)


def test_with_nobody_ahead_and_a_free_counter_there_is_no_wait_whatever_was_rolled() -> None:
    room = busy()
    rolled = roll(room.state, room.now)
    room.do(c.Finish("1", None, "t1"))
    assert told(room, rolled=rolled) == Outlook(0, Expected(0, 0, 0))


def test_a_booking_is_told_the_wait_from_now_on() -> None:
    """It is due in 10 minutes; counter 1, the only one, is done with the walk-in at 4 + 9.6."""
    room = busy({"1": ALL})
    room.issue()
    one = booking(room.now + timedelta(minutes=10), id="b1")
    room.state.calendar.days[TUESDAY] = book(one)
    outlooks = Outlooks(room.state, room.now, rolled=roll(room.state, room.now))
    expected = outlooks.for_booking(one).expected
    assert expected is not None
    assert expected.mid == pytest.approx(4 + IDENTITY)


# -- the range


def test_the_range_is_that_of_the_groups_trail() -> None:
    """A wait of 4 minutes has the scale sqrt(4) + 0.6 = 2.6, and 0.4 of that to either side."""
    room = busy()
    ticket = room.issue()
    knowing(room, TENTHS)
    outlook = told(room, ticket)
    assert outlook.expected == Expected(round(4 - 1.04, 2), 4, round(4 + 1.04, 2))
    assert not outlook.about


def test_until_it_is_measured_the_range_is_assumed_and_said_to_be_about_right() -> None:
    """Nobody ahead: gamma of shape 1 / 0.64 about 4 minutes."""
    room = busy()
    ticket = room.issue()
    knowing(room, Trail("vehicles", TENTHS.scores))
    outlook = told(room, ticket)
    assert outlook.about
    assert outlook.expected is not None
    for minutes, share in ((outlook.expected.low, 0.1), (outlook.expected.high, 0.9)):
        assert integrated(1.5625, minutes * 1.5625 / 4) == pytest.approx(share, abs=2e-3)


def test_what_was_told_is_held_against_what_came_only_at_the_call() -> None:
    room = busy()
    ticket = room.wish(expected=Expected(2, 4, 9))
    room.do(ticket)
    room.after(minutes=9).do(c.Finish("1", None, "t1"))
    assert "documents" not in room.state.trails
    room.do(c.CallNext("1", None))
    assert room.state.trails["documents"].scores == (round(5 / 2.6, 2),)
    room.do(c.Recall("1", None, ticket.ticket))
    assert len(room.state.trails["documents"].scores) == 1


def test_a_ticket_that_is_never_called_teaches_nothing() -> None:
    room = busy()
    wish = room.wish(expected=Expected(2, 4, 9))
    room.do(wish)
    room.after(minutes=30).do(c.CancelTicket(wish.ticket, by_staff=False))
    assert room.state.trails == {}


def test_nothing_that_happens_later_changes_what_was_told() -> None:
    """The same morning with two different afternoons: the estimates of the morning are the same."""

    def morning(seed: int) -> list[object]:
        rng, found, room = Random(1), list[object](), busy()
        for n in range(30):
            if n == 20:
                rng = Random(seed)
            outlook = told(room)
            found.append((outlook, roll(room.state, room.now)))
            room.do(room.wish(rng.choice(["id-card", "passport"]), expected=outlook.expected))
            room.after(minutes=rng.choice([1, 2, 5]))
            counter = rng.choice("12")
            room.ask(c.CallNext(counter, None, current=room.desk(counter).ticket))
            if there := room.desk(counter).ticket:
                room.ask(c.Start(counter, None, there))
        return found

    one, other = morning(2), morning(3)
    assert one[:21] == other[:21]
    assert one[21:] != other[21:]


# -- the correction

CORRECTION = Correction(("roll", "service:id-card", "absent"), (10, 0.5, 3), (5, 0.5, 2), (4, 2, 1), 12)
"""12 + 4 (roll - 10) / 5 + 2 (is it an id card - 0.5) / 0.5 + (0 - 3) / 2."""


def test_the_correction_is_a_regression_on_standardised_features() -> None:
    one = features(10, 12, None, 0, "id-card", "walk-in")
    assert corrected(CORRECTION, one) == pytest.approx(12 + 0 + 2 - 1.5)
    other = features(20, 12, None, 0, "passport", "walk-in")
    assert corrected(CORRECTION, other) == pytest.approx(12 + 8 - 2 - 1.5)


@pytest.mark.parametrize(("bias", "wait"), [(-50, 5), (50, 20), (9, 9)])
def test_it_stays_within_half_and_twice_the_roll(bias: float, wait: float) -> None:
    assert corrected(Correction((), (), (), (), bias), features(10, 0, None, 0, "a", "b")) == wait


def test_where_nobody_was_called_yet_today_the_roll_stands_for_the_last_delays() -> None:
    assert features(7, 0, None, -3, "a", "b") == {
        "roll": 7,
        "qlc": 0,
        "delays": 7,
        "booking": 0,
        "service:a": 1,
        "segment:b": 1,
    }


def test_delays_are_the_mean_of_the_last_five_called_of_the_line() -> None:
    room = Room(office({"1": ALL}))
    room.open()
    for wait in (60, 1, 2, 3, 4, 5):
        room.issue()
        room.after(minutes=wait).serve(minutes=0)
    room.issue("vehicle")
    room.after(minutes=8).serve(minutes=0)
    assert delays(room.state) == {("id-card", "walk-in"): 3, ("vehicle", "walk-in"): 8}


def test_what_is_told_is_corrected_where_the_fit_says_how() -> None:
    """QLc of one ahead at two counters is 10, the roll 7; the weight of both is 1 and the bias 0: twice is the most."""
    room = busy()
    room.issue()
    by = Correction(("roll", "qlc"), (0, 0), (1, 1), (0.5, 0.6), 0)
    knowing(room, correction=by)
    outlook = told(room)
    assert outlook.expected is not None
    assert outlook.expected.mid == pytest.approx(0.5 * 7 + 0.6 * 10)


# -- people who leave


def test_people_who_leave_shorten_the_wait() -> None:
    """SCIENCE A4: ahead 11, 4 counters, service 6, patience 30: 14.385 in place of 18."""
    assert drained(11, 4, 6) == 18
    assert drained(11, 4, 6, patience=30) == pytest.approx(14.385, abs=5e-4)


# -- properties of the roll


def every_counter_serves_all(people: int, counters: int) -> Queue:
    there = [Person("id-card", "walk-in", 80, n + 1) for n in range(people)]
    return hall_with(there, office({str(n): ALL for n in range(counters)}))


@given(st.integers(0, 30), st.integers(1, 8))
def test_where_all_counters_serve_all_alike_one_more_person_lengthens_and_one_more_counter_shortens(
    people: int, counters: int
) -> None:
    def wait(people: int, counters: int) -> float:
        return roll(every_counter_serves_all(people, counters), NOW).lines["id-card", "walk-in"]

    assert wait(people, counters) == pytest.approx(people // counters * IDENTITY)
    assert wait(people + 1, counters) >= wait(people, counters) - 1e-9
    assert wait(people, counters + 1) <= wait(people, counters) + 1e-9


Levels = Mapping[str, Mapping[str, int]]


@given(PEOPLE, LEVELS)
def test_in_a_line_nobody_is_called_before_somebody_who_stands_before_them(
    people: list[Person], levels: Levels
) -> None:
    state = hall_with([replace(p, away=0) for p in people], office(levels))
    rolled = roll(state, NOW)
    for places in state.lines.values():
        waits = [rolled.tickets[id] for _, _, id in places if id in rolled.tickets]
        assert waits == sorted(waits)
        assert all(wait >= 0 for wait in waits)
        assert len(waits) in (0, len(places))


@given(PEOPLE, LEVELS)
def test_those_who_might_come_put_nobody_back(people: list[Person], levels: Levels) -> None:
    state = hall_with(people, office(levels))
    alone = roll(state, NOW, arrivals=())
    assert alone.lines == {}
    assert alone.tickets == roll(state, NOW).tickets


@given(
    PEOPLE,
    LEVELS,
    st.sampled_from(["id-card", "passport", "vehicle"]),
    st.sampled_from(["walk-in", "disabled"]),
)
def test_one_who_might_come_is_told_what_they_are_told_once_they_came(
    people: list[Person], levels: Levels, service: str, segment: str
) -> None:
    there = [replace(p, seq=n + 1) for n, p in enumerate(people)]
    state = hall_with(there, office(levels))
    state.seq = len(there)
    come = hall_with([*there, Person(service, segment, 100, len(there) + 1)], office(levels))
    before, after = roll(state, NOW), roll(come, NOW)
    assert before.lines.get((service, segment)) == after.tickets.get(f"p{len(there) + 1}")


@given(PEOPLE, LEVELS)
def test_no_more_people_are_called_at_once_than_there_are_counters(
    people: list[Person], levels: Levels
) -> None:
    rolled = roll(hall_with(people, office(levels)), NOW)
    calls = list(rolled.tickets.values())
    for at in calls:
        assert sum(at <= other < at + IDENTITY - 1e-9 for other in calls) <= len(levels)
