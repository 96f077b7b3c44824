"""`decide` for the calendar: may this be booked, moved, given up? Pure; every 'no' is a `Refusal`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from qms.booking.rules import commands as c
from qms.booking.rules import events as e
from qms.booking.rules import free
from qms.booking.rules.calendar import Calendar, Room
from qms.booking.rules.due import given_back
from qms.booking.rules.model import OPEN, Booking, DayBook, Freed, Wanted, Wish
from qms.halls.rules import hours
from qms.halls.rules.booking import Bookings
from qms.halls.rules.model import Hall
from qms.kernel.event import Command, Event
from qms.kernel.refusal import Refusal

Decision = Sequence[Event] | Refusal
MOVES = 5
"""So often people may move a booking: each time the former hour is kept from the others for a while."""
FARTHEST_WISH = timedelta(days=731)
"""Nobody waits longer, and no longer are their data kept."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Days, and perhaps the waiting list, that must be at hand before a command is decided."""

    days: tuple[date, ...] = ()
    wishes: bool = False


def needs(calendar: Calendar, command: Command | None, today: date) -> Needs | None:
    """What a command, or the opening of today, asks of the calendar beyond what is at hand."""
    asked = {today, *days_of(command)} if command is not None else set()
    missing = tuple(sorted(day for day in asked if not calendar.has(day)))
    wishes = command is not None and calendar.wishes is None
    return Needs(missing, wishes) if missing or wishes else None


def days_of(command: Command | None) -> tuple[date, ...]:
    """The days that a command is about."""
    if isinstance(command, c.LoadDays):
        return command.days
    found = (getattr(command, name, None) for name in ("day", "to", "booking_day"))
    return tuple(day for day in found if isinstance(day, date))


def decide(room: Room, command: Command, now: datetime) -> Decision:
    """What follows from a command at `now`: events, or the reason why not."""
    if room.setup.bookings is None and type(command) not in ALWAYS:
        return Refusal("booking_closed")
    return RULES[type(command)](room, command, now)


def _hold(room: Room, command: c.HoldTime, now: datetime) -> Decision:
    hall, book = room.setup, room.calendar.book(command.day)
    if hours.day_of(hall, command.start) != command.day or command.booking in book.bookings:
        return Refusal("invalid", {"field": "start"})
    public = command.via == "web"
    if no := free.refusal(
        hall, book, command.services, command.start, now, public=public, proved=command.proved
    ):
        return no
    if not command.eligible and any(_question(hall, wanted) for wanted in command.services):
        return Refusal("not_eligible")
    held = _time_held(hall, book, command, now)
    if isinstance(held, Refusal):
        return held
    if command.person is None:
        return (held,)
    reconfirm = _reconfirm_by(hall, command.start, now)
    return (held, e.BookingConfirmed(held.booking, held.day, command.person, reconfirm))


def _time_held(hall: Hall, book: DayBook, command: c.HoldTime, now: datetime) -> e.TimeHeld | Refusal:
    settings = _settings(hall)
    found = _code(book, command.codes)
    if found is None:
        return Refusal("unavailable")
    minutes = settings.hold if command.proved else settings.unproved_hold
    return e.TimeHeld(
        booking=command.booking,
        day=command.day,
        start=command.start,
        end=command.start + timedelta(minutes=free.length(hall, command.services)),
        services=command.services,
        via=command.via,
        segment=command.segment,
        language=command.language,
        holder=command.holder,
        code=found[1],
        code_n=found[0],
        until=now + timedelta(minutes=minutes),
        proved=command.proved,
    )


def _confirm(room: Room, command: c.ConfirmBooking, now: datetime) -> Decision:
    booking = _booking(room, command.booking, command.day)
    if booking is None:
        return Refusal("unknown_booking")
    if booking.state != "held":
        return Refusal("hold_over" if booking.state == "lapsed" else "wrong_state")
    settings = _settings(room.setup)
    if settings.rules and not command.accepted:
        return Refusal("rules_not_accepted")
    known = (e.ClientRecognised(booking.id, booking.day),) if command.key_client else ()
    if booking.via == "web" and booking.wish is None and (settings.confirm_by_link or not booking.proved):
        until = min(now + timedelta(minutes=settings.confirm_within), booking.start)
        return (*known, e.ProofAwaited(booking.id, booking.day, command.person, until))
    reconfirm = _reconfirm_by(room.setup, booking.start, now)
    confirmed = e.BookingConfirmed(booking.id, booking.day, command.person, reconfirm)
    return (*known, confirmed, *_wish_met(room, booking, now))


def _wish_met(room: Room, booking: Booking, now: datetime) -> Iterator[Event]:
    """The waiting list has served somebody: their entry goes, and so does the later time they had."""
    wish = (room.calendar.wishes or {}).get(booking.wish or "")
    if wish is None:
        return
    yield e.WishEnded(wish.id, "met")
    if wish.booking is None or wish.booking_day is None or not room.calendar.has(wish.booking_day):
        return
    former = _booking(room, wish.booking, wish.booking_day)
    if former is not None and former.state in OPEN:
        yield e.BookingCancelled(former.id, former.day, "citizen")
        yield from given_back(room.setup, former, now)


def _prove(room: Room, command: c.ProveBooking, now: datetime) -> Decision:
    booking = _booking(room, command.booking, command.day)
    if booking is None:
        return Refusal("unknown_booking")
    if booking.state == "pending":
        reconfirm = _reconfirm_by(room.setup, booking.start, now)
        return (e.BookingConfirmed(booking.id, booking.day, booking.person, reconfirm),)
    if booking.state == "confirmed":
        return () if booking.reconfirm is None else (e.BookingReconfirmed(booking.id, booking.day),)
    return Refusal("hold_over" if booking.state == "lapsed" else "wrong_state")


def _move(room: Room, command: c.MoveBooking, now: datetime) -> Decision:
    hall, booking = room.setup, _booking(room, command.booking, command.day)
    if booking is None:
        return Refusal("unknown_booking")
    public = command.by == "citizen"
    if no := _unchangeable(booking, public, now):
        return no
    if public and booking.state != "confirmed":
        return Refusal("wrong_state")
    if command.start == booking.start:
        return ()
    if public and booking.sequence >= MOVES:
        return Refusal("limit_moves", {"limit": MOVES})
    if hours.day_of(hall, command.start) != command.to:
        return Refusal("invalid", {"field": "start"})
    book = room.calendar.book(command.to)
    if no := free.refusal(
        hall, book, booking.services, command.start, now, public=public, without=booking.id
    ):
        return no
    found = (booking.code_n, booking.code)
    if command.to != command.day:
        fresh = _code(book, command.codes)
        if fresh is None:
            return Refusal("unavailable")
        found = fresh
    end = command.start + timedelta(minutes=free.length(hall, booking.services))
    after = replace(
        booking,
        day=command.to,
        start=command.start,
        end=end,
        code=found[1],
        code_n=found[0],
        sequence=booking.sequence + 1,
    )
    if booking.state == "confirmed":
        reconfirm = _reconfirm_by(hall, command.start, now)
        after = replace(after, until=reconfirm, reconfirm=reconfirm)
    moved = e.BookingMoved(booking.id, booking.day, after, command.by)
    apart = end <= booking.start or booking.end <= command.start
    return (moved, *(given_back(hall, booking, now) if apart else ()))


def _cancel(room: Room, command: c.CancelBooking, now: datetime) -> Decision:
    booking = _booking(room, command.booking, command.day)
    if booking is None:
        return Refusal("unknown_booking")
    if booking.state == "cancelled":
        return ()
    if no := _unchangeable(booking, command.by == "citizen", now):
        return no
    cancelled = e.BookingCancelled(booking.id, booking.day, command.by)
    if booking.state == "held" and booking.wish is None:
        return (cancelled,)
    return (cancelled, *_no_wish_left(room, booking), *given_back(room.setup, booking, now))


def _no_wish_left(room: Room, booking: Booking) -> Iterator[Event]:
    """Who gives a visit up no longer wants it earlier; an offer that they have in hand stands."""
    for wish in (room.calendar.wishes or {}).values():
        if wish.booking == booking.id and wish.offered is None:
            yield e.WishEnded(wish.id, "withdrawn")


def _cancel_many(room: Room, command: c.CancelBookings, now: datetime) -> Decision:
    book = room.calendar.book(command.day)
    known = (book.bookings.get(id) for id in command.bookings)
    open_ones = [booking for booking in known if booking is not None and booking.state in OPEN]
    return tuple(e.BookingCancelled(booking.id, booking.day, "office") for booking in open_ones)


def _offer(room: Room, command: c.OfferTime, now: datetime) -> Decision:
    hall, book = room.setup, room.calendar.book(command.day)
    freed, wish = book.freed.get(command.freed), first_wish(room, command.freed, command.day, now)
    if freed is None or wish is None or wish.id != command.wish:
        return Refusal("not_offered")
    found = _code(book, command.codes)
    if found is None:
        return Refusal("unavailable")
    return (
        e.TimeHeld(
            booking=command.booking,
            day=freed.day,
            start=freed.start,
            end=freed.start + timedelta(minutes=free.length(hall, wish.services)),
            services=wish.services,
            via="web",
            segment=wish.segment,
            language=wish.language,
            holder=command.holder,
            code=found[1],
            code_n=found[0],
            until=min(now + timedelta(minutes=_settings(hall).offer), freed.start),
            wish=wish.id,
            freed=freed.id,
            passed=freed.passed,
        ),
    )


def first_wish(room: Room, freed_id: str, day: date, now: datetime) -> Wish | None:
    """The first on the waiting list whom a freed time suits and who was not offered it before."""
    freed = room.calendar.book(day).freed.get(freed_id)
    if freed is None or not room.calendar.wishes:
        return None
    waiting = sorted(room.calendar.wishes.values(), key=lambda wish: wish.seq)
    return next((wish for wish in waiting if _suits(room, wish, freed, now)), None)


def _suits(room: Room, wish: Wish, freed: Freed, now: datetime) -> bool:
    if wish.offered is not None or wish.id in freed.passed or not wish.first <= freed.day <= wish.last:
        return False
    if wish.booking_day is not None and freed.day > wish.booking_day:
        return False
    if free.length(room.setup, wish.services) > (freed.end - freed.start).total_seconds() / 60:
        return False
    book = room.calendar.book(freed.day)
    no = free.refusal(room.setup, book, wish.services, freed.start, now, public=True, freed=freed.id)
    return no is None


def _wish(room: Room, command: c.MakeWish, now: datetime) -> Decision:
    settings = _settings(room.setup)
    if not settings.waiting_list or not settings.open:
        return Refusal("no_waiting_list")
    today = hours.day_of(room.setup, now)
    far = command.last > today + FARTHEST_WISH
    if command.last < max(command.first, today) or far or command.wish in (room.calendar.wishes or {}):
        return Refusal("invalid", {"field": "last"})
    for wanted in command.services:
        service = room.setup.service(wanted.service)
        if service is None or service.retired or service.booking.open != "all":
            return Refusal("service_not_bookable")
    return (
        e.WishMade(
            wish=command.wish,
            services=command.services,
            first=command.first,
            last=command.last,
            segment=command.segment,
            language=command.language,
            holder=command.holder,
            person=command.person,
            booking=command.booking,
            booking_day=command.booking_day,
        ),
    )


def _end_wish(room: Room, command: c.EndWish, now: datetime) -> Decision:
    known = command.wish in (room.calendar.wishes or {})
    return (e.WishEnded(command.wish, "withdrawn"),) if known else ()


def _load(room: Room, command: c.LoadDays, now: datetime) -> Decision:
    return ()


def _booking(room: Room, booking: str, day: date) -> Booking | None:
    return room.calendar.book(day).bookings.get(booking)


def _unchangeable(booking: Booking, citizen: bool, now: datetime) -> Refusal | None:
    if booking.state not in OPEN:
        return Refusal("wrong_state")
    return Refusal("too_late") if citizen and now >= booking.start else None


def _question(hall: Hall, wanted: Wanted) -> bool:
    service = hall.service(wanted.service)
    return service is not None and bool(service.booking.question)


def _settings(hall: Hall) -> Bookings:
    if hall.bookings is None:
        raise LookupError(f"{hall.id} takes no bookings")
    return hall.bookings


def _code(book: DayBook, codes: c.Codes) -> tuple[int, str] | None:
    """The first code that nobody bears that day, and its place."""
    taken = {booking.code for booking in book.bookings.values()}
    return next(((n, code) for n, code in enumerate(codes) if code not in taken), None)


def _reconfirm_by(hall: Hall, start: datetime, now: datetime) -> datetime | None:
    """By when a person must say again that they will come: only for one who booked long before."""
    asked = hall.bookings.reconfirm if hall.bookings else None
    if asked is None:
        return None
    first = start - timedelta(days=asked.days)
    return first + timedelta(hours=asked.hours) if now < first else None


ALWAYS = frozenset({c.ProveBooking, c.CancelBooking, c.CancelBookings, c.EndWish, c.LoadDays})
"""What people may still do where an office no longer takes bookings and some are left."""
RULES: Mapping[type[Command], Callable[[Room, Any, datetime], Decision]] = {
    c.HoldTime: _hold,
    c.ConfirmBooking: _confirm,
    c.ProveBooking: _prove,
    c.MoveBooking: _move,
    c.CancelBooking: _cancel,
    c.CancelBookings: _cancel_many,
    c.OfferTime: _offer,
    c.MakeWish: _wish,
    c.EndWish: _end_wish,
    c.LoadDays: _load,
}
