"""`apply`: what each event makes of a calendar. In place, upon a draft only; no event fails here."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from qms.booking.rules import events as e
from qms.booking.rules.calendar import Calendar, keep, put, put_freed
from qms.booking.rules.model import Booking, DayBook, Freed, Wish
from qms.halls.rules.model import KEY_CLIENT
from qms.kernel.event import Event, Recorded


def apply(draft: Calendar, event: Recorded) -> None:
    """Carry one event into a draft. Days that are not at hand are passed by."""
    _FOLDS[type(event.body)](draft, event, event.body)


def close_day(draft: Calendar, day: date) -> None:
    """The books of a day, and of those before it, are put away."""
    draft.days = {known: book for known, book in draft.days.items() if known > day}
    draft.counted = False


def _change(draft: Calendar, event: Recorded, **changes: Any) -> Booking | None:
    """The booking that an event names, changed; None where its day is not at hand."""
    body: Any = event.body
    before = draft.book(body.day).bookings.get(body.booking) if draft.has(body.day) else None
    if before is None:
        return None
    after = replace(before, touched=event.seq, **changes)
    put(draft, after)
    return after


def _opened(draft: Calendar, event: Recorded, body: e.BookOpened) -> None:
    close_day(draft, body.day)
    keep(draft, DayBook(body.day, {b.id: b for b in body.bookings}, {f.id: f for f in body.freed}))


def _held(draft: Calendar, event: Recorded, body: e.TimeHeld) -> None:
    booking = Booking(
        id=body.booking,
        day=body.day,
        start=body.start,
        end=body.end,
        services=body.services,
        state="held",
        via=body.via,
        segment=body.segment,
        language=body.language,
        holder=body.holder,
        code=body.code,
        code_n=body.code_n,
        made=event.at,
        until=body.until,
        proved=body.proved,
        wish=body.wish,
        passed=body.passed,
        touched=event.seq,
    )
    put(draft, booking)
    if body.freed is not None:
        put_freed(draft, body.day, body.freed, None)
    _offer(draft, body.wish, body.booking)


def _offer(draft: Calendar, wish: str | None, booking: str | None) -> None:
    if wish is not None and draft.wishes is not None and wish in draft.wishes:
        draft.wishes[wish] = replace(draft.wishes[wish], offered=booking)


def _recognised(draft: Calendar, event: Recorded, body: e.ClientRecognised) -> None:
    _change(draft, event, segment=KEY_CLIENT)


def _awaited(draft: Calendar, event: Recorded, body: e.ProofAwaited) -> None:
    _change(draft, event, state="pending", until=body.until, person=body.person)


def _confirmed(draft: Calendar, event: Recorded, body: e.BookingConfirmed) -> None:
    _change(
        draft,
        event,
        state="confirmed",
        until=body.reconfirm,
        reconfirm=body.reconfirm,
        person=body.person,
        proved=True,
    )


def _reconfirmed(draft: Calendar, event: Recorded, body: e.BookingReconfirmed) -> None:
    _change(draft, event, until=None, reconfirm=None)


def _moved(draft: Calendar, event: Recorded, body: e.BookingMoved) -> None:
    if draft.has(body.day):
        book = draft.book(body.day)
        rest = {id: one for id, one in book.bookings.items() if id != body.booking}
        keep(draft, DayBook(body.day, rest, book.freed))
    put(draft, replace(body.now, touched=event.seq))
    for wish in list((draft.wishes or {}).values()):
        if draft.wishes is not None and wish.booking == body.booking:
            draft.wishes[wish.id] = replace(wish, booking_day=body.now.day)


def _lapsed(draft: Calendar, event: Recorded, body: e.BookingLapsed) -> None:
    ended = _change(draft, event, state="lapsed", until=None)
    _offer(draft, ended.wish if ended else None, None)


def _cancelled(draft: Calendar, event: Recorded, body: e.BookingCancelled) -> None:
    ended = _change(draft, event, state="cancelled", until=None)
    _offer(draft, ended.wish if ended else None, None)


def _checked_in(draft: Calendar, event: Recorded, body: e.BookingCheckedIn) -> None:
    _change(draft, event, state="checked_in", until=None, ticket=body.ticket)


def _missed(draft: Calendar, event: Recorded, body: e.BookingMissed) -> None:
    _change(draft, event, state="missed", until=None)


def _freed(draft: Calendar, event: Recorded, body: e.TimeFreed) -> None:
    freed = Freed(body.freed, body.day, body.start, body.end, body.services, body.until, body.passed)
    put_freed(draft, body.day, body.freed, freed)


def _shown(draft: Calendar, event: Recorded, body: e.TimeShown) -> None:
    put_freed(draft, body.day, body.freed, None)


def _wished(draft: Calendar, event: Recorded, body: e.WishMade) -> None:
    if draft.wishes is None:
        return
    draft.wishes[body.wish] = Wish(
        id=body.wish,
        services=body.services,
        first=body.first,
        last=body.last,
        segment=body.segment,
        language=body.language,
        holder=body.holder,
        made=event.at,
        seq=event.seq,
        person=body.person,
        booking=body.booking,
        booking_day=body.booking_day,
    )


def _wish_ended(draft: Calendar, event: Recorded, body: e.WishEnded) -> None:
    if draft.wishes is not None:
        draft.wishes.pop(body.wish, None)


_FOLDS: Mapping[type[Event], Callable[[Calendar, Recorded, Any], None]] = {
    e.BookOpened: _opened,
    e.TimeHeld: _held,
    e.ClientRecognised: _recognised,
    e.ProofAwaited: _awaited,
    e.BookingConfirmed: _confirmed,
    e.BookingReconfirmed: _reconfirmed,
    e.BookingMoved: _moved,
    e.BookingLapsed: _lapsed,
    e.BookingCancelled: _cancelled,
    e.BookingCheckedIn: _checked_in,
    e.BookingMissed: _missed,
    e.TimeFreed: _freed,
    e.TimeShown: _shown,
    e.WishMade: _wished,
    e.WishEnded: _wish_ended,
}
EVENTS: tuple[type[Event], ...] = tuple(_FOLDS)
