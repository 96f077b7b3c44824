"""Kiosks that go on alone: numbers set aside that cannot collide, tickets handed in once, in their place."""

from datetime import date, timedelta

from qms.halls.rules.model import Hall
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.away import behind_of
from qms.queue.tables import Visit
from tests.halls.make import group, service
from tests.queue.make import TUESDAY, Room, always_open, changed, office

KIOSK = c.SetNumbersAside("kiosk-7")


def away(count: int = 3, last: int = 20) -> Hall:
    """A hall that sets so many numbers of each group aside for each kiosk."""
    setup = office(offline_numbers=count)
    return changed(setup, groups=(group("documents", "A", last=last), setup.groups[1]))


def held(room: Room, device: str = "kiosk-7", group: str = "documents") -> list[str]:
    return [written for _, written in room.state.leases.get((group, device), ())]


# -- numbers set aside


def test_a_kiosk_is_given_the_last_numbers_of_every_run_once() -> None:
    room = Room(away())
    room.do(KIOSK)
    assert held(room) == ["A018", "A019", "A020"]
    assert held(room, group="vehicles") == ["V997", "V998", "V999"]
    assert room.do(KIOSK) == ()


def test_no_number_is_set_aside_twice_and_the_server_gives_none_of_them() -> None:
    room = Room(away())
    room.do(KIOSK)
    room.do(c.SetNumbersAside("kiosk-8"))
    assert held(room, "kiosk-8") == ["A015", "A016", "A017"]
    given = [room.number(room.issue()) for _ in range(14)]
    assert given == [f"A{n:03}" for n in range(1, 15)]
    assert room.code(room.wish()) == "numbers_exhausted"


def test_kiosks_together_hold_no_more_than_half_of_a_run() -> None:
    room = Room(away(count=8))
    for device in ("kiosk-7", "kiosk-8"):
        room.do(c.SetNumbersAside(device))
    assert held(room) == [f"A{n:03}" for n in range(13, 21)]
    assert held(room, "kiosk-8") == ["A011", "A012"]


def test_two_groups_that_share_a_run_do_not_share_a_number() -> None:
    setup = office(offline_numbers=3)
    room = Room(changed(setup, groups=(group("documents", "A"), group("vehicles", "A"))))
    room.do(KIOSK)
    assert not set(held(room)) & set(held(room, group="vehicles"))
    assert len(held(room)) == len(held(room, group="vehicles")) == 3


def test_numbers_set_aside_are_good_again_on_every_day() -> None:
    room = Room(away())
    room.do(KIOSK)
    room.do(room.printed("A019"))
    assert held(room) == ["A018", "A020"]
    room.at("08:00", date(2026, 11, 25))
    room.open()
    assert held(room) == ["A018", "A019", "A020"]


def test_a_number_used_alone_is_not_given_by_the_server_on_the_same_day() -> None:
    room = Room(away(count=1, last=4))
    room.do(KIOSK)
    printed = room.printed("A004")
    room.do(printed)
    room.do(c.CancelTicket(printed.ticket, False))
    assert [room.number(room.issue()) for _ in range(3)] == ["A001", "A002", "A003"]
    assert room.code(room.wish()) == "numbers_exhausted"


def test_a_new_set_up_of_numbers_takes_away_those_that_it_does_not_know_and_the_kiosk_gets_others() -> None:
    room = Room(away())
    room.do(KIOSK)
    setup = away()
    room.configure(changed(setup, groups=(group("documents", "D", last=20), setup.groups[1])))
    assert held(room) == []
    assert len(held(room, group="vehicles")) == 3
    room.do(KIOSK)
    assert held(room) == ["D018", "D019", "D020"]


def test_a_kiosk_that_is_no_more_gives_its_numbers_back() -> None:
    room = Room(away())
    room.do(KIOSK)
    room.do(c.ReleaseNumbers("kiosk-7"))
    assert room.state.set_aside == {}
    assert room.do(c.ReleaseNumbers("kiosk-7")) == ()
    room.do(c.SetNumbersAside("kiosk-8"))
    assert held(room, "kiosk-8") == ["A018", "A019", "A020"]


def test_a_hall_may_set_no_numbers_aside() -> None:
    room = Room(away(count=0))
    assert room.do(KIOSK) == ()


# -- tickets handed in


def test_a_printed_number_takes_its_place_by_the_time_on_the_paper() -> None:
    room = Room(away())
    room.do(KIOSK)
    first = room.issue()
    room.after(minutes=10)
    later = room.issue()
    room.after(minutes=10)
    printed = room.printed("A018", ago=15)
    room.do(printed)
    assert [place[2] for place in room.state.lines["id-card", "walk-in", ""]] == [
        first,
        printed.ticket,
        later,
    ]
    assert room.ticket(printed.ticket).issued == room.now - timedelta(minutes=15)
    assert room.row(Visit, printed.ticket)["reference"] == printed.taken


def test_handing_in_twice_is_handing_in_once() -> None:
    room = Room(away())
    room.do(KIOSK)
    printed = room.printed("A018")
    room.do(printed)
    assert room.do(printed) == ()
    assert len(room.all(e.TicketIssued)) == 1


def test_hours_caps_a_suspension_and_a_closed_service_do_not_take_a_printed_number_away() -> None:
    setup = away()
    closed = service("id-card", open=False, daily_cap=1, minutes=9)
    room = Room(changed(setup, services=(closed, *setup.services[1:])))
    room.do(KIOSK)
    room.do(c.SuspendHall("flood"))
    room.at("20:00")
    for written in ("A018", "A019"):
        room.do(room.printed(written))
    assert room.state.issued == {"id-card": 2}


def test_a_printed_number_counts_for_the_cap_of_the_day() -> None:
    setup = away()
    capped = service("id-card", daily_cap=2, minutes=9)
    room = Room(changed(setup, services=(capped, *setup.services[1:])))
    room.do(KIOSK)
    room.issue()
    room.do(room.printed("A018"))
    assert room.code(room.wish()) == "daily_cap"


def test_where_the_server_had_given_another_number_the_printed_one_counts() -> None:
    room = Room(away())
    room.do(KIOSK)
    given = room.issue()
    assert room.number(given) == "A001"
    room.do(room.printed("A018", ticket=given))
    assert room.number(given) == "A018"
    assert room.state.bearers == {"A018": given}
    assert held(room) == ["A019", "A020"]
    assert room.row(Visit, given)["number"] == "A018"
    assert len(room.state.tickets) == 1
    assert room.do(room.printed("A018", ticket=given)) == ()


def test_a_renumbered_ticket_that_is_being_called_is_announced_by_what_stands_on_its_paper() -> None:
    room = Room(away())
    room.do(KIOSK)
    given = room.issue()
    room.open()
    assert room.call() == given
    room.do(room.printed("A018", ticket=given))
    assert [call.number for call in room.state.calls] == ["A018"]


def test_a_number_of_a_day_that_is_closed_lapsed_with_it_and_is_on_record() -> None:
    room = Room(away())
    room.do(KIOSK)
    printed = room.printed("A018")
    room.at("09:00", date(2026, 11, 25))
    room.open()
    room.do(printed)
    assert printed.ticket not in room.state.tickets
    row = room.row(Visit, printed.ticket)
    assert (row["state"], row["number"], row["day"]) == ("lapsed", "A018", date(2026, 11, 25))
    assert row["issued"].astimezone(room.zone).date() == TUESDAY
    assert row["ended"].astimezone(room.zone).isoformat() == "2026-11-25T00:00:00+01:00"
    assert room.do(printed) == (), "heard of once"
    assert held(room) == ["A018", "A019", "A020"], "today's numbers are not touched"


def test_a_clock_that_runs_ahead_does_not_put_anybody_into_the_future() -> None:
    room = Room(away())
    room.do(KIOSK)
    printed = room.printed("A018", ago=-30)
    room.do(printed)
    assert room.ticket(printed.ticket).ref == room.now


def test_a_printed_number_that_somebody_bears_after_a_change_of_set_up_is_told_apart() -> None:
    room = Room(away(count=1, last=4))
    room.do(KIOSK)
    setup = away(count=0, last=4)
    room.configure(changed(setup, groups=(group("documents", "B", last=4), setup.groups[1])))
    room.configure(changed(setup, groups=(group("documents", "A", last=4), setup.groups[1])))
    for _ in range(4):
        room.issue()
    printed = room.printed("A004")
    room.do(printed)
    assert room.number(printed.ticket) == "A004/2"
    assert room.do(printed) == ()


def test_a_printed_number_for_a_service_that_never_was_is_refused() -> None:
    room = Room(away())
    assert room.code(room.printed("A018", "haircut")) == "unknown_service"


def test_a_kind_of_client_that_is_no_more_counts_as_walk_in() -> None:
    room = Room(away())
    printed = room.printed("A018", segment="gone")
    room.do(printed)
    assert room.ticket(printed.ticket).segment == "walk-in"


# -- letting others go first


def waiting(room: Room) -> list[str]:
    return [place[2] for place in room.state.lines["id-card", "walk-in", ""]]


def test_whoever_lets_two_people_pass_stands_right_behind_them() -> None:
    room = Room(office(let_pass=5))
    names = []
    for _ in range(4):
        names.append(room.issue())
        room.after(minutes=1)
    room.do(c.LetPass(names[0], 2))
    assert waiting(room) == [names[1], names[2], names[0], names[3]]
    assert room.ticket(names[0]).since < room.now - timedelta(minutes=3), "the wait is counted as it was"
    assert room.row(Visit, names[0])["reference"] == room.ticket(names[0]).ref


def test_one_lets_pass_whoever_is_there_and_no_more_than_the_hall_allows() -> None:
    room = Room(office(let_pass=3))
    first = room.issue()
    second = room.after(minutes=1).issue()
    assert room.code(c.LetPass(first, 4)) == "let_pass_spent"
    room.do(c.LetPass(first, 3))
    assert room.last(e.TicketDeferred).passed == 1
    assert waiting(room) == [second, first]
    assert room.code(c.LetPass(first, 1)) == "nobody_behind"
    for _ in range(2):
        room.after(minutes=1).issue()
    room.do(c.LetPass(first, 2))
    room.after(minutes=1).issue()
    assert room.code(c.LetPass(first, 1)) == "let_pass_spent"


def test_only_who_waits_may_let_others_pass_and_only_where_it_is_offered() -> None:
    room = Room(office())
    ticket = room.issue()
    room.issue()
    assert room.code(c.LetPass(ticket, 1)) == "let_pass_not_offered"
    room = Room(office(let_pass=3))
    ticket = room.issue()
    room.open()
    room.call()
    assert room.code(c.LetPass(ticket, 1)) == "wrong_state"
    assert room.code(c.LetPass("nobody", 1)) == "unknown_ticket"
    other = room.issue()
    assert room.code(c.LetPass(other, 0)) == "invalid"
    assert behind_of(room.state, other) == []


# -- joining from home


def test_numbers_from_home_have_a_cap_and_services_of_their_own() -> None:
    setup = office(join_from_home=True, home_per_day=1)
    room = Room(
        changed(
            setup, services=(setup.services[0], service("passport", from_home=False), setup.services[2])
        )
    )
    room.issue(channel="web")
    assert room.code(room.wish(channel="web")) == "home_cap"
    assert room.code(room.wish("passport", channel="web")) == "not_from_home"
    room.issue("passport")
    room.issue("vehicle", "walk-in", channel="web")
    room.issue()


# -- printers


def test_a_printer_is_on_record_once_for_each_change_and_forgotten_with_the_day() -> None:
    room = Room(office(hours=always_open()))
    ok, out = (c.ReportPrinter("kiosk-7", "Kiosk", state) for state in ("ok", "paper_out"))
    assert room.do(ok) == ()
    room.do(out)
    assert room.do(out) == ()
    assert room.state.printers["kiosk-7"].state == "paper_out"
    room.do(ok)
    assert [body.printer for body in room.all(e.PrinterReported)] == ["paper_out", "ok"]
    room.do(out)
    room.at("08:00", date(2026, 11, 25))
    room.open()
    assert room.state.printers == {}
