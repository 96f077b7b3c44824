"""A booking, a day's bookings, and a wish on the waiting list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

BookingState = Literal["held", "pending", "confirmed", "checked_in", "lapsed", "cancelled", "missed"]
Via = Literal["web", "phone", "reception"]
"""How a booking was made: by the person on the web, or by staff for a caller or somebody present."""
By = Literal["citizen", "staff", "office"]
"""Who ended or moved a booking; `office`: a closure or a cut of capacity did."""

OCCUPYING: frozenset[BookingState] = frozenset({"held", "pending", "confirmed", "checked_in"})
"""States in which a booking takes room in the calendar."""
OPEN: frozenset[BookingState] = frozenset({"held", "pending", "confirmed"})
"""States from which a booking may still be moved or cancelled."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A service, for so many people."""

    service: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Booking:
    """A time reserved, from `start` to `end` on the hall's business day `day`.

    `holder` is the hash of the holder's token; `code` a keyed hash of the code for check-in, which is
    the `code_n`-th of this booking's; `person` the id under which private data are kept. `until`: when
    a hold, a wait for proof, or a wait for re-confirmation ends. `sequence` counts changes, for
    calendars. `wish`: the entry of the waiting list that it was offered to.
    """

    id: str
    day: date
    start: datetime
    end: datetime
    services: tuple[Wanted, ...]
    state: BookingState
    via: Via
    segment: str
    language: str
    holder: str
    code: str
    code_n: int
    made: datetime
    until: datetime | None = None
    person: str | None = None
    proved: bool = True
    """False while neither a challenge was solved nor an e-mail address proved."""
    reconfirm: datetime | None = None
    """By when the person must say again that they will come; None where they need not."""
    wish: str | None = None
    passed: tuple[str, ...] = ()
    """Wishes that its time was offered to before, in vain."""
    ticket: str | None = None
    sequence: int = 0
    touched: int = 0
    """Sequence of the last event that touched it."""

    @property
    def occupies(self) -> bool:
        return self.state in OCCUPYING

    @property
    def minutes(self) -> int:
        return round((self.end - self.start).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class Freed:
    """A time given back and not yet shown again: it takes room for the public until `until`.

    `passed` names the wishes that it was already offered to.
    """

    id: str
    day: date
    start: datetime
    end: datetime
    services: tuple[Wanted, ...]
    until: datetime
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """An entry of the waiting list: an earlier time for these services between two days is welcome.

    `booking` is the person's own present booking, which an accepted offer replaces; `offered` the
    booking held for them at present.
    """

    id: str
    services: tuple[Wanted, ...]
    first: date
    last: date
    segment: str
    language: str
    holder: str
    made: datetime
    seq: int
    person: str
    booking: str | None = None
    booking_day: date | None = None
    offered: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DayBook:
    """The bookings of one business day; never changed: an event makes a new one.

    `bookings` holds those that occupy room, and those that ended since the day was loaded.
    `memo` is room for what follows from this book alone.
    """

    day: date
    bookings: Mapping[str, Booking] = field(default_factory=dict)
    freed: Mapping[str, Freed] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict, repr=False)

    def occupying(self) -> Iterable[Booking]:
        """Those that take room."""
        return (booking for booking in self.bookings.values() if booking.occupies)
