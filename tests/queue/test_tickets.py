"""The life of a ticket: every act, its times, and its refusals out of order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.tables import Spell, Visit
from tests.queue.make import Room, changed, office


def room_with_one_called() -> tuple[Room, str]:
    room = Room()
    room.open()
    room.issue()
    room.after(minutes=3)
    return room, room.call()


def room_with_one_served() -> tuple[Room, str]:
    room, ticket = room_with_one_called()
    room.after(minutes=1).do(c.Start("1", None, ticket))
    return room, ticket


def test_a_ticket_is_issued_with_a_number_and_waits() -> None:
    room = Room()
    ticket = room.ticket(room.issue("id-card", "disabled", channel="reception"))
    assert (ticket.number, ticket.state, ticket.segment) == ("A001", "waiting", "disabled")
    assert ticket.issued == ticket.ref == ticket.since == room.now
    assert room.row(Visit, ticket.id) | {"hour": 9, "wait": None, "channel": "reception"} == room.row(
        Visit, ticket.id
    )


def test_the_same_ticket_is_not_issued_twice() -> None:
    room = Room()
    wish = room.wish()
    room.do(wish)
    assert room.code(wish) == "wrong_state"


@pytest.mark.parametrize(
    ("service", "segment", "code"),
    [("no-such", "walk-in", "unknown_service"), ("id-card", "no-such", "unknown_segment")],
)
def test_unknown_services_and_segments_are_refused(service: str, segment: str, code: str) -> None:
    room = Room()
    assert room.code(room.wish(service, segment)) == code


def test_a_ticket_may_be_for_further_services() -> None:
    room = Room()
    ticket = room.issue(also=("passport",))
    assert room.state.tickets[ticket].also == ("passport",)
    for also in (("nothing",), ("id-card",)):
        assert room.code(room.wish(also=also)) == "unknown_service", "unknown, or the first one again"


def test_call_start_and_finish_keep_four_times_of_one_visit() -> None:
    room, ticket = room_with_one_called()
    called = room.now
    room.after(minutes=1).do(c.Start("1", None, ticket))
    room.after(minutes=7).do(c.Finish("1", None, ticket))
    assert room.ticket(ticket).state == "finished"
    assert room.desk().ticket is None
    assert room.desk().idle_since == room.now
    visit, spell = room.row(Visit, ticket), room.row(Spell, ticket, 1)
    assert (visit["wait"], visit["served"], visit["state"]) == (180, 420, "finished")
    assert (visit["first_called"], visit["first_started"], visit["ended"]) == (
        called,
        called + timedelta(minutes=1),
        called + timedelta(minutes=8),
    )
    assert (spell["clerk"], spell["outcome"], spell["given"]) == ("ann", "served", "id-card")
    assert visit["accurate"]


def test_finishing_can_name_what_was_really_given_and_that_it_was_not() -> None:
    room, ticket = room_with_one_served()
    room.do(c.Finish("1", None, ticket, "not_provided", "passport"))
    spell = room.row(Spell, ticket, 1)
    assert (spell["service"], spell["given"], spell["outcome"]) == ("id-card", "passport", "not_provided")


def test_what_was_really_given_must_be_a_service_of_the_hall() -> None:
    room, ticket = room_with_one_served()
    assert room.code(c.Finish("1", None, ticket, service="haircut")) == "unknown_service"


def test_a_recall_counts_a_call_and_ends_at_the_limit() -> None:
    room, ticket = room_with_one_called()
    room.do(c.Recall("1", None, ticket))
    room.do(c.Recall("1", None, ticket))
    assert room.ticket(ticket).calls == 3
    assert [call.again for call in room.state.calls] == [False, True, True]
    assert room.code(c.Recall("1", None, ticket)) == "calls_spent"


def test_a_no_show_ends_the_visit_and_frees_number_and_counter() -> None:
    room, ticket = room_with_one_called()
    room.after(minutes=2).do(c.NoShow("1", None, ticket))
    assert room.ticket(ticket).state == "missed"
    assert room.desk().ticket is None
    assert room.state.bearers == {}
    assert room.row(Visit, ticket)["ended"] == room.now
    assert room.row(Spell, ticket, 1)["outcome"] == "missed"


def test_an_absent_person_sent_back_keeps_the_place_but_is_not_called_at_once() -> None:
    room, ticket = room_with_one_called()
    other = room.issue()
    room.do(c.Requeue("1", None, ticket))
    assert room.ticket(ticket).ref < room.ticket(other).ref
    assert room.call() == other, "not before the five minutes have passed"
    room.do(c.NoShow("1", None, other))
    assert room.after(minutes=4, seconds=59).code(c.CallNext("1", None)) == "nobody_waiting"
    room.after(seconds=1)
    assert room.call() == ticket
    assert room.ticket(ticket).calls == 2, "calls before and after going back are counted together"


def test_after_the_last_call_nobody_is_sent_back_from_the_counter() -> None:
    room, ticket = room_with_one_called()
    room.do(c.Recall("1", None, ticket))
    room.do(c.Recall("1", None, ticket))
    assert room.code(c.Requeue("1", None, ticket)) == "calls_spent"


def test_a_missed_person_who_turns_up_is_sent_back_and_may_be_called_at_once() -> None:
    room, ticket = room_with_one_called()
    room.do(c.NoShow("1", None, ticket))
    room.after(minutes=10).do(c.Requeue("1", None, ticket))
    assert room.row(Visit, ticket)["ended"] is None
    assert room.call() == ticket
    assert room.ticket(ticket).calls == 1, "a new start"
    assert room.row(Visit, ticket)["total_wait"] == 180, "the wait began anew when the person came back"


def test_a_missed_person_is_not_sent_back_when_somebody_bears_the_number_now() -> None:
    setup = office()
    few = changed(setup, groups=(setup.groups[0].model_copy(update={"last": 1}), setup.groups[1]))
    room = Room(few)
    room.open()
    room.issue()
    ticket = room.call()
    room.do(c.NoShow("1", None, ticket))
    assert room.number(room.issue()) == "A001"
    assert room.code(c.Requeue("1", None, ticket)) == "wrong_state"


def test_a_parked_ticket_keeps_the_time_before_parking_and_is_not_called_by_the_rule() -> None:
    room, ticket = room_with_one_served()
    room.after(minutes=4).do(c.Park("1", None, ticket, "a copy of the birth certificate"))
    assert room.desk().ticket is None
    assert room.code(c.CallNext("1", None)) == "nobody_waiting"
    room.after(minutes=20).do(c.Resume("1", None, ticket))
    room.after(minutes=1).do(c.Start("1", None, ticket))
    room.after(minutes=6).do(c.Finish("1", None, ticket))
    visit = room.row(Visit, ticket)
    assert visit["served"] == (4 + 6) * 60
    assert (visit["wait"], visit["total_wait"]) == (3 * 60, (3 + 20) * 60)
    assert [room.row(Spell, ticket, n)["outcome"] for n in (1, 2)] == ["parked", "served"]


def test_a_parked_ticket_can_be_resumed_at_another_counter() -> None:
    room, ticket = room_with_one_served()
    room.do(c.Park("1", None, ticket))
    room.open("2", "bob")
    room.do(c.Resume("2", "bob", ticket))
    assert room.ticket(ticket).counter == "2"
    assert room.last(e.TicketCalled).by == "resume"


def test_a_transfer_to_a_service_keeps_number_and_first_waiting_time() -> None:
    room, ticket = room_with_one_served()
    room.open("3", "eve")
    room.after(minutes=5).do(c.Transfer("1", None, ticket, service="vehicle"))
    before = room.log[0].at
    moved = room.ticket(ticket)
    assert (moved.number, moved.service, moved.ref) == ("A001", "vehicle", before)
    assert room.row(Visit, ticket)["service_group"] == "vehicles"
    assert moved.since == room.now
    room.after(minutes=2)
    assert room.call("3") == ticket
    assert room.row(Visit, ticket)["total_wait"] == (3 + 2) * 60


def test_one_who_was_transferred_stands_by_the_first_waiting_time() -> None:
    room, ticket = room_with_one_served()
    room.open("3", "eve")
    other = room.issue("vehicle")
    room.after(minutes=5).do(c.Transfer("1", None, ticket, service="vehicle"))
    assert room.call("3") == ticket, "who has waited since earlier"
    room.do(c.NoShow("3", None, ticket))
    assert room.call("3") == other


def test_a_transfer_to_a_counter_is_called_there_only() -> None:
    room, ticket = room_with_one_served()
    room.open("2", "bob")
    room.do(c.Transfer("1", None, ticket, to_counter="2"))
    assert room.ticket(ticket).only == "2"
    assert room.code(c.CallNext("1", None)) == "nobody_waiting"
    assert room.call("2") == ticket


def test_when_the_chosen_counter_closes_its_people_wait_for_any() -> None:
    room, ticket = room_with_one_served()
    room.open("2", "bob")
    room.do(c.Transfer("1", None, ticket, to_counter="2"))
    room.do(c.CloseCounter("2", "bob"))
    assert room.call("1") == ticket


@pytest.mark.parametrize(
    ("service", "counter", "code"),
    [
        (None, None, "same_place"),
        ("id-card", None, "same_place"),
        (None, "1", "same_place"),
        ("haircut", None, "unknown_service"),
        (None, "9", "unknown_counter"),
        (None, "2", "counter_not_open"),
        (None, "3", "not_served_here"),
    ],
)
def test_transfers_that_lead_nowhere_are_refused(
    service: str | None, counter: str | None, code: str
) -> None:
    room, ticket = room_with_one_served()
    room.open("3", "eve")
    assert room.code(c.Transfer("1", None, ticket, service, counter)) == code


@pytest.mark.parametrize("by_staff", [False, True])
def test_a_waiting_ticket_is_cancelled_by_its_holder_or_by_staff(by_staff: bool) -> None:
    room = Room()
    ticket = room.issue()
    room.after(minutes=2).do(c.CancelTicket(ticket, by_staff))
    visit = room.row(Visit, ticket)
    assert (visit["state"], visit["ended"]) == ("cancelled", room.now)
    assert visit["removed_by_staff"] is by_staff
    assert room.state.lines == {}


def test_cancelling_twice_is_the_same_as_once() -> None:
    room = Room()
    ticket = room.issue()
    room.do(c.CancelTicket(ticket, False))
    assert room.do(c.CancelTicket(ticket, False)) == ()


def test_a_parked_ticket_can_be_cancelled_and_one_at_a_counter_cannot() -> None:
    room, ticket = room_with_one_called()
    assert room.code(c.CancelTicket(ticket, True)) == "wrong_state"
    room.do(c.Start("1", None, ticket))
    assert room.code(c.CancelTicket(ticket, False)) == "wrong_state"
    room.do(c.Park("1", None, ticket))
    room.do(c.CancelTicket(ticket, False))
    assert room.ticket(ticket).state == "cancelled"


def acts(ticket: str) -> dict[str, Any]:
    return {
        "recall": c.Recall("1", None, ticket),
        "start": c.Start("1", None, ticket),
        "finish": c.Finish("1", None, ticket),
        "no-show": c.NoShow("1", None, ticket),
        "requeue": c.Requeue("1", None, ticket),
        "park": c.Park("1", None, ticket),
        "resume": c.Resume("1", None, ticket),
        "transfer": c.Transfer("1", None, ticket, service="passport"),
    }


OUT_OF_ORDER = {
    "waiting": dict.fromkeys(acts(""), "not_at_counter") | {"resume": "not_parked"},
    "called": {
        "finish": "not_started",
        "park": "not_started",
        "transfer": "not_started",
        "resume": "counter_busy",
    },
    "serving": {
        "recall": "already_started",
        "start": "already_started",
        "no-show": "already_started",
        "requeue": "already_started",
        "resume": "counter_busy",
    },
    "finished": dict.fromkeys(acts(""), "not_at_counter") | {"resume": "not_parked"},
    "parked": {name: "not_at_counter" for name in acts("") if name != "resume"},
    "missed": {name: "not_at_counter" for name in acts("") if name != "requeue"} | {"resume": "not_parked"},
    "cancelled": dict.fromkeys(acts(""), "not_at_counter") | {"resume": "not_parked"},
}
TO_STATE: dict[str, tuple[str, ...]] = {
    "waiting": (),
    "called": ("call",),
    "serving": ("call", "start"),
    "finished": ("call", "start", "finish"),
    "parked": ("call", "start", "park"),
    "missed": ("call", "no-show"),
    "cancelled": ("cancel",),
}


def room_at(state: str) -> tuple[Room, str]:
    """A hall whose one ticket is in a state."""
    room = Room()
    room.open()
    ticket = room.issue()
    steps = acts(ticket) | {"call": c.CallNext("1", None), "cancel": c.CancelTicket(ticket, False)}
    for step in TO_STATE[state]:
        room.do(steps[step])
    assert room.ticket(ticket).state == state
    return room, ticket


@pytest.mark.parametrize(
    ("state", "act", "code"),
    [(state, act, code) for state, codes in OUT_OF_ORDER.items() for act, code in codes.items()],
)
def test_acts_out_of_order_are_refused(state: str, act: str, code: str) -> None:
    room, ticket = room_at(state)
    assert room.code(acts(ticket)[act]) == code


@pytest.mark.parametrize("act", acts(""))
def test_acts_upon_an_unknown_ticket_are_refused(act: str) -> None:
    room = Room()
    room.open()
    assert room.code(acts("nobody")[act]) == "unknown_ticket"


@pytest.mark.parametrize("act", acts(""))
def test_acts_at_an_unknown_or_closed_counter_or_a_colleagues_are_refused(act: str) -> None:
    room, ticket = room_at("called")
    command = acts(ticket)[act]
    assert room.code(replace(command, counter="9")) == "unknown_counter"
    assert room.code(replace(command, counter="3")) == "counter_not_open"
    assert room.code(replace(command, by="bob")) == "counter_taken"


def test_the_ticket_at_another_counter_is_not_acted_upon_here() -> None:
    room, ticket = room_at("called")
    room.open("2", "bob")
    assert room.code(c.Start("2", "bob", ticket)) == "not_at_counter"
