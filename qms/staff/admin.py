"""Who has an account, and which role where: what administrators do, within what they govern.

Every act is logged with the pseudonyms of who did it and to whom. Nobody acts on their own
account, nor on one that has a role beyond what they govern: by a new password they could
otherwise become somebody who may do more.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError

from qms.kernel.refusal import Refusal
from qms.staff import reads, writes
from qms.staff.rules.roles import Grant, governs, within
from qms.staff.sessions import Sessions
from qms.web.principal import Place, Principal
from qms.web.problems import Problem, refused
from qms.web.site import Site

log = structlog.get_logger("qms.staff")
ACCOUNT = re.compile(r"staff:[0-9a-f]{12}")


class Admin:
    """The acts of an administrator; each raises Problem."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def accounts(self, here: Site, who: Principal) -> list[reads.Known]:
        """The accounts that have a role where one governs."""
        _allow(who)
        places = places_of(here)
        known: list[reads.Known] = await here.read(reads.accounts)
        return [one for one in known if any(governs(who.scopes, g.scope, places) for g in one.grants)]

    async def account(self, here: Site, who: Principal, id: str) -> reads.Known:
        """One of those; Problem `not_found` for any other."""
        _allow(who)
        known = await here.read(lambda conn: reads.account(conn, id)) if ACCOUNT.fullmatch(id) else None
        places = places_of(here)
        if known is None or not any(governs(who.scopes, g.scope, places) for g in known.grants):
            raise Problem("not_found")
        found: reads.Known = known
        return found

    async def add(self, here: Site, who: Principal, name: str, shown: str, grant: Grant) -> tuple[str, str]:
        """Open an account: its id, and the one-time code by which its owner sets the password."""
        _govern(here, who, grant.scope)
        now = datetime.now(UTC)
        try:
            done = await here.writer.aside(lambda conn: writes.open_account(conn, name, shown, grant, now))
        except IntegrityError:  # another server was faster
            raise Problem("name_taken") from None
        if isinstance(done, Refusal):
            raise refused(done)
        _note("account opened", who, done[0], grant)
        opened: tuple[str, str] = done
        return opened

    async def grant(self, here: Site, who: Principal, id: str, grant: Grant) -> None:
        """Give a role at a scope that one governs."""
        _govern(here, who, grant.scope)
        known = await self.account(here, who, id)
        await here.writer.aside(lambda conn: writes.give(conn, known.id, grant))
        await self._changed(here, "role given", who, known.id, grant)

    async def withdraw(self, here: Site, who: Principal, id: str, grant: Grant) -> None:
        """Take a role away at a scope that one governs; `not_found` where it was not held."""
        _allow(who)
        if not governs(who.scopes, grant.scope, places_of(here)):
            raise Problem("not_allowed")
        known = await self._other(here, who, id)
        if not await here.writer.aside(lambda conn: writes.withdraw(conn, known.id, grant)):
            raise Problem("not_found")
        await self._changed(here, "role withdrawn", who, known.id, grant)

    async def disable(self, here: Site, who: Principal, id: str, *, disabled: bool) -> None:
        """Shut an account, which ends its sessions, or open it again."""
        known = await self._whole(here, who, id)
        await here.writer.aside(lambda conn: writes.set_disabled(conn, known.id, disabled))
        await self._changed(here, "account shut" if disabled else "account opened again", who, known.id)

    async def reset(self, here: Site, who: Principal, id: str) -> str:
        """A one-time code by which the owner sets a new password; the old one stays until then."""
        known, now = await self._whole(here, who, id), datetime.now(UTC)
        if known.disabled:
            raise Problem("not_allowed")
        code: str = await here.writer.aside(lambda conn: writes.begin_reset(conn, known.id, now))
        _note("reset code issued", who, known.id)
        return code

    async def _other(self, here: Site, who: Principal, id: str) -> reads.Known:
        known = await self.account(here, who, id)
        if known.id == who.id:
            raise Problem("own_account")
        return known

    async def _whole(self, here: Site, who: Principal, id: str) -> reads.Known:
        """Somebody else's account, all of whose roles one governs."""
        known = await self._other(here, who, id)
        places = places_of(here)
        if not all(governs(who.scopes, grant.scope, places) for grant in known.grants):
            raise Problem("not_allowed")
        return known

    async def _changed(
        self, here: Site, what: str, who: Principal, id: str, grant: Grant | None = None
    ) -> None:
        """Make it count at once in this process; others look within seconds."""
        self._sessions.forget()
        _note(what, who, id, grant)
        await here.hub.recheck(lambda principal: principal.id == id)


def places_of(here: Site) -> list[Place]:
    """Every hall that is served, with its office and organisation."""
    return [place for hall in here.writer.halls() if (place := here.place_of(hall)) is not None]


def governed(here: Site, who: Principal) -> Sequence[str]:
    """The scopes at which somebody may give roles, halls first."""
    places = places_of(here)
    named = {scope: None for kind in range(3) for place in places for scope in [place.scopes[kind]]}
    return [scope for scope in named if governs(who.scopes, scope, places)]


def told(known: reads.Known) -> Mapping[str, Any]:
    """An account as administrators are told of it."""
    return {
        "id": known.id,
        "name": known.name,
        "shown": known.shown,
        "disabled": known.disabled,
        "has_password": known.password is not None,
        "grants": [{"role": grant.role, "scope": grant.scope} for grant in known.grants],
    }


def _allow(who: Principal) -> None:
    if who.kind == "anonymous":
        raise Problem("sign_in")
    if who.must_change:
        raise Problem("must_change_password")
    if who.kind != "staff" or not who.may_anywhere("staff.manage"):
        raise Problem("not_allowed")


def _govern(here: Site, who: Principal, scope: str) -> None:
    _allow(who)
    places = places_of(here)
    if within(scope, places) is None:
        raise Problem("no_such_scope")
    if not governs(who.scopes, scope, places):
        raise Problem("not_allowed")


def _note(what: str, who: Principal, id: str, grant: Grant | None = None) -> None:
    more = {} if grant is None else {"role": grant.role, "scope": grant.scope}
    log.info(what, account=id, by=who.id, **more)
