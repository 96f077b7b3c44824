"""Facts of a hall's calendar. Each names the business day (or days) whose book it changes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from qms.booking.rules.model import Booking, By, Freed, Via, Wanted
from qms.kernel.event import Event


@dataclass(frozen=True, slots=True)
class TimeHeld(Event):
    """A time was set aside for somebody until `until`; `wish` where it is an offer of the waiting list."""

    booking: str
    day: date
    start: datetime
    end: datetime
    services: tuple[Wanted, ...]
    via: Via
    segment: str
    language: str
    holder: str
    code: str
    code_n: int
    until: datetime
    proved: bool = True
    wish: str | None = None
    freed: str | None = None
    """The freed time that it takes up."""
    passed: tuple[str, ...] = ()
    """Wishes that this time was offered to before."""


@dataclass(frozen=True, slots=True)
class ClientRecognised(Event):
    """The person gave the code of a key client, whom the office serves by a rule of their own."""

    booking: str
    day: date


@dataclass(frozen=True, slots=True)
class ProofAwaited(Event):
    """Contact data were given under `person`; the booking waits until `until` for its link to be opened."""

    booking: str
    day: date
    person: str
    until: datetime


@dataclass(frozen=True, slots=True)
class BookingConfirmed(Event):
    """The booking stands. `reconfirm`: by when the person must say again that they will come."""

    booking: str
    day: date
    person: str | None
    reconfirm: datetime | None = None


@dataclass(frozen=True, slots=True)
class BookingReconfirmed(Event):
    """The person said again that they will come."""

    booking: str
    day: date


@dataclass(frozen=True, slots=True)
class BookingMoved(Event):
    """The booking left `day` for the time, and perhaps the day and the code, that `now` names."""

    booking: str
    day: date
    now: Booking
    by: By


@dataclass(frozen=True, slots=True)
class BookingLapsed(Event):
    """Its hold ran out, or nobody confirmed it in time."""

    booking: str
    day: date
    why: Literal["hold", "proof", "reconfirm"]


@dataclass(frozen=True, slots=True)
class BookingCancelled(Event):
    """Given up by the person, by staff for them, or by the office."""

    booking: str
    day: date
    by: By


@dataclass(frozen=True, slots=True)
class BookOpened(Event):
    """A business day begins with these bookings and freed times: all that was decided on days before."""

    day: date
    bookings: tuple[Booking, ...] = ()
    freed: tuple[Freed, ...] = ()


@dataclass(frozen=True, slots=True)
class BookingCheckedIn(Event):
    """The person is here: the booking became a ticket, and `also` are its further services."""

    booking: str
    day: date
    ticket: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BookingMissed(Event):
    """Nobody checked in by the hour and its grace."""

    booking: str
    day: date


@dataclass(frozen=True, slots=True)
class TimeFreed(Event):
    """A time was given back; people see it again after `until`, the waiting list before."""

    freed: str
    day: date
    start: datetime
    end: datetime
    services: tuple[Wanted, ...]
    until: datetime
    passed: tuple[str, ...] = ()
    """Wishes that it was already offered to, in vain."""


@dataclass(frozen=True, slots=True)
class TimeShown(Event):
    """A freed time may be booked by everybody again."""

    freed: str
    day: date


@dataclass(frozen=True, slots=True)
class WishMade(Event):
    """Somebody asked to be told of an earlier time; their contact data lie under `person`."""

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
class WishEnded(Event):
    """An entry left the waiting list."""

    wish: str
    why: Literal["met", "withdrawn", "over"]
