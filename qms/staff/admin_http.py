"""JSON routes by which administrators keep accounts."""

from typing import Annotated, Any, Literal

from pydantic import StringConstraints
from starlette.routing import BaseRoute

from qms.staff.admin import Admin, told
from qms.staff.rules.roles import Grant, Role, is_role
from qms.web.edge import Call, json_route
from qms.web.problems import Problem
from qms.web.wire import Answer, Clean, Label, Nothing, Wire

SCOPE = r"^(hall|office|organisation):[a-z0-9]+(-[a-z0-9]+)*$"
Scope = Annotated[str, StringConstraints(pattern=SCOPE, max_length=60)]
LoginName = Annotated[
    Clean, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^\S+( \S+)*$")
]
STAFF = "/api/v1/staff"
ONE = STAFF + "/{account}"
COMMON = ("sign_in", "must_change_password", "not_allowed", "not_found")


class NewGrant(Wire):
    """A role at a scope: `hall:…`, `office:…` or `organisation:…`."""

    role: Literal["clerk", "supervisor", "admin"]
    scope: Scope


class NewAccount(NewGrant):
    """An account to open. `name` is what its owner signs in with, `shown` what colleagues see."""

    name: LoginName
    shown: Label


class GrantHeld(Answer):
    """A role at a scope."""

    role: str
    scope: str


class AccountListed(Answer):
    """An account, for administrators."""

    id: str
    name: str
    shown: str
    disabled: bool
    has_password: bool
    grants: list[GrantHeld]


class AccountList(Answer):
    """The accounts that have a role where the caller governs."""

    accounts: list[AccountListed]


class AccountOpened(Answer):
    """A new account, and the one-time code by which its owner sets the password."""

    id: str
    code: str


class ResetIssued(Answer):
    """A one-time code for a new password."""

    code: str


class AccountRoutes:
    """The routes, about one administration."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def routes(self) -> list[BaseRoute]:
        return [
            json_route("GET", STAFF, self._list, answer=AccountList, summary="Accounts", refusals=COMMON),
            json_route(
                "POST",
                STAFF,
                self._add,
                body=NewAccount,
                answer=AccountOpened,
                status=201,
                summary="Open an account",
                refusals=(*COMMON, "name_taken", "no_such_scope"),
            ),
            json_route(
                "POST",
                ONE + "/grants",
                self._grant,
                body=NewGrant,
                answer=AccountListed,
                summary="Give a role",
                refusals=(*COMMON, "no_such_scope"),
            ),
            json_route(
                "DELETE",
                ONE + "/grants/{role}/{scope}",
                self._withdraw,
                answer=AccountListed,
                summary="Take a role away",
                refusals=(*COMMON, "own_account"),
            ),
            json_route(
                "POST",
                ONE + "/disable",
                self._disable,
                body=Nothing,
                answer=AccountListed,
                summary="Shut an account",
                refusals=(*COMMON, "own_account"),
            ),
            json_route(
                "POST",
                ONE + "/enable",
                self._enable,
                body=Nothing,
                answer=AccountListed,
                summary="Open an account again",
                refusals=(*COMMON, "own_account"),
            ),
            json_route(
                "POST",
                ONE + "/reset",
                self._reset,
                body=Nothing,
                answer=ResetIssued,
                summary="Issue a one-time code for a new password",
                refusals=(*COMMON, "own_account"),
            ),
        ]

    async def _list(self, call: Call, _body: None) -> dict[str, Any]:
        known = await self._admin.accounts(call.site, call.principal)
        return {"accounts": [told(one) for one in known]}

    async def _add(self, call: Call, body: NewAccount) -> dict[str, Any]:
        grant = Grant(body.role, body.scope)
        id, code = await self._admin.add(call.site, call.principal, body.name, body.shown, grant)
        return {"id": id, "code": code}

    async def _grant(self, call: Call, body: NewGrant) -> dict[str, Any]:
        grant = Grant(body.role, body.scope)
        await self._admin.grant(call.site, call.principal, call.param("account"), grant)
        return await self._one(call)

    async def _withdraw(self, call: Call, _body: None) -> dict[str, Any]:
        grant = Grant(role_of(call.param("role")), call.param("scope"))
        known = await self._admin.account(call.site, call.principal, call.param("account"))
        await self._admin.withdraw(call.site, call.principal, known.id, grant)
        left = tuple(held for held in known.grants if held != grant)
        return {**told(known), "grants": [{"role": held.role, "scope": held.scope} for held in left]}

    async def _disable(self, call: Call, _body: Nothing) -> dict[str, Any]:
        await self._admin.disable(call.site, call.principal, call.param("account"), disabled=True)
        return await self._one(call)

    async def _enable(self, call: Call, _body: Nothing) -> dict[str, Any]:
        await self._admin.disable(call.site, call.principal, call.param("account"), disabled=False)
        return await self._one(call)

    async def _reset(self, call: Call, _body: Nothing) -> dict[str, Any]:
        return {"code": await self._admin.reset(call.site, call.principal, call.param("account"))}

    async def _one(self, call: Call) -> dict[str, Any]:
        known = await self._admin.account(call.site, call.principal, call.param("account"))
        return dict(told(known))


def role_of(text: str) -> Role:
    """A role by its name; raises Problem `not_found` for another word."""
    if not is_role(text):
        raise Problem("not_found")
    return text  # type: ignore[return-value]
