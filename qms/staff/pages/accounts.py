"""Pages by which administrators keep accounts."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.staff.admin import Admin, governed, places_of
from qms.staff.admin_http import NewAccount, NewGrant, role_of
from qms.staff.pages.frame import for_staff, go, named, names, read_as, refusal, route
from qms.staff.reads import Known
from qms.staff.rules.roles import RIGHTS, Grant, governs
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.site import site
from qms.web.templates import page

LIST, ONE = "/staff/accounts", "/staff/accounts/{account}"


class AccountPages:
    """The pages, about one administration."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def routes(self) -> list[BaseRoute]:
        return [
            route("GET", LIST, for_staff(self.overview)),
            route("POST", LIST, for_staff(self.add)),
            route("GET", ONE, for_staff(self.one)),
            route("POST", ONE + "/grant", for_staff(self.grant)),
            route("POST", ONE + "/withdraw", for_staff(self.withdraw)),
            route("POST", ONE + "/disable", for_staff(self.disable)),
            route("POST", ONE + "/enable", for_staff(self.enable)),
            route("POST", ONE + "/reset", for_staff(self.reset)),
        ]

    async def overview(self, request: Request, who: Principal) -> Response:
        """The accounts one governs."""
        return await self._list(request, who)

    async def add(self, request: Request, who: Principal) -> Response:
        """Open an account, and show the code for its owner, this once."""
        fields = await filled(request)
        try:
            given = read_as(NewAccount, fields)
            grant = Grant(given.role, given.scope)
            _, code = await self._admin.add(site(request), who, given.name, given.shown, grant)
        except Problem as problem:
            return await self._list(request, who, typed=fields, **refusal(request, problem))
        return await self._list(request, who, code=code, code_for=given.shown)

    async def one(self, request: Request, who: Principal) -> Response:
        """One account: its roles, and what can be done with it."""
        return await self._one(request, who)

    async def grant(self, request: Request, who: Principal) -> Response:
        """Give a role."""
        fields = await filled(request)
        try:
            given = read_as(NewGrant, fields)
            await self._admin.grant(site(request), who, _account(request), Grant(given.role, given.scope))
        except Problem as problem:
            return await self._one(request, who, **refusal(request, problem))
        return _back(request)

    async def withdraw(self, request: Request, who: Principal) -> Response:
        """Take a role away."""
        fields = await filled(request)
        try:
            grant = Grant(role_of(fields.get("role", "")), fields.get("scope", ""))
            await self._admin.withdraw(site(request), who, _account(request), grant)
        except Problem as problem:
            return await self._one(request, who, **refusal(request, problem))
        return go(request, LIST)

    async def disable(self, request: Request, who: Principal) -> Response:
        """Shut the account."""
        return await self._set(request, who, disabled=True)

    async def enable(self, request: Request, who: Principal) -> Response:
        """Open the account again."""
        return await self._set(request, who, disabled=False)

    async def reset(self, request: Request, who: Principal) -> Response:
        """Show a one-time code for a new password, this once."""
        await filled(request)
        try:
            code = await self._admin.reset(site(request), who, _account(request))
        except Problem as problem:
            return await self._one(request, who, **refusal(request, problem))
        return await self._one(request, who, code=code)

    async def _set(self, request: Request, who: Principal, *, disabled: bool) -> Response:
        await filled(request)
        try:
            await self._admin.disable(site(request), who, _account(request), disabled=disabled)
        except Problem as problem:
            return await self._one(request, who, **refusal(request, problem))
        return _back(request)

    async def _list(self, request: Request, who: Principal, status: int = 200, **values: Any) -> Response:
        here = site(request)
        found = await self._admin.accounts(here, who)
        shown = {
            "accounts": [_told(request, known) for known in found],
            "scopes": _scopes(request, who),
            "roles": list(RIGHTS),
            "code": "",
            "code_for": "",
            "fault": "",
            "typed": {},
            **values,
        }
        return page(request, "accounts.html", "staff", status=status, here="accounts", **shown)

    async def _one(self, request: Request, who: Principal, status: int = 200, **values: Any) -> Response:
        here = site(request)
        known = await self._admin.account(here, who, _account(request))
        places = places_of(here)
        whole = all(governs(who.scopes, grant.scope, places) for grant in known.grants)
        shown = {
            "account": _told(request, known),
            "address": request.scope.get("root_path", "") + ONE.replace("{account}", known.id),
            "mine": [grant.scope for grant in known.grants if governs(who.scopes, grant.scope, places)],
            "own": known.id == who.id,
            "whole": whole and known.id != who.id,
            "scopes": _scopes(request, who),
            "roles": list(RIGHTS),
            "code": "",
            "fault": "",
            **values,
        }
        return page(request, "account.html", "staff", status=status, here="accounts", **shown)


def _account(request: Request) -> str:
    account: str = request.path_params["account"]
    return account


def _back(request: Request) -> Response:
    return go(request, ONE.replace("{account}", _account(request)))


def _told(request: Request, known: Known) -> Mapping[str, Any]:
    return {
        "id": known.id,
        "name": known.name,
        "shown": known.shown,
        "disabled": known.disabled,
        "has_password": known.password is not None,
        "grants": [
            {"role": grant.role, "scope": grant.scope, "where": where(request, grant.scope)}
            for grant in known.grants
        ],
    }


def _scopes(request: Request, who: Principal) -> list[tuple[str, str]]:
    return [(scope, where(request, scope)) for scope in governed(site(request), who)]


def where(request: Request, scope: str) -> str:
    """A scope by its name; an organisation goes by its id."""
    kind, _, id = scope.partition(":")
    language = language_of(request)
    if kind == "hall":
        return named(names(request, id).hall, language, id)
    if kind == "office":
        for place in places_of(site(request)):
            if place.office == id:
                return named(names(request, place.hall).office, language, id)
    return id
