"""The day: its start and end, hours and caps, clock changes, sudden closing, and a running hall set up anew."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from qms.halls.rules.model import Hall, Hours
from qms.kernel.refusal import Refusal
from qms.queue.project import QUEUE
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.decide import decide, due
from qms.queue.tables import Spell, Visit
from tests.halls.make import segment, service, span
from tests.queue.make import Room, always_open, changed, expecting, office, refolded

WEDNESDAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


def test_a_day_opens_with_its_first_command_and_not_with_a_tick() -> None:
    room = Room()
    room.tick()
    assert room.all(e.DayOpened) == []
    room.issue()
    assert [type(r.body).__name__ for r in room.log] == ["HallConfigured", "DayOpened", "TicketIssued"]
    assert room.log[1].actor == "clock"
    assert room.state.ends == datetime(2026, 11, 24, 23, tzinfo=UTC)


def test_at_midnight_the_day_ends_for_all_who_are_still_there() -> None:
    room = Room(office(hours=always_open()), "23:50")
    for counter, clerk in (("1", "ann"), ("2", "bob"), ("3", "eve")):
        room.open(counter, clerk)
    served, parked = room.issue(), room.issue()
    room.do(c.Start("1", None, room.call("1")))
    for act in (c.CallNext("2", None), c.Start("2", None, parked), c.Park("2", None, parked)):
        room.do(act)
    called = room.issue("vehicle")
    room.call("3")
    waiting = room.issue("vehicle")
    missed = room.issue()
    room.call("2")
    room.do(c.NoShow("2", None, missed))
    room.at("00:00:07", WEDNESDAY).tick()
    midnight = datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert room.last(e.DayClosed) == e.DayClosed(midnight)
    assert (room.log[-1].day, room.log[-1].actor) == (date(2026, 11, 24), "clock")
    assert {t: room.ticket(t).state for t in (served, parked, called, waiting, missed)} == {
        served: "finished",
        parked: "lapsed",
        called: "lapsed",
        waiting: "lapsed",
        missed: "missed",
    }
    assert room.row(Visit, served)["ended"] == midnight, "not when somebody looked"
    assert not room.row(Visit, served)["accurate"]
    assert room.row(Visit, parked)["accurate"]
    assert room.row(Spell, called, 1)["outcome"] == "lapsed"
    assert all(desk.state == "closed" for desk in room.state.desks.values())
    assert not room.state.bearers
    assert not room.state.lines
    assert due(room.state, room.now, pending=False) == ()


def test_a_command_past_midnight_first_ends_the_old_day_and_opens_the_new_one() -> None:
    room = Room(office(hours=always_open()), "23:58")
    old = room.issue()
    room.at("00:00", WEDNESDAY)
    fresh = room.issue()
    assert [(type(r.body).__name__, r.day.day) for r in room.log[-3:]] == [
        ("DayClosed", 24),
        ("DayOpened", 25),
        ("TicketIssued", 25),
    ]
    assert room.number(fresh) == "A001", "numbers restart every day"
    assert old not in room.state.tickets
    assert room.row(Visit, old)["state"] == "lapsed", "yesterday's records stay"
    assert room.row(Visit, fresh)["day"] == WEDNESDAY


def test_a_hall_that_slept_for_three_days_closes_the_one_day_that_was_open() -> None:
    room = Room(office(hours=always_open()))
    room.open()
    room.at("10:00", date(2026, 11, 27))
    assert room.code(c.CallNext("1", "ann")) == "counter_not_open"
    closed = [r for r in room.log if isinstance(r.body, e.DayClosed)]
    assert [(r.day, r.body.ended) for r in closed] == [  # type: ignore[attr-defined]
        (date(2026, 11, 24), datetime(2026, 11, 24, 23, tzinfo=UTC))
    ]
    assert room.log[-1].day == date(2026, 11, 27)


def test_a_day_may_begin_later_than_midnight() -> None:
    room = Room(office(hours=always_open(), day_begins=time(4)), "23:30")
    ticket = room.issue()
    room.at("03:59", WEDNESDAY).tick()
    assert room.ticket(ticket).state == "waiting"
    room.at("04:00", WEDNESDAY).tick()
    assert room.ticket(ticket).state == "lapsed"


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Warsaw", date(2027, 3, 28), 23),
        ("Europe/Warsaw", date(2026, 10, 25), 25),
        ("Asia/Beirut", date(2021, 3, 28), 23),
        ("America/Havana", date(2024, 11, 3), 25),
        ("Australia/Lord_Howe", date(2024, 10, 6), 23.5),
        ("UTC", date(2028, 2, 29), 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_says(zone: str, day: date, hours: float) -> None:
    """Also where the clock change leaves no midnight, and on a leap day."""
    setup = office(hours=always_open(), zone=zone)
    room = Room(setup, "12:00", day)
    room.issue()
    ends = room.state.ends
    assert ends is not None
    first = Room(setup, ends - timedelta(hours=hours))
    first.open()
    assert (first.state.day, first.state.ends) == (day, ends)
    just_before = Room(setup, ends - timedelta(hours=hours, milliseconds=1))
    just_before.open()
    assert (just_before.state.day, just_before.state.ends) == (day - timedelta(days=1), first.now)


def test_waits_and_service_are_measured_by_instants_through_a_clock_change() -> None:
    room = Room(office(hours=always_open()), "01:50", date(2027, 3, 28))
    room.open()
    ticket = room.issue()
    room.at("03:10")
    room.do(c.Start("1", None, room.call()))
    room.after(minutes=5).do(c.Finish("1", None, ticket))
    assert (room.row(Visit, ticket)["wait"], room.row(Visit, ticket)["served"]) == (1200, 300)


def test_time_on_record_never_goes_back() -> None:
    room = Room()
    ticket = room.issue()
    room.after(minutes=-10).do(c.CancelTicket(ticket, False))
    assert room.log[-1].at == room.log[-2].at


# -- hours, caps and closing (requirements 39 to 41)


def hours(**changes: object) -> Hours:
    week = {"tue": (span("08:00", "12:00"), span("13:00", "16:00"))}
    return Hours.model_validate({"week": week, "tickets_before": 30} | changes)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("07:29", "before_opening"),
        ("07:30", None),
        ("11:59", None),
        ("12:00", "before_opening"),
        ("12:30", None),
        ("14:59", None),
        ("15:00", "after_last_ticket"),
        ("15:59", "after_last_ticket"),
        ("16:00", "hall_closed"),
        ("23:00", "hall_closed"),
    ],
)
def test_tickets_are_given_from_before_opening_until_the_last_ticket_hour(
    at: str, code: str | None
) -> None:
    room = Room(office(hours=hours(last_ticket={"tue": time(15)})), at)
    if code is None:
        room.issue()
    else:
        assert room.code(room.wish()) == code


def test_the_last_ticket_hour_may_differ_by_weekday_and_by_service() -> None:
    week = {"tue": (span("08:00", "18:00"),), "wed": (span("08:00", "16:00"),)}
    last = {"tue": time(17, 30), "wed": time(15)}
    setup = office(hours=Hours.model_validate({"week": week, "last_ticket": last}))
    early = service("vehicle", "vehicles", last_ticket={"tue": time(12)})
    room = Room(changed(setup, services=(*setup.services[:2], early)), "17:29")
    room.issue()
    assert room.code(room.wish("vehicle")) == "after_last_ticket"
    assert room.at("17:30").code(room.wish()) == "after_last_ticket"
    assert room.at("15:00", WEDNESDAY).code(room.wish()) == "after_last_ticket"
    other = Room(changed(setup, services=(*setup.services[:2], early)), "14:59", WEDNESDAY)
    other.issue("vehicle")


def test_on_a_day_without_hours_no_tickets_are_given() -> None:
    room = Room(office(hours=hours()), "10:00", WEDNESDAY)
    assert room.code(room.wish()) == "hall_closed"


def test_a_service_has_a_cap_for_the_day_which_cancelled_tickets_count_towards() -> None:
    setup = office(hours=always_open())
    capped = service("vehicle", "vehicles", daily_cap=2)
    room = Room(changed(setup, services=(*setup.services[:2], capped)))
    first = room.issue("vehicle")
    room.issue("vehicle", "disabled")
    room.do(c.CancelTicket(first, False))
    assert room.code(room.wish("vehicle")) == "daily_cap"
    room.issue("id-card")
    room.at("00:00", WEDNESDAY)
    room.issue("vehicle")


def test_the_cap_of_yesterday_closes_nothing_this_morning() -> None:
    """What screens ask before anybody has come: the day ended, and no new one is open yet."""
    setup = office(hours=always_open())
    capped = service("vehicle", "vehicles", daily_cap=1)
    room = Room(changed(setup, services=(*setup.services[:2], capped)))
    room.issue("vehicle")
    room.at("07:00", WEDNESDAY).tick()
    assert room.state.day is None
    assert room.state.issued == {}


def test_a_service_that_is_switched_off_gives_no_tickets() -> None:
    setup = office()
    off = service("vehicle", "vehicles", open=False, notice={"pl": "Od środy"})
    room = Room(changed(setup, services=(*setup.services[:2], off)))
    assert room.code(room.wish("vehicle")) == "service_closed"


@pytest.mark.parametrize("kind", ["walk-in", "disabled", "booked"])
def test_no_ticket_is_given_when_the_wait_passes_closing_priority_included(kind: str) -> None:
    room = Room(office(), "15:00")
    room.issue("id-card", kind, expected=expecting(60))
    refused = room.code(room.wish("id-card", kind, expected=expecting(60.1)))
    assert refused == "wait_past_closing"
    fact = room.last(e.TicketRefused)
    assert (fact.expected, fact.segment) == (expecting(60.1), kind)
    assert fact.closing == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_a_hall_may_let_people_wait_past_closing_and_no_estimate_stops_nobody() -> None:
    room = Room(office(stop_at_closing=False), "15:30")
    room.issue(expected=expecting(300))
    strict = Room(office(), "15:30")
    strict.issue(expected=None)


# -- sudden closing


def test_a_suspended_hall_keeps_its_tickets_and_gives_and_calls_none() -> None:
    room = Room()
    room.open()
    served, parked, waiting = room.issue(), room.issue(), room.issue()
    room.do(c.Start("1", None, room.call()))
    room.do(c.Park("1", None, served))
    room.do(c.SuspendHall("fire alarm"))
    assert room.do(c.SuspendHall("fire alarm")) == ()
    assert room.code(room.wish()) == "hall_suspended"
    assert room.code(c.CallNext("1", None)) == "hall_suspended"
    assert room.code(c.Resume("1", None, served)) == "hall_suspended"
    room.do(c.CancelTicket(parked, False))
    room.do(c.ResumeHall())
    assert room.do(c.ResumeHall()) == ()
    assert room.call() == waiting


def test_who_is_at_a_counter_when_the_hall_is_suspended_can_be_seen_off() -> None:
    room = Room()
    room.open()
    ticket = room.issue()
    room.call()
    room.do(c.SuspendHall("power cut"))
    room.do(c.Start("1", None, ticket))
    room.do(c.Finish("1", None, ticket))


def test_a_suspension_outlasts_the_night() -> None:
    room = Room(office(hours=always_open()))
    room.do(c.SuspendHall("flood"))
    room.at("09:00", WEDNESDAY)
    assert room.code(room.wish()) == "hall_suspended"
    assert room.last(e.DayOpened).suspended == "flood"


# -- set-up


def test_nothing_is_done_in_a_hall_without_a_set_up() -> None:
    bare = QUEUE.new("ratusz", lambda version: office())
    assert QUEUE.due(bare, NOON, True) == ()
    assert decide(bare, c.OpenCounter("1", "ann"), NOON) == Refusal("not_found")


def test_a_set_up_made_from_an_older_version_is_refused_unless_forced() -> None:
    room = Room()
    room.configure(changed(office(), notice={"pl": "Uwaga"}))
    assert room.do(c.ConfigureHall(2, 1)) == (), "it acts already"
    assert room.code(c.ConfigureHall(1, 1)) == "version_changed"
    room.do(c.ConfigureHall(1, 2))
    room.do(c.ConfigureHall(2, None))


def running() -> tuple[Room, Hall]:
    """A hall in full swing: at counter 1 somebody is served, at 2 called, others wait."""
    setup = office()
    room = Room(setup)
    room.open("1", "ann")
    room.open("2", "bob")
    for kind in ("id-card", "id-card", "vehicle", "passport"):
        room.issue(kind)
    room.do(c.Start("1", None, room.call("1")))
    room.call("2")
    return room, setup


def test_a_new_set_up_acts_at_once_and_throws_nobody_out() -> None:
    room, setup = running()
    before = dict(room.state.tickets)
    more = (*setup.services, service("tax", "vehicles"))
    counters = (
        setup.counters[0].model_copy(update={"services": {"id-card": 1, "tax": 1}}),
        setup.counters[1],
        setup.counters[2].model_copy(update={"services": {"passport": 1, "vehicle": 1}}),
    )
    room.configure(changed(setup, services=more, counters=counters))
    assert room.state.tickets == before
    assert dict(room.desk("1").profile) == {"id-card": 1, "tax": 1}, "it took all it might, and still does"
    assert (room.desk("1").ticket, room.desk("2").ticket) == ("t1", "t2")
    tax = room.issue("tax")
    room.do(c.Finish("1", None, "t1"))
    assert room.call("1") == tax


def test_a_chosen_profile_loses_only_what_the_counter_lost() -> None:
    room, setup = running()
    room.open("1", profile={"passport": 1})
    counters = (
        setup.counters[0].model_copy(update={"services": {"id-card": 1, "vehicle": 1, "passport": 2}}),
        *setup.counters[1:],
    )
    room.configure(changed(setup, counters=counters))
    assert dict(room.desk("1").profile) == {"passport": 1}


def test_a_retired_counter_finishes_whom_it_serves_and_calls_nobody_more() -> None:
    room, setup = running()
    retired = setup.counters[0].model_copy(update={"retired": True})
    room.configure(changed(setup, counters=(retired, *setup.counters[1:])))
    assert room.code(c.CallNext("1", None, current="t1")) == "counter_retired"
    room.do(c.Finish("1", None, "t1"))
    room.do(c.CloseCounter("1", "ann"))


def test_people_sent_to_a_counter_that_is_retired_wait_for_any() -> None:
    room, setup = running()
    room.do(c.Transfer("1", None, "t1", to_counter="2"))
    retired = setup.counters[1].model_copy(update={"retired": True})
    room.configure(changed(setup, counters=(setup.counters[0], retired, setup.counters[2])))
    assert room.ticket("t1").only is None
    assert room.call("1") == "t1"


def test_people_whose_service_is_retired_are_called_by_the_counters_of_its_group() -> None:
    room, setup = running()
    gone = setup.services[1].model_copy(update={"retired": True})
    first = setup.counters[0].model_copy(update={"services": {"id-card": 1}})
    services = (setup.services[0], gone, setup.services[2])
    room.configure(changed(setup, services=services, counters=(first, *setup.counters[1:])))
    assert room.code(room.wish("passport")) == "unknown_service"
    room.do(c.Finish("1", None, "t1"))
    assert room.call("1") == "t4"


def test_people_of_a_retired_segment_are_still_called() -> None:
    room, setup = running()
    disabled = room.issue("id-card", "disabled")
    retired = segment("disabled", retired=True)
    room.configure(changed(setup, segments=(*setup.segments[:2], retired)))
    assert room.code(room.wish("id-card", "disabled")) == "unknown_segment"
    room.do(c.Finish("1", None, "t1"))
    room.do(c.NoShow("2", None, "t2"))
    assert {room.call("1"), room.call("2")} >= {disabled}


def test_a_day_in_progress_ends_by_the_later_of_two_boundaries() -> None:
    room = Room(office(hours=always_open()), "22:00")
    ticket = room.issue()
    room.configure(office(hours=always_open(), day_begins=time(3)))
    room.at("00:30", WEDNESDAY).tick()
    assert room.ticket(ticket).state == "waiting"
    room.at("03:00", WEDNESDAY).tick()
    assert room.ticket(ticket).state == "lapsed"
    assert room.last(e.DayClosed).ended == datetime(2026, 11, 25, 2, tzinfo=UTC)


def test_a_day_is_folded_from_its_opening_alone() -> None:
    room = Room(office(hours=always_open()), "22:00")
    room.open()
    for _ in range(4):
        room.issue()
    room.serve()
    room.serve()
    room.configure(office(hours=always_open(), guard=45))
    room.at("08:00", WEDNESDAY).open()
    room.issue()
    opened = [r.seq for r in room.log if isinstance(r.body, e.DayOpened)][-1]
    assert refolded(room) == room.state
    assert refolded(room, lambda r: r.seq == opened) == room.state
