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
from qms.halls.rules import hours
from qms.kernel.clock import instant
from qms.ledger.vault import token_hash
from qms.queue.http.desk import hall_of, order
from qms.queue.http.models import TicketTaken
from qms.queue.http.tickets import Tickets, on_record
from qms.queue.rules.commands import CheckIn
from qms.web.edge import Call, json_route
from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.throttle import network
from qms.web.wire import Line, Wire

CODE = re.compile(r"[0-9]{6}")
REFUSALS = (
    "invalid",
    "unknown_booking",
    "several",
    "check_in_early",
    "check_in_late",
    "already_checked_in",
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
    """Exactly one of the three: a code, what the office lets people type in its place, or the booking's token."""

    code: Annotated[Line, StringConstraints(max_length=20)] | None = None
    phone: Annotated[Line, StringConstraints(max_length=30)] | None = None
    token: Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{26}$")] | None = None


class CheckIns:
    """The routes of check-in."""

    def __init__(self, acts: Acts, tickets: Tickets) -> None:
        self._acts, self._tickets = acts, tickets

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
        """By code or phone at a kiosk or reception; by token wherever its holder is."""
        hall = call.param("hall")
        if sum(value is not None for value in (body.code, body.phone, body.token)) != 1:
            raise Problem("invalid", {"field": "code"})
        _throttle(call)
        if body.token is not None:
            row = await self._acts.row(call, body.token)
            if row["hall"] != hall:
                raise Problem("unknown_booking")
            return await self.enter(call, row)
        call.require("tickets.issue")
        if body.code is not None:
            return await self.enter(call, await self._by_code(call, hall, body.code))
        return await self.enter(call, await self._by_phone(call, hall, body.phone or ""))

    async def arrive(self, call: Call, _body: None) -> TicketTaken:
        """Reception says that somebody is here, also before the window opens."""
        hall, booking = call.param("hall"), call.param("booking")
        row = await call.site.read(lambda conn: reads.booking_by_id(conn, hall, booking))
        if row is None:
            raise Problem("unknown_booking")
        return await self.enter(call, row, early=True)

    async def enter(self, call: Call, row: Row, *, early: bool = False) -> TicketTaken:
        """Turn a booking into a ticket; raises Problem."""
        hall, ticket = row["hall"], uuid7().hex
        self._known(call, row)
        token = call.site.vault.token("ticket", ticket)
        device = call.principal.id if call.principal.kind == "device" else None
        command = CheckIn(row["id"], row["day"], ticket, token_hash(token), device, early)

        answer = await order(call, hall, command, on_record(ticket))
        if answer.replayed:
            token = call.site.vault.token("ticket", answer.body["id"])
        return self._tickets.taken(call, answer.body, answer.state, token)

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

    async def _by_phone(self, call: Call, hall: str, text: str) -> Row:
        setup = hall_of(call, hall).setup
        if setup.bookings is None or "phone" not in setup.bookings.check_in_by:
            raise Problem("invalid", {"field": "phone"})
        if len(re.sub(r"\D", "", text)) < 9:
            raise Problem("unknown_booking")
        persons = await self._acts.found_by(call, hall, contact.phone_key(text))
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


def _throttle(call: Call) -> None:
    """A code is short: whoever tries many of them is slowed down, also at a kiosk."""
    who: Principal = call.principal
    client = call.request.client
    name = who.id if who.kind != "anonymous" else network(client.host if client else None)
    call.site.throttle.check("check_in", name)
