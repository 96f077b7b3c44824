"""What boards, signs, status pages, phones and clerks are shown: the promised shape, and no more than is theirs."""

from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any

import orjson
import pytest

from qms.halls.rules.model import Hall, Standard
from qms.live.patch import apply, diff
from qms.queue.rules import commands as c
from qms.queue.views import board, desk, status
from tests.halls.make import group, service
from tests.queue import acts
from tests.queue.make import Room, changed, office, promising
from tests.queue.shapes import PUBLIC, check, check_all, views


def dressed() -> Hall:
    """A hall with every optional word and sign."""
    setup = office()
    first = setup.counters[0].model_copy(update={"place": {"pl": "Parter"}, "direction": "left"})
    card = service("id-card", minutes=9, documents=({"pl": "Zdjęcie"}, {"pl": "Stary dowód"}))
    return changed(
        setup,
        notice={"pl": "Jutro zamknięte"},
        counters=(first, *setup.counters[1:]),
        services=(card, *setup.services[1:]),
        groups=(group("documents", "A", booked_letter="U", icon="card", colour="#00aa00"), setup.groups[1]),
    )


def busy() -> Room:
    """Somebody in every state, secrets in every place where one could be."""
    room = Room(dressed())
    for counter, clerk in (("1", "SECRET-ann"), ("2", "SECRET-bob"), ("3", "SECRET-eve")):
        room.open(counter, clerk)
    more = {"holder": "SECRET-hash", "person": "SECRET-person", "device": "SECRET-device"}

    def come(kind: str, segment: str = "walk-in", **extra: object) -> str:
        room.after(minutes=1)
        return room.issue(kind, segment, **(more | {"holder": f"SECRET-{room.now}"} | extra))

    served, parked, missed, gone = (come("id-card") for _ in range(4))
    room.do(c.Start("1", None, room.call("1")))
    room.do(c.Park("1", None, served, "SECRET reason"))
    room.do(c.Start("1", None, room.call("1")))
    room.do(c.Finish("1", None, parked))
    room.call("1")
    room.do(c.NoShow("1", None, missed))
    room.do(c.CancelTicket(gone, False))
    come("id-card", "booked", booked=room.now + timedelta(minutes=9))
    come("vehicle", "disabled")
    come("passport")
    back = room.call("1")
    room.do(c.Recall("1", None, back))
    room.do(c.Requeue("1", None, back))
    come("id-card")
    room.call("2")
    room.do(c.Start("2", None, room.desk("2").ticket or ""))
    room.call("3")
    room.do(c.PauseCounter("1", None, "SECRET break", room.now + timedelta(minutes=20)))
    return room


def test_every_view_of_a_busy_hall_has_its_shape_and_no_nulls() -> None:
    room = busy()
    check_all(room.state, room.now)
    states = {t.state for t in room.state.tickets.values()}
    assert states == {"waiting", "called", "serving", "parked", "finished", "missed", "cancelled"}


def test_every_view_of_a_hall_at_rest_has_its_shape() -> None:
    room = busy()
    check_all(Room().state, Room().now)
    room.do(c.SuspendHall("fire"))
    check_all(room.state, room.now)
    room.at("00:01", room.on + timedelta(days=1)).tick()
    check_all(room.state, room.now)


def test_no_view_holds_a_token_a_device_or_anything_private() -> None:
    room = busy()
    for kind, _, view in views(room.state, room.now):
        text = check(kind, view)
        for secret in ("SECRET-2026", "SECRET-person", "SECRET-device", "SECRET reason"):
            assert secret not in text, kind
        if kind in PUBLIC:
            assert "SECRET" not in text, f"{kind} says who works where, or why somebody is away"


def test_a_phone_is_shown_its_own_number_only() -> None:
    room = busy()
    numbers = {t.number for t in room.state.tickets.values()}
    for name, held in room.state.tickets.items():
        text = check("ticket", status.ticket(room.state, name, room.now))
        assert [number for number in numbers if number in text] == [held.number]


def test_every_change_of_every_view_goes_over_the_wire_as_an_exact_patch() -> None:
    """The view before, patched, equals a fresh view, whatever happened in between."""
    room, rng = Room(acts.setups()[0]), Random(11)
    room.versions += acts.setups()[1:]
    before: dict[tuple[str, str], Any] = {}
    for command in islice(acts.commands(rng, lambda: room.state, lambda: room.now), 300):
        room.after(seconds=rng.choice([0, 1, 30, 300])).ask(command)
        after = {(kind, key): orjson.loads(orjson.dumps(v)) for kind, key, v in views(room.state, room.now)}
        for which in before.keys() & after.keys():
            patch = orjson.loads(orjson.dumps(diff(before[which], after[which])))
            assert apply(before[which], patch) == after[which], which
        before = after
    assert len(room.log) > 100


# -- board and sign


def test_the_board_announces_a_call_for_a_minute_under_one_key() -> None:
    room = Room(dressed())
    room.open()
    ticket = room.issue()
    room.call()
    call = room.log[-1].seq
    room.after(seconds=10).do(c.Recall("1", None, ticket))
    again = room.log[-1].seq
    shown = board.board({"ratusz": room.state}, room.now)
    assert {key: (one["order"], one["again"]) for key, one in shown["calls"].items()} == {
        f"ratusz:{call}": (call, False),
        f"ratusz:{again}": (again, True),
    }
    first = shown["calls"][f"ratusz:{call}"]
    assert (first["number"], first["counter"], first["place"], first["direction"]) == (
        "A001",
        "1",
        {"pl": "Parter"},
        "left",
    )
    room.after(seconds=50)
    assert len(board.board({"ratusz": room.state}, room.now)["calls"]) == 2
    room.after(milliseconds=1)
    assert list(board.board({"ratusz": room.state}, room.now)["calls"]) == [f"ratusz:{again}"]
    assert list(board.board({"ratusz": room.state}, room.now)["recent"]) == [ticket]


def test_the_board_lists_the_newest_eight_who_are_still_at_a_counter() -> None:
    levels = {str(n): {"id-card": 1} for n in range(1, 12)}
    room = Room(office(levels))
    tickets = []
    for counter in levels:
        room.open(counter, f"clerk {counter}")
        room.issue()
        tickets.append(room.after(seconds=1).call(counter))
    room.do(c.NoShow("11", None, tickets[-1]))
    recent = board.board({"ratusz": room.state}, room.now)["recent"]
    assert sorted(recent, key=lambda t: recent[t]["order"]) == tickets[2:10]


def test_an_undone_call_leaves_the_board() -> None:
    room = Room()
    room.open()
    ticket = room.issue()
    room.call()
    room.do(c.Undo("1", None, ticket))
    shown = board.board({"ratusz": room.state}, room.now)
    assert shown["calls"] == {}
    assert shown["recent"] == {}


def test_the_board_counts_people_where_they_wait_now() -> None:
    room = Room()
    room.open()
    room.open("3", "eve")
    ticket, _ = room.issue(), room.issue()
    room.do(c.Start("1", None, room.call()))
    room.do(c.Transfer("1", None, ticket, "vehicle"))
    queues = board.board({"ratusz": room.state}, room.now)["queues"]
    assert {key: (one["waiting"], one["open"]) for key, one in queues.items()} == {
        "ratusz:documents": (1, 1),
        "ratusz:vehicles": (1, 1),
    }


def test_the_board_of_two_halls_tells_them_apart() -> None:
    room, other = Room(), Room(changed(office(), id="filia"))
    for one in (room, other):
        one.open()
        one.issue()
        one.call()
    shown = board.board({"ratusz": room.state, "filia": other.state}, room.now)
    check("board", shown)
    assert {call["hall"] for call in shown["calls"].values()} == {"ratusz", "filia"}
    assert {key.split(":")[0] for key in shown["queues"]} == {"ratusz", "filia"}


@pytest.mark.parametrize("state", ["closed", "free", "called", "serving", "paused"])
def test_a_sign_says_how_its_counter_stands(state: str) -> None:
    room = Room()
    if state != "closed":
        room.open()
    ticket = room.issue()
    if state in ("called", "serving"):
        room.call()
    if state == "serving":
        room.do(c.Start("1", None, ticket))
    if state == "paused":
        room.do(c.PauseCounter("1", None, "lunch", room.now + timedelta(minutes=30)))
    sign = board.counter(room.state, "1")["counter"]
    assert sign["state"] == state
    assert sign.get("number") == ("A001" if state in ("called", "serving") else None)
    assert ("until" in sign) is (state == "paused")
    assert ("call" in sign) is (state in ("called", "serving"))


# -- status and phone


def test_the_public_status_says_who_is_served_where_and_what_is_taken() -> None:
    room = Room(office(), "14:00")
    room.open()
    first, second = room.issue(), room.issue("passport")
    room.call()
    shown = status.queue(room.state, room.now)["services"]
    assert shown["id-card"]["serving"] == {"1": room.number(first)}
    assert shown["passport"]["waiting"] == 1
    assert shown["passport"]["longest_since"] == "2026-11-24T13:00:00.000Z"
    assert shown["vehicle"]["open"] == 0
    assert all(one["accepting"] for one in shown.values())
    closed = status.queue(room.state, room.at("16:00").now)["services"]
    assert {one["closed_code"] for one in closed.values()} == {"hall_closed"}
    assert room.ticket(second).state == "waiting"


def test_a_phone_says_how_many_are_ahead_and_then_where_to_go() -> None:
    room = Room(dressed())
    room.open()
    first, mine = room.issue(), room.issue()
    view = status.ticket(room.state, mine, room.now)
    assert (view["ahead"], view["state"]) == (1, "waiting")
    assert view["documents"] == [{"pl": "Zdjęcie"}, {"pl": "Stary dowód"}]
    assert "counter" not in view
    room.call()
    room.do(c.NoShow("1", None, first))
    room.call()
    view = status.ticket(room.state, mine, room.now)
    assert view["counter"] == {
        "id": "1",
        "names": {"pl": "Stanowisko 1"},
        "place": {"pl": "Parter"},
        "direction": "left",
    }
    assert (view["calls"], view["state"]) == (1, "called")
    assert "ahead" not in view
    assert "estimate" not in view


# -- the clerk


def test_a_clerk_sees_who_waits_in_the_order_of_calls_with_why() -> None:
    room = Room()
    room.open("2")
    vehicle, card, passport = (room.issue(kind) for kind in ("vehicle", "id-card", "passport"))
    shown = desk.clerk(room.state, "2", room.now)["tickets"]
    assert {name: (one.get("rank"), one.get("level")) for name, one in shown.items()} == {
        vehicle: (1, 2),
        card: (0, 1),
        passport: (None, None),
    }
    assert shown[card]["why"]["code"] == "desk.why.standing"


def test_a_wait_is_late_after_the_promise_or_else_the_target() -> None:
    """All come at 08:00 UTC; the target of walk-ins is half an hour, that of booked visits ten minutes."""
    promised = {"vehicle": Standard(minutes=45), "disabled": Standard(minutes=5)}
    room = Room(promising(office(), promised))
    expected = {
        room.issue("id-card"): "08:30",
        room.issue("id-card", segment="disabled"): "08:05",
        room.issue("vehicle"): "08:45",
        room.issue("vehicle", segment="disabled"): "08:45",
        room.issue("vehicle", segment="booked", booked=room.now + timedelta(minutes=20)): "08:30",
    }
    shown = desk.clerk(room.state, "1", room.now)["tickets"]
    assert {id: one["late_at"][11:16] for id, one in shown.items()} == expected


def test_a_clerk_is_offered_undo_while_the_act_stands() -> None:
    room = Room()
    room.open()
    ticket = room.issue()
    room.call()
    offered = desk.clerk_desk(room.state, "1")
    assert offered["undo"]["act"] == "call"
    assert offered["undo"]["until"] == "2026-11-24T08:00:10.000Z"
    room.do(c.Undo("1", None, ticket))
    assert "undo" not in desk.clerk_desk(room.state, "1")


def test_a_clerk_sees_the_time_served_before_a_ticket_was_set_aside() -> None:
    room = Room()
    room.open()
    ticket = room.issue()
    room.do(c.Start("1", None, room.call()))
    room.after(minutes=4).do(c.Park("1", None, ticket))
    room.after(minutes=9).do(c.Resume("1", None, ticket))
    answer = desk.desk_answer(room.state, "1")
    assert answer["counter"]["ticket"] == ticket
    assert (answer["ticket"]["served_seconds"], answer["ticket"]["calls"]) == (240, 1)


def test_a_clerk_sees_why_the_one_at_the_counter_was_called_until_the_end() -> None:
    room = Room()
    room.open()
    ticket, _ = room.issue(), room.issue()
    room.after(minutes=3).call()

    def because() -> list[str]:
        return [reason["code"] for reason in desk.desk_answer(room.state, "1")["ticket"]["because"]]

    sentences = ["desk.why.waited_plain", "desk.why.waited_plain", "desk.why.tie"]
    assert because() == sentences
    room.do(c.Recall("1", None, ticket))
    room.open("1", profile={"id-card": 1})
    room.do(c.Start("1", None, ticket))
    assert because() == sentences
    assert desk.clerk(room.state, "1", room.now)["tickets"][ticket]["because"][0]["params"] == {
        "number": "A001",
        "waited": 3,
        "n": 3,
    }
    room.do(c.Finish("1", None, ticket))
    room.do(c.Undo("1", None, ticket))
    assert because() == sentences
