"""Whose token is this: from the secret in a ticket's address to the ticket."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from qms.ledger.vault import token_hash
from qms.queue.reads import visit_of, visits_named

TOKEN_LENGTH = 26
REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket that was found by its token."""

    hall: str
    ticket: str


class Holders:
    """Finds tickets by token; what was found once is remembered, for it never changes."""

    def __init__(self, read: Callable[[Callable[[Any], Any]], Awaitable[Any]]) -> None:
        self._read = read
        self._found: dict[str, Held] = {}

    async def find(self, token: str) -> Held | None:
        """The ticket of a token; None for a token that nobody was given."""
        if len(token) != TOKEN_LENGTH:
            return None
        holder = token_hash(token)
        held = self._found.get(holder)
        if held is None:
            row = await self.row(token)
            if row is None:
                return None
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            held = self._found[holder] = Held(row["hall"], row["id"])
        return held

    async def row(self, token: str) -> dict[str, Any] | None:
        """The visit of a token as it is on record."""
        found: dict[str, Any] | None = await self._read(lambda conn: visit_of(conn, token_hash(token)))
        return found

    async def named(self, ticket: str, token: str) -> list[dict[str, Any]]:
        """The visits that have an id or a token that a device chose."""
        holder = token_hash(token)
        found: list[dict[str, Any]] = await self._read(lambda conn: visits_named(conn, ticket, holder))
        return found
