"""Signing in and out, changing and resetting passwords: what JSON routes and pages have in common."""

from datetime import UTC, datetime

import structlog
from starlette.requests import Request

from qms.ledger.vault import token_hash
from qms.staff import reads, writes
from qms.staff.passwords import Passwords
from qms.staff.rules.roles import weakness
from qms.staff.sessions import Sessions
from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.site import site
from qms.web.throttle import network

log = structlog.get_logger("qms.staff")


class SignIn:
    """The acts of a person on their own account; each raises Problem."""

    def __init__(self, passwords: Passwords, sessions: Sessions) -> None:
        self.passwords, self.sessions = passwords, sessions

    async def enter(self, request: Request, name: str, password: str) -> tuple[str, reads.Known]:
        """A fresh session for the right password: its cookie's token. The old session ends."""
        here = site(request)
        here.throttle.check("sign_in", network(request.client.host if request.client else None))
        here.throttle.check("sign_in_account", name.strip().casefold())
        known: reads.Known | None = await here.read(lambda conn: reads.account_named(conn, name))
        stored = known.password if known and not known.disabled else None
        if not await self.passwords.matches(stored, password) or known is None:
            log.warning("sign-in refused", account=known.id if known else "unknown")
            raise Problem("wrong_credentials")
        agent, now = _printable(request.headers.get("user-agent", "")), datetime.now(UTC)
        old = token_hash(request.cookies.get(self.sessions.cookie, ""))
        token, _ = await here.writer.aside(
            lambda conn: writes.begin_session(conn, known.id, agent, now, replaces=old)
        )
        self.sessions.forget(old)
        log.info("signed in", account=known.id)
        return token, known

    async def leave(self, request: Request, account: str, session: str) -> None:
        """End one session of an account: its other windows are shut out too."""
        await site(request).writer.aside(lambda conn: writes.end_session(conn, account, session))
        self.sessions.forget(session)
        await site(request).hub.recheck(lambda other: other.id == account)

    async def leave_others(self, request: Request, principal: Principal) -> None:
        """End all of one's own sessions but this one."""
        await site(request).writer.aside(
            lambda conn: writes.end_sessions(conn, principal.id, principal.session)
        )
        self.sessions.forget()
        await site(request).hub.recheck(lambda other: other.id == principal.id)

    async def change(self, request: Request, principal: Principal, old: str, new: str) -> None:
        """Change one's own password: all other sessions end."""
        here = site(request)
        here.throttle.check("sign_in_account", principal.id)
        known: reads.Known | None = await here.read(lambda conn: reads.account(conn, principal.id))
        if known is None or not await self.passwords.matches(known.password, old):
            raise Problem("wrong_credentials")
        await self._set(request, known, new, keep=principal.session)

    async def reset(self, request: Request, code: str, new: str) -> None:
        """Set a password by a one-time code: all sessions end."""
        here, now = site(request), datetime.now(UTC)
        here.throttle.check("code", network(request.client.host if request.client else None))
        known: reads.Known | None = await here.read(lambda conn: reads.reset_for(conn, code, now))
        if known is None:
            raise Problem("code_unknown")
        self._refuse_weak(new, known.name)
        hashed = await self.passwords.hash(new)
        if not await here.writer.aside(lambda conn: writes.reset_password(conn, code, hashed, now)):
            raise Problem("code_unknown")
        await self._changed(request, known.id)

    async def _set(self, request: Request, known: reads.Known, new: str, keep: str | None) -> None:
        self._refuse_weak(new, known.name)
        hashed = await self.passwords.hash(new)
        await site(request).writer.aside(
            lambda conn: writes.set_password(conn, known.id, hashed, keep, must_change=False)
        )
        await self._changed(request, known.id)

    async def _changed(self, request: Request, account: str) -> None:
        self.sessions.forget()
        log.info("password set", account=account)
        await site(request).hub.recheck(lambda principal: principal.id == account)

    @staticmethod
    def _refuse_weak(password: str, name: str) -> None:
        if (why := weakness(password, name)) is not None:
            raise Problem("weak_password", {"reason": why})


def _printable(agent: str) -> str:
    """A browser's name of itself, which the database may hold whatever was sent."""
    return "".join(char for char in agent if char.isprintable())
