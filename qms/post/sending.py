"""Sends what is due. Nobody waits for it: people are answered before their message is looked at."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from traceback import extract_tb
from typing import Any, TypeVar

import structlog
from aiosmtplib import SMTP
from sqlalchemy import Connection

from qms.ledger.orders import LedgerUnavailable
from qms.post import queue
from qms.post.mail import Mail, NoAddress, mailbox, write
from qms.post.queue import Row
from qms.post.smtp import Refused, Relay, Unreachable, connected, fault, hand_over

T = TypeVar("T")
log = structlog.get_logger("qms.post")

TOGETHER = 20
"""Messages sent over one connection."""
ENOUGH = 240.0
"""Seconds after which no further message of a batch is begun: well within a claim's time."""
PAUSES = (2.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds to leave a server alone that cannot be reached, after each try in a row."""
MARKS = (0.5, 1.0, 2.0, 5.0)
"""Seconds between tries to mark what became of a message."""
REPEAT = 3600.0
"""Seconds between two log lines that say the same."""

Compose = Callable[[Connection, Row], Mail | str]
"""Puts a message into words at the last moment; or says in a word why it is no longer to be sent."""


def machine_now() -> datetime:
    return datetime.now(UTC)


class Post:
    """Sends messages by one mail server; `relay` None: they stay queued.

    `read` asks the database in a thread of its own, `write_aside` is the writer's small write,
    `business_now` says what is due.
    """

    def __init__(
        self,
        relay: Relay | None,
        compose: Compose,
        read: Callable[[Callable[[Connection], Any]], Awaitable[Any]],
        write_aside: Callable[[Callable[[Connection], Any]], Awaitable[Any]],
        business_now: Callable[[], datetime],
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        self._relay, self._compose = relay, compose
        self._read, self._aside = read, write_aside
        self._business_now, self._now = business_now, now
        self._failures = 0
        self._busy = False
        self._rest_until = self._said = float("-inf")

    async def step(self) -> int:
        """Send what is due, at most a batch; returns how many were accepted. Raises LedgerUnavailable.

        While one step is at work, another has nothing to do.
        """
        if self._relay is None:
            await self._say_none_is_set()
        elif not self._busy and monotonic() >= self._rest_until:
            self._busy = True
            try:
                return await self._batch(self._relay)
            finally:
                self._busy = False
        return 0

    async def _batch(self, relay: Relay) -> int:
        business, now = self._business_now(), self._now()
        found = await self._read(lambda conn: queue.due(conn, business, now, TOGETHER))
        if not found:
            return 0
        claimed = await self._aside(lambda conn: queue.claim(conn, found, relay.domain, self._now()))
        return await self._send(relay, claimed) if claimed else 0

    async def _send(self, relay: Relay, claimed: Sequence[Row]) -> int:
        """Every row is marked or given back, whatever happens short of a crash."""
        open_rows = list(claimed)
        sent = 0
        try:
            ready = await self._worded(claimed, open_rows)
            if ready:
                async with connected(relay) as client:
                    self._failures = 0
                    ends = monotonic() + ENOUGH
                    for row, mail in ready:
                        if monotonic() > ends or not client.is_connected:
                            break
                        open_rows.remove(row)
                        sent += await self._one(client, relay, row, mail)
        except Unreachable as error:
            self._rest(str(error))
        finally:
            if open_rows:
                await asyncio.shield(self._aside(lambda conn: queue.release(conn, open_rows, self._now())))
        return sent

    async def _worded(self, claimed: Sequence[Row], open_rows: list[Row]) -> list[tuple[Row, Mail]]:
        """Messages in words; those that have become pointless or cannot be written are marked."""

        def compose(conn: Connection) -> list[Mail | str | Exception]:
            return [self._try(conn, row) for row in claimed]

        ready = []
        for row, mail in zip(claimed, await self._read(compose), strict=True):
            if isinstance(mail, Mail):
                ready.append((row, mail))
                continue
            if isinstance(mail, str):
                await self._settle(row, queue.DROPPED, mail)
            else:
                await self._put_off(row, fault(mail))
            open_rows.remove(row)
        return ready

    def _try(self, conn: Connection, row: Row) -> Mail | str | Exception:
        try:
            return self._compose(conn, row)
        except Exception as error:  # one message that cannot be written must not stop the others
            # No text of the error: it may quote what is personal.
            place = extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            log.error("a message could not be written", **_about(row), why=fault(error), where=where)
            return error

    async def _one(self, client: SMTP, relay: Relay, row: Row, mail: Mail) -> int:
        """Hand one message over and mark what became of it. Raises LedgerUnavailable."""
        try:
            message = write(mail, relay.sender, row["message_id"], self._now())
            await hand_over(client, message, relay.sender, mailbox(mail.to).addr_spec)
        except NoAddress:
            await self._settle(row, queue.FAILED, "NoAddress")
        except Refused as error:
            if error.lasting:
                await self._settle(row, queue.FAILED, str(error))
            else:
                await self._put_off(row, str(error))
        except Unreachable as error:
            await self._put_off(row, str(error))
            client.close()
        else:
            await self._settle(row, queue.SENT, "")
            return 1
        return 0

    async def _settle(self, row: Row, state: str, error: str) -> None:
        await self._marked(lambda conn: queue.settle(conn, row, state, error, self._now()))
        say = log.warning if state == queue.FAILED else log.info
        say(f"message {state}", **_about(row), **({"why": error} if error else {}))

    async def _put_off(self, row: Row, error: str) -> None:
        await self._marked(lambda conn: queue.put_off(conn, row, error, self._now()))
        log.warning("message put off", **_about(row), why=error)

    async def _marked(self, mark: Callable[[Connection], Any]) -> None:
        """Insist: a mark that is lost sends the message once more. Raises LedgerUnavailable in the end."""
        for pause in MARKS:
            try:
                await self._aside(mark)
            except LedgerUnavailable:
                await asyncio.sleep(pause)
            else:
                return
        await self._aside(mark)

    def _rest(self, error: str) -> None:
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        self._rest_until = monotonic() + pause
        log.warning("the mail server cannot be reached", why=error, again_in=pause)

    async def _say_none_is_set(self) -> None:
        if monotonic() - self._said < REPEAT:
            return
        business = self._business_now()
        waiting = await self._read(lambda conn: queue.waiting(conn, business))
        if waiting:
            self._said = monotonic()
            log.warning("no mail server is set (mail_host): messages stay queued", waiting=waiting)


def _about(row: Row) -> dict[str, Any]:
    names = {"message": "id", "hall": "hall", "template": "template", "attempt": "attempts"}
    return {name: row[column] for name, column in names.items()}
