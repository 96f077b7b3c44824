"""Counters: signing on with a profile, breaks, changing place, calling with a current ticket, undo."""

from datetime import timedelta

import pytest

from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.tables import Spell, Visit
from tests.queue.make import Room, changed, office


def test_without_a_profile_a_counter_takes_all_that_it_may() -> None:
    room = Room()
    room.open("2")
    assert dict(room.desk("2").profile) == {"id-card": 1, "vehicle": 2}
    assert (room.desk("2").clerk, room.desk("2").idle_since) == ("ann", room.now)


def test_a_profile_chooses_services_and_levels() -> None:
    room = Room()
    room.open("2", profile={"vehicle": 1})
    assert dict(room.desk("2").profile) == {"vehicle": 1}
    room.issue("id-card")
    assert room.code(c.CallNext("2", None)) == "nobody_waiting"
    vehicle = room.issue("vehicle")
    assert room.call("2") == vehicle


@pytest.mark.parametrize("profile", [(("vehicle", 1),), (("id-card", 0),), (("haircut", 1),)])
def test_a_profile_lies_within_what_the_counter_may_serve(profile: tuple[tuple[str, int], ...]) -> None:
    assert Room().code(c.OpenCounter("1", "ann", profile)) == "not_served_here"


def test_unknown_retired_and_taken_counters_are_not_opened() -> None:
    setup = office()
    retired = setup.counters[2].model_copy(update={"retired": True})
    room = Room(changed(setup, counters=(*setup.counters[:2], retired)))
    room.open("1", "ann")
    assert room.code(c.OpenCounter("9", "bob")) == "unknown_counter"
    assert room.code(c.OpenCounter("3", "bob")) == "counter_retired"
    assert room.code(c.OpenCounter("1", "bob")) == "counter_taken"


def test_opening_what_is_open_is_nothing_new() -> None:
    room = Room()
    room.open()
    assert room.do(c.OpenCounter("1", "ann")) == ()


def test_a_profile_changed_during_the_day_keeps_the_ticket_and_the_idle_time() -> None:
    room = Room()
    room.open("2")
    opened = room.now
    room.after(minutes=10).open("2", profile={"vehicle": 1})
    assert (room.desk("2").since, room.desk("2").idle_since) == (opened, opened)
    ticket = room.issue("vehicle")
    room.call("2")
    room.open("2", profile={"id-card": 1})
    assert room.desk("2").ticket == ticket
    room.do(c.Start("2", "ann", ticket))
    assert room.desk("2").idle_since is None


def test_a_break_has_a_reason_and_an_end_and_nobody_is_called_in_it() -> None:
    room = Room()
    room.open()
    room.issue()
    room.do(c.PauseCounter("1", "ann", "lunch", room.now + timedelta(minutes=30)))
    desk = room.desk()
    assert (desk.state, desk.reason, desk.idle_since) == ("paused", "lunch", None)
    assert desk.until == room.now + timedelta(minutes=30)
    assert room.code(c.CallNext("1", "ann")) == "counter_not_open"
    room.after(minutes=31).open()
    assert (room.desk().state, room.desk().reason, room.desk().until) == ("open", None, None)
    room.call()


def test_breaks_out_of_order_are_refused() -> None:
    room = Room()
    assert room.code(c.PauseCounter("1", "ann", "lunch")) == "counter_not_open"
    room.open()
    assert room.code(c.PauseCounter("1", "bob", "lunch")) == "counter_taken"
    assert room.code(c.PauseCounter("1", "ann", "lunch", room.now)) == "invalid"
    room.issue()
    room.call()
    assert room.code(c.PauseCounter("1", "ann", "lunch")) == "counter_busy"


def test_a_counter_is_closed_by_its_clerk_or_by_one_who_may_act_for_others() -> None:
    room = Room()
    room.open()
    assert room.code(c.CloseCounter("1", "bob")) == "counter_taken"
    room.do(c.CloseCounter("1", None))
    assert (room.desk().state, room.desk().clerk) == ("closed", None)
    assert room.do(c.CloseCounter("1", "ann")) == ()
    assert room.code(c.CloseCounter("9", "ann")) == "unknown_counter"


def test_a_counter_with_somebody_at_it_is_not_closed() -> None:
    room = Room()
    room.open()
    room.issue()
    room.call()
    assert room.code(c.CloseCounter("1", "ann")) == "counter_busy"


def test_a_clerk_who_sits_down_elsewhere_leaves_the_first_counter() -> None:
    room = Room()
    room.open("1")
    room.open("2")
    assert (room.desk("1").state, room.desk("2").clerk) == ("closed", "ann")


def test_a_clerk_with_somebody_at_the_counter_does_not_sit_down_elsewhere() -> None:
    room = Room()
    room.open("1")
    room.issue()
    room.call("1")
    assert room.code(c.OpenCounter("2", "ann")) == "counter_busy"


def test_calling_with_somebody_at_the_counter_is_refused_unless_the_clerk_names_the_ticket() -> None:
    room = Room()
    room.open()
    first, second = room.issue(), room.issue()
    room.call()
    assert room.code(c.CallNext("1", "ann")) == "counter_busy"
    assert room.code(c.CallNext("1", "ann", current=second)) == "not_at_counter"
    assert room.code(c.CallNext("1", "ann", current=first)) == "not_started"
    room.do(c.Start("1", "ann", first))
    events = room.do(c.CallNext("1", "ann", current=first))
    assert [type(event) for event in events] == [e.TicketFinished, e.TicketCalled]
    assert room.desk().ticket == second


def test_a_screen_that_still_shows_the_one_just_finished_may_call() -> None:
    room = Room()
    room.open()
    first, second = room.issue(), room.issue()
    room.do(c.Start("1", None, room.call()))
    room.do(c.Finish("1", None, first))
    assert room.code(c.CallNext("1", None, current=second)) == "not_at_counter"
    assert room.call(current=first) == second


def test_with_nobody_left_the_one_at_the_counter_stays() -> None:
    room = Room()
    room.open()
    ticket = room.issue()
    room.do(c.Start("1", None, room.call()))
    assert room.code(c.CallNext("1", None, current=ticket)) == "nobody_waiting"
    assert room.ticket(ticket).state == "serving"


def busy_room() -> tuple[Room, str]:
    room = Room()
    room.open("1")
    room.open("2", "bob")
    ticket = room.issue()
    room.after(minutes=2)
    return room, ticket


UNDOABLE = {
    "call": ((), c.CallNext("1", None)),
    "recall": (("call",), c.Recall("1", None, "t1")),
    "start": (("call",), c.Start("1", None, "t1")),
    "no-show": (("call",), c.NoShow("1", None, "t1")),
    "requeue": (("call",), c.Requeue("1", None, "t1")),
    "finish": (("call", "start"), c.Finish("1", None, "t1")),
    "park": (("call", "start"), c.Park("1", None, "t1")),
    "transfer": (("call", "start"), c.Transfer("1", None, "t1", "passport")),
}


@pytest.mark.parametrize("act", UNDOABLE)
def test_every_act_at_a_counter_can_be_taken_back(act: str) -> None:
    room, ticket = busy_room()
    before, command = UNDOABLE[act]
    for step in before:
        room.do(UNDOABLE[step][1])
        room.after(seconds=1)
    was, desk, rows = room.ticket(ticket), room.desk(), {k: dict(v) for k, v in room.rows.items()}
    room.do(command)
    assert room.desk().last is not None
    assert room.desk().last.act == act  # type: ignore[union-attr]
    undone = room.log[-1].seq
    room.after(seconds=5).do(c.Undo("1", "ann", ticket))
    now = room.ticket(ticket)
    assert now.touched == room.log[-1].seq
    assert (now.state, now.spells, now.calls, now.since) == (was.state, was.spells, was.calls, was.since)
    assert room.last(e.ActUndone) == e.ActUndone(ticket, "1", undone)
    assert (room.desk().ticket, room.desk().idle_since) == (desk.ticket, desk.idle_since)
    assert room.rows[Visit] == rows[Visit]
    assert room.rows.get(Spell, {}) == rows.get(Spell, {})
    assert all(call.seq != undone for call in room.state.calls), "no board says it any more"


def test_a_resumed_ticket_goes_back_to_those_set_aside() -> None:
    room, ticket = busy_room()
    for command in (c.CallNext("1", None), c.Start("1", None, ticket), c.Park("1", None, ticket)):
        room.do(command)
    room.do(c.Resume("2", "bob", ticket))
    room.do(c.Undo("2", "bob", ticket))
    assert (room.ticket(ticket).state, room.ticket(ticket).counter) == ("parked", "1")


def test_an_act_is_taken_back_once_and_only_within_its_seconds() -> None:
    room, ticket = busy_room()
    assert room.code(c.Undo("1", None, ticket)) == "cannot_undo"
    room.call()
    room.after(seconds=10, milliseconds=1)
    assert room.code(c.Undo("1", None, ticket)) == "cannot_undo"
    room.do(c.Start("1", None, ticket))
    room.do(c.Undo("1", None, ticket))
    assert room.code(c.Undo("1", None, ticket)) == "cannot_undo"


def test_only_the_last_act_and_only_its_own_ticket_is_taken_back() -> None:
    room, ticket = busy_room()
    other = room.issue()
    room.call()
    assert room.code(c.Undo("1", None, other)) == "cannot_undo"
    assert room.code(c.Undo("1", "bob", ticket)) == "counter_taken"


def test_what_has_gone_on_elsewhere_is_not_taken_back() -> None:
    room, ticket = busy_room()
    for command in (c.CallNext("1", None), c.Start("1", None, ticket), c.Park("1", None, ticket)):
        room.do(command)
    room.do(c.Resume("2", "bob", ticket))
    assert room.code(c.Undo("1", None, ticket)) == "cannot_undo"


def test_a_finish_is_not_taken_back_when_the_number_is_borne_by_another() -> None:
    setup = office()
    few = changed(setup, groups=(setup.groups[0].model_copy(update={"last": 1}), setup.groups[1]))
    room = Room(few)
    room.open()
    ticket = room.issue()
    room.do(c.Start("1", None, room.call()))
    room.do(c.Finish("1", None, ticket))
    room.issue()
    assert room.code(c.Undo("1", None, ticket)) == "cannot_undo"


def test_a_break_or_a_new_profile_leaves_nothing_to_take_back() -> None:
    room, ticket = busy_room()
    room.call()
    room.open("1", profile={"id-card": 1})
    assert room.code(c.Undo("1", None, ticket)) == "cannot_undo"


@pytest.mark.parametrize(
    ("who", "may_pick", "code"),
    [("clerk", False, None), ("supervisor", True, None), ("supervisor", False, "pick_not_allowed")],
)
def test_who_may_pick_by_hand_is_the_halls_to_say(who: str, may_pick: bool, code: str | None) -> None:
    room = Room(office(hand_pick=who))
    room.open()
    room.issue()
    second = room.issue()
    pick = c.CallNext("1", "ann", ticket=second, may_pick=may_pick)
    if code:
        assert room.code(pick) == code
    else:
        room.do(pick, "ann")
        assert room.desk().ticket == second
        assert room.log[-1].actor == "ann", "every exception is on record with its actor"


def test_a_pick_says_how_many_were_passed_and_who_would_have_been_next() -> None:
    room = Room()
    room.open()
    first, _, third = (room.issue() for _ in range(3))
    room.after(minutes=1).call(ticket=third)
    called = room.last(e.TicketCalled)
    assert (called.by, called.passed, called.score.ticket) == ("hand", 2, third)
    assert called.runner_up is not None
    assert called.runner_up.ticket == first


def test_a_pick_of_the_next_one_passes_nobody() -> None:
    room = Room()
    room.open()
    first, _ = room.issue(), room.issue()
    room.call(ticket=first)
    assert room.last(e.TicketCalled).passed == 0


def test_a_pick_may_go_beyond_the_profile_but_not_beyond_the_counter() -> None:
    room = Room()
    room.open("2", profile={"id-card": 1})
    vehicle, passport = room.issue("vehicle"), room.issue("passport")
    assert room.code(c.CallNext("2", None, ticket=passport)) == "not_served_here"
    assert room.call("2", ticket=vehicle) == vehicle


def test_picks_out_of_order_are_refused() -> None:
    room = Room()
    room.open("1")
    room.open("2", "bob")
    ticket = room.issue()
    assert room.code(c.CallNext("1", None, ticket="nobody")) == "unknown_ticket"
    room.call("1")
    assert room.code(c.CallNext("2", None, ticket=ticket)) == "not_waiting"


def test_an_absent_one_may_be_picked_before_the_time() -> None:
    room = Room()
    room.open()
    ticket = room.issue()
    room.call()
    room.do(c.Requeue("1", None, ticket))
    assert room.call(ticket=ticket) == ticket
