"""One appointment: who, when, what for; the person is here, comes at another time, or does not come."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.acts import Acts
from qms.booking.http.asked import day_asked
from qms.booking.pages.calendar import moment
from qms.booking.project import booking_of
from qms.booking.reads import Row
from qms.halls.rules.model import Hall
from qms.queue.http.models import TicketTaken
from qms.queue.pages.appointments.calendar import offered
from qms.queue.pages.appointments.cards import cards
from qms.queue.pages.appointments.frame import ONE, at_booking, show, to_one
from qms.queue.pages.appointments.new import named
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.problems import Problem

SAID = frozenset({"booked", "arrived", "moved", "cancelled"})
Enter = Callable[..., Awaitable[TicketTaken]]
"""Turns a booking into a ticket; with `early`, also before the window opens."""


class OnePages:
    """The pages; `enter` checks a person in."""

    def __init__(self, acts: Acts, enter: Enter) -> None:
        self._acts, self._enter = acts, enter

    def routes(self) -> list[BaseRoute]:
        return [
            at_booking("GET", ONE, self.show),
            at_booking("POST", ONE + "/arrive", self.arrive),
            at_booking("GET", ONE + "/move", self.ask_move),
            at_booking("POST", ONE + "/move", self.move),
            at_booking("POST", ONE + "/cancel", self.cancel),
        ]

    async def show(self, call: Call, hall: Hall, row: Row, fault: Problem | None = None) -> Response:
        """Everything about it, and what may be done."""
        said = call.request.query_params.get("said", "")
        [card] = await cards(call, hall, [row])
        return show(
            call,
            "one.html",
            hall,
            here=ONE.format(hall=hall.id, booking=row["id"]),
            fault=fault,
            said=said if said in SAID and fault is None else "",
            card=card,
            day=row["day"],
            documents=[d for one in card.view["services"] for d in one["documents"]],
        )

    async def arrive(self, call: Call, hall: Hall, row: Row) -> Response:
        """The person is here: the booking becomes a number, which is shown."""
        await filled(call.request)
        try:
            await self._enter(call, row, early=True)
        except Problem as problem:
            if problem.code == "already_checked_in":
                return to_one(call, hall, row["id"], "")
            return await self.show(call, hall, row, problem)
        return to_one(call, hall, row["id"], "arrived")

    async def ask_move(self, call: Call, hall: Hall, row: Row) -> Response:
        """At what other time?"""
        try:
            return await self._times(call, hall, row)
        except Problem as problem:
            return await self.show(call, hall, row, problem)

    async def move(self, call: Call, hall: Hall, row: Row) -> Response:
        """Another time, at the person's wish."""
        sent = await filled(call.request)
        start: datetime | None = None
        try:
            start = moment(sent.get("start", ""))
            await self._acts.move(call, row, start, "staff")
        except Problem as problem:
            if problem.code in ("wrong_state", "unknown_booking"):
                return await self.show(call, hall, row, problem)
            return await self._times(call, hall, row, problem)
        return to_one(call, hall, row["id"], "moved")

    async def cancel(self, call: Call, hall: Hall, row: Row) -> Response:
        """Given up, at the person's wish."""
        await filled(call.request)
        try:
            await self._acts.cancel(call, row, "staff")
        except Problem as problem:
            return await self.show(call, hall, row, problem)
        return to_one(call, hall, row["id"], "cancelled")

    async def _times(self, call: Call, hall: Hall, row: Row, fault: Problem | None = None) -> Response:
        [card] = await cards(call, hall, [row])
        if "move" not in card.view["may"]:
            raise Problem("wrong_state")
        wanted = booking_of(row).services
        day = day_asked(call, "day")
        choice = await offered(self._acts, call, hall, wanted, day, row["id"])
        return show(
            call,
            "move.html",
            hall,
            here=ONE.format(hall=hall.id, booking=row["id"]) + "/move",
            fault=fault,
            card=card,
            services=named(hall, wanted),
            choice=choice,
        )
