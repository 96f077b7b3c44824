"""Open data of the live queues, an office at a time, for city portals that read it every few seconds.

Each shape is worked out at most once a second for all who read it. It bears a strong tag, so that who has
it already is told so and no more.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qms.hooks.open_data import ngsi, own, warsaw
from qms.hooks.open_data.facts import HallFacts, Since, facts_of
from qms.ledger.orders import LedgerUnavailable
from qms.queue.forecasts import Glance
from qms.queue.history import History
from qms.queue.offices import halls_of
from qms.web.catalogue import text
from qms.web.etag import lists, tag_of
from qms.web.problems import Problem
from qms.web.site import Site, site

GOOD = 3
"""Seconds for which whoever stands between may keep an answer."""
AGE = 1.0
"""Seconds after which a shape is worked out anew."""
FOR_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Pages of any site may read this."""
Shape = Callable[[Site, str, Sequence[HallFacts]], Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A shape of an office as it is sent out."""

    at: float
    body: bytes
    tag: str


class OpenData:
    """The routes; `history` knows what is promised, `glance` tells waits, `seconds` is a clock that never goes back."""

    def __init__(self, history: History, glance: Glance, seconds: Callable[[], float] = monotonic) -> None:
        self._history, self._glance, self._seconds = history, glance, seconds
        self._since: dict[str, Since] = defaultdict(Since)
        self._kept: dict[tuple[str, str], Kept] = {}
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def routes(self) -> list[BaseRoute]:
        return [
            self._route("queues.json", "application/json", self._own, _problem),
            self._route("warsaw.json", "application/json", self._warsaw, _error),
            self._route("ngsi-ld.json", "application/ld+json", self._ngsi, _problem),
        ]

    def _route(
        self, name: str, kind: str, shape: Shape, unknown: Callable[[], Awaitable[Response]]
    ) -> BaseRoute:
        async def answer(request: Request) -> Response:
            office = request.path_params["office"]
            kept = await self._current(site(request), office, name, shape)
            return await unknown() if kept is None else _sent(request, kept, kind)

        path = f"/open/{{office}}/{name}"
        return Route(path, answer, methods=["GET"], name=f"GET {path}")

    async def _current(self, here: Site, office: str, name: str, shape: Shape) -> Kept | None:
        """The shape, at most a second old; None for an office that is not known."""
        states = halls_of(here.writer, office)
        if not states:
            return None
        async with self._turns[office]:
            kept = self._kept.get((office, name))
            if kept is None or self._seconds() - kept.at >= AGE:
                now, at = here.clock.now(), self._seconds()
                facts = [
                    facts_of(state, await self._standards(state, now), now, self._glance.of(state, now))
                    for state in states
                ]
                body = orjson.dumps(shape(here, office, facts))
                kept = self._kept[office, name] = Kept(at, body, tag_of(body))
            return kept

    async def _standards(self, state: Any, now: Any) -> Any:
        """What is promised; nothing while the rows cannot be read, for the queues are told from memory."""
        try:
            return await self._history.published(state.setup, now)
        except LedgerUnavailable:
            return {}

    def _own(self, here: Site, office: str, halls: Sequence[HallFacts]) -> Any:
        return own.told(office, halls, self._since["own"], here.clock.now())

    def _warsaw(self, here: Site, _office: str, halls: Sequence[HallFacts]) -> Any:
        return warsaw.told(halls, here.clock.now())

    def _ngsi(self, here: Site, _office: str, halls: Sequence[HallFacts]) -> Any:
        return ngsi.told(halls, self._since["ngsi"], here.clock.now(), here.settings.public_url)


def _sent(request: Request, kept: Kept, kind: str) -> Response:
    headers = {**FOR_ALL, "Cache-Control": f"public, max-age={GOOD}", "ETag": kept.tag}
    if lists(request.headers.get("if-none-match", ""), kept.tag):
        return Response(None, 304, headers)
    return Response(kept.body, 200, headers, kind)


async def _problem() -> Response:
    raise Problem("not_found", headers=FOR_ALL)


async def _error() -> Response:
    body = orjson.dumps(warsaw.refused(text("pl", "problems", "problems.not_found")))
    return Response(body, 404, {**FOR_ALL, "Cache-Control": "no-store"}, "application/json")
