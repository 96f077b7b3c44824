"""A press for a number: with the server where it answers, by ourselves where it does not, and one either way."""

import asyncio
import hmac
import json
from base64 import b32encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from qms.devices.agent.journal import Journal
from qms.devices.agent.own import Own
from qms.devices.agent.printing import Papers
from qms.devices.agent.upstream import Reply, Unreached, Upstream
from qms.web.problems import Problem

PATIENCE = 2.0
"""Seconds for which the server may think about a number before we give one ourselves."""
LATER = 6.0
"""The same where there is nothing that we could do ourselves, such as to find a booking."""
REMEMBERED = 200
"""Latest presses whose answers are given again."""
THROTTLED = 429
TOLD = frozenset({"id", "token", "number"})
"""What the server says of every number that it gives."""


class Refused(Exception):  # noqa: N818
    """The server said no; its own words are passed on."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply


class Taking:
    """Presses by their idempotency keys. `secret` makes the ids: the same press has the same id after a restart too."""

    def __init__(
        self, hall: str, secret: bytes, upstream: Upstream, own: Own, journal: Journal, papers: Papers
    ) -> None:
        self._path = f"/api/v1/halls/{hall}"
        self._secret, self._upstream, self._own = secret, upstream, own
        self._journal, self._papers = journal, papers
        self._presses: OrderedDict[str, asyncio.Task[dict[str, Any]]] = OrderedDict()

    async def ticket(self, key: str, order: dict[str, Any]) -> dict[str, Any]:
        """A number, printed where it is wanted; raises Problem, Refused."""
        return await self._once(
            f"ticket {key}", lambda: self._printed(order, lambda: self._taken(key, order))
        )

    async def check_in(self, key: str, order: dict[str, Any]) -> dict[str, Any]:
        """A booking becomes a number, which only the server can do; raises Problem, Refused."""

        async def enter() -> dict[str, Any]:
            return await self._asked("check-in", key, order, LATER)

        return await self._once(f"check-in {key}", lambda: self._printed(order, enter))

    async def _once(self, name: str, work: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """A press that comes again joins the first, also after that one has its answer."""
        press = self._presses.get(name)
        if press is None or (press.done() and press.exception() is not None):
            press = self._presses[name] = asyncio.ensure_future(work())
            while len(self._presses) > REMEMBERED:
                self._presses.popitem(last=False)
        return await asyncio.shield(press)

    async def _printed(
        self, order: dict[str, Any], take: Callable[[], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        paper, copies = order.pop("paper", True), order.pop("copies", 1)
        if not isinstance(paper, bool) or not isinstance(copies, int) or isinstance(copies, bool):
            raise Problem("invalid", {"field": "paper"})
        taken = await take()
        if not paper:
            return taken | {"paper": "none"}
        language = str(order.get("language") or "")
        card = self._own.card
        if card is not None and language not in card["languages"]:
            language = card["languages"][0]
        day = self._own.day().isoformat()
        return taken | {"paper": await self._papers.print(taken, day, language, copies)}

    async def _taken(self, key: str, order: dict[str, Any]) -> dict[str, Any]:
        """The number of a press. Where nobody knows whether the server gave one, ours takes its place there."""
        id, token = self._named(key)
        if (known := self._known(id)) is not None:
            return known
        whole = order | {"id": id, "token": token}
        if self._upstream.online:
            try:
                return await self._asked("tickets", key, whole, PATIENCE)
            except Problem:
                return self._own.answer(await self._own.give(id, token, order))
        try:
            return self._own.answer(await self._own.give(id, token, order))
        except Problem as problem:
            try:
                return await self._asked("tickets", key, whole, PATIENCE)
            except Problem:
                raise problem from None

    def _known(self, id: str) -> dict[str, Any] | None:
        """What a press was answered before this agent was restarted: it stands on a paper."""
        given = self._journal.given(id)
        if given is not None:
            return self._own.answer(given)
        kept = self._journal.ticket(id)
        ticket: dict[str, Any] | None = None if kept is None else json.loads(kept)
        return ticket

    async def _asked(
        self, what: str, key: str, order: Mapping[str, Any], patience: float
    ) -> dict[str, Any]:
        """The server's number; raises Refused, and Problem `unavailable` where it does not answer."""
        try:
            reply = await self._upstream.post(f"{self._path}/{what}", order, key=key, timeout=patience)
        except Unreached:
            raise Problem("unavailable") from None
        if reply.ok:
            taken: dict[str, Any] = reply.document
            if taken.keys() >= TOLD:
                return taken
            self._upstream.foreign()
            raise Problem("unavailable")
        if reply.status == THROTTLED and what == "tickets":
            raise Problem("unavailable")
        raise Refused(reply)

    def _named(self, key: str) -> tuple[str, str]:
        """The id and the token of a press: nobody who knows the key alone can tell them."""
        id, token = (
            hmac.digest(self._secret, f"{what} {key}".encode(), "sha256") for what in ("id", "token")
        )
        return id.hex()[:32], b32encode(token[:16]).decode().rstrip("=").lower()
