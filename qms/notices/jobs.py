"""What the scheduler wakes: messages are planned from the log, and sent."""

from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import Connection

from qms.halls.rules.model import Hall
from qms.kernel.event import Recorded
from qms.ledger.orders import LedgerUnavailable
from qms.ledger.tail import Tail
from qms.notices.compose import Composer
from qms.notices.plan import Plan
from qms.notices.turns import Turns
from qms.post.push import PushService
from qms.post.sending import Post
from qms.post.sms import Gateway
from qms.post.smtp import Relay
from qms.queue.forecasts import Glance
from qms.queue.rules.state import Queue
from qms.settings import Settings
from qms.web.site import Site

log = structlog.get_logger("qms.notices")
TAIL = "notices"
LIMIT = 500
"""Events looked at in one go."""
REST = 60.0
"""Seconds after which a hall is tried again whose log could not be followed."""


class Notices:
    """The messages of one server. `setup_of` gives a hall's set-up in force, from any thread; `glance` tells waits.

    Beside mail there are text messages and Web Push, where the settings name a gateway, or want them.
    """

    def __init__(self, site: Site, setup_of: Callable[[str], Hall | None], glance: Glance) -> None:
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
        self.turns = Turns(
            site,
            self._state,
            glance,
            link_base(settings),
            push=settings.push,
            sms=bool(settings.sms_url),
        )
        self.post = Post(relay_of(settings), compose, site.read, writer.aside, site.clock.now)
        self.others = list(self._others(site))

    def _state(self, hall: str) -> Queue | None:
        state: Queue | None = self._writer.state(hall)
        return state if state is not None and state.hall is not None else None

    def _others(self, site: Site) -> Iterator[Post[Any]]:
        settings, turns = site.settings, self.turns
        ways = (site.read, site.writer.aside, site.clock.now)
        if settings.sms_url:
            gateway = Gateway(settings.sms_url, settings.sms_token, settings.sms_from)
            yield Post(gateway, turns.text_message, *ways, ended=turns.told)
        if settings.push:
            service = PushService(site.vault.signing_key(), settings.contact)
            yield Post(service, turns.notification, *ways, ended=turns.told)

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
        done = await self._tail.step(hall, self._work, limit=LIMIT)
        if done < LIMIT:
            self._seen[hall] = reached
        return done

    def _work(self, conn: Connection, events: Sequence[Recorded]) -> None:
        self._plan(conn, events)
        self.turns.over(conn, events)

    async def near(self) -> int:
        """Queue what tells people that their turn is near; returns how many. Raises LedgerUnavailable."""
        return await self.turns.look()

    async def tell(self) -> int:
        """Send what goes to phones; returns how many were accepted. Raises LedgerUnavailable."""
        return sum([await post.step() for post in self.others])

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
