"""The calendar: a day, then an hour, which is set aside at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.acts import Acts
from qms.booking.pages.frame import Ask, asked, chosen, go, once, route, settings_of, show, showing
from qms.booking.pages.say import Say
from qms.booking.pages.times import MONTH, Times, day_wanted
from qms.booking.rules.period import barred
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.problems import Problem

HELD = "qms_held"
"""The cookie with the token of the time that this browser set aside last."""
PARTS = ("morning", "afternoon", "evening")
ANOTHER = frozenset({"time_taken", "share_taken", "too_soon", "too_far", "not_a_time", "hall_closed"})
"""Refusals after which another time may do."""
Proved = Callable[[Call, str, str | None], str | None]


class CalendarPages:
    """The pages; `proved` judges solutions of the challenge."""

    def __init__(self, acts: Acts, times: Times, proved: Proved) -> None:
        self._acts, self._times, self._proved = acts, times, proved

    def routes(self) -> list[BaseRoute]:
        return [
            route("GET", "/book/{hall}/day", self.days),
            route("GET", "/book/{hall}/time", self.hours),
            route("POST", "/book/{hall}/time", self.hold),
        ]

    async def days(self, call: Call) -> Response:
        """The days on which something is free."""
        return await self._days(call, *self._chosen(call))

    async def hours(self, call: Call) -> Response:
        """The free hours of a day."""
        return await self._hours(call, *self._chosen(call), day_wanted(call))

    async def hold(self, call: Call) -> Response:
        """Set an hour aside. One that is gone leads back to the others, with a sentence."""
        hall, ask = self._chosen(call)
        fields = await filled(call.request)
        start = moment(fields.get("start", ""))
        sent = once(call, fields.get("once", ""), hall.id, ask.query(), start.isoformat())
        task = self._task(call, hall, fields.get("challenge", ""))
        try:
            held = await self._acts.hold(
                sent,
                hall.id,
                ask.wanted,
                start,
                language=language_of(call.request),
                proved=task is not None or not settings_of(hall).challenge,
                task=task,
                eligible=ask.eligible,
            )
        except Problem as problem:
            if problem.code == "not_eligible":
                return go(call, f"/book/{hall.id}", ask.query())
            if problem.code in (*ANOTHER, "challenge"):
                return await self._hours(call, hall, ask, hours.day_of(hall, start), problem)
            raise
        await self._let_go(call, held.token)
        response = go(call, f"/b/{held.token}")
        keep = {"max_age": 3600, "httponly": True, "samesite": "lax"}
        response.set_cookie(HELD, held.token, secure=call.site.settings.tls, **keep)  # type: ignore[arg-type]
        return response

    def _task(self, call: Call, hall: Hall, solution: str) -> str | None:
        """The task that was solved, if any; raises Problem where one must be since no e-mail can prove anything."""
        settings = settings_of(hall)
        task = self._proved(call, hall.id, solution) if settings.challenge else None
        if settings.challenge and task is None and settings.contact.email == "off":
            raise Problem("challenge")
        return task

    async def _let_go(self, call: Call, token: str) -> None:
        """Who goes back and takes another time no longer needs the first."""
        former = call.request.cookies.get(HELD, "")
        if len(former) != len(token) or former == token:
            return
        try:
            row = await self._acts.row(call, former)
            if row["state"] == "held" and row["wish"] is None:
                await self._acts.cancel(call, row)
        except Problem:
            return

    def _chosen(self, call: Call) -> tuple[Hall, Ask]:
        hall, ask = self._acts.room(call.param("hall")).setup, asked(call)
        settings_of(hall)
        chosen(hall, ask.wanted)
        if code := barred(hall, ask.wanted, public=True):
            raise Problem(code)
        return hall, ask

    async def _days(self, call: Call, hall: Hall, ask: Ask, fault: Problem | None = None) -> Response:
        month = await self._times.month(call, hall.id, ask.wanted)
        base = call.request.scope.get("root_path", "")
        return show(
            call,
            "book_days.html",
            hall,
            fault=fault,
            here=f"{base}/book/{hall.id}/day?{ask.query()}&",
            ask=ask,
            month=month,
            months=MONTH,
            places=_places(base, hall, ask),
            **about(hall, ask),
        )

    async def _hours(
        self, call: Call, hall: Hall, ask: Ask, day: date, fault: Problem | None = None
    ) -> Response:
        times = await self._times.day(call, hall.id, ask.wanted, day)
        if not times:
            return await self._days(call, hall, ask, fault or Problem("time_taken"))
        base = call.request.scope.get("root_path", "")
        settings = settings_of(hall)
        return show(
            call,
            "book_times.html",
            hall,
            fault=fault,
            here=f"{base}/book/{hall.id}/time?{ask.query(day=day.isoformat())}&",
            ask=ask,
            day=day,
            parts=by_part(Say(language_of(call.request), hall.zone), times),
            once=showing(),
            challenge=settings.challenge,
            act=f"{base}/book/{hall.id}/time?{ask.query()}",
            back=f"{base}/book/{hall.id}/day?{ask.query(month=day.strftime(MONTH))}",
            **about(hall, ask),
        )


def about(hall: Hall, ask: Ask) -> Mapping[str, Any]:
    """What the strip above the calendar says was chosen."""
    services = chosen(hall, ask.wanted)
    return {
        "chosen": services,
        "minutes": sum(service.minutes * count for service, count in services),
    }


def _places(base: str, hall: Hall, ask: Ask) -> Mapping[str, str]:
    """Where the links of the calendar lead; a month or a day is put behind."""
    return {
        "month": f"{base}/book/{hall.id}/day?{ask.query()}&month=",
        "day": f"{base}/book/{hall.id}/time?{ask.query()}&day=",
        "wait": f"{base}/book/{hall.id}/wait?{ask.query()}",
    }


def by_part(say: Say, times: Sequence[datetime]) -> list[tuple[str, list[datetime]]]:
    """Hours by part of the day; parts without any are left out."""
    found = [(part, [at for at in times if say.part(at) == part]) for part in PARTS]
    return [(part, hours) for part, hours in found if hours]


def moment(text: str) -> datetime:
    """An instant out of a form; raises Problem."""
    try:
        found = datetime.fromisoformat(text) if len(text) < 40 else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 2000 <= found.year < 3000:
        raise Problem("invalid", {"field": "start"})
    return found
