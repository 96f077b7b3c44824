"""What may be asked of a hall's calendar.

Moments are in UTC. A booking is named by its id and by the day on which its caller last saw it: one that was moved
meanwhile is `unknown_booking` there, and the caller looks it up again.
"""

from dataclasses import dataclass
from datetime import date, datetime

from qms.booking.rules.model import By, Via, Wanted
from qms.kernel.event import Command

Codes = tuple[str, ...]
"""Keyed hashes of a booking's possible codes, in order: the first that is free on the day is taken."""


@dataclass(frozen=True, slots=True)
class HoldTime(Command):
    """Set a time aside. `person`: confirm it at once, for a caller whose data lie under that id."""

    booking: str
    day: date
    start: datetime
    services: tuple[Wanted, ...]
    via: Via
    segment: str
    language: str
    holder: str
    codes: Codes
    proved: bool = True
    eligible: bool = False
    """Whether the question before a marked service was answered with yes."""
    person: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmBooking(Command):
    """Give contact data, kept under `person`, for a held time."""

    booking: str
    day: date
    person: str
    accepted: bool
    """Whether the rules were accepted."""
    key_client: bool = False
    """Whether the code of a key client was given."""


@dataclass(frozen=True, slots=True)
class ProveBooking(Command):
    """The link in the message was opened: a pending booking stands, a confirmed one is re-confirmed."""

    booking: str
    day: date


@dataclass(frozen=True, slots=True)
class MoveBooking(Command):
    """Another time for a booking: by a citizen one that people may book for themselves, else what staff may."""

    booking: str
    day: date
    to: date
    start: datetime
    codes: Codes
    by: By


@dataclass(frozen=True, slots=True)
class CancelBooking(Command):
    """Give a booking up."""

    booking: str
    day: date
    by: By


@dataclass(frozen=True, slots=True)
class CancelBookings(Command):
    """Cancel bookings that a closure or a cut of capacity has hit; their times do not come back."""

    day: date
    bookings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfferTime(Command):
    """Hold a freed time for the first on the waiting list whom it suits."""

    freed: str
    day: date
    wish: str
    booking: str
    holder: str
    codes: Codes


@dataclass(frozen=True, slots=True)
class MakeWish(Command):
    """Ask to be told when an earlier time is free."""

    wish: str
    services: tuple[Wanted, ...]
    first: date
    last: date
    segment: str
    language: str
    holder: str
    person: str
    booking: str | None = None
    booking_day: date | None = None


@dataclass(frozen=True, slots=True)
class EndWish(Command):
    """Leave the waiting list."""

    wish: str


@dataclass(frozen=True, slots=True)
class LoadDays(Command):
    """Nothing but to have these days at hand, so that what is due on them gets done."""

    days: tuple[date, ...]
