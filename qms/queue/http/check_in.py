"""Check-in: a booking becomes a ticket, at the kiosk, at reception, or on the person's own phone."""

import re
from typing import Annotated

from pydantic import StringConstraints
from starlette.routing import BaseRoute
from uuid_utils import uuid7

from qms.booking import reads
from qms.booking.acts import Acts
from qms.booking.codes import code_hash
from qms.booking.reads import Row
from qms.booking.rules import contact, window
from qms.clients.http import ClientCode, recognise
from qms.halls.rules import hours
from qms.kernel.clock import instant
from qms.ledger.vault import token_hash
from qms.queue.forecasts import Glance
from qms.queue.http.desk import hall_of, order
from qms.queue.http.models import TicketTaken
from qms.queue.http.tickets import Tickets, on_record
from qms.queue.rules.commands import CheckIn
from qms.queue.rules.model import Expected
from qms.web.edge import Call, json_route
from qms.web.problems import Problem
from qms.web.wire import Line, Wire

CODE = re.compile(r"[0-9]{6}")
REFUSALS = (
    "invalid",
    "unknown_booking",
    "several",
    "check_in_early",
    "check_in_late",
    "already_checked_in",
    "unknown_client",
    "not_confirmed",
    "hall_suspended",
    "numbers_exhausted",
    "booking_closed",
    "key_reused",
    "sign_in",
    "not_allowed",
    "cross_site",
)


class CheckInBody(Wire):
    """Exactly one of four: a code, what the office lets people type in its place, or the booking's token.

    `client` is the code of a key client besides.
    """

    code: Annotated[Line, StringConstraints(max_length=20)] | None = None
    phone: Annotated[Line, StringConstraints(max_length=30)] | None = None
    document: Annotated[Line, StringConstraints(max_length=30)] | None = None
    token: Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{26}$")] | None = None
    client: ClientCode | None = None


class CheckIns:
    """The routes of check-in."""

    def __init__(self, acts: Acts, tickets: Tickets, glance: Glance) -> None:
        self._acts, self._tickets, self._glance = acts, tickets, glance

    def routes(self) -> list[BaseRoute]:
        hall = "/api/v1/halls/{hall}"
        return [
            json_route(
                "POST",
                hall + "/check-in",
                self.check_in,
                body=CheckInBody,
                answer=TicketTaken,
                status=201,
                public=True,
                summary="Turn a booking into a number",
                refusals=REFUSALS,
            ),
            json_route(
                "POST",
                hall + "/appointments/{booking}/arrive",
                self.arrive,
                answer=TicketTaken,
                status=201,
                right="bookings.manage",
                summary="Somebody who booked is here",
                refusals=REFUSALS,
            ),
        ]

    async def check_in(self, call: Call, body: CheckInBody) -> TicketTaken:
        """By code, phone or ID number at a kiosk or reception; by token wherever its holder is."""
        hall = call.param("hall")
        if sum(value is not None for value in (body.code, body.phone, body.document, body.token)) != 1:
            raise Problem("invalid", {"field": "code"})
        call.slow_down("check_in")  # a code is short, also for one who tries many at a kiosk
        known = body.client is not None
        if body.client is not None:
            await recognise(call, hall_of(call, hall).setup, body.client)
        if body.token is not None:
            row = await self._acts.row(call, body.token)
            if row["hall"] != hall:
                raise Problem("unknown_booking")
            return await self.enter(call, row, key_client=known)
        call.require("tickets.issue")
        if body.code is not None:
            return await self.enter(call, await self._by_code(call, hall, body.code), key_client=known)
        row = await self._by_person(call, hall, body)
        return await self.enter(call, row, key_client=known)

    async def arrive(self, call: Call, _body: None) -> TicketTaken:
        """Reception says that somebody is here, also before the window opens."""
        hall, booking = call.param("hall"), call.param("booking")
        row = await call.site.read(lambda conn: reads.booking_by_id(conn, hall, booking))
        if row is None:
            raise Problem("unknown_booking")
        return await self.enter(call, row, early=True)

    async def enter(
        self, call: Call, row: Row, *, early: bool = False, key_client: bool = False
    ) -> TicketTaken:
        """Turn a booking into a ticket; raises Problem."""
        hall, ticket = row["hall"], uuid7().hex
        self._known(call, row)
        token = call.site.vault.token("ticket", ticket)
        device = call.principal.id if call.principal.kind == "device" else None
        command = CheckIn(
            row["id"],
            row["day"],
            ticket,
            token_hash(token),
            device,
            early,
            key_client,
            self._expected(call, hall, row),
        )

        answer = await order(call, hall, command, on_record(ticket))
        if answer.replayed:
            token = call.site.vault.token("ticket", answer.body["id"])
        return self._tickets.taken(call, answer.body, answer.state, token)

    def _expected(self, call: Call, hall: str, row: Row) -> Expected | None:
        """The wait that is to be expected now, for the record."""
        state, now = hall_of(call, hall), call.site.clock.now()
        booking = (
            state.calendar.book(row["day"]).bookings.get(row["id"]) if row["day"] == state.day else None
        )
        return self._glance.of(state, now).for_booking(booking).expected if booking is not None else None

    def _known(self, call: Call, row: Row) -> None:
        """Raises Problem for a booking that is no longer, or not yet, on the calendar of today."""
        setup = hall_of(call, row["hall"]).setup
        now = call.site.clock.now()
        if row["state"] == "missed":
            raise Problem("check_in_late", {"at": instant(row["starts"])})
        if row["state"] in ("lapsed", "cancelled"):
            raise Problem("unknown_booking")
        if row["day"] != hours.day_of(setup, now) and row["starts"] > now:
            raise Problem("check_in_early", {"from": instant(window.opens_at(setup, row["starts"]))})

    async def _by_code(self, call: Call, hall: str, text: str) -> Row:
        code = re.sub(r"[\s-]", "", text)
        setup = hall_of(call, hall).setup
        today = hours.day_of(setup, call.site.clock.now())
        if not CODE.fullmatch(code):
            raise Problem("unknown_booking")
        hash = code_hash(call.site.vault, hall, today, code)
        rows: list[Row] = await call.site.read(lambda conn: reads.bookings_by_code(conn, hall, [hash]))
        live = [row for row in rows if row["state"] not in ("lapsed", "cancelled", "held", "pending")]
        if not live:
            raise Problem("unknown_booking")
        return live[0]

    async def _by_person(self, call: Call, hall: str, body: CheckInBody) -> Row:
        """The booking of today that a telephone or document number leads to, where the office lets people type it."""
        setup = hall_of(call, hall).setup
        field = "phone" if body.phone is not None else "document"
        if setup.bookings is None or field not in setup.bookings.check_in_by:
            raise Problem("invalid", {"field": field})
        text = body.phone or body.document or ""
        key = contact.phone_key(text) if field == "phone" else contact.document_key(text)
        if len(key.partition(":")[2]) < (
            contact.PHONE_DIGITS if field == "phone" else contact.DOCUMENT_LETTERS
        ):
            raise Problem("unknown_booking")
        persons = await self._acts.found_by(call, hall, key)
        today = hours.day_of(setup, call.site.clock.now())
        rows: list[Row] = await call.site.read(
            lambda conn: reads.bookings_of_persons(conn, hall, persons, today)
        )
        waiting = [row for row in rows if row["state"] == "confirmed"]
        ended = [row for row in rows if row["state"] in ("checked_in", "missed")]
        if len(waiting) > 1:
            raise Problem("several")
        if not waiting and not ended:
            raise Problem("unknown_booking")
        return (waiting or ended)[0]
