"""Who may do what: roles give rights at a scope."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from qms.web.principal import Place, Right

Role = Literal["clerk", "supervisor", "admin"]
ScopeKind = Literal["organisation", "office", "hall"]

CLERK: frozenset[Right] = frozenset(
    {"view.board", "tickets.issue", "bookings.manage", "counter.work", "hall.watch"}
)
SUPERVISOR: frozenset[Right] = CLERK | {"tickets.manage", "counter.pick", "hall.run"}
ADMIN: frozenset[Right] = SUPERVISOR | {"hall.configure", "devices.manage", "staff.manage"}
RIGHTS: Mapping[Role, frozenset[Right]] = {"clerk": CLERK, "supervisor": SUPERVISOR, "admin": ADMIN}


@dataclass(frozen=True, slots=True)
class Grant:
    """One person's role at one scope, written `hall:ratusz`, `office:…` or `organisation:…`."""

    role: Role
    scope: str


def is_role(text: str) -> bool:
    return text in get_args(Role)


def scopes(grants: Iterable[Grant]) -> dict[str, frozenset[Right]]:
    """Rights by scope."""
    rights: dict[str, frozenset[Right]] = {}
    for grant in grants:
        rights[grant.scope] = rights.get(grant.scope, frozenset()) | RIGHTS[grant.role]
    return rights


SHORTEST, LONGEST = 10, 200
TELLING = 3
"""A name of so many letters makes a password that holds it easy to guess."""


def weakness(password: str, name: str) -> str | None:
    """Why a password is not taken: `too_short`, `too_long`, `like_name` or `too_plain`; None when it is."""
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    if len(name) >= TELLING and name.casefold() in password.casefold():
        return "like_name"
    return "too_plain" if len(set(password.casefold())) < 5 else None


def within(scope: str, places: Iterable[Place]) -> tuple[str, ...] | None:
    """A scope and those above it, from the smallest; None where no hall lies in it."""
    for place in places:
        if scope in place.scopes:
            return place.scopes[place.scopes.index(scope) :]
    return None


def governs(manager: Mapping[str, frozenset[Right]], scope: str, places: Iterable[Place]) -> bool:
    """Whether somebody with these rights may say who has which role at a scope: there, or above it."""
    above = within(scope, places) or (scope,)
    return any("staff.manage" in manager.get(one, ()) for one in above)
