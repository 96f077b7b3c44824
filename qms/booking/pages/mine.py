"""One's own booking, by the secret in its address: to look at, move, confirm, check in and give up."""

import re
from collections.abc import Awaitable, Callable, Mapping
from hmac import compare_digest
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.acts import Acts
from qms.booking.codes import PROOF
from qms.booking.pages.calendar import by_part, moment
from qms.booking.pages.details import Details
from qms.booking.pages.file import visit_file
from qms.booking.pages.frame import Ask, go, route, show
from qms.booking.pages.say import Say
from qms.booking.pages.times import MONTH, Times, day_wanted
from qms.booking.project import booking_of
from qms.booking.reads import Row, booking_known
from qms.booking.views import BookingView
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.problems import Problem
from qms.web.qr import qr_picture
from qms.web.throttle import network

TOKEN = re.compile(r"[a-z2-7]{26}")
PROVING = re.compile(r"([0-9a-f]{32})\.([a-z2-7]{26})")
Arrive = Callable[[Call, Row], Awaitable[Mapping[str, Any]]]
"""Checks a person in; the answer has the `token` of the ticket."""
Handler = Callable[[Call, Row, BookingView], Awaitable[Response]]
ANOTHER_TIME = frozenset(
    {"time_taken", "share_taken", "too_soon", "too_far", "not_a_time", "hall_closed", "invalid"}
)


class MinePages:
    """The pages. Without `arrive`, nobody checks in here."""

    def __init__(self, acts: Acts, times: Times, arrive: Arrive | None = None) -> None:
        self._acts, self._times, self._arrive = acts, times, arrive
        self._details = Details(acts)

    def routes(self) -> list[BaseRoute]:
        mine, proof = "/b/{token}", "/prove/{proof}"
        return [
            self._route("GET", mine, self.show),
            self._route("POST", mine + "/details", self._details.details),
            self._route("POST", mine + "/confirm", self._details.confirm),
            self._route("GET", mine + "/details", self.back),
            self._route("GET", mine + "/confirm", self.back),
            self._route("POST", mine + "/release", self.release),
            self._route("GET", mine + "/calendar.ics", self.file),
            self._route("GET", mine + "/code.svg", self.code),
            self._route("GET", mine + "/cancel", self.ask_cancel),
            self._route("POST", mine + "/cancel", self.cancel),
            self._route("GET", mine + "/move", self.days),
            self._route("GET", mine + "/move/time", self.hours),
            self._route("POST", mine + "/move/time", self.move),
            self._route("POST", mine + "/reconfirm", self.reconfirm),
            self._route("POST", mine + "/check-in", self.check_in),
            route("GET", proof, self.ask_prove),
            route("POST", proof, self.prove),
        ]

    def _route(self, method: str, path: str, handler: Handler) -> BaseRoute:
        async def found(call: Call) -> Response:
            token = call.request.path_params["token"]
            if not TOKEN.fullmatch(token):
                raise Problem("unknown_booking")
            row = await self._acts.row(call, token)
            return await handler(call, row, await self._acts.view(call, row))

        return route(method, path, found)

    async def show(self, call: Call, row: Row, view: BookingView) -> Response:
        """The booking as it stands; while it is only held, the next question."""
        if view["state"] == "held" and row["wish"] is None:
            return self._details.form(call, row, view)
        if view["state"] == "held":
            return self._page(call, row, view, "book_offer.html")
        said = call.request.query_params.get("said", "")
        return self._page(call, row, view, "booking.html", said=said if said in SAID else "")

    async def code(self, _call: Call, _row: Row, view: BookingView) -> Response:
        """The code for the scanner of a kiosk."""
        code = view.get("code")
        if code is None:
            raise Problem("unknown_booking")
        return qr_picture(code)

    async def back(self, call: Call, _row: Row, _view: BookingView) -> Response:
        """Who opens the address of a form once more."""
        return self._back(call)

    async def release(self, call: Call, row: Row, view: BookingView) -> Response:
        """Another hour, before anything was said of oneself."""
        await filled(call.request)
        if view["state"] == "held":
            await self._acts.cancel(call, row)
        if row["wish"] is not None:
            return go(call, f"/b/{call.request.path_params['token']}")
        hall = self._acts.room(row["hall"]).setup
        return go(call, f"/book/{hall.id}/day", _ask(hall, row).query())

    async def file(self, call: Call, _row: Row, view: BookingView) -> Response:
        """The visit for a calendar."""
        if view["state"] != "confirmed":
            return self._back(call)
        say = Say(language_of(call.request), view["hall"]["zone"])
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="visit.ics"'}
        body = visit_file(view, say, call.site.clock.now())
        return Response(body, 200, headers, "text/calendar; charset=utf-8; method=PUBLISH")

    async def ask_cancel(self, call: Call, row: Row, view: BookingView) -> Response:
        """Whether one really means it."""
        if "cancel" not in view["may"]:
            return self._back(call)
        return self._page(call, row, view, "book_cancel.html")

    async def cancel(self, call: Call, row: Row, view: BookingView) -> Response:
        """Give it up; what is given up already is no trouble."""
        await filled(call.request)
        if view["state"] != "cancelled":
            await self._acts.cancel(call, row)
        return self._back(call)

    async def days(self, call: Call, row: Row, view: BookingView) -> Response:
        """Days to which it may be moved."""
        if "move" not in view["may"]:
            return self._back(call)
        return await self._days(call, row, view)

    async def hours(self, call: Call, row: Row, view: BookingView) -> Response:
        """Hours of a day to which it may be moved."""
        if "move" not in view["may"]:
            return self._back(call)
        return await self._hours(call, row, view)

    async def move(self, call: Call, row: Row, view: BookingView) -> Response:
        """Another time; the one that one has is kept until the other is certain."""
        fields = await filled(call.request)
        try:
            await self._acts.move(call, row, moment(fields.get("start", "")))
        except Problem as problem:
            if problem.code in ANOTHER_TIME:
                return await self._days(call, row, view, problem)
            raise
        return self._back(call, "moved")

    async def reconfirm(self, call: Call, row: Row, view: BookingView) -> Response:
        """Yes, I will come. What waits for the link of a message is not confirmed here."""
        await filled(call.request)
        if view["state"] == "confirmed" and "reconfirm" in view:
            await self._acts.prove(call, row)
        return self._back(call, "reconfirmed")

    async def check_in(self, call: Call, row: Row, view: BookingView) -> Response:
        """I am here: the booking becomes a number."""
        await filled(call.request)
        if self._arrive is None:
            raise Problem("not_found")
        try:
            ticket = await self._arrive(call, row)
        except Problem as problem:
            if problem.code in ("check_in_early", "check_in_late", "not_confirmed", "already_checked_in"):
                return self._page(call, row, view, "booking.html", said="", fault=problem)
            raise
        return go(call, f"/t/{ticket['token']}")

    async def ask_prove(self, call: Call) -> Response:
        """A button: whoever scans mail opens links, but presses nothing."""
        row = await self._proving(call)
        view = await self._acts.view(call, row)
        if view["state"] != "pending" and "reconfirm" not in view:
            return go(call, f"/b/{self._token(call, row)}")
        return self._page(call, row, view, "book_prove.html", here="")

    async def prove(self, call: Call) -> Response:
        """The link in a message was opened by a person."""
        await filled(call.request)
        row = await self._proving(call)
        try:
            await self._acts.prove(call, row)
        except Problem as problem:
            if problem.code not in ("hold_over", "wrong_state"):
                raise
        return go(call, f"/b/{self._token(call, row)}")

    async def _proving(self, call: Call) -> Row:
        """The booking that a proof is of; raises Problem, and counts the try as one at a code."""
        found = PROVING.fullmatch(call.request.path_params["proof"])
        id = found[1] if found else ""
        row: Row | None = await call.site.read(lambda conn: booking_known(conn, id)) if found else None
        expected = call.site.vault.token(PROOF, id)
        if not found or not compare_digest(expected, found[2]) or row is None:
            client = call.request.client
            call.site.throttle.check("code", network(client.host if client else None))
            raise Problem("unknown_booking")
        return row

    async def _days(
        self, call: Call, row: Row, view: BookingView, fault: Problem | None = None
    ) -> Response:
        wanted, mine = booking_of(row).services, self._mine(call, row)
        month = await self._times.month(call, row["hall"], wanted, row["id"])
        places = {"month": f"{mine}/move?month=", "day": f"{mine}/move/time?day=", "wait": f"{mine}/wait"}
        values = {"month": month, "months": MONTH, "places": places, "here": f"{mine}/move?"}
        return self._page(call, row, view, "book_days.html", fault=fault, **values)

    async def _hours(self, call: Call, row: Row, view: BookingView) -> Response:
        day, mine = day_wanted(call), self._mine(call, row)
        hall = self._acts.room(row["hall"]).setup
        times = await self._times.day(call, hall.id, booking_of(row).services, day, row["id"])
        if not times:
            return await self._days(call, row, view, Problem("time_taken"))
        values = {
            "day": day,
            "parts": by_part(Say(language_of(call.request), hall.zone), times),
            "once": "",
            "challenge": False,
            "act": f"{mine}/move/time",
            "back": f"{mine}/move?month={day.strftime(MONTH)}",
            "here": f"{mine}/move/time?day={day.isoformat()}&",
        }
        return self._page(call, row, view, "book_times.html", **values)

    def _page(self, call: Call, row: Row, view: BookingView, template: str, **more: Any) -> Response:
        hall, token = self._acts.room(row["hall"]).setup, self._token(call, row)
        mine = self._mine(call, row)
        ticket = view.get("ticket")
        values = {
            "view": view,
            "mine": mine,
            "here": f"{mine}?",
            "chosen": [(hall.service(one["service"]), one["count"]) for one in view["services"]],
            "minutes": sum(one["minutes"] * one["count"] for one in view["services"]),
            "again": f"/book/{hall.id}/day?{_ask(hall, row).query()}",
            "moving": True,
            "arrive": self._arrive is not None and "check_in" in view["may"],
            "ticket": call.site.vault.token("ticket", ticket) if ticket else "",
            "today": hours.day_of(hall, call.site.clock.now()) == row["day"],
            "speed": call.site.settings.speed,
            "token": token,
        }
        return show(call, template, hall, **{**values, **more})

    def _token(self, call: Call, row: Row) -> str:
        token: str = call.site.vault.token("booking", row["id"])
        return token

    def _mine(self, call: Call, row: Row) -> str:
        return f"{call.request.scope.get('root_path', '')}/b/{self._token(call, row)}"

    def _back(self, call: Call, said: str = "") -> Response:
        return go(call, f"/b/{call.request.path_params['token']}", f"said={said}" if said else "")


SAID = frozenset({"moved", "reconfirmed"})
"""What has just been done, where the address says so."""


def _ask(hall: Hall, row: Row) -> Ask:
    wanted = booking_of(row).services
    services = (hall.service(one.service) for one in wanted)
    return Ask(wanted, any(s is not None and s.booking.question for s in services))
