"""Where the pressure is: the longest wait in all that is expected, against what people may expect."""

from math import inf

import pytest

from qms.halls.rules.model import Standard
from qms.queue.rules import commands as c
from qms.queue.rules.pressure import Pressure, pressures
from qms.queue.rules.roll import roll
from tests.queue.make import Room, office, promising

TWO = {"1": {"id-card": 1, "vehicle": 2}, "2": {"vehicle": 1}}


def stands(hall: Room) -> dict[str, Pressure]:
    return {one.service: one for one in pressures(hall.state, roll(hall.state, hall.now))}


def busy() -> Room:
    """Two at the door of counter 2, one of whom is with the clerk."""
    hall = Room(office(TWO))
    hall.open("1", "ann")
    hall.open("2", "bob")
    hall.issue("vehicle")
    hall.call("2")
    hall.issue("vehicle")
    return hall


def test_what_people_have_waited_counts_with_what_is_to_come() -> None:
    hall = Room(office({"1": {"vehicle": 1}}))
    hall.issue("vehicle")
    hall.after(minutes=20).open("1", "ann")
    first = stands(hall)["vehicle"]
    assert first.worst is not None
    assert (first.longest, first.worst.wait, first.worst.target) == (20, 20, 30)
    hall.call("1")
    hall.issue("vehicle")
    now = roll(hall.state, hall.now)
    assert stands(hall)["vehicle"].longest == now.lines["vehicle", "walk-in"] > 14


def test_somebody_who_came_now_counts_too() -> None:
    hall = busy()
    hall.call("1")
    line = stands(hall)["vehicle"]
    assert line.waiting == 0
    assert line.longest == roll(hall.state, hall.now).lines["vehicle", "walk-in"] > 5


def test_a_promise_stands_before_the_target_of_the_segment() -> None:
    hall = busy()
    before = stands(hall)["vehicle"]
    hall.configure(promising(hall.state.setup, {"vehicle": Standard(minutes=5, share=0.8)}))
    after = stands(hall)["vehicle"]
    assert before.worst is not None
    assert after.worst is not None
    assert (before.worst.target, after.worst.target) == (30, 5)
    assert after.worst.pressure == pytest.approx(6 * before.worst.pressure)


def test_the_worst_segment_is_the_one_furthest_over_its_target() -> None:
    hall = Room(office({"1": {"id-card": 1}, "2": {"id-card": 1}}))
    hall.issue("id-card")
    hall.after(minutes=8).issue("id-card", "disabled")
    hall.after(minutes=13).open("1", "ann")
    hall.open("2", "bob")
    line = stands(hall)["id-card"]
    assert line.worst is not None
    assert (line.worst.segment, line.worst.wait, line.longest) == ("disabled", 13, 21)
    assert line.worst.pressure == line.degree == 1.3


def test_people_whom_nobody_serves_are_a_state_of_their_own_and_come_first() -> None:
    hall = Room(office({"1": {"id-card": 1}, "2": {"vehicle": 1}, "3": {"passport": 1}}))
    hall.open("1", "ann")
    hall.issue("vehicle")
    ranked = pressures(hall.state, roll(hall.state, hall.now))
    assert ranked[0].service == "vehicle"
    lost, calm, empty = (stands(hall)[id] for id in ("vehicle", "id-card", "passport"))
    assert (lost.unserved, lost.untold, lost.degree, lost.worst) == (True, 1, inf, None)
    assert (calm.unserved, calm.open, calm.degree) == (False, ("1",), 0)
    assert (empty.unserved, empty.untold, empty.degree) == (True, 0, 0)


def test_the_line_under_most_pressure_comes_first() -> None:
    hall = Room(office(TWO))
    for service in ("id-card", "vehicle", "vehicle", "vehicle"):
        hall.issue(service)
    hall.open("1", "ann")
    hall.open("2", "bob")
    ranked = pressures(hall.state, roll(hall.state, hall.now))
    degrees = [one.degree for one in ranked]
    assert degrees == sorted(degrees, reverse=True)
    assert ranked[0].service == "vehicle"


def test_who_was_at_a_counter_waits_anew() -> None:
    hall = Room(office({"1": {"id-card": 1, "vehicle": 1}}))
    hall.open("1", "ann")
    hall.issue("id-card")
    ticket = hall.after(minutes=25).call("1")
    hall.do(c.Start("1", None, ticket))
    hall.after(minutes=30).do(c.Transfer("1", None, ticket, "vehicle", None))
    assert stands(hall)["vehicle"].longest < 20, "25 minutes lie behind"


def test_of_who_came_after_the_roll_nothing_is_said() -> None:
    hall = Room(office({"1": {"id-card": 1}, "2": {"vehicle": 1}}))
    hall.open("1", "ann")
    rolled = roll(hall.state, hall.now)
    hall.issue("vehicle")
    late = next(one for one in pressures(hall.state, rolled) if one.service == "vehicle")
    assert (late.waiting, late.untold) == (1, 0)
