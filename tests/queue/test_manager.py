"""How a hall stands, as those who run it see it."""

from qms.queue.rules import commands as c
from qms.queue.rules.proposals import proposals
from qms.queue.rules.roll import roll
from qms.queue.rules.shown import ManagerView
from qms.queue.views.manager import manager
from tests.queue.make import Room, office
from tests.queue.shapes import check
from tests.queue.test_proposals import room


def seen(hall: Room, forecast: bool = True) -> ManagerView:
    """The view, with everything in it that there can be."""
    rolled = roll(hall.state, hall.now) if forecast else None
    view = manager(hall.state, rolled, proposals(hall.state, hall.now) if forecast else None, hall.now)
    check("manager", view)
    return view


def test_the_line_in_most_trouble_comes_first_with_its_wait_and_what_is_allowed() -> None:
    view = seen(room(vehicles=5, cards=3))
    lines = sorted(view["lines"].items(), key=lambda item: item[1]["order"])
    assert [id for id, _ in lines] == ["vehicle", "id-card", "passport"]
    first = lines[0][1]
    assert (first["state"], first["waiting"], first["open"]) == ("over", 5, 1)
    assert (first["wait"], first["target"], first["segment"]) == (73, 30, "walk-in")
    assert lines[1][1]["state"] == "well"


def test_what_is_proposed_is_shown_in_whole_minutes_with_whom_it_makes_wait() -> None:
    view = seen(room(vehicles=12, cards=3))
    first = min(view["proposals"].values(), key=lambda one: one["order"])
    assert (first["kind"], first["counter"], first["service"]) == ("lend", "1", "vehicle")
    assert first["before"] > first["after"]
    assert (first["hall_before"], first["hall_after"]) == (first["before"], first["after"])
    assert set(first["longer"]) == {"id-card", "passport"}
    assert view["weighed"]


def test_a_line_that_is_well_again_is_not_to_be_helped_any_more() -> None:
    hall = room(vehicles=5)
    advice = proposals(hall.state, hall.now)
    for ticket in ("t3", "t4", "t5"):
        hall.do(c.CancelTicket(ticket, by_staff=True))
    assert {one.line.service for one in advice} == {"vehicle"}
    assert manager(hall.state, roll(hall.state, hall.now), advice, hall.now)["proposals"] == {}


def test_people_whom_nobody_serves_are_counted_and_no_wait_is_made_up() -> None:
    line = seen(room(vehicles=3, open="1"))["lines"]["vehicle"]
    assert (line["state"], line["unserved"], line["open"]) == ("unserved", 3, 0)
    assert "wait" not in line
    assert seen(room(vehicles=0, open="1"))["lines"]["vehicle"]["state"] == "closed"


def test_before_the_first_roll_nothing_is_told_of_waits() -> None:
    view = seen(room(), forecast=False)
    assert not view["hall"]["forecast"]
    assert not view["weighed"]
    assert view["proposals"] == {}
    assert {line["state"] for line in view["lines"].values()} == {"unknown"}
    assert view["lines"]["vehicle"]["waiting"] == 7


def test_what_a_counter_takes_and_what_is_opened_there_is_shown() -> None:
    hall = room()
    hall.do(c.OpenLevel("1", "vehicle", by_rule=False, minutes=40))
    counter = seen(hall)["counters"]["1"]
    assert counter["serves"] == {"id-card": 1, "vehicle": 0}
    assert counter["opened"]["vehicle"]["by"] == "hand"
    assert counter["opened"]["vehicle"]["until"] == "2026-11-24T08:40:00.000Z"
    line = seen(hall)["lines"]["vehicle"]
    assert (line["open"], line["opened"]) == (2, 1)
    hall.do(c.PauseCounter("2", None, "lunch", None))
    assert seen(hall)["counters"]["2"]["state"] == "paused"
    assert "until" not in seen(hall)["counters"]["2"]


def test_no_clerk_and_no_person_is_named() -> None:
    hall = Room(office())
    hall.open("1", "staff:ann")
    hall.issue(person="person-7")
    hall.call()
    told = check("manager", seen(hall))
    assert "A001" in told
    assert "ann" not in told.replace("manage", "")
    assert "person-7" not in told
    assert "hash1" not in told
