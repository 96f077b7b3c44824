"""Web Push over JSON: whether this server does it, and asking to be told when one's turn is near."""

from functools import partial
from typing import Annotated, Any, NotRequired

from pydantic import Field, StringConstraints
from starlette.routing import BaseRoute
from typing_extensions import TypedDict

from qms.notices import browsers
from qms.notices.rules.near import is_over
from qms.post.push import LONGEST, Browser, public_key, sound
from qms.queue.http.desk import hall_of
from qms.queue.http.holders import Held, Holders
from qms.web.edge import Call, json_route
from qms.web.problems import Problem
from qms.web.wire import Clean, Wire

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+={0,2}$", max_length=120)]


class PushKeys(Wire):
    """A browser's public key and its secret."""

    p256dh: Key
    auth: Key


class PushIn(Wire):
    """Where a browser is reached, as `PushSubscription` gives it."""

    endpoint: Annotated[Clean, Field(min_length=1, max_length=LONGEST)]
    keys: PushKeys


class PushOffer(TypedDict):
    """`key` is what a browser needs to subscribe; left out where this server sends no notices."""

    key: NotRequired[str]


class PushStands(TypedDict):
    """Whether the holder will be told."""

    on: bool


class PushNotices:
    """The routes; `holders` finds tickets by token."""

    def __init__(self, holders: Holders) -> None:
        self._holders = holders

    def routes(self) -> list[BaseRoute]:
        path = "/api/v1/tickets/{token}/push"
        more: dict[str, Any] = {"answer": PushStands, "public": True, "throttle": "public"}
        return [
            json_route(
                "GET",
                "/api/v1/push",
                self.offer,
                answer=PushOffer,
                public=True,
                summary="Whether browsers can be told of a turn, and the key to ask with",
            ),
            json_route(
                "POST",
                path,
                self.ask,
                body=PushIn,
                summary="Have a browser told when the turn is near",
                refusals=("unknown_ticket", "wrong_state", "push_off", "invalid"),
                **more,
            ),
            json_route(
                "DELETE",
                path,
                self.stop,
                summary="Have it told no more",
                refusals=("unknown_ticket",),
                **more,
            ),
        ]

    async def offer(self, call: Call, _body: None) -> PushOffer:
        """The key; nothing where notices are off."""
        return {"key": public_key(call.site.vault.signing_key())} if call.site.settings.push else {}

    async def ask(self, call: Call, body: PushIn) -> PushStands:
        """Keep the browser until it was told, or the visit is over."""
        if not call.site.settings.push:
            raise Problem("push_off")
        held = await self._held(call)
        ticket = hall_of(call, held.hall).tickets.get(held.ticket)
        if ticket is None or is_over(ticket):
            raise Problem("wrong_state", {"state": ticket.state} if ticket is not None else None)
        browser = Browser(body.endpoint, body.keys.p256dh, body.keys.auth)
        if not sound(browser):
            raise Problem("invalid", {"field": "endpoint"})
        asked = browsers.Asked(browser, call.param("token"))
        keep = partial(
            browsers.keep, vault=call.site.vault, hall=held.hall, ticket=held.ticket, asked=asked
        )
        await call.site.writer.aside(keep)
        return {"on": True}

    async def stop(self, call: Call, _body: None) -> PushStands:
        """Forget it."""
        held = await self._held(call)
        await call.site.writer.aside(lambda conn: browsers.forget(conn, [held.ticket]))
        return {"on": False}

    async def _held(self, call: Call) -> Held:
        held = await self._holders.find(call.param("token"))
        if held is None:
            raise Problem("unknown_ticket")
        return held
