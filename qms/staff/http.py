"""JSON routes of accounts: sign in, sign out, who am I, password."""

from typing import Annotated, Any

from pydantic import StringConstraints
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.staff.admin import Admin
from qms.staff.admin_http import AccountRoutes
from qms.staff.sign_in import SignIn
from qms.web.edge import Call, json_route, reply
from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.wire import Answer, Clean, Wire

Secret = Annotated[Clean, StringConstraints(min_length=1, max_length=200)]
AccountName = Annotated[Clean, StringConstraints(min_length=1, max_length=60)]


class Credentials(Wire):
    """A name and its password."""

    name: AccountName
    password: Secret


class NewPassword(Wire):
    """The password in force, and the one to come."""

    old: Secret
    new: Secret


class DeviceSeen(Answer):
    """A paired device, as it sees itself."""

    kind: str
    hall: str
    counter: str | None = None
    board: str | None = None


class Me(Answer):
    """Who the caller is; rights by scope."""

    kind: str
    name: str | None = None
    csrf: str | None = None
    must_change: bool | None = None
    rights: dict[str, list[str]] | None = None
    device: DeviceSeen | None = None


def routes(sign_in: SignIn) -> list[BaseRoute]:
    """The routes, about one way of signing in."""

    async def enter(call: Call, body: Credentials) -> Response:
        token, known = await sign_in.enter(call.request, body.name, body.password)
        response = reply({"kind": "staff", "name": known.shown, "must_change": known.must_change})
        sign_in.sessions.give(response, token)
        return response

    async def leave(call: Call, _body: None) -> Response:
        response = reply({"kind": "anonymous"})
        if call.principal.session is not None:
            await sign_in.leave(call.request, call.principal.id, call.principal.session)
            sign_in.sessions.take(response)
        return response

    async def change(call: Call, body: NewPassword) -> dict[str, Any]:
        if call.principal.kind != "staff":
            raise Problem("not_allowed")
        await sign_in.change(call.request, call.principal, body.old, body.new)
        return {"kind": "staff"}

    return [
        *AccountRoutes(Admin(sign_in.sessions)).routes(),
        json_route(
            "POST",
            "/api/v1/session",
            enter,
            body=Credentials,
            answer=Me,
            public=True,
            summary="Sign in",
            refusals=("wrong_credentials",),
        ),
        json_route("DELETE", "/api/v1/session", leave, answer=Me, public=True, summary="Sign out"),
        json_route("GET", "/api/v1/me", me, answer=Me, public=True, summary="Who am I"),
        json_route(
            "POST",
            "/api/v1/password",
            change,
            body=NewPassword,
            answer=Me,
            summary="Change one's own password",
            refusals=("sign_in", "wrong_credentials", "weak_password"),
        ),
    ]


async def me(call: Call, _body: None) -> dict[str, Any]:
    """The caller as the server knows them."""
    who = call.principal
    answer: dict[str, Any] = {"kind": who.kind}
    if who.kind == "staff":
        answer |= {"name": who.name, "csrf": who.csrf, "must_change": who.must_change}
        answer["rights"] = {scope: sorted(rights) for scope, rights in who.scopes.items()}
    device = who if who.kind == "device" else await _device(call)
    if device is not None:
        hall = next(iter(device.scopes), "").removeprefix("hall:")
        told = {"kind": device.device_kind, "hall": hall, "counter": device.counter, "board": device.board}
        answer["device"] = {name: value for name, value in told.items() if value is not None}
    return answer


async def _device(call: Call) -> Principal | None:
    """The device that a browser is, in which somebody has signed in as well."""
    for authenticator in call.site.authenticators:
        principal = await authenticator(call.request)
        if principal is not None and principal.kind == "device":
            return principal
    return None
