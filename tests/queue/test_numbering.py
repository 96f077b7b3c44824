"""Numbers on tickets: letter and running number, per group, wrapping safely, restarted daily (47-49)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.halls.rules.model import Hall
from qms.queue.rules import commands as c
from qms.queue.rules.numbering import following, run_of
from tests.halls.make import group
from tests.queue.make import Room, always_open, changed, office


def numbered(first: int = 1, last: int = 999, **more: Any) -> Hall:
    """A hall whose documents have numbers of a range."""
    setup = office(hours=always_open())
    return changed(setup, groups=(group("documents", "A", first=first, last=last, **more), setup.groups[1]))


def numbers(room: Room, count: int, *wish: str) -> list[str]:
    return [room.number(room.issue(*wish)) for _ in range(count)]


def test_a_number_is_the_letter_of_the_group_and_a_running_number() -> None:
    room = Room(numbered())
    assert [*numbers(room, 2), *numbers(room, 1, "vehicle"), *numbers(room, 1, "passport")] == [
        "A001",
        "A002",
        "V001",
        "A003",
    ]


@pytest.mark.parametrize(
    ("first", "digits", "written"),
    [(1, 3, "A001"), (500, 3, "A500"), (800, 2, "A800"), (0, 1, "A0"), (7, 5, "A00007")],
)
def test_format_and_first_number_are_set_per_group(first: int, digits: int, written: str) -> None:
    assert numbers(Room(numbered(first, digits=digits)), 1) == [written]


def test_groups_may_share_a_letter_with_ranges_of_their_own() -> None:
    setup = office()
    shared = (group("documents", "A", first=1, last=499), group("vehicles", "A", first=500, last=799))
    room = Room(changed(setup, groups=shared))
    assert [*numbers(room, 2), *numbers(room, 2, "vehicle")] == ["A001", "A002", "A500", "A501"]


def test_groups_with_one_letter_and_one_range_draw_from_one_run() -> None:
    setup = office()
    room = Room(changed(setup, groups=(group("documents", "A"), group("vehicles", "A"))))
    assert [*numbers(room, 1), *numbers(room, 1, "vehicle"), *numbers(room, 1)] == ["A001", "A002", "A003"]


def test_booked_visitors_may_have_a_letter_and_a_run_of_their_own() -> None:
    room = Room(numbered(booked_letter="U"))
    assert [
        *numbers(room, 1, "id-card", "booked"),
        *numbers(room, 2, "id-card", "walk-in"),
        *numbers(room, 1, "id-card", "booked"),
        *numbers(room, 1, "id-card", "disabled"),
    ] == ["U001", "A001", "A002", "U002", "A003"]


def test_without_a_booked_letter_booked_visitors_are_numbered_with_the_others() -> None:
    room = Room(numbered())
    assert [*numbers(room, 1, "id-card", "booked"), *numbers(room, 1)] == ["A001", "A002"]


def test_the_count_wraps_and_skips_numbers_that_live_tickets_bear() -> None:
    room = Room(numbered(1, 4))
    room.open()
    first, second, third, fourth = (room.issue() for _ in range(4))
    room.do(c.CancelTicket(first, False))
    room.do(c.CancelTicket(third, False))
    assert numbers(room, 2) == ["A001", "A003"], "A002 waits, A004 too"
    room.do(c.Start("1", None, room.call(ticket=fourth)))
    room.do(c.Park("1", None, fourth))
    room.do(c.CancelTicket(second, False))
    assert numbers(room, 1) == ["A002"], "A004 is parked and bears its number"


def test_when_every_number_is_borne_none_is_given_until_one_is_free() -> None:
    room = Room(numbered(1, 3))
    tickets = [room.issue() for _ in range(3)]
    assert room.code(room.wish()) == "numbers_exhausted"
    room.issue("vehicle")
    room.do(c.CancelTicket(tickets[1], True))
    assert numbers(room, 1) == ["A002"]


def test_a_number_is_not_given_again_at_once() -> None:
    room = Room(numbered(1, 9))
    for wanted in ("A001", "A002", "A003"):
        ticket = room.issue()
        assert room.number(ticket) == wanted
        room.do(c.CancelTicket(ticket, False))


def test_numbers_restart_every_day() -> None:
    room = Room(numbered(500, 799, booked_letter="U"))
    assert numbers(room, 3) == ["A500", "A501", "A502"]
    numbers(room, 2, "id-card", "booked")
    room.at("08:00", date(2026, 11, 25))
    assert [*numbers(room, 1), *numbers(room, 1, "id-card", "booked")] == ["A500", "U500"]


def test_a_run_goes_on_when_its_last_number_changes_during_the_day() -> None:
    room = Room(numbered(1, 999))
    numbers(room, 5)
    room.configure(numbered(1, 7, digits=2))
    assert numbers(room, 3) == ["A06", "A07", "A01"], "written anew, so A001 is another number"


def test_a_new_letter_during_the_day_starts_a_new_run_and_old_numbers_stay() -> None:
    room = Room(numbered())
    old = room.issue()
    setup = office(hours=always_open())
    room.configure(changed(setup, groups=(group("documents", "D"), setup.groups[1])))
    assert numbers(room, 1) == ["D001"]
    assert room.number(old) == "A001"


@given(
    st.integers(0, 3),
    st.integers(0, 7),
    st.lists(
        st.tuples(st.sampled_from(["issue", "cancel", "aside", "take"]), st.integers(0, 9)), max_size=60
    ),
)
def test_no_two_live_tickets_bear_one_number(first: int, size: int, steps: list[tuple[str, int]]) -> None:
    """Issue, cancel, set aside and take by oneself in any order: refused just when nothing is free."""
    room = Room(numbered(first, first + size, digits=1))
    aside: set[int] = set()
    used: set[int] = set()
    for step, n in steps:
        live = [t for t in room.state.tickets.values() if t.live]
        borne = {int(t.number[1:]) for t in live}
        free = size + 1 - len(borne | aside)
        if step == "issue":
            verdict = room.ask(room.wish())
            assert hasattr(verdict, "code") is (free == 0)
        elif step == "cancel" and live:
            room.do(c.CancelTicket(live[n % len(live)].id, False))
        elif step == "aside":
            room.do(c.SetNumbersAside("k"))
            half = (size + 1) // 2
            aside = set(range(first + size, first + size - half, -1))
        elif step == "take" and (left := sorted(aside - used - borne)):
            taken = left[n % len(left)]
            room.do(room.printed(f"A{taken}", device="k"))
            used.add(taken)
        live_now = [t.number for t in room.state.tickets.values() if t.live]
        assert len(set(live_now)) == len(live_now)
        assert set(room.state.bearers) == set(live_now)


def test_so_many_as_there_are_free_follow_and_no_more() -> None:
    room = Room(numbered(1, 5))
    numbers(room, 2)
    documents = room.state.setup.groups[0]
    assert following(room.state, run_of(documents), 10) == (3, 4, 5)
