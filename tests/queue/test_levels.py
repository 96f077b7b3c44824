"""Counters that help another line for a while, by the rule or by somebody who runs the hall; calling by itself."""

from datetime import timedelta

import pytest

from qms.halls.rules.model import Overflow
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from tests.queue.make import Room, office

TWO = {"1": {"id-card": 1, "vehicle": 2}, "2": {"vehicle": 1}}
OVERFLOW = Overflow(above=30, below=10, least=15)


def room(**conduct: object) -> Room:
    found = Room(office(TWO, **conduct), "09:00")
    found.open("1", "ann")
    return found


def helps(wait: float | None, own: float | None, counter: str = "1") -> c.OpenLevel:
    return c.OpenLevel(counter, "vehicle", by_rule=True, wait=wait, own=own)


def lent(minutes: float | None = 40, service: str = "vehicle", counter: str = "1") -> c.OpenLevel:
    return c.OpenLevel(counter, service, by_rule=False, minutes=minutes, wait=38, own=4)


def test_a_lower_level_waits_while_somebody_of_the_first_is_due() -> None:
    hall = room()
    hall.issue("vehicle")
    second = hall.after(minutes=10).issue("id-card")
    assert hall.after(minutes=1).call() == second


def test_a_lent_counter_takes_the_service_it_is_lent_to_before_its_own() -> None:
    hall = room()
    hall.issue("id-card")
    second = hall.after(minutes=10).issue("vehicle")
    hall.do(lent())
    opened = hall.last(e.LevelOpened)
    assert (opened.level, opened.by, opened.until) == (0, "hand", hall.now + timedelta(minutes=40))
    assert (opened.wait, opened.own) == (38, 4)
    assert hall.call() == second


def test_a_counter_that_helps_goes_by_points_among_its_own_and_the_other_line() -> None:
    hall = room(overflow=OVERFLOW)
    first = hall.issue("vehicle")
    hall.after(minutes=10).issue("id-card")
    hall.do(helps(31, 9))
    assert hall.last(e.LevelOpened).least == hall.now + timedelta(minutes=15)
    assert hall.call() == first


@pytest.mark.parametrize(("wait", "own"), [(30, 9), (31, 10), (None, 9), (31, None)])
def test_the_rule_helps_only_beyond_both_limits(wait: float | None, own: float | None) -> None:
    hall = room(overflow=OVERFLOW)
    assert hall.ask(helps(wait, own)) == ()


def test_the_rule_helps_nowhere_where_the_hall_has_none_or_the_counter_is_closed() -> None:
    assert room().ask(helps(90, 0)) == ()
    assert room(overflow=OVERFLOW).ask(helps(90, 0, "2")) == ()


def test_help_lasts_for_its_least_time_and_then_as_long_as_it_is_needed() -> None:
    hall = room(overflow=OVERFLOW)
    hall.do(helps(31, 9))
    assert hall.ask(helps(31, 9)) == (), "it helps already"
    calm = c.CloseLevel("1", "vehicle", by_rule=True, wait=12, own=3)
    assert hall.after(minutes=14).ask(calm) == ()
    busy = c.CloseLevel("1", "vehicle", by_rule=True, wait=40, own=3)
    assert hall.after(minutes=2).ask(busy) == ()
    hall.do(calm)
    assert hall.last(e.LevelClosed) == e.LevelClosed("1", "vehicle", "rule", 12, 3)
    assert not hall.state.desk("1").opened


def test_lent_time_runs_out_by_itself_at_its_moment() -> None:
    hall = room()
    hall.do(lent(40))
    until = hall.now + timedelta(minutes=40)
    hall.after(minutes=39, seconds=59).tick()
    assert hall.state.desk("1").opened
    hall.after(hours=1).tick()
    assert hall.log[-1].body == e.LevelClosed("1", "vehicle", "time")
    assert hall.log[-1].at == until


def test_a_lent_counter_is_taken_back_by_a_hand_and_not_by_the_rule() -> None:
    hall = room(overflow=OVERFLOW)
    hall.do(lent())
    assert hall.after(minutes=20).ask(c.CloseLevel("1", "vehicle", by_rule=True, wait=1, own=1)) == ()
    hall.do(c.CloseLevel("1", "vehicle", by_rule=False))
    assert hall.last(e.LevelClosed).by == "hand"
    assert hall.ask(c.CloseLevel("1", "vehicle", by_rule=False)) == (), "twice is once"


def test_a_counter_is_lent_to_one_service_at_a_time_and_whoever_is_second_is_told() -> None:
    hall = room()
    hall.do(lent())
    assert hall.code(lent(20)) == "already_lent"
    assert hall.code(lent(service="id-card")) == "already_lent"
    hall.do(c.CloseLevel("1", "vehicle", by_rule=False))
    hall.do(lent(service="id-card"))


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (lent(counter="9"), "unknown_counter"),
        (lent(counter="2"), "counter_not_open"),
        (lent(service="passport"), "not_served_here"),
        (lent(None), "invalid"),
        (lent(4), "invalid"),
        (lent(481), "invalid"),
        (lent(float("nan")), "invalid"),
        (c.CloseLevel("9", "vehicle", by_rule=False), "unknown_counter"),
    ],
)
def test_what_cannot_be_lent_is_refused(wish: c.OpenLevel | c.CloseLevel, code: str) -> None:
    verdict = room().ask(wish)
    assert isinstance(verdict, Refusal)
    assert verdict.code == code


def test_a_lent_counter_stays_lent_over_a_break_and_an_undone_act_but_not_past_closing() -> None:
    hall = room()
    ticket = hall.issue("vehicle")
    hall.call()
    hall.do(lent())
    hall.do(c.Undo("1", "ann", ticket))
    hall.do(c.PauseCounter("1", "ann", "lunch"))
    hall.open("1", "ann")
    assert [one.service for one in hall.state.desk("1").opened] == ["vehicle"]
    hall.do(c.CloseCounter("1", "ann"))
    hall.open("1", "ann")
    assert not hall.state.desk("1").opened


def test_somebody_new_is_called_at_once_to_the_counter_that_has_been_free_for_longest() -> None:
    hall = room(auto_call=True)
    hall.after(minutes=1).open("2", "bob")
    first = hall.issue("vehicle")
    assert hall.state.desk("1").ticket == first, "counter 1 has been free for longer, at its second level"
    second = hall.issue("vehicle")
    assert hall.state.desk("2").ticket == second
    third = hall.issue("vehicle")
    assert hall.state.tickets[third].state == "waiting"
    assert hall.last(e.TicketCalled).by == "rule"


def test_nobody_is_called_by_itself_unless_the_hall_wants_it_and_their_time_has_come() -> None:
    plain = room()
    plain.issue("id-card")
    assert plain.state.desk("1").ticket is None
    hall = room(auto_call=True)
    hall.issue("id-card", "booked", booked=hall.now + timedelta(minutes=20))
    assert hall.state.desk("1").ticket is None


def test_whoever_waits_longest_goes_first_to_the_free_counter_not_whoever_is_new() -> None:
    hall = room(auto_call=True)
    early = hall.issue("id-card", "booked", booked=hall.now + timedelta(minutes=20))
    hall.after(minutes=21)
    new = hall.issue("id-card")
    assert hall.state.desk("1").ticket == early
    assert hall.state.tickets[new].state == "waiting"
