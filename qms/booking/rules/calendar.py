"""A hall's calendar: the books of the days that are at hand, and the waiting list.

A published calendar is never changed: `qms.booking.rules.fold` works on a draft of it. Days are
brought from their rows when a command needs them; events of other days pass it by, for their rows
say what they did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol

from qms.booking.rules.model import Booking, DayBook, Freed, Wish
from qms.halls.rules.model import Hall


@dataclass(slots=True)
class Calendar:
    """Books by business day. `wishes` is None until the waiting list was brought.

    `whole`: every day counts as at hand, as in a fold of the whole log.
    """

    days: dict[date, DayBook] = field(default_factory=dict)
    wishes: dict[str, Wish] | None = None
    whole: bool = False
    first_due: datetime | None = None
    """When the first hold, wait, freed time or grace ends, as far as `counted` says so."""
    counted: bool = False

    def book(self, day: date) -> DayBook:
        """The book of a day at hand; raises LookupError for another."""
        book = self.days.get(day)
        if book is not None:
            return book
        if self.whole:
            return DayBook(day)
        raise LookupError(f"the bookings of {day} are not at hand")

    def has(self, day: date) -> bool:
        """Whether a day's bookings are at hand."""
        return self.whole or day in self.days

    def draft(self) -> "Calendar":
        """A copy that may be changed without anybody seeing it."""
        return replace(
            self, days=dict(self.days), wishes=None if self.wishes is None else dict(self.wishes)
        )


class Room(Protocol):
    """What booking needs of a hall's state; that of the queue is one."""

    @property
    def id(self) -> str:
        """The hall."""
        ...

    @property
    def setup(self) -> Hall:
        """The set-up that acts."""
        ...

    @property
    def calendar(self) -> Calendar:
        """The bookings at hand."""
        ...


@dataclass(frozen=True, slots=True)
class Brought:
    """What was read from rows for a calendar: days with all that occupies room in them, and the waiting list."""

    days: Mapping[date, DayBook] = field(default_factory=dict)
    wishes: Sequence[Wish] | None = None


def load(draft: Calendar, brought: Brought) -> None:
    """Put what was brought into a draft; what is there already is newer and stays."""
    for day, book in brought.days.items():
        draft.days.setdefault(day, book)
    draft.counted = False
    if brought.wishes is not None and draft.wishes is None:
        draft.wishes = {wish.id: wish for wish in brought.wishes}


def keep(draft: Calendar, book: DayBook) -> None:
    """Store a day's book."""
    draft.days[book.day] = book
    draft.counted = False


def put(draft: Calendar, booking: Booking) -> None:
    """Store a booking in place of its former self, where its day is at hand."""
    if draft.has(booking.day):
        book = draft.book(booking.day)
        keep(draft, DayBook(book.day, {**book.bookings, booking.id: booking}, book.freed))


def put_freed(draft: Calendar, day: date, freed: str, now: Freed | None) -> None:
    """Store a freed time in place of its former self, or drop it."""
    if draft.has(day):
        book = draft.book(day)
        rest = {id: one for id, one in book.freed.items() if id != freed}
        keep(draft, DayBook(day, book.bookings, rest if now is None else {**rest, freed: now}))
