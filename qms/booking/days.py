"""Free times, prepared beside the writer.

A calendar that nobody has looked at yet is thousands of rows. They are brought in small lots, and thought
about by one thread at a time, so that a press at the kiosk waits for a few days at most and never for a calendar.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from qms.booking.rules import commands as c
from qms.booking.rules import free
from qms.booking.rules.calendar import Room
from qms.booking.rules.model import DayBook, Wanted
from qms.kernel.refusal import Refusal
from qms.ledger.orders import Order
from qms.web.edge import Call, nothing
from qms.web.problems import refused

LOT = 3
"""Days that the writer brings at once: a few hundred bookings, some milliseconds."""

Times = dict[date, tuple[datetime, ...]]


class Days:
    """The days of all halls' calendars; `room_of` gives a hall's state, or raises Problem."""

    def __init__(self, room_of: Callable[[str], Room]) -> None:
        self._room_of = room_of
        self._bringing, self._thinking = asyncio.Lock(), asyncio.Lock()

    async def free(
        self,
        call: Call,
        hall: str,
        wanted: Sequence[Wanted],
        first: date,
        last: date,
        *,
        public: bool = True,
        without: str | None = None,
    ) -> Times:
        """Free times by day between two days, as far as booking is open for them.

        `without`: a booking that is to be moved, whose own time is not in its way.
        """
        room, now = self._room_of(hall), call.site.clock.now()
        span = free.bookable(room.setup, tuple(wanted), now, public=public)
        if span is None:
            return {}
        days = between(max(first, span[0]), min(last, span[1]))
        room = await self.at_hand(call, hall, days)
        async with self._thinking:
            return await asyncio.to_thread(_free, room, days, tuple(wanted), now, public, without)

    async def why(self, call: Call, hall: str, wanted: Sequence[Wanted], first: date, last: date) -> str:
        """Why the public finds nothing free between two days."""
        days = between(first, last)
        room, now = await self.at_hand(call, hall, days), call.site.clock.now()
        books = [room.calendar.book(day) for day in days]
        async with self._thinking:
            return await asyncio.to_thread(free.why_nothing, room.setup, books, tuple(wanted), now)

    async def at_hand(self, call: Call, hall: str, days: Sequence[date]) -> Room:
        """A hall's state with the bookings of these days, where it takes any."""
        room = self._room_of(hall)
        missing = [day for day in days if not room.calendar.has(day)]
        if room.setup.bookings is None:
            return room
        for n in range(0, len(missing), LOT):
            async with self._bringing:
                room = self._room_of(hall)
                lot = tuple(day for day in missing[n : n + LOT] if not room.calendar.has(day))
                if lot:
                    await _bring(call, hall, lot)
        return self._room_of(hall)


async def _bring(call: Call, hall: str, days: tuple[date, ...]) -> None:
    """Have the writer read days; without the caller's key, which is for what they asked for."""
    order = Order(
        hall=hall,
        command=c.LoadDays(days),
        actor=call.principal.id,
        reply=nothing,
        correlation=call.correlation,
    )
    outcome = await call.site.writer.execute(order)
    if isinstance(outcome, Refusal):
        raise refused(outcome)


def between(first: date, last: date) -> list[date]:
    """All days from one to another."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _free(
    room: Room,
    days: Sequence[date],
    wanted: tuple[Wanted, ...],
    now: datetime,
    public: bool,
    without: str | None,
) -> Times:
    found = {}
    for day in days:
        book = room.calendar.book(day)
        own = book.bookings.get(without or "")
        times = free.free(room.setup, _apart(book, without), wanted, now, public=public)
        found[day] = tuple(at for at in times if own is None or at != own.start)
    return {day: times for day, times in found.items() if times}


def _apart(book: DayBook, booking: str | None) -> DayBook:
    """A day as it would be without a booking."""
    if booking not in book.bookings:
        return book
    rest = {id: one for id, one in book.bookings.items() if id != booking}
    return DayBook(book.day, rest, book.freed)
