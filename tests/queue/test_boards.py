"""Boards that an office has set up: what each shows of its halls, and who is next in line."""

from datetime import time, timedelta

from qms.halls.rules.equipment import Board, Panel, Sound, Zone
from qms.halls.rules.model import Counter, Hall, Office
from qms.halls.rules.parts import Span
from qms.queue.rules import commands as c
from qms.queue.rules.shown import BoardView
from qms.queue.rules.state import Queue
from qms.queue.views import board
from qms.queue.views.offered import offered
from tests.halls.make import segment
from tests.queue.make import Room, changed, office
from tests.queue.shapes import check
from tests.queue.test_watching import holding


def two_zones(*boards: Board, id: str = "ratusz", organisation: str = "zalesie") -> Hall:
    """Counters 1 and 2 stand on the ground floor, 3 upstairs."""
    setup = office(id=id, office=Office(id=id, names={"pl": "Urząd"}, organisation=organisation))
    zones = (
        Zone(id="ground", names={"pl": "Parter"}, volume=50, heard=(Span(opens=time(8), closes=time(18)),)),
        Zone(id="upstairs", names={"pl": "Piętro"}),
    )
    counters: tuple[Counter, ...] = tuple(
        each.model_copy(update={"zone": "upstairs" if each.id == "3" else "ground"})
        for each in setup.counters
    )
    return changed(setup, zones=zones, counters=counters, boards=boards)


def named(id: str, **more: object) -> Board:
    return Board.model_validate({"id": id, "names": {"pl": id}} | more)


def at_work(setup: Hall) -> Room:
    """Somebody is called on each floor, and two wait."""
    room = Room(setup)
    for counter, clerk in (("1", "ann"), ("3", "eve")):
        room.open(counter, clerk)
    room.issue("id-card")
    room.issue("vehicle")
    room.call("1")
    room.call("3")
    room.issue("passport")
    room.issue("vehicle")
    return room


def shown(room: Room, chosen: str, *others: Room) -> BoardView:
    view = board.board({r.state.id: r.state for r in (room, *others)}, room.now, chosen)
    check("board", view)
    return view


def test_a_board_shows_the_calls_of_its_zones_alone() -> None:
    room = at_work(two_zones(named("up", zones=("upstairs",)), named("all")))
    assert [call["number"] for call in shown(room, "up")["calls"].values()] == ["V001"]
    assert [call["number"] for call in shown(room, "up")["recent"].values()] == ["V001"]
    assert {call["zone"] for call in shown(room, "all")["calls"].values()} == {"ground", "upstairs"}


def test_a_board_shows_its_groups_and_never_a_hidden_service() -> None:
    room = at_work(two_zones(named("cars", groups=("vehicles",)), named("no-ids", hidden=("id-card",))))
    cars = shown(room, "cars")
    assert list(cars["queues"]) == ["ratusz:vehicles"]
    assert [call["number"] for call in cars["calls"].values()] == ["V001"]
    hidden = shown(room, "no-ids")
    assert [call["number"] for call in hidden["calls"].values()] == ["V001"]
    assert hidden["queues"]["ratusz:documents"]["waiting"] == 1, "a passport"


def test_a_board_that_hides_a_whole_group_does_not_name_it() -> None:
    room = at_work(two_zones(named("few", hidden=("id-card", "passport"), queues=True)))
    assert list(shown(room, "few")["queues"]) == ["ratusz:vehicles"]


def test_a_board_without_queues_tells_none() -> None:
    assert shown(at_work(two_zones(named("bare", queues=False))), "bare")["queues"] == {}


def test_a_board_is_told_what_to_be_with_the_volume_and_hours_of_its_zone() -> None:
    panels = (Panel(text={"pl": "Dzień dobry"}), Panel(kind="picture", media="mapa", seconds=30))
    sound = Sound(languages=("en",), repeat=2, volume=80)
    room = Room(two_zones(named("entrance", zone="ground", panels=panels, sound=sound, theme="dark")))
    told = shown(room, "entrance")["board"]
    assert told["sound"] == {
        "mode": "voice",
        "languages": ["en"],
        "repeat": 2,
        "volume": 40,
        "heard": [{"opens": "08:00", "closes": "18:00"}],
    }
    assert told["panels"] == {
        "0": {"order": 0, "kind": "text", "text": {"pl": "Dzień dobry"}, "seconds": 15},
        "1": {"order": 1, "kind": "picture", "media": "mapa", "seconds": 30},
    }
    assert (told["theme"], told["hall"], told["recent"]) == ("dark", "ratusz", 8)


def test_a_board_lists_as_many_recent_calls_as_it_has_room_for() -> None:
    room = Room(two_zones(named("small", recent=3)))
    for counter, clerk in (("1", "ann"), ("2", "bob"), ("3", "eve")):
        room.open(counter, clerk)
    for _ in range(3):
        room.issue("id-card")
    room.issue("vehicle")
    for counter in ("1", "2", "3"):
        room.after(seconds=5)
        room.do(c.Start(counter, None, room.call(counter)))
    assert len(shown(room, "small")["recent"]) == 3


def test_next_in_line_are_those_whom_the_rule_would_call_first_in_each_group() -> None:
    setup = two_zones(named("next", kind="next"))
    room = Room(changed(setup, segments=(*setup.segments, segment("late", target=200))))
    for _ in range(6):
        room.after(minutes=1).issue("id-card")
    booked = room.after(minutes=1).issue("id-card", "booked", booked=room.now)
    room.issue("vehicle")
    view = shown(room, "next")
    order = sorted(
        (n for n in view["next"].values() if n["group"] == "documents"), key=lambda n: n["order"]
    )
    assert [each["number"] for each in order] == [room.number(booked), "A001", "A002", "A003", "A004"]
    assert [each["number"] for each in view["next"].values() if each["group"] == "vehicles"] == ["V001"]


def test_who_is_not_to_be_called_yet_is_not_next() -> None:
    room = Room(two_zones(named("next", kind="next")))
    room.open()
    ticket = room.issue()
    room.call()
    room.do(c.Requeue("1", None, ticket))
    assert shown(room, "next")["next"] == {}
    room.after(minutes=6)
    assert list(shown(room, "next")["next"]) == [ticket]


def test_a_board_of_two_halls_shows_both_and_filters_its_own_zones_in_its_own_hall() -> None:
    first = at_work(two_zones(named("both", halls=("filia",), zones=("upstairs",))))
    second = at_work(changed(office(id="filia")))
    view = shown(first, "both", second)
    assert sorted((c["hall"], c["number"]) for c in view["calls"].values()) == [
        ("filia", "A001"),
        ("filia", "V001"),
        ("ratusz", "V001"),
    ]


def test_a_board_that_was_taken_out_of_the_set_up_shows_all_calls() -> None:
    room = at_work(two_zones())
    view = shown(room, "gone")
    assert "board" not in view
    assert len(view["calls"]) == 2


def test_calls_of_over_a_minute_ago_are_announced_no_more_but_stay_listed() -> None:
    room = at_work(two_zones(named("all")))
    room.after(minutes=2)
    view = shown(room, "all")
    assert (view["calls"], len(view["recent"])) == ({}, 2)


async def test_a_set_up_board_is_watched_by_the_right_at_its_own_hall_and_brings_its_halls_along() -> None:
    part = named("both", halls=("filia", "obca", "nowhere", "ratusz"))
    rooms = {
        "ratusz": Room(two_zones(part)),
        "filia": Room(two_zones(id="filia")),
        "obca": Room(two_zones(id="obca", organisation="another")),
    }

    async def nobody(_token: str) -> None:
        return None

    def state_of(hall: str) -> Queue | None:
        return rooms[hall].state if hall in rooms else None

    views = {view.name: view for view in offered(state_of, nobody)}
    subject = await views["board"].keys({"hall": ["ratusz"], "board": ["both"]})
    assert not isinstance(subject, int)
    assert (subject.halls, subject.key) == (("ratusz", "filia"), "both")
    assert views["board"].allow(holding("view.board", at="hall:ratusz"), subject) is None
    assert views["board"].allow(holding("view.board", at="hall:filia"), subject) is not None
    for query in (
        {"hall": ["ratusz"], "board": ["gone"]},
        {"hall": ["ratusz", "filia"], "board": ["both"]},
        {"hall": ["nowhere"], "board": ["both"]},
        {"board": ["both"]},
    ):
        assert await views["board"].keys(query) == 4404, query


def test_time_passes_for_boards_as_for_halls() -> None:
    """The last minute is measured in business time."""
    room = at_work(two_zones(named("all")))
    room.now += timedelta(seconds=59)
    assert len(shown(room, "all")["calls"]) == 2
