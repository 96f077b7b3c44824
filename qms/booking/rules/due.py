"""What time alone brings about in a calendar: holds lapse, waits end, freed times show, visits are missed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from qms.booking.rules import events as e
from qms.booking.rules.calendar import Room
from qms.booking.rules.model import Booking, DayBook, Freed
from qms.booking.rules.window import closes
from qms.halls.rules.booking import Bookings
from qms.halls.rules.model import Hall
from qms.kernel.event import Event

At = tuple[datetime, Event]
OFFERS = 5
"""So many on the waiting list are offered a time before everybody is."""


def due(room: Room, now: datetime) -> list[At]:
    """The events of all that has run out by `now`, each with its instant."""
    calendar = room.calendar
    if not calendar.counted:
        moments = (_first(book, room.setup) for book in calendar.days.values())
        calendar.first_due = min((at for at in moments if at is not None), default=None)
        calendar.counted = True
    if calendar.first_due is None or now < calendar.first_due:
        return []
    found = [one for book in calendar.days.values() for one in _of_book(book, room.setup, now)]
    return sorted(found, key=lambda one: one[0])


def missed(room: Room, day: date, ended: datetime) -> list[At]:
    """At the end of a day, those who have not come by then."""
    if not room.calendar.has(day):
        return []
    book = room.calendar.book(day)
    absent = [b for b in book.bookings.values() if b.state == "confirmed" and b.start < ended]
    return [(ended, e.BookingMissed(b.id, day)) for b in sorted(absent, key=lambda b: (b.start, b.id))]


def opening(room: Room, day: date) -> list[Event]:
    """What a business day begins with: its book, and the end of wishes for days before it."""
    if room.setup.bookings is None or not room.calendar.has(day):
        return []
    book = room.calendar.book(day)
    taken = sorted(book.occupying(), key=lambda b: (b.start, b.id))
    freed = sorted(book.freed.values(), key=lambda f: (f.start, f.id))
    return [e.BookOpened(day, tuple(taken), tuple(freed)), *outlived(room, day)]


def outlived(room: Room, day: date) -> list[Event]:
    """Wishes for days before `day`."""
    wishes = room.calendar.wishes or {}
    return [e.WishEnded(wish.id, "over") for wish in wishes.values() if wish.last < day]


def due_at(booking: Booking, hall: Hall) -> datetime | None:
    """When time alone next does something to a booking; None: never."""
    ends = [booking.until] if booking.occupies and booking.until is not None else []
    if booking.state == "confirmed":
        ends.append(closes(hall, booking))
    return min(ends, default=None)


def hidden_until(settings: Bookings, booking: Booking, now: datetime) -> datetime:
    """Until when a time given back is hidden: a moment within the office's bounds that nobody can foresee.

    The keyed hash of the booking's code is the chance in it: its holder does not know it, and the
    rule stays pure.
    """
    share = int(booking.code[:8], 16) / 16**8
    minutes = settings.freed_after + share * (settings.freed_until - settings.freed_after)
    return now + timedelta(seconds=round(minutes * 60))


def given_back(hall: Hall, booking: Booking, now: datetime) -> Iterator[e.TimeFreed]:
    """The event by which the time of a booking goes to the waiting list first; none for one that is past.

    None either for a booking that proved nothing, so that no robot hides times, and once it was offered often enough.
    """
    settings = hall.bookings
    if settings is None or booking.start <= now or not booking.proved:
        return
    until = hidden_until(settings, booking, now)
    passed = booking.passed if booking.wish is None else (*booking.passed, booking.wish)
    if until > now and len(passed) < OFFERS:
        freed = f"{booking.id}{booking.sequence:x}"
        yield e.TimeFreed(freed, booking.day, booking.start, booking.end, booking.services, until, passed)


def _first(book: DayBook, hall: Hall) -> datetime | None:
    """When time first brings something about in a book; kept with it, for most books change seldom."""
    kept = book.memo.get("first")
    if kept is None or kept[0] is not hall:
        moments = [at for b in book.occupying() if (at := due_at(b, hall)) is not None]
        at = min([*moments, *(freed.until for freed in book.freed.values())], default=None)
        kept = book.memo["first"] = (hall, at)
    first: datetime | None = kept[1]
    return first


def _of_book(book: DayBook, hall: Hall, now: datetime) -> Iterator[At]:
    for booking in book.occupying():
        at = due_at(booking, hall)
        if at is not None and at <= now:
            yield from _of_booking(booking, hall, at)
    for freed in book.freed.values():
        if freed.until <= now:
            yield _of_freed(freed)


def _of_booking(booking: Booking, hall: Hall, at: datetime) -> Iterator[At]:
    if booking.state == "confirmed" and at == closes(hall, booking):
        yield at, e.BookingMissed(booking.id, booking.day)
        return
    why = {"held": "hold", "pending": "proof", "confirmed": "reconfirm"}[booking.state]
    yield at, e.BookingLapsed(booking.id, booking.day, why)  # type: ignore[arg-type]
    if booking.state != "held" or booking.wish is not None:
        for freed in given_back(hall, booking, at):
            yield at, freed


def _of_freed(freed: Freed) -> At:
    return freed.until, e.TimeShown(freed.id, freed.day)
