"""What the scheduler wakes: messages are planned from the log, and sent."""

from collections.abc import Callable
from time import monotonic

import structlog

from qms.halls.rules.model import Hall
from qms.ledger.orders import LedgerUnavailable
from qms.ledger.tail import Tail
from qms.notices.compose import Composer
from qms.notices.plan import Plan
from qms.post.sending import Post
from qms.post.smtp import Relay
from qms.settings import Settings
from qms.web.site import Site

log = structlog.get_logger("qms.notices")
TAIL = "notices"
LIMIT = 500
"""Events looked at in one go."""
REST = 60.0
"""Seconds after which a hall is tried again whose log could not be followed."""


class Notices:
    """The messages of one server. `setup_of` gives a hall's set-up in force, from any thread."""

    def __init__(self, site: Site, setup_of: Callable[[str], Hall | None]) -> None:
        settings, writer = site.settings, site.writer
        self._writer = writer
        self._tail = Tail(TAIL, site.read, writer.aside, writer.codec)
        self._plan = Plan(setup_of, site.vault, copies=bool(settings.mail_copy_to))
        self._seen: dict[str, int] = {}
        self._resting: dict[str, float] = {}
        compose = Composer(
            setup_of=setup_of,
            vault=site.vault,
            now=site.clock.now,
            base=link_base(settings),
            sender=settings.mail_from,
            copy_to=settings.mail_copy_to,
        )
        self.post = Post(relay_of(settings), compose, site.read, writer.aside, site.clock.now)

    async def plan(self) -> int:
        """Look at what is new in every hall's log; returns how many events that was.

        A hall whose log cannot be followed is left alone for a while; the others go on. Raises
        LedgerUnavailable.
        """
        looked = 0
        for hall in self._writer.halls():
            if monotonic() < self._resting.get(hall, 0.0):
                continue
            try:
                looked += await self._follow(hall)
            except LedgerUnavailable:
                raise
            except Exception:
                self._resting[hall] = monotonic() + REST
                log.exception("messages of a hall cannot be planned", hall=hall)
        return looked

    async def _follow(self, hall: str) -> int:
        state = self._writer.state(hall)
        reached = 0 if state is None else int(state.seq)
        if self._seen.get(hall) == reached:
            return 0
        done = await self._tail.step(hall, self._plan, limit=LIMIT)
        if done < LIMIT:
            self._seen[hall] = reached
        return done

    async def send(self) -> int:
        """Send a batch of what is due; returns how many were accepted. Raises LedgerUnavailable."""
        return await self.post.step()


def relay_of(settings: Settings) -> Relay | None:
    """The mail server that is set; None: there is none."""
    if not settings.mail_host:
        return None
    return Relay(
        host=settings.mail_host,
        port=settings.mail_port,
        security=settings.mail_security,
        user=settings.mail_user,
        password=settings.mail_password,
        sender=settings.mail_from,
    )


def link_base(settings: Settings) -> str:
    """What links in messages begin with: the public address, else the one on which the server listens."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    scheme = "https" if settings.tls else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{settings.port}{settings.base_path}"
