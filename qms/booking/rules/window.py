"""When a person with a booking may check in, and what else a booking allows at a moment."""

from datetime import datetime, timedelta

from qms.booking.rules.model import OPEN, Booking
from qms.halls.rules.booking import Bookings
from qms.halls.rules.model import Hall
from qms.kernel.clock import instant
from qms.kernel.refusal import Refusal

USUAL = Bookings()
"""What counts for bookings that are left where an office takes no more."""


def opens(hall: Hall, booking: Booking) -> datetime:
    """From when a person may check in."""
    return opens_at(hall, booking.start)


def opens_at(hall: Hall, start: datetime) -> datetime:
    """From when a person may check in who is booked for `start`."""
    return start - timedelta(minutes=(hall.bookings or USUAL).check_in_opens)


def closes(hall: Hall, booking: Booking) -> datetime:
    """Until when a person may check in; one who has not by then has missed the visit."""
    return booking.start + grace(hall)


def grace(hall: Hall) -> timedelta:
    """How long after the hour a person may still check in."""
    return timedelta(minutes=(hall.bookings or USUAL).check_in_closes)


def refusal(hall: Hall, booking: Booking, now: datetime) -> Refusal | None:
    """Why somebody cannot check in now; None when they can."""
    if booking.state == "checked_in":
        return Refusal("already_checked_in")
    if booking.state == "missed" or (booking.state == "confirmed" and now >= closes(hall, booking)):
        return Refusal("check_in_late", {"at": instant(booking.start)})
    if booking.state != "confirmed":
        return Refusal("not_confirmed" if booking.state in OPEN else "unknown_booking")
    if now < opens(hall, booking):
        return Refusal("check_in_early", {"from": instant(opens(hall, booking))})
    return None


def may_change(booking: Booking, now: datetime) -> bool:
    """Whether its holder may still move or cancel it."""
    return booking.state in OPEN and now < booking.start
