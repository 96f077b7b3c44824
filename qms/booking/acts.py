"""What people and staff do with the calendar, for the JSON interface and the pages alike."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from weakref import WeakValueDictionary

from uuid_utils import uuid7

from qms.booking import reads
from qms.booking.challenge import spending
from qms.booking.codes import BOOKING, WISH, codes
from qms.booking.days import Days
from qms.booking.limits import few_wishes, keyed, within_limits
from qms.booking.project import booking_of
from qms.booking.reads import Row
from qms.booking.rules import commands as c
from qms.booking.rules import contact
from qms.booking.rules.calendar import Room
from qms.booking.rules.model import By, Via, Wanted
from qms.booking.views import BookingView, booking_view
from qms.clients.http import recognise
from qms.halls.rules import hours
from qms.halls.rules.model import BOOKED, KEY_CLIENT, Hall
from qms.kernel.event import Command
from qms.kernel.refusal import Refusal
from qms.ledger.orders import Answer, Guard, Private
from qms.ledger.persons import find_persons, read_person
from qms.ledger.vault import token_hash
from qms.web.edge import Call, address, execute, nothing
from qms.web.problems import Problem, refused

FARTHEST = 731
"""Days from today on which anybody may book."""
AGAIN = 3
"""So many times a booking that was moved meanwhile is looked up again."""


def on_time(_hall: str, _booking: str) -> int | None:
    """Nobody can say how late a booking will be."""
    return None


@dataclass(frozen=True, slots=True)
class Held:
    """A time that was set aside, and the secret by which its holder is known."""

    token: str
    view: BookingView


class Acts:
    """Acts on bookings; every one raises Problem where it is refused. `room_of` gives a hall's state.

    `late` tells by how many minutes a hall's booking will be called after its time, where that can be told.
    """

    def __init__(
        self, room_of: Callable[[str], Room | None], late: Callable[[str, str], int | None] = on_time
    ) -> None:
        self._room_of, self._late = room_of, late
        self.days = Days(self.room)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def room(self, hall: str) -> Room:
        """A hall's state; raises Problem for one that is not served."""
        room = self._room_of(hall)
        if room is None:
            raise Problem("not_found")
        return room

    async def hold(
        self,
        call: Call,
        hall: str,
        wanted: Sequence[Wanted],
        start: datetime,
        *,
        language: str,
        proved: bool = True,
        task: str | None = None,
        eligible: bool = False,
        via: Via = "web",
        segment: str = BOOKED,
        fields: Mapping[str, str] | None = None,
    ) -> Held:
        """Set a time aside; with `fields`, as staff give them, it stands at once.

        `task`: that whose solution ruled a robot out, and which is spent by this.
        """
        if via == "web":
            call.slow_down("hold")  # so that nobody empties a calendar, however many tasks they solve
        setup = self.room(hall).setup
        if language not in setup.languages:
            language = setup.languages[0]
        self._near(setup, start, call.site.clock.now())
        private = None if fields is None else self._private(call, setup, wanted, fields, staff=True)
        if fields is not None and await self.key_client(call, setup, fields):
            segment = KEY_CLIENT
        start = start.astimezone(UTC)
        booking, day = uuid7().hex, hours.day_of(setup, start)
        token = call.site.vault.token(BOOKING, booking)
        command = c.HoldTime(
            booking=booking,
            day=day,
            start=start,
            services=tuple(wanted),
            via=via,
            segment=segment,
            language=language,
            holder=token_hash(token),
            codes=codes(call.site.vault, hall, booking, day),
            proved=proved,
            eligible=eligible,
            person=None if private is None else private.id,
        )
        guard = None if task is None else spending(task)
        answer = await self._put(call, hall, command, lambda _s, _e: {"id": booking}, private, guard)
        id = str(answer.body["id"])
        token = call.site.vault.token(BOOKING, id)
        return Held(token, await self.view(call, await self.row(call, token)))

    async def row(self, call: Call, token: str) -> Row:
        """The booking of a token; raises Problem `unknown_booking`."""
        row: Row | None = await call.site.read(lambda conn: reads.booking_held(conn, token_hash(token)))
        if row is None:
            raise Problem("unknown_booking")
        return row

    async def view(self, call: Call, row: Row, *, staff: bool = False) -> BookingView:
        """A booking as its holder, or staff, see it."""
        vault = call.site.vault
        token = vault.token(BOOKING, row["id"])
        return booking_view(
            self.room(row["hall"]).setup,
            row,
            call.site.clock.now(),
            code=vault.code(BOOKING, row["id"], row["code_n"]),
            url="" if staff else address(call, f"/b/{token}"),
            person=await self._said(call, row),
            delay=self._late(row["hall"], row["id"]),
        )

    async def confirm(self, call: Call, row: Row, fields: Mapping[str, str], accepted: bool) -> BookingView:
        """Give contact data for a held time."""
        setup, booking = self.room(row["hall"]).setup, booking_of(row)
        if booking.wish is not None:
            return await self._accept(call, row, accepted)
        by_link = setup.bookings is not None and setup.bookings.confirm_by_link
        if (by_link or not booking.proved) and not contact.kept(fields).get("email"):
            raise wrong_fields(["email"])
        private = self._private(call, setup, booking.services, fields, staff=False)
        known = await self.key_client(call, setup, fields)

        def command(row: Row) -> Command:
            return c.ConfirmBooking(row["id"], row["day"], private.id, accepted, known)

        guard = within_limits(call, setup, row["day"], fields, row["id"])
        async with self._turn(contact.reached_by(fields)):
            await self._upon(call, row, command, private, guard)
        return await self._again(call, row)

    async def _accept(self, call: Call, row: Row, accepted: bool) -> BookingView:
        """Take what the waiting list offered: the person's data are there already."""
        wish: Row | None = await call.site.read(lambda conn: reads.wish_known(conn, row["wish"]))
        person = row["person"] if wish is None else wish["person"]
        if person is None:
            raise Problem("unknown_booking")
        if wish is not None and wish["booking_day"] is not None:
            await self.days.at_hand(call, row["hall"], [wish["booking_day"]])
        await self._upon(call, row, lambda row: c.ConfirmBooking(row["id"], row["day"], person, accepted))
        return await self._again(call, row)

    async def prove(self, call: Call, row: Row) -> BookingView:
        """The link in a message was opened."""
        await self._upon(call, row, lambda row: c.ProveBooking(row["id"], row["day"]))
        return await self._again(call, row)

    async def move(self, call: Call, row: Row, start: datetime, by: By = "citizen") -> BookingView:
        """Another time for a booking."""
        start, setup = start.astimezone(UTC), self.room(row["hall"]).setup
        self._near(setup, start, call.site.clock.now())

        def command(row: Row) -> Command:
            to = hours.day_of(self.room(row["hall"]).setup, start)
            fresh = codes(call.site.vault, row["hall"], row["id"], to)
            return c.MoveBooking(row["id"], row["day"], to, start, fresh, by)

        fields = await self._said(call, row) if by == "citizen" else {}
        guard = within_limits(call, setup, hours.day_of(setup, start), fields, row["id"], moved=True)
        async with self._turn(contact.reached_by(fields)):
            await self._upon(call, row, command, guard=guard)
        return await self._again(call, row)

    async def cancel(self, call: Call, row: Row, by: By = "citizen") -> BookingView:
        """Give a booking up."""
        await self._upon(call, row, lambda row: c.CancelBooking(row["id"], row["day"], by))
        return await self._again(call, row)

    async def cancel_many(self, call: Call, hall: str, day: date, ids: Sequence[str]) -> None:
        """Cancel what a closure or a cut of capacity has hit."""
        await self._put(call, hall, c.CancelBookings(day, tuple(ids)))

    async def wish(
        self,
        call: Call,
        hall: str,
        wanted: Sequence[Wanted],
        first: date,
        last: date,
        *,
        language: str,
        fields: Mapping[str, str],
        instead_of: Row | None = None,
    ) -> str:
        """Put somebody on the waiting list; returns the token by which they leave it."""
        setup = self.room(hall).setup
        if instead_of is not None and (instead_of["hall"], instead_of["state"]) != (hall, "confirmed"):
            raise Problem("unknown_booking")
        if instead_of is not None and instead_of["person"] is not None:
            person, private = str(instead_of["person"]), None
        else:
            private = self._private(call, setup, wanted, fields, staff=False)
            person = private.id
        known = await self.key_client(call, setup, fields)
        wish = uuid7().hex
        command = c.MakeWish(
            wish=wish,
            services=tuple(wanted),
            first=first,
            last=last,
            segment=KEY_CLIENT if known else BOOKED,
            language=language if language in setup.languages else setup.languages[0],
            holder=token_hash(call.site.vault.token(WISH, wish)),
            person=person,
            booking=None if instead_of is None else instead_of["id"],
            booking_day=None if instead_of is None else instead_of["day"],
        )
        async with self._turn(contact.reached_by(fields) if instead_of is None else [instead_of["id"]]):
            guard = few_wishes(call, setup, fields, instead_of)
            answer = await self._put(call, hall, command, lambda _s, _e: {"id": wish}, private, guard)
        return call.site.vault.token(WISH, str(answer.body["id"]))

    async def unwish(self, call: Call, token: str) -> None:
        """Leave the waiting list; one that is not on it has left."""
        row: Row | None = await call.site.read(lambda conn: reads.wish_held(conn, token_hash(token)))
        if row is not None:
            await self._put(call, row["hall"], c.EndWish(row["id"]))

    async def key_client(self, call: Call, setup: Hall, fields: Mapping[str, str]) -> bool:
        """Whether the code of a key client was given; raises Problem `contact` for what is none."""
        code = fields.get(contact.CLIENT, "").strip()
        if not code:
            return False
        try:
            await recognise(call, setup, code)
        except Problem as problem:
            if problem.code != "unknown_client":
                raise
            raise wrong_fields([contact.CLIENT]) from None
        return True

    async def found_by(self, call: Call, hall: str, key: str) -> list[str]:
        """Persons by one of their keys; see `contact.keys`."""
        hash = keyed(call, key)
        found: list[str] = await call.site.read(lambda conn: find_persons(conn, hall, hash))
        return found

    def _near(self, setup: Hall, start: datetime, now: datetime) -> None:
        """Raises Problem for a day that no calendar reaches, so that nobody fills the memory with such days."""
        ahead = (hours.day_of(setup, start) - hours.day_of(setup, now)).days
        if not 0 <= ahead <= FARTHEST:
            raise Problem("too_far" if ahead > 0 else "too_soon")

    async def _upon(
        self,
        call: Call,
        row: Row,
        command: Callable[[Row], Command],
        private: Private | None = None,
        guard: Guard | None = None,
    ) -> None:
        """A command on a booking, wherever it was moved to meanwhile; one that has ended is only in its row."""
        for _ in range(AGAIN):
            asked = command(row)
            outcome = await execute(call, row["hall"], asked, nothing, private, guard)
            if not isinstance(outcome, Refusal):
                return
            fresh = await self._fresh(call, row)
            if outcome.code != "unknown_booking" or fresh is None:
                raise refused(outcome)
            if fresh["state"] == "cancelled" and isinstance(asked, c.CancelBooking):
                return
            if fresh["day"] == row["day"]:
                late = fresh["state"] == "lapsed" and isinstance(asked, c.ConfirmBooking | c.ProveBooking)
                raise Problem("hold_over" if late else "wrong_state")
            row = fresh
        raise Problem("unavailable")

    async def _put(
        self,
        call: Call,
        hall: str,
        command: Command,
        reply: Callable[..., dict[str, Any]] = nothing,
        private: Private | None = None,
        guard: Guard | None = None,
    ) -> Answer[Any]:
        outcome = await execute(call, hall, command, reply, private, guard)
        if isinstance(outcome, Refusal):
            raise refused(outcome)
        return outcome

    async def _said(self, call: Call, row: Row) -> Mapping[str, str]:
        """What the person said of themselves; nothing where that is not known (any more)."""
        vault, person = call.site.vault, row["person"]
        if person is None:
            return {}
        return await call.site.read(lambda conn: read_person(conn, vault, person)) or {}

    async def _again(self, call: Call, row: Row) -> BookingView:
        return await self.view(call, await self._fresh(call, row) or row)

    async def _fresh(self, call: Call, row: Row) -> Row | None:
        found: Row | None = await call.site.read(
            lambda conn: reads.booking_by_id(conn, row["hall"], row["id"])
        )
        return found

    def _private(
        self, call: Call, setup: Hall, wanted: Sequence[Wanted], fields: Mapping[str, str], *, staff: bool
    ) -> Private:
        given = contact.kept(fields)
        if wrong := contact.faults(setup, wanted, given, staff):
            raise wrong_fields(wrong)
        given.pop(contact.CLIENT, None)
        found = sorted(keyed(call, key) for key in contact.keys(given))
        return Private(uuid7().hex, given, tuple(found))

    @asynccontextmanager
    async def _turn(self, keys: Iterable[str]) -> AsyncIterator[None]:
        """One after the other for each key of a contact, so that limits hold; a lock lasts as long as somebody needs it."""
        async with AsyncExitStack() as stack:
            for key in sorted(keys):  # in one order, so that no two wait for each other
                await stack.enter_async_context(self._turns.setdefault(key, asyncio.Lock()))
            yield


def wrong_fields(names: Sequence[str]) -> Problem:
    """The problem of contact data that miss these fields, or have them wrong."""
    return Problem("contact", {"fields": list(names)}, errors=[{"field": name} for name in names])
