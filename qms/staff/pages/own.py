"""Pages about oneself: signing in and out, password, sessions, and where one may go from here."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.staff import reads
from qms.staff.http import Credentials
from qms.staff.pages.frame import (
    for_staff,
    go,
    named,
    names,
    onward,
    read_as,
    refusal,
    route,
)
from qms.staff.rules.roles import LONGEST, SHORTEST
from qms.staff.sign_in import SignIn
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.site import site
from qms.web.templates import page

SAID = frozenset({"signed_out", "password_set", "sessions_ended"})
BROWSERS = ("Edg/", "OPR/", "Firefox/", "Chrome/", "Safari/")
BROWSER_NAMES = {"Edg/": "Edge", "OPR/": "Opera"}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
LOCALES = {"en": "en_GB"}


class OwnPages:
    """The pages, about one way of signing in."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def routes(self) -> list[BaseRoute]:
        return [
            route("GET", "/sign-in", self.entrance),
            route("POST", "/sign-in", self.enter),
            route("POST", "/sign-out", for_staff(self.leave, unready=True)),
            route("GET", "/password", for_staff(self.password, unready=True)),
            route("POST", "/password", for_staff(self.change, unready=True)),
            route("GET", "/password/reset", self.forgotten),
            route("POST", "/password/reset", self.reset),
            route("GET", "/staff", for_staff(self.start)),
            route("GET", "/staff/sessions", for_staff(self.sessions)),
            route("POST", "/staff/sessions/end", for_staff(self.end)),
            route("POST", "/staff/sessions/end-others", for_staff(self.end_others)),
        ]

    async def entrance(self, request: Request) -> Response:
        """The form to sign in with."""
        wish = request.query_params.get("next", "")
        if request.scope["principal"].kind == "staff":
            return onward(request, wish)
        return _entrance(request, wish=wish, said=_said(request))

    async def enter(self, request: Request) -> Response:
        """Sign in; a wrong name or password shows the form again."""
        fields = await filled(request)
        wish = fields.pop("next", "")
        try:
            given = _credentials(fields)
            token, known = await self._sign_in.enter(request, given.name, given.password)
        except Problem as problem:
            values = {**refusal(request, problem), "name": fields.get("name", "")[:60]}
            return _entrance(request, wish=wish, headers=problem.headers, **values)
        response = go(request, "/password", next=wish) if known.must_change else onward(request, wish)
        self._sign_in.sessions.give(response, token)
        return response

    async def leave(self, request: Request, who: Principal) -> Response:
        """Sign out."""
        await filled(request)
        if who.session is not None:
            await self._sign_in.leave(request, who.id, who.session)
        response = go(request, "/sign-in", said="signed_out")
        self._sign_in.sessions.take(response)
        return response

    async def password(self, request: Request, who: Principal) -> Response:
        """The form for another password."""
        return _password(request, who, wish=request.query_params.get("next", ""))

    async def change(self, request: Request, who: Principal) -> Response:
        """Change one's own password: all other sessions end."""
        fields = await filled(request)
        wish = fields.get("next", "")
        try:
            new = _new_password(fields)
            await self._sign_in.change(request, who, fields.get("old", ""), new)
        except Problem as problem:
            values = refusal(request, problem)
            return _password(request, who, wish=wish, headers=problem.headers, **values)
        return onward(request, wish, said="password_set")

    async def forgotten(self, request: Request) -> Response:
        """The form for a new password by a one-time code."""
        return _reset(request)

    async def reset(self, request: Request) -> Response:
        """Set a new password by a one-time code: all sessions end."""
        fields = await filled(request)
        try:
            new = _new_password(fields)
            await self._sign_in.reset(request, fields.get("code", "").strip()[:100], new)
        except Problem as problem:
            values = {**refusal(request, problem), "code": fields.get("code", "")[:100]}
            return _reset(request, headers=problem.headers, **values)
        return go(request, "/sign-in", said="password_set")

    async def start(self, request: Request, who: Principal) -> Response:
        """The halls in which one works, and what there is to be seen of them."""
        here, language = site(request), language_of(request)
        halls = []
        for hall in here.writer.halls():
            place = here.place_of(hall)
            if place is None or not who.may("view.board", place):
                continue
            known = names(request, hall)
            halls.append(
                {
                    "id": hall,
                    "name": named(known.hall, language, hall),
                    "office": named(known.office, language),
                    "counters": [(id, named(text, language, id)) for id, text in known.counters.items()],
                    "works": who.may("counter.work", place),
                    "books": who.may("bookings.manage", place),
                    "runs": who.may("hall.run", place),
                    "devices": who.may("devices.manage", place),
                }
            )
        return page(request, "start.html", "staff", halls=halls, said=_said(request), here="start")

    async def sessions(self, request: Request, who: Principal) -> Response:
        """Where one is signed in."""
        found: list[reads.Whereabouts] = await site(request).read(
            lambda conn: reads.sessions_of(conn, who.id)
        )
        language, zone = language_of(request), _zone(request, who)
        told = [
            {
                "id": one.id,
                "browser": browser(one.agent),
                "begun": moment(one.begun, zone, language),
                "used": moment(one.used, zone, language),
                "own": one.id == who.session,
            }
            for one in found
        ]
        return page(request, "sessions.html", "staff", sessions=told, said=_said(request), here="sessions")

    async def end(self, request: Request, who: Principal) -> Response:
        """End one of one's own sessions; one that has ended already is no trouble."""
        fields = await filled(request)
        await self._sign_in.leave(request, who.id, fields.get("session", ""))
        return go(request, "/staff/sessions", said="sessions_ended")

    async def end_others(self, request: Request, who: Principal) -> Response:
        """End all of one's own sessions but this one."""
        await filled(request)
        await self._sign_in.leave_others(request, who)
        return go(request, "/staff/sessions", said="sessions_ended")


def _entrance(
    request: Request,
    *,
    wish: str,
    name: str = "",
    said: str = "",
    headers: Any = None,
    fault: str = "",
    status: int = 200,
) -> Response:
    values = {"next": wish, "name": name, "said": said, "fault": fault}
    return _with(page(request, "sign_in.html", "staff", status=status, form=True, **values), headers)


def _password(
    request: Request,
    who: Principal,
    *,
    wish: str,
    headers: Any = None,
    fault: str = "",
    status: int = 200,
) -> Response:
    values: dict[str, Any] = {"next": wish, "fault": fault, "must": who.must_change, "shortest": SHORTEST}
    html = page(request, "password.html", "staff", status=status, here="password", **values)
    return _with(html, headers)


def _reset(
    request: Request, *, code: str = "", headers: Any = None, fault: str = "", status: int = 200
) -> Response:
    values = {"code": code, "fault": fault, "shortest": SHORTEST}
    return _with(page(request, "reset.html", "staff", status=status, form=True, **values), headers)


def _with(response: Response, headers: Any) -> Response:
    response.headers.update(headers or {})
    return response


def _said(request: Request) -> str:
    """What has just been done, where the address says so."""
    said = request.query_params.get("said", "")
    return said if said in SAID else ""


def _credentials(fields: dict[str, str]) -> Credentials:
    """What was typed; whatever nobody can be called counts as a wrong name."""
    try:
        return read_as(Credentials, fields)
    except Problem:
        raise Problem("wrong_credentials") from None


def _new_password(fields: dict[str, str]) -> str:
    """The new password, typed twice alike; raises Problem."""
    new = fields.get("new", "")
    if new != fields.get("again", ""):
        raise Problem("weak_password", {"reason": "not_alike"})
    if len(new) > LONGEST:
        raise Problem("weak_password", {"reason": "too_long"})
    return new


def _zone(request: Request, who: Principal) -> ZoneInfo:
    """The zone of the first hall in which one works."""
    here = site(request)
    for hall in here.writer.halls():
        place = here.place_of(hall)
        if place is not None and who.may("view.board", place):
            return ZoneInfo(names(request, hall).zone)
    return ZoneInfo("UTC")


def moment(at: datetime, zone: ZoneInfo, language: str) -> str:
    """'24 listopada, 10:20'."""
    local = at.replace(tzinfo=at.tzinfo or UTC).astimezone(zone)
    return str(format_datetime(local, "d MMMM, HH:mm", locale=LOCALES.get(language, language)))


def browser(agent: str) -> str:
    """'Firefox, Windows'; empty where the browser does not say."""
    program = next((name for name in BROWSERS if name in agent), "")
    system = next((word for mark, word in SYSTEMS.items() if mark in agent), "")
    shown = BROWSER_NAMES.get(program, program.rstrip("/"))
    return ", ".join(word for word in (shown, system) if word)
