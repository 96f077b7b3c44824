"""Who may still be called before me, and why: counted by reason, never by name, and in sum those ahead."""

from datetime import datetime, timedelta

import pytest

from qms.halls.rules.model import Hall, Overflow
from qms.queue.pages.format import before_words
from qms.queue.rules.before import Before, before
from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.shown import TicketView
from qms.queue.views.status import ticket
from tests.halls.make import segment
from tests.queue.make import Room, office
from tests.queue.test_fairness import RULES, watched

OPEN = {"1": {"id-card": 1, "passport": 1, "vehicle": 1}}


def told(room: Room, id: str) -> Before:
    held = room.ticket(id)
    return before(room.state, held, Outlooks(room.state, room.now).ahead_of(held), room.now)


def room(setup: Hall | None = None) -> Room:
    made = Room(setup or office(OPEN))
    made.open("1")
    return made


def test_each_who_is_before_me_is_counted_under_one_reason() -> None:
    hall = room()
    long_ago = hall.issue()
    hall.after(minutes=40)
    hall.issue("passport")
    mine = hall.issue()
    hall.after(minutes=1).issue("vehicle")
    hall.issue("vehicle", "booked", booked=hall.now)
    hall.issue("passport", "disabled")
    hall.after(minutes=25)
    assert told(hall, mine).causes == {"guard": 1, "first": 1, "appointment": 1, "priority": 1}
    assert told(hall, long_ago).causes == {}


def test_whoever_has_more_points_for_the_matter_alone_is_counted_under_the_rule() -> None:
    hall = room(office(OPEN, alpha=1))
    mine = hall.issue("vehicle")
    hall.after(seconds=10).issue("id-card")
    hall.after(minutes=5)
    assert told(hall, mine).causes == {"points": 1}


def test_the_promise_is_told_in_whole_minutes_that_are_not_too_early() -> None:
    hall = room()
    hall.after(seconds=30)
    mine = hall.issue()
    found = told(hall, mine)
    assert found.bound == "time"
    assert found.until == hall.at("10:01").now
    assert found.latest == hall.at("09:46").now


def test_where_nobody_passes_nothing_else_is_promised() -> None:
    hall = room()
    found = told(hall, hall.issue(segment="booked", booked=hall.now))
    assert (found.bound, found.latest, found.until) == ("nobody", None, None)


def test_a_rule_without_a_bound_says_so() -> None:
    setup = office(OPEN)
    strict = setup.model_copy(update={"conduct": setup.conduct.model_copy(update={"rule": "strict"})})
    hall = room(strict)
    assert told(hall, hall.issue()).bound == "none"


@pytest.mark.parametrize("rule", RULES)
def test_in_sum_they_are_those_ahead(rule: str) -> None:
    seen = 0
    for seed in range(3):
        hall = watched(seed, 250, rule).room
        outlooks = Outlooks(hall.state, hall.now)
        for held in hall.state.waiting():
            found = before(hall.state, held, outlooks.ahead_of(held), hall.now)
            ahead = outlooks.for_ticket(held).ahead
            assert sum(found.causes.values()) == ahead
            assert all(count > 0 for count in found.causes.values())
            seen += ahead
    assert seen > 20


def test_the_answer_does_not_change_from_minute_to_minute() -> None:
    """So that no phone is sent anything while nothing happens."""
    hall = room()
    mine = hall.issue()
    first = ticket(hall.state, mine, hall.now)
    assert ticket(hall.state, mine, hall.now + timedelta(minutes=7))["before"] == first["before"]


def test_no_group_is_told_apart_from_another() -> None:
    groups = (
        segment("walk-in"),
        segment("booked", target=10),
        *(segment(id, target=10) for id in ("a", "b")),
    )
    counted = []
    for id in ("a", "b"):
        hall = room(office(OPEN, segments=groups))
        mine = hall.issue()
        hall.issue("passport", id)
        hall.after(minutes=5)
        counted.append(ticket(hall.state, mine, hall.now)["before"])
    assert counted[0] == counted[1]
    assert counted[0]["causes"] == {"priority": 1}


def view(hall: Room, id: str, now: datetime | None = None) -> TicketView:
    return ticket(hall.state, id, now or hall.now)


def test_the_holder_reads_sentences() -> None:
    hall = room()
    hall.issue()
    mine = hall.issue()
    hall.issue("passport", "disabled")
    hall.issue("vehicle", "booked", booked=hall.now)
    hall.issue("vehicle", "booked", booked=hall.now)
    hall.after(minutes=5)
    assert before_words(view(hall, mine), "en") == [
        "1 person came before you.",
        "2 people have an appointment that is due.",
        "1 person has priority: their wait counts faster.",
        "Whoever comes after 09:45 is not called before you by the rule.",
        "From 10:00 on nobody who came after you is called before you by the rule.",
    ]
    alone = room()
    first = alone.issue("passport", "booked", booked=alone.now)
    assert before_words(view(alone, first), "pl") == [
        "Z osób, które teraz czekają, nikt.",
        "Nikogo, kto przyjdzie po Państwu, reguła nie wezwie przed Państwem.",
    ]


def test_whoever_is_called_is_told_no_more() -> None:
    hall = room()
    mine = hall.issue()
    hall.call("1")
    assert before_words(view(hall, mine), "en") == []


def test_a_counter_that_helps_is_part_of_the_promise() -> None:
    setup = office({"1": {"id-card": 1, "vehicle": 2}}, overflow=Overflow())
    hall = room(setup)
    assert told(hall, hall.issue("vehicle", "booked", booked=hall.now)).bound == "time"
