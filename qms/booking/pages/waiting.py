"""The waiting list: to be told when an earlier time is free."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.acts import Acts
from qms.booking.codes import BOOKING
from qms.booking.pages.calendar import about
from qms.booking.pages.details import asked_fields, extra_fields, faults, given
from qms.booking.pages.frame import Ask, asked, chosen, go, once, route, settings_of, show, showing
from qms.booking.pages.mine import TOKEN
from qms.booking.project import booking_of, wanted_of
from qms.booking.reads import Row, wish_held
from qms.booking.rules.period import bookable
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.ledger.vault import token_hash
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.problems import Problem

DAYS = ("first", "last")


class WaitingPages:
    """The pages."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    def routes(self) -> list[BaseRoute]:
        return [
            route("GET", "/book/{hall}/wait", self.ask),
            route("POST", "/book/{hall}/wait", self.wish),
            route("GET", "/b/{token}/wait", self.ask_earlier),
            route("POST", "/b/{token}/wait", self.wish_earlier),
            route("GET", "/w/{token}", self.show),
            route("POST", "/w/{token}/leave", self.leave),
        ]

    async def ask(self, call: Call) -> Response:
        """The form: between which days, and how to reach the person."""
        return self._form(call, *self._chosen(call))

    async def wish(self, call: Call) -> Response:
        """Join the list."""
        hall, ask = self._chosen(call)
        sent = await filled(call.request)
        fields, days = given(sent, hall, ask.wanted), _days(sent)
        wrong = [name for name in DAYS if name not in days]
        wrong += faults(hall, ask.wanted, fields, prove=True)
        if wrong:
            return self._form(call, hall, ask, fields, wrong, sent)
        try:
            token = await self._acts.wish(
                once(call, sent.get("once", ""), hall.id, ask.query(), repr(days), repr(fields)),
                hall.id,
                ask.wanted,
                days["first"],
                days["last"],
                language=language_of(call.request),
                fields=fields,
            )
        except Problem as problem:
            if problem.code in ("invalid", "contact"):
                return self._form(call, hall, ask, fields, ["last"], sent)
            raise
        return go(call, f"/w/{token}")

    async def ask_earlier(self, call: Call) -> Response:
        """Whether one who has a time wants to be told of an earlier one."""
        row, hall = await self._booked(call)
        if row["state"] != "confirmed":
            return go(call, f"/b/{call.request.path_params['token']}")
        view = await self._acts.view(call, row)
        mine = f"{call.request.scope.get('root_path', '')}/b/{call.request.path_params['token']}"
        return show(
            call, "book_earlier.html", hall, view=view, mine=mine, here=f"{mine}/wait?", once=showing()
        )

    async def wish_earlier(self, call: Call) -> Response:
        """Join the list with a booking in hand, which an accepted offer replaces."""
        sent = await filled(call.request)
        row, hall = await self._booked(call)
        today = hours.day_of(hall, call.site.clock.now())
        token = await self._acts.wish(
            once(call, sent.get("once", ""), hall.id, row["id"], str(row["sequence"])),
            hall.id,
            booking_of(row).services,
            today,
            row["day"],
            language=row["language"],
            fields={},
            instead_of=row,
        )
        return go(call, f"/w/{token}")

    async def show(self, call: Call) -> Response:
        """One's place on the list."""
        row = await self._listed(call)
        if row is None:
            return show(call, "wish.html", status=404, wish=None)
        hall = self._acts.room(row["hall"]).setup
        offered = call.site.vault.token(BOOKING, row["offered"]) if row["offered"] else ""
        services = [(hall.service(one.service), one.count) for one in wanted_of(row["services"])]
        values: dict[str, Any] = {"wish": row, "chosen": services, "offered": offered}
        return show(call, "wish.html", hall, token=call.request.path_params["token"], **values)

    async def leave(self, call: Call) -> Response:
        """Leave the list; one who has left already is no trouble."""
        await filled(call.request)
        row = await self._listed(call)
        if row is not None:
            await self._acts.unwish(call, call.request.path_params["token"])
        return show(
            call, "wish.html", wish=None, left=True, here=f"{call.request.scope.get('root_path', '')}/book?"
        )

    def _form(
        self,
        call: Call,
        hall: Hall,
        ask: Ask,
        fields: Mapping[str, str] | None = None,
        wrong: list[str] | None = None,
        sent: Mapping[str, str] | None = None,
    ) -> Response:
        now = call.site.clock.now()
        today = hours.day_of(hall, now)
        span = bookable(hall, ask.wanted, now, public=True) or (today, today)
        base = call.request.scope.get("root_path", "")
        days = {"first": span[0].isoformat(), "last": span[1].isoformat()}
        return show(
            call,
            "book_wait.html",
            hall,
            status=422 if wrong else 200,
            asked=asked_fields(hall, prove=True),
            extra=extra_fields(hall, ask.wanted),
            fields=fields or {},
            wrong=wrong or [],
            span=days,
            once=showing(),
            days={name: (sent or {}).get(name, days[name])[:10] for name in DAYS},
            here=f"{base}/book/{hall.id}/wait?{ask.query()}&",
            act=f"{base}/book/{hall.id}/wait?{ask.query()}",
            back=f"{base}/book/{hall.id}/day?{ask.query()}",
            **about(hall, ask),
        )

    def _chosen(self, call: Call) -> tuple[Hall, Ask]:
        hall, ask = self._acts.room(call.param("hall")).setup, asked(call)
        if not settings_of(hall).waiting_list:
            raise Problem("no_waiting_list")
        chosen(hall, ask.wanted)
        return hall, ask

    async def _booked(self, call: Call) -> tuple[Row, Hall]:
        token = call.request.path_params["token"]
        if not TOKEN.fullmatch(token):
            raise Problem("unknown_booking")
        row = await self._acts.row(call, token)
        hall = self._acts.room(row["hall"]).setup
        if not settings_of(hall).waiting_list:
            raise Problem("no_waiting_list")
        return row, hall

    async def _listed(self, call: Call) -> Row | None:
        token = call.request.path_params["token"]
        if not TOKEN.fullmatch(token):
            return None
        row: Row | None = await call.site.read(lambda conn: wish_held(conn, token_hash(token)))
        return row


def _days(sent: Mapping[str, str]) -> dict[str, date]:
    """The days that a form names; those that are none are left out."""
    found = {}
    for name in DAYS:
        try:
            day = date.fromisoformat(sent.get(name, "")[:10])
        except ValueError:
            continue
        if 2000 <= day.year < 3000:
            found[name] = day
    return found
