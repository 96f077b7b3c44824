"""Sessions: known by a cookie, kept as a hash, ended by time, by the owner or by an administrator."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from qms.ledger.orders import LedgerUnavailable
from qms.ledger.vault import token_hash
from qms.settings import Settings
from qms.staff import reads, writes
from qms.staff.rules.roles import scopes
from qms.web.principal import Principal
from qms.web.site import Site, site

SEEN_EVERY = timedelta(minutes=2)
"""The last use of a session is written down no more often, and at least ten times before it runs out."""
REMEMBERED = timedelta(seconds=5)
"""So long a session is trusted without a look at the database: the most by which a revocation is late."""


LONGEST = 100
"""Characters of a cookie that may be one of ours."""
MANY = 10_000
"""So many sessions are remembered at a time."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A session that was looked up a moment ago."""

    principal: Principal | None
    until: datetime


class Sessions:
    """Resolves session cookies to principals."""

    def __init__(self, settings: Settings) -> None:
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._longest = timedelta(hours=settings.session_hours)
        self._seen_every = min(SEEN_EVERY, self._idle / 10)
        self._tls = settings.tls
        self._seen: dict[str, Remembered] = {}
        self._forgotten = 0
        self.cookie = "__Host-qms_session" if settings.tls else "qms_session"

    async def authenticate(self, connection: HTTPConnection) -> Principal | None:
        """The member of staff behind a connection's cookie."""
        token = connection.cookies.get(self.cookie)
        if not token or len(token) > LONGEST:
            return None
        id, now = token_hash(token), datetime.now(UTC)
        known = self._seen.get(id)
        if known is not None and known.until >= now:
            return known.principal
        forgotten = self._forgotten
        principal = await self._look_up(site(connection), id, now)
        if forgotten == self._forgotten:  # else what was just read may be no longer true
            if len(self._seen) >= MANY:
                self._seen.clear()
            self._seen[id] = Remembered(principal, now + REMEMBERED)
        return principal

    async def _look_up(self, here: Site, id: str, now: datetime) -> Principal | None:
        found: reads.Open | None = await here.read(lambda conn: reads.session(conn, id))
        if found is None or found.account.disabled:
            return None
        if now - found.begun > self._longest or now - found.used > self._idle:
            return None
        if now - found.used > self._seen_every:
            with suppress(LedgerUnavailable):  # reading may go on while nothing can be written
                await here.writer.aside(lambda conn: writes.touch_session(conn, id, now))
        return Principal(
            "staff",
            found.account.id,
            # Until the password is changed there is nothing else to be done.
            {} if found.account.must_change else scopes(found.account.grants),
            name=found.account.shown,
            by_cookie=True,
            csrf=found.csrf,
            session=id,
            must_change=found.account.must_change,
        )

    def forget(self, id: str | None = None) -> None:
        """Look sessions up anew: one of them, or all after rights have changed."""
        self._forgotten += 1
        if id is None:
            self._seen.clear()
        else:
            self._seen.pop(id, None)

    def give(self, response: Response, token: str) -> None:
        """Hand the browser its cookie."""
        response.set_cookie(self.cookie, token, httponly=True, secure=self._tls, samesite="lax", path="/")

    def take(self, response: Response) -> None:
        """Have the browser drop its cookie."""
        response.delete_cookie(self.cookie, httponly=True, secure=self._tls, samesite="lax", path="/")
