"""Which counter the hall's rule would have help another line, or let go, upon a roll."""

from qms.halls.rules.model import Overflow
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.overflow import step
from qms.queue.rules.pressure import pressures
from qms.queue.rules.roll import roll
from tests.queue.make import Room, office

SERVED = {"1": {"id-card": 1, "vehicle": 2}, "2": {"passport": 1, "vehicle": 2}, "3": {"vehicle": 1}}
OVERFLOW = Overflow(above=25, below=20, least=15)


def room(overflow: Overflow | None = OVERFLOW) -> Room:
    """Six for vehicles, one for each of the other counters, and somebody with every clerk."""
    hall = Room(office(SERVED, overflow=overflow))
    for counter, clerk, service in (
        ("1", "ann", "id-card"),
        ("2", "bob", "passport"),
        ("3", "cid", "vehicle"),
    ):
        hall.open(counter, clerk)
        hall.do(c.Start(counter, None, _called(hall, counter, service)))
    for service in (*6 * ("vehicle",), "id-card", "passport"):
        hall.issue(service)
    return hall


def _called(hall: Room, counter: str, service: str) -> str:
    hall.issue(service)
    return hall.call(counter)


def asked(hall: Room) -> c.OpenLevel | c.CloseLevel | None:
    return step(hall.state, roll(hall.state, hall.now), hall.now)


def test_the_calmest_counter_helps_the_line_that_waits_too_long() -> None:
    hall = room()
    hall.do(c.CancelTicket("t11", by_staff=True))
    one = asked(hall)
    assert isinstance(one, c.OpenLevel)
    assert (one.counter, one.service, one.by_rule) == ("2", "vehicle", True)
    assert one.wait is not None
    assert one.own is not None
    assert one.wait > 25
    assert one.own < 20


def test_what_it_asks_for_is_what_follows_with_its_estimates() -> None:
    hall = room()
    before = roll(hall.state, hall.now)
    one = step(hall.state, before, hall.now)
    assert one is not None
    hall.do(one)
    opened = hall.last(e.LevelOpened)
    assert (opened.counter, opened.wait, opened.own) == (one.counter, one.wait, one.own)
    assert one.wait == round(pressures(hall.state, before)[0].longest, 2)
    vehicles = [ticket.id for ticket in hall.state.waiting() if ticket.service == "vehicle"]
    after = roll(hall.state, hall.now)
    assert sum(after.tickets[id] for id in vehicles) < sum(before.tickets[id] for id in vehicles)


def test_nothing_is_asked_for_where_the_hall_has_no_such_rule_or_is_suspended() -> None:
    assert asked(room(None)) is None
    hall = room()
    hall.do(c.SuspendHall("fire"))
    assert asked(hall) is None


def test_nothing_is_asked_for_while_waits_are_within_the_limits() -> None:
    hall = room(Overflow(above=240, below=10, least=15))
    assert asked(hall) is None


def test_a_counter_whose_own_people_wait_helps_nobody() -> None:
    hall = room()
    for service in ("id-card", "passport"):
        hall.issue(service)
    assert asked(hall) is None


def test_a_roll_from_before_the_last_opening_moves_nobody_else() -> None:
    hall = room()
    before = roll(hall.state, hall.now)
    one = step(hall.state, before, hall.now)
    assert one is not None
    hall.do(one)
    assert step(hall.state, before, hall.now) is None
    later = hall.after(seconds=2)
    assert step(later.state, before, later.now) is None


def test_help_ends_by_itself_once_it_is_needed_no_more_and_not_sooner() -> None:
    hall = room()
    one = asked(hall)
    assert one is not None
    hall.do(one)
    for n in range(4, 10):
        hall.do(c.CancelTicket(f"t{n}", by_staff=True))
    assert asked(hall.after(minutes=14)) is None, "not before its least time"
    end = asked(hall.after(minutes=2))
    assert isinstance(end, c.CloseLevel)
    assert (end.counter, end.service) == (one.counter, "vehicle")
    assert end.wait is not None
    hall.do(end)
    assert hall.last(e.LevelClosed) == e.LevelClosed(one.counter, "vehicle", "rule", end.wait, end.own)
    assert asked(hall) is None


def test_what_was_lent_by_hand_is_no_business_of_the_rule() -> None:
    hall = room()
    hall.do(c.OpenLevel("1", "vehicle", by_rule=False, minutes=240))
    hall.do(c.OpenLevel("2", "vehicle", by_rule=False, minutes=240))
    for n in range(4, 10):
        hall.do(c.CancelTicket(f"t{n}", by_staff=True))
    assert asked(hall.after(minutes=30)) is None


def test_a_counter_on_a_break_is_not_asked_for_help() -> None:
    hall = room()
    for counter, ticket in (("1", "t1"), ("2", "t2")):
        hall.do(c.Finish(counter, None, ticket))
        hall.do(c.PauseCounter(counter, None, "lunch", None))
    assert asked(hall) is None
