"""What is proposed to somebody who runs the hall: only what helps clearly, with what would come of it."""

from datetime import datetime, timedelta
from random import Random

import pytest

from qms.kernel.event import Command, Recorded
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import proposals as p
from qms.queue.rules.decide import decide
from qms.queue.rules.fold import apply
from qms.queue.rules.model import Opened
from qms.queue.rules.pressure import Pressure, pressures
from qms.queue.rules.proposals import Proposal, proposals
from qms.queue.rules.roll import roll
from qms.queue.rules.state import Queue, draft
from tests.queue.make import Room, office

SERVED = {
    "1": {"id-card": 1, "vehicle": 2},
    "2": {"id-card": 1, "passport": 1},
    "3": {"vehicle": 1},
    "4": {"vehicle": 1, "passport": 2},
}
"""The vehicles' own counter is the third; only the first could help it, and the fourth if somebody sat there."""


def room(vehicles: int = 7, cards: int = 0, open: str = "123") -> Room:
    """So many wait for vehicles and for identity cards; open counters take only what is theirs first."""
    hall = Room(office(SERVED))
    for counter in open:
        own = {service: 1 for service, level in SERVED[counter].items() if level == 1}
        hall.open(counter, f"clerk-{counter}", own)
    for service in (*cards * ("id-card",), *vehicles * ("vehicle",)):
        hall.issue(service)
    return hall


def longest(hall: Room, opened: dict[str, tuple[Opened, ...]] | None = None) -> dict[str, float]:
    return {one.service: one.longest for one in pressures(hall.state, roll(hall.state, hall.now, opened))}


def test_a_calm_hall_needs_nothing() -> None:
    assert proposals(room(vehicles=1).state, room().now) == ()


def test_an_idle_counter_is_proposed_to_the_line_that_waits_too_long() -> None:
    hall = room()
    first = proposals(hall.state, hall.now)[0]
    assert (first.kind, first.service, first.line.service) == ("lend", "vehicle", "vehicle")
    assert first.counter == "1"
    assert first.minutes in (*p.USUAL, p.LONG)


def test_what_is_told_of_a_proposal_is_what_the_roll_says() -> None:
    hall = room()
    one = proposals(hall.state, hall.now)[0]
    until = hall.now + timedelta(minutes=one.minutes)
    after = longest(hall, {one.counter: (Opened(one.service, 0, "hand", hall.now, until),)})
    assert one.line.before == longest(hall)["vehicle"]
    assert one.line.after == after["vehicle"]
    assert one.longest == (max(longest(hall).values()), max(after.values()))
    assert one.line.after is not None
    assert one.line.before is not None
    assert one.line.after <= one.line.before - p.SOONER


def test_following_a_proposal_makes_what_it_told_come_true() -> None:
    hall = room()
    one = proposals(hall.state, hall.now)[0]
    hall.do(c.OpenLevel(one.counter, one.service, by_rule=False, minutes=one.minutes))
    assert longest(hall)["vehicle"] == pytest.approx(one.line.after)
    assert all(other.counter != one.counter for other in proposals(hall.state, hall.now))


def test_at_most_five_and_two_for_one_line_the_best_first() -> None:
    services = {"1": {"vehicle": 1}} | {str(n): {"id-card": 1, "vehicle": 2} for n in range(2, 9)}
    hall = Room(office(services))
    for counter in services:
        hall.open(counter, f"clerk-{counter}", {"vehicle": 1} if counter == "1" else {"id-card": 1})
    for _ in range(9):
        hall.issue("vehicle")
    found = proposals(hall.state, hall.now)
    assert len(found) == p.OF_A_LINE <= p.MOST
    after = [one.line.after for one in found]
    assert after == sorted(after, key=lambda wait: wait or 0)


def test_no_counter_is_taken_from_people_who_would_then_wait_too_long() -> None:
    hall = room(cards=4, open="13")
    before = longest(hall)
    for one in proposals(hall.state, hall.now):
        assert one.kind != "lend" or one.counter != "1" or before["id-card"] <= 30
    crowded = room(cards=5, open="13")
    assert not [one for one in proposals(crowded.state, crowded.now) if one.counter == "1"]


def test_who_would_wait_longer_is_told() -> None:
    hall = room(vehicles=12, cards=3)
    one = next(one for one in proposals(hall.state, hall.now) if one.counter == "1")
    assert {change.service for change in one.longer} == {"id-card", "passport"}, "counter 2 has more to do"
    for change in one.longer:
        assert change.before is not None
        assert change.after is not None
        assert change.after >= change.before + p.TOLD


def test_people_whom_nobody_serves_are_helped_first() -> None:
    hall = room(vehicles=2, open="1")
    one = proposals(hall.state, hall.now)[0]
    assert (one.kind, one.counter, one.service, one.line.before) == ("lend", "1", "vehicle", None)
    assert one.pressure[0] is None
    assert one.line.after is not None


def test_where_no_open_counter_helps_a_closed_one_is_advised() -> None:
    hall = room(vehicles=9, open="3")
    found = proposals(hall.state, hall.now)
    assert [one.kind for one in found] == ["open"]
    assert found[0].minutes == 0
    assert found[0].line.after is not None
    assert found[0].line.before is not None
    assert found[0].line.after < found[0].line.before
    hall.open(found[0].counter, "dan")
    assert longest(hall)["vehicle"] == pytest.approx(found[0].line.after)


def test_nobody_is_told_to_open_a_counter_while_the_hall_is_closed() -> None:
    hall = room(vehicles=9, open="3").at("18:00")
    assert proposals(hall.state, hall.now) == ()


def test_a_lent_counter_is_asked_back_when_its_own_people_wait_too_long() -> None:
    hall = room(vehicles=6, cards=2, open="13")
    hall.do(c.OpenLevel("1", "vehicle", by_rule=False, minutes=120))
    for _ in range(3):
        hall.issue("id-card")
    back = next(one for one in proposals(hall.state, hall.now) if one.kind == "back")
    assert (back.counter, back.service, back.line.service) == ("1", "vehicle", "id-card")
    hall.do(c.CloseLevel("1", "vehicle", by_rule=False))
    assert longest(hall)["id-card"] == pytest.approx(back.line.after)


def test_a_lent_counter_stays_where_nobody_else_would_serve_the_people_there() -> None:
    hall = room(vehicles=4, cards=9, open="1")
    hall.do(c.OpenLevel("1", "vehicle", by_rule=False, minutes=40))
    assert [one for one in proposals(hall.state, hall.now) if one.kind == "back"] == []


def test_a_closed_counter_is_advised_once() -> None:
    hall = Room(office({"1": {"vehicle": 1}, "2": {"passport": 1}, "3": {"vehicle": 1, "passport": 1}}))
    hall.open("1", "ann")
    hall.open("2", "bob")
    for service in (*9 * ("vehicle",), *9 * ("passport",)):
        hall.issue(service)
    assert [(one.kind, one.counter) for one in proposals(hall.state, hall.now)] == [("open", "3")]


@pytest.mark.parametrize("seed", range(40))
def test_what_is_proposed_in_any_hall_keeps_its_word(seed: int) -> None:
    """Halls at random: each proposal, followed, makes the waits that it tells, and harms nobody but as it says."""
    rng = Random(seed)
    hall = crowd(rng)
    before = stands(hall.state, hall.now)
    found = proposals(hall.state, hall.now)
    assert len(found) <= p.MOST
    for one in found:
        after = stands(followed(hall, one), hall.now)
        assert one.line.before == (
            None if before[one.line.service].unserved else before[one.line.service].longest
        )
        assert after[one.line.service].longest == pytest.approx(one.line.after)
        longer = {change.service for change in one.longer}
        for id, line in after.items():
            was = before[id]
            if id == one.line.service or was.unserved:
                continue
            assert line.untold == 0
            assert not was.degree <= 1 < line.degree
            assert id in longer or line.longest < was.longest + p.TOLD


def crowd(rng: Random) -> Room:
    """A hall of four services and up to six counters, some of them open for some of what they may serve."""
    services = ("id-card", "passport", "vehicle")
    counters = {
        str(n): {id: rng.randint(1, 2) for id in rng.sample(services, rng.randint(1, 3))}
        for n in range(1, rng.randint(3, 7))
    }
    hall = Room(office(counters))
    for counter, levels in counters.items():
        if rng.random() < 0.8:
            own = dict(rng.sample(sorted(levels.items()), rng.randint(1, len(levels))))
            hall.open(counter, f"clerk-{counter}", own)
    for _ in range(rng.randint(5, 30)):
        hall.after(minutes=rng.choice([0, 0, 1, 3]))
        hall.issue(rng.choice(services), rng.choice(["walk-in", "walk-in", "disabled"]))
    for counter in counters:
        desk = hall.state.desk(counter)
        if desk.state == "open" and rng.random() < 0.3:
            service = rng.choice(sorted(counters[counter]))
            hall.do(c.OpenLevel(counter, service, by_rule=False, minutes=rng.choice([10, 60])))
    return hall


def stands(state: Queue, now: datetime) -> dict[str, Pressure]:
    return {one.service: one for one in pressures(state, roll(state, now))}


def followed(hall: Room, one: Proposal) -> Queue:
    """The hall as it stands once a proposal was followed; the room itself stays."""
    command: Command = c.CloseLevel(one.counter, one.service, by_rule=False)
    if one.kind == "lend":
        command = c.OpenLevel(one.counter, one.service, by_rule=False, minutes=one.minutes)
    if one.kind == "open":
        command = c.OpenCounter(one.counter, "somebody", None)
    decided = decide(hall.state, command, hall.now)
    assert not isinstance(decided, Refusal)
    state, day = draft(hall.state), hall.state.day
    assert day is not None
    for event in decided:
        apply(state, Recorded(state.id, state.seq + 1, hall.now, day, "", "", event))
    return state


def test_the_hall_is_rolled_forward_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    services = {str(n): {"id-card": 1, "vehicle": 2, "passport": 3} for n in range(1, 21)}
    hall = Room(office(services | {"21": {"vehicle": 1}, "22": {"passport": 1}}))
    for counter in services:
        hall.open(counter, f"clerk-{counter}", {"id-card": 1})
    hall.open("21", "zoe", {"vehicle": 1})
    hall.open("22", "zed", {"passport": 1})
    for _ in range(30):
        hall.issue("vehicle")
        hall.issue("passport")
    rolls: list[object] = []

    def counted(*given: object) -> object:
        rolls.append(given)
        return roll(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(p, "roll", counted)
    found = proposals(hall.state, hall.now)
    assert {one.line.service for one in found} == {"vehicle", "passport"}
    assert 5 < len(rolls) <= p.ROLLS


def test_a_suspended_hall_is_left_alone() -> None:
    hall = room()
    hall.do(c.SuspendHall("fire"))
    assert proposals(hall.state, hall.now) == ()
    assert isinstance(proposals(room().state, room().now)[0], Proposal)
