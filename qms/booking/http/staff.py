"""Bookings over JSON for staff: book for a caller, list, search, move, cancel, cancel what a closure hit."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from starlette.routing import BaseRoute

from qms.booking import reads
from qms.booking.acts import Acts
from qms.booking.codes import code_hash
from qms.booking.http import models as m
from qms.booking.http.asked import day_asked
from qms.booking.reads import Row
from qms.booking.rules import conflicts, contact
from qms.booking.rules.model import By
from qms.booking.views import BookingView
from qms.halls.rules import hours
from qms.halls.rules.model import BOOKED
from qms.web.edge import Call, json_route
from qms.web.problems import Problem

CODE = re.compile(r"\d{6}")
AROUND = 31
"""Days before and after today within which a code is looked for."""


class Appointments:
    """The routes of staff who book for others."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    def routes(self) -> list[BaseRoute]:
        all_, one = "/api/v1/halls/{hall}/appointments", "/api/v1/halls/{hall}/appointments/{booking}"
        right: dict[str, Any] = {"right": "bookings.manage"}
        return [
            json_route(
                "POST",
                all_,
                self.book,
                body=m.AppointmentIn,
                answer=BookingView,
                status=201,
                summary="Book for somebody",
                refusals=(
                    "contact",
                    "unknown_segment",
                    "time_taken",
                    "not_a_time",
                    "too_soon",
                    "hall_closed",
                    "unknown_service",
                    "service_not_bookable",
                    "together_not_allowed",
                    "booking_closed",
                    "key_reused",
                ),
                **right,
            ),
            json_route(
                "GET",
                all_,
                self.find,
                answer=m.Appointments,
                summary="Bookings of a day, or by code, name or contact",
                query={"day": "string", "code": "string", "name": "string", "contact": "string"},
                refusals=("invalid",),
                **right,
            ),
            json_route(
                "GET",
                "/api/v1/halls/{hall}/conflicts",
                self.hit,
                answer=m.Hits,
                summary="Bookings that the set-up no longer holds",
                query={"day": "string"},
                refusals=("invalid",),
                right="hall.run",
            ),
            json_route(
                "POST",
                "/api/v1/halls/{hall}/conflicts/cancel",
                self.cancel_many,
                body=m.CancelIn,
                answer=m.Gone,
                summary="Cancel bookings of a day, and tell the people",
                refusals=("booking_closed", "key_reused"),
                right="hall.run",
            ),
            json_route(
                "PATCH",
                one,
                self.move,
                body=m.MoveIn,
                answer=BookingView,
                summary="Move somebody's booking",
                refusals=(
                    "unknown_booking",
                    "wrong_state",
                    "time_taken",
                    "not_a_time",
                    "too_soon",
                    "hall_closed",
                    "invalid",
                    "key_reused",
                ),
                **right,
            ),
            json_route(
                "DELETE",
                one,
                self.cancel,
                answer=BookingView,
                summary="Cancel somebody's booking",
                refusals=("unknown_booking", "wrong_state", "key_reused"),
                **right,
            ),
        ]

    async def book(self, call: Call, body: m.AppointmentIn) -> BookingView:
        """Book for a caller, or for somebody at the desk."""
        hall = call.param("hall")
        segment = body.segment or BOOKED
        known = self._acts.room(hall).setup.segment(segment)
        if known is None or known.retired:
            raise Problem("unknown_segment")
        held = await self._acts.hold(
            call,
            hall,
            m.wanted(body.services),
            body.start,
            language=body.language or "",
            eligible=True,
            via=body.via,
            segment=segment,
            fields=body.fields,
        )
        return held.view

    async def find(self, call: Call, _body: None) -> dict[str, Any]:
        """List or search."""
        rows = await self.rows(call, call.param("hall"))
        return {"bookings": [await self._acts.view(call, row, staff=True) for row in rows]}

    async def rows(self, call: Call, hall: str) -> Sequence[Row]:
        """The bookings that a query asks for; raises Problem."""
        query = call.request.query_params
        day = day_asked(call, "day")
        today = hours.day_of(self._acts.room(hall).setup, call.site.clock.now())
        if code := query.get("code", "").strip():
            if not CODE.fullmatch(code):
                raise Problem("invalid", {"field": "code"})
            days = [day] if day else [today + timedelta(days=n) for n in range(-AROUND, 2 * AROUND)]
            hashes = [code_hash(call.site.vault, hall, one, code) for one in days]
            found: Sequence[Row] = await call.site.read(lambda c: reads.bookings_by_code(c, hall, hashes))
            return found
        if key := _key(query.get("name", ""), query.get("contact", "")):
            persons = await self._acts.found_by(call, hall, key)
            found = await call.site.read(lambda c: reads.bookings_of_persons(c, hall, persons, day))
        else:
            found = await call.site.read(lambda c: reads.bookings_of_day(c, hall, day or today))
        return found

    async def hit(self, call: Call, _body: None) -> dict[str, Any]:
        """What the set-up that acts no longer holds."""
        hall = call.param("hall")
        setup = self._acts.room(hall).setup
        day = day_asked(call, "day") or hours.day_of(setup, call.site.clock.now())
        room = await self._acts.days.at_hand(call, hall, [day])
        found = conflicts.hit(setup, room.calendar.book(day)) if setup.bookings is not None else ()
        return {
            "hit": [
                {
                    "booking": await self._acts.view(call, await self.row(call, hall, id), staff=True),
                    "why": why,
                }
                for id, why in found
            ]
        }

    async def cancel_many(self, call: Call, body: m.CancelIn) -> dict[str, Any]:
        """Cancel what a closure has hit."""
        await self._acts.cancel_many(call, call.param("hall"), body.day, body.bookings)
        return {}

    async def move(self, call: Call, body: m.MoveIn) -> BookingView:
        """Another time, at the person's wish."""
        row = await self.row(call, call.param("hall"), call.param("booking"))
        return await self._acts.move(call, row, body.start, STAFF)

    async def cancel(self, call: Call, _body: None) -> BookingView:
        """Cancel, at the person's wish."""
        row = await self.row(call, call.param("hall"), call.param("booking"))
        return await self._acts.cancel(call, row, STAFF)

    async def row(self, call: Call, hall: str, booking: str) -> Row:
        """A booking of a hall; raises Problem."""
        row: Row | None = await call.site.read(lambda conn: reads.booking_by_id(conn, hall, booking))
        if row is None:
            raise Problem("unknown_booking")
        return row


STAFF: By = "staff"


def _key(name: str, contact_text: str) -> str | None:
    """The key to search by: the longest part of a name, an e-mail address, or a telephone number."""
    if contact_text.strip():
        text = contact_text.strip()
        return contact.email_key(text) if "@" in text else contact.phone_key(text)
    parts = sorted(contact.name_keys(name), key=len)
    return parts[-1] if parts else None
