"""The life of a booking: held, confirmed, moved, given up, missed, and what comes of its time."""

from datetime import date, timedelta

import pytest

from qms.booking import tables
from qms.booking.rules import commands as c
from qms.booking.rules import events as e
from qms.booking.rules.model import Wanted
from qms.halls.rules.booking import Reconfirm, ServiceBooking
from qms.kernel.refusal import Refusal
from qms.queue.rules.events import DayClosed, TicketIssued
from tests.booking.room import ID_CARD, WEDNESDAY, BookingRoom, booking_office
from tests.halls.make import service
from tests.queue.make import TUESDAY, changed, refolded


def refusal(room: BookingRoom, command: object) -> Refusal:
    verdict = room.ask(command)  # type: ignore[arg-type]
    assert isinstance(verdict, Refusal), verdict
    return verdict


def test_a_held_time_is_confirmed_and_stands() -> None:
    room = BookingRoom(booking_office())
    id = room.hold("10:00")
    assert room.booking(id).state == "held"
    assert room.booking(id).until == room.now + timedelta(minutes=30)
    room.do(c.ConfirmBooking(id, WEDNESDAY, "p1", True))
    row = room.booking_row(id)
    assert (row["state"], row["person"], row["until"]) == ("confirmed", "p1", None)
    assert room.booking(id).minutes == 15


def test_a_hold_that_runs_out_lapses_and_its_time_is_free_at_once() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    id = room.hold("10:00")
    assert refusal(room, room.wanted_hold("10:00")).code == "time_taken"
    room.after(minutes=30).tick()
    assert room.booking_row(id)["state"] == "lapsed"
    assert room.last(e.BookingLapsed).why == "hold"
    room.hold("10:00")


def test_a_hold_that_ran_out_while_nobody_looked_lapses_before_the_next_command() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    id = room.hold("10:00")
    room.after(minutes=31)
    assert refusal(room, c.ConfirmBooking(id, WEDNESDAY, "p1", True)).code == "hold_over"


def test_nothing_is_booked_before_the_rules_are_accepted() -> None:
    room = BookingRoom(booking_office(rules={"pl": "Regulamin"}))
    id = room.hold("10:00")
    assert refusal(room, c.ConfirmBooking(id, WEDNESDAY, "p1", False)).code == "rules_not_accepted"
    room.do(c.ConfirmBooking(id, WEDNESDAY, "p1", True))


@pytest.mark.parametrize("minutes", [15, 60])
def test_a_booking_that_waits_for_its_link_lapses_after_the_set_time(minutes: int) -> None:
    room = BookingRoom(booking_office(confirm_by_link=True, confirm_within=minutes))
    id = room.book("10:00")
    assert room.booking(id).state == "pending"
    room.after(minutes=minutes - 1).tick()
    assert room.booking(id).state == "pending"
    room.after(minutes=1).tick()
    assert (room.booking_row(id)["state"], room.last(e.BookingLapsed).why) == ("lapsed", "proof")


def test_the_link_confirms_it_and_a_second_click_changes_nothing() -> None:
    room = BookingRoom(booking_office(confirm_by_link=True))
    id = room.book("10:00")
    assert room.do(c.ProveBooking(id, WEDNESDAY))
    assert room.booking(id).state == "confirmed"
    assert room.do(c.ProveBooking(id, WEDNESDAY)) == ()


def test_a_hold_without_the_task_solved_is_short_and_must_be_proved() -> None:
    room = BookingRoom(booking_office(unproved_hold=7, unproved_share=1))
    id = room.hold("10:00", proved=False)
    assert room.booking(id).until == room.now + timedelta(minutes=7)
    room.do(c.ConfirmBooking(id, WEDNESDAY, "p1", True))
    assert room.booking(id).state == "pending"


def test_staff_book_for_a_caller_in_one_step() -> None:
    room = BookingRoom(booking_office(confirm_by_link=True))
    id = room.hold("10:00", via="phone", person="p9")
    assert room.booking(id).state == "confirmed"
    assert room.booking_row(id)["person"] == "p9"


def test_a_time_given_up_is_hidden_from_people_until_a_moment_within_the_bounds() -> None:
    room = BookingRoom(booking_office({"lanes": 1}, freed_after=20, freed_until=40))
    id = room.book("10:00")
    room.do(c.CancelBooking(id, WEDNESDAY, "citizen"))
    freed = room.last(e.TimeFreed)
    assert timedelta(minutes=20) <= freed.until - room.now <= timedelta(minutes=40)
    assert refusal(room, room.wanted_hold("10:00")).code == "time_taken"
    room.hold("10:00", via="phone", person="p")


def test_a_time_given_up_is_shown_again() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    id = room.book("10:00")
    room.do(c.CancelBooking(id, WEDNESDAY, "citizen"))
    room.after(minutes=30).tick()
    assert room.all(e.TimeShown)
    room.hold("10:00")


def test_cancelling_twice_changes_nothing_and_after_the_hour_it_is_too_late() -> None:
    room = BookingRoom(booking_office(check_in_closes=30))
    first, second = room.book("10:00"), room.book("10:15")
    room.do(c.CancelBooking(first, WEDNESDAY, "citizen"))
    assert room.do(c.CancelBooking(first, WEDNESDAY, "citizen")) == ()
    room.at("10:15", WEDNESDAY)
    assert refusal(room, c.CancelBooking(second, WEDNESDAY, "citizen")).code == "too_late"
    room.do(c.CancelBooking(second, WEDNESDAY, "staff"))


def test_a_move_keeps_the_booking_and_frees_its_old_time() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    id, friday = room.book("10:00"), date(2026, 11, 27)
    room.do(room.move(id, "11:30", to=friday))
    moved = room.booking(id, friday)
    assert (moved.state, moved.sequence, moved.person) == ("confirmed", 1, f"person-{id}")
    assert id not in room.state.calendar.book(WEDNESDAY).bookings
    assert room.last(e.TimeFreed).day == WEDNESDAY
    assert room.booking_row(id)["day"] == friday


def test_a_move_to_a_taken_time_changes_nothing() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    first, second = room.book("10:00"), room.book("11:00")
    assert refusal(room, room.move(second, "10:00")).code == "time_taken"
    assert room.booking(second).sequence == 0
    assert room.booking(first).state == "confirmed"


def test_no_two_bookings_of_a_day_bear_one_code() -> None:
    room = BookingRoom(booking_office())
    first = room.hold("10:00", codes=("aaaaaaaa1", "bbbbbbbb1"))
    second = room.hold("10:00", codes=("aaaaaaaa1", "bbbbbbbb1"))
    assert [room.booking(id).code_n for id in (first, second)] == [0, 1]
    assert refusal(room, room.wanted_hold("11:00", codes=("aaaaaaaa1",))).code == "unavailable"


def test_checking_in_makes_the_ticket_with_its_due_time() -> None:
    room = BookingRoom(booking_office())
    id = room.book("10:00", TUESDAY)
    room.at("09:50")
    room.do(room.check_in(id))
    ticket = room.ticket(f"ticket-{id}")
    booking = room.booking(id, TUESDAY)
    assert (booking.state, booking.ticket) == ("checked_in", ticket.id)
    assert (ticket.booked, ticket.ref, ticket.segment, ticket.booking) == (
        booking.start,
        booking.start,
        "booked",
        id,
    )
    assert refusal(room, room.check_in(id)).code == "already_checked_in"


@pytest.mark.parametrize(("opens", "closes"), [(30, 10), (15, 10), (10, 0), (5, 15)])
def test_the_window_of_check_in_is_the_offices(opens: int, closes: int) -> None:
    room = BookingRoom(booking_office(check_in_opens=opens, check_in_closes=closes))
    id = room.book("11:00", TUESDAY)
    room.at("11:00").after(minutes=-opens, seconds=-1)
    early = refusal(room, room.check_in(id))
    room.at("11:00").after(minutes=-opens)
    assert early.code == "check_in_early"
    assert early.params["from"] == room.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    room.at("11:00").after(minutes=closes, seconds=-1) if closes else room
    room.do(room.check_in(id))


def test_one_who_has_not_come_by_the_hour_and_the_grace_has_missed_the_visit() -> None:
    room = BookingRoom(booking_office(check_in_closes=10))
    id = room.book("10:00", TUESDAY)
    room.at("10:10").tick()
    assert room.booking_row(id)["state"] == "missed"
    assert refusal(room, room.check_in(id)).code == "check_in_late"
    room.issue("id-card")


def test_a_grace_that_the_office_shortens_counts_at_once() -> None:
    room = BookingRoom(booking_office(check_in_closes=60))
    id = room.book("10:00", TUESDAY)
    room.at("09:30").tick()
    room.configure(booking_office(check_in_closes=5))
    room.at("10:05").tick()
    assert room.booking_row(id)["state"] == "missed"


def test_reception_may_let_somebody_in_early() -> None:
    room = BookingRoom(booking_office())
    id = room.book("12:00", TUESDAY)
    room.do(room.check_in(id, early=True))
    assert room.last(TicketIssued).ref == room.booking(id, TUESDAY).start


def test_further_services_go_with_the_ticket() -> None:
    room = BookingRoom(booking_office(several_services=True))
    id = room.book("10:00", TUESDAY, services=(Wanted("id-card"), Wanted("passport")))
    assert room.booking(id, TUESDAY).minutes == 30
    room.at("09:50").do(room.check_in(id))
    assert room.ticket(f"ticket-{id}").also == ("passport",)


def test_the_end_of_the_day_counts_those_who_have_not_come() -> None:
    room = BookingRoom(booking_office(check_in_closes=1440))
    id = room.book("14:45", TUESDAY)
    room.at("00:30", WEDNESDAY).tick()
    assert room.booking_row(id)["state"] == "missed"
    kinds = [type(one.body) for one in room.log]
    assert kinds.index(e.BookingMissed) < kinds.index(DayClosed)


def test_a_day_begins_with_its_bookings_on_record_and_can_be_folded_from_there() -> None:
    room = BookingRoom(booking_office())
    id = room.book("10:00", WEDNESDAY)
    room.at("08:30", WEDNESDAY).issue("id-card")
    opened = room.last(e.BookOpened)
    assert [one.id for one in opened.bookings] == [id]
    folded = refolded(room, lambda one: type(one.body).STARTS_FOLD and one.day == WEDNESDAY)
    assert folded.calendar.book(WEDNESDAY).bookings == room.state.calendar.book(WEDNESDAY).bookings


def test_days_put_away_come_back_from_their_rows_as_they_were() -> None:
    room = BookingRoom(booking_office({"lanes": 2}))
    first, second = room.book("10:00"), room.hold("10:15")
    gone = room.book("10:30")
    room.do(c.CancelBooking(gone, WEDNESDAY, "citizen"))
    before = room.state.calendar.book(WEDNESDAY)
    room.forget()
    assert not room.state.calendar.has(WEDNESDAY)
    room.do(c.LoadDays((WEDNESDAY,)))
    after = room.state.calendar.book(WEDNESDAY)
    assert after.bookings == {id: before.bookings[id] for id in (first, second)}
    assert after.freed == before.freed


def test_what_ran_out_on_a_day_put_away_is_recorded_when_it_comes_back() -> None:
    room = BookingRoom(booking_office())
    id = room.hold("10:00")
    room.forget()
    room.after(hours=2).tick()
    assert room.booking_row(id)["state"] == "held"
    room.do(c.LoadDays((WEDNESDAY,)))
    assert room.booking_row(id)["state"] == "lapsed"


def test_a_closure_cancels_those_it_hits_and_their_times_do_not_come_back() -> None:
    room = BookingRoom(booking_office())
    hit, spared = room.book("10:00"), room.book("11:00")
    room.do(c.CancelBookings(WEDNESDAY, (hit, "unknown")))
    assert room.booking_row(hit)["ended_by"] == "office"
    assert room.booking(spared).state == "confirmed"
    assert not room.all(e.TimeFreed)


def test_reconfirmation_is_asked_of_those_who_booked_long_before() -> None:
    room = BookingRoom(booking_office(reconfirm=Reconfirm(days=4, hours=24), horizon_days=60))
    late, early = date(2026, 11, 26), date(2026, 12, 8)
    soon, far = room.book("10:00", late), room.book("10:00", early)
    assert room.booking(soon, late).reconfirm is None
    asked = room.booking(far, early)
    assert asked.reconfirm == asked.start - timedelta(days=3)
    room.at("10:00", date(2026, 12, 5)).tick()
    assert room.booking_row(far)["state"] == "lapsed"


def test_one_who_reconfirms_keeps_the_time() -> None:
    room = BookingRoom(booking_office(reconfirm=Reconfirm(days=4, hours=24), horizon_days=60))
    day = date(2026, 12, 8)
    id = room.book("10:00", day)
    room.at("12:00", date(2026, 12, 4)).do(c.ProveBooking(id, day))
    room.at("12:00", date(2026, 12, 6)).tick()
    assert room.booking(id, day).state == "confirmed"


def wish(room: BookingRoom, name: str, **more: object) -> None:
    fields = {
        "wish": name,
        "services": ID_CARD,
        "first": WEDNESDAY,
        "last": WEDNESDAY + timedelta(days=7),
        "segment": "booked",
        "language": "pl",
        "holder": f"holder-{name}",
        "person": f"person-{name}",
    }
    room.do(c.MakeWish(**(fields | more)))  # type: ignore[arg-type]


def offer(room: BookingRoom, wish: str, booking: str) -> c.OfferTime:
    freed = next(iter(room.state.calendar.book(WEDNESDAY).freed))
    return c.OfferTime(freed, WEDNESDAY, wish, booking, f"hash-{booking}", (f"{booking:0>8}cafe",))


def test_a_freed_time_goes_to_the_waiting_list_in_order() -> None:
    room = BookingRoom(booking_office({"lanes": 1}, offer=60))
    id = room.book("10:00")
    wish(room, "w1")
    wish(room, "w2")
    room.do(c.CancelBooking(id, WEDNESDAY, "citizen"))
    assert refusal(room, offer(room, "w2", "c0ffee02")).code == "not_offered"
    room.do(offer(room, "w1", "c0ffee01"))
    held = room.booking("c0ffee01")
    assert (held.state, held.wish) == ("held", "w1")
    assert held.until == room.now + timedelta(minutes=60)
    assert not room.state.calendar.book(WEDNESDAY).freed
    room.do(c.ConfirmBooking("c0ffee01", WEDNESDAY, "person-w1", True))
    assert set(room.state.calendar.wishes or ()) == {"w2"}


def test_an_offer_that_nobody_takes_goes_to_the_next_and_not_to_the_same_again() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    id = room.book("10:00")
    wish(room, "w1")
    wish(room, "w2")
    room.do(c.CancelBooking(id, WEDNESDAY, "citizen"))
    room.do(offer(room, "w1", "c0ffee01"))
    room.after(minutes=60).tick()
    assert room.last(e.TimeFreed).passed == ("w1",)
    assert (room.state.calendar.wishes or {})["w1"].offered is None
    assert refusal(room, offer(room, "w1", "c0ffee02")).code == "not_offered"
    room.do(offer(room, "w2", "c0ffee03"))


def test_an_accepted_offer_replaces_the_persons_later_time() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    first, mine = room.book("10:00"), room.book("10:00", date(2026, 11, 27))
    wish(room, "w1", booking=mine, booking_day=date(2026, 11, 27), person=f"person-{mine}")
    room.do(c.CancelBooking(first, WEDNESDAY, "citizen"))
    room.do(offer(room, "w1", "c0ffee01"))
    room.do(c.ConfirmBooking("c0ffee01", WEDNESDAY, f"person-{mine}", True))
    assert room.booking_row(mine)["state"] == "cancelled"
    assert room.booking("c0ffee01").state == "confirmed"


def test_wishes_end_with_their_days() -> None:
    room = BookingRoom(booking_office())
    wish(room, "w1", first=TUESDAY, last=TUESDAY)
    room.at("08:00", WEDNESDAY).issue("id-card")
    assert room.last(e.WishEnded).why == "over"
    assert not room.rows[tables.Wish]


def test_a_service_by_appointment_only_gives_no_numbers() -> None:
    setup = booking_office()
    only = service("id-card", minutes=9, booking=ServiceBooking(only=True))
    room = BookingRoom(changed(setup, services=(only, *setup.services[1:])))
    assert refusal(room, room.wish("id-card")).code == "by_appointment"
    id = room.book("10:00", TUESDAY)
    room.at("09:50").do(room.check_in(id))


def test_bookings_that_are_left_when_an_office_takes_no_more_can_be_given_up_used_and_missed() -> None:
    room = BookingRoom(booking_office(check_in_closes=10))
    gone, here, missed = (room.book(at, TUESDAY) for at in ("10:00", "10:15", "10:30"))
    pending = room.hold("11:00", WEDNESDAY)
    room.configure(changed(room.state.setup, bookings=None))
    assert refusal(room, room.wanted_hold("11:00")).code == "booking_closed"
    room.do(c.CancelBooking(gone, TUESDAY, "citizen"))
    room.at("10:15").do(room.check_in(here))
    room.at("10:41").tick()
    rows = [room.booking_row(id)["state"] for id in (gone, here, missed, pending)]
    assert rows == ["cancelled", "checked_in", "missed", "lapsed"]


def test_a_hall_without_bookings_refuses_them() -> None:
    room = BookingRoom()
    assert refusal(room, room.wanted_hold("10:00")).code == "booking_closed"
