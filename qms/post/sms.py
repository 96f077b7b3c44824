"""Text messages, by the gateway of a provider: one HTTP POST of JSON for each.

    POST {sms_url}   Authorization: Bearer {sms_token}
    {"to": "+48…", "from": "URZAD", "text": "…", "id": "…"}

Any 2xx means that it was taken. `id` is the message's own: a gateway that knows it again need not send twice.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx2

from qms.post.carrier import Refused, Unreachable
from qms.post.queue import SMS, Row

TIMEOUT = 15.0
"""Seconds for each step of the talk with the other end."""
_PASSING = frozenset({401, 402, 403, 407, 408, 425, 429})
"""Refusals that are not about this message: too many, or who sends can be mended."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """What is to be sent to whom; the number in the form of E.164."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Gateway:
    """A provider's gateway; `sender` is the number or name that messages come from."""

    url: str
    token: str
    sender: str

    @property
    def channel(self) -> str:
        return SMS

    @property
    def at_once(self) -> int:
        return 1

    @property
    def name(self) -> str:
        return "SMS gateway"

    @property
    def domain(self) -> str:
        return urlsplit(self.url).hostname or ""

    @asynccontextmanager
    async def line(self) -> AsyncIterator["SmsLine"]:
        """A client that keeps its connection."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with httpx2.AsyncClient(timeout=TIMEOUT, headers=headers) as client:
            yield SmsLine(self, client)


@dataclass(slots=True)
class SmsLine:
    """The way to the gateway; shut by the first message that does not get through."""

    gateway: Gateway
    client: httpx2.AsyncClient
    is_open: bool = True

    async def hand_over(self, message: TextMessage, row: Row, at: datetime) -> None:  # noqa: ARG002
        """Raises Refused, Unreachable."""
        body = {"to": message.to, "from": self.gateway.sender, "text": message.text, "id": row["id"]}
        try:
            answer = await self.client.post(self.gateway.url, json=body)
        except httpx2.HTTPError as error:
            self.is_open = False
            raise Unreachable(type(error).__name__) from None
        if not answer.is_success:
            raise refused(answer.status_code)


def refused(status: int) -> Refused:
    """What an answer other than 2xx means; a redirect is a fault of the set-up, and nobody follows it."""
    return Refused(f"HTTP {status}", lasting=400 <= status < 500 and status not in _PASSING)
