"""A post over a real database, without anything above it: messages are words made of their rows."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, select

from qms.ledger.engine import writing
from qms.ledger.orders import LedgerUnavailable
from qms.post import queue
from qms.post.carrier import Carrier
from qms.post.mail import Mail
from qms.post.queue import MESSAGE, Row, Wanted
from qms.post.sending import Post, no_more

T = TypeVar("T")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def compose(_conn: Connection, row: Row) -> Mail | str:
    """To the person's id, as if it were a name."""
    return Mail(f"{row['person']}@people.example", "Urząd", "Wizyta", f"{row['about']}\n", row["language"])


class Office:
    """One process that sends. `at` is both clocks; `fail` so many writes to come are not taken."""

    def __init__(
        self,
        engine: Engine,
        carrier: Carrier[Any] | None,
        words: Callable[[Connection, Row], Any] = compose,
        ended: Callable[[Connection, Row], None] = no_more,
    ) -> None:
        self.engine, self.at, self.fail = engine, NOW, 0
        self.post: Post[Any] = Post(
            carrier,
            words,
            self.read,
            self.aside,
            business_now=lambda: self.at,
            now=lambda: self.at,
            ended=ended,
        )

    async def read(self, question: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(self._ask, self.engine, question)

    async def aside(self, work: Callable[[Connection], T]) -> T:
        if self.fail > 0:
            self.fail -= 1
            raise LedgerUnavailable("locked")
        return await asyncio.to_thread(self._write, work)

    def queue(self, *persons: str, **more: Any) -> None:
        with writing(self.engine).begin() as conn:
            queue.put(conn, [wanted(person, n, **more) for n, person in enumerate(persons, 1)], self.at)

    def rows(self) -> dict[str, dict[str, Any]]:
        with self.engine.connect() as conn:
            return {row["person"]: dict(row) for row in conn.execute(select(MESSAGE)).mappings()}

    def states(self) -> dict[str, str]:
        return {person: row["state"] for person, row in self.rows().items()}

    def wait(self, **span: float) -> None:
        self.at += timedelta(**span)
        self.post._rest_until = float("-inf")

    @staticmethod
    def _ask(engine: Engine, question: Callable[[Connection], T]) -> T:
        with engine.connect() as conn:
            return question(conn)

    def _write(self, work: Callable[[Connection], T]) -> T:
        with writing(self.engine).begin() as conn:
            return work(conn)


def wanted(person: str, seq: int = 1, **more: Any) -> Wanted:
    fields: dict[str, Any] = {
        "hall": "ratusz",
        "seq": seq,
        "template": "confirmed",
        "person": person,
        "about": f"booking-{seq}",
        "language": "pl",
        "due": NOW,
    }
    return Wanted(**(fields | more))
