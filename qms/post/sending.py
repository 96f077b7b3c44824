"""Sends what is due. Nobody waits for it: people are answered before their message is looked at."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from traceback import extract_tb
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Connection

from qms.ledger.orders import LedgerUnavailable
from qms.post import queue
from qms.post.carrier import Carrier, Line, Refused, Unreachable
from qms.post.mail import NoAddress
from qms.post.queue import Row
from qms.post.smtp import fault

P = TypeVar("P")
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


def machine_now() -> datetime:
    return datetime.now(UTC)


def no_more(_conn: Connection, _row: Row) -> None:
    """Nothing is done once a message is at its end."""


class Post(Generic[P]):
    """Sends messages by one carrier; None: they stay queued.

    `compose` puts a message into words at the last moment, or says in a word why it is no longer to
    be sent. `read` asks the database in a thread of its own, `write_aside` is the writer's small
    write, `business_now` says what is due. `ended` is done in the write that marks a message as
    sent, failed or dropped.
    """

    def __init__(
        self,
        carrier: Carrier[P] | None,
        compose: Callable[[Connection, Row], P | str],
        read: Callable[[Callable[[Connection], Any]], Awaitable[Any]],
        write_aside: Callable[[Callable[[Connection], Any]], Awaitable[Any]],
        business_now: Callable[[], datetime],
        now: Callable[[], datetime] = machine_now,
        ended: Callable[[Connection, Row], None] = no_more,
    ) -> None:
        self._carrier, self._compose, self._ended = carrier, compose, ended
        self._read, self._aside = read, write_aside
        self._business_now, self._now = business_now, now
        self._failures = 0
        self._busy = False
        self._rest_until = self._said = float("-inf")

    async def step(self) -> int:
        """Send what is due, at most a batch; returns how many were accepted. Raises LedgerUnavailable.

        While one step is at work, another has nothing to do.
        """
        if self._carrier is None:
            await self._say_none_is_set()
        elif not self._busy and monotonic() >= self._rest_until:
            self._busy = True
            try:
                return await self._batch(self._carrier)
            finally:
                self._busy = False
        return 0

    async def _batch(self, carrier: Carrier[P]) -> int:
        business, now = self._business_now(), self._now()
        found = await self._read(lambda conn: queue.due(conn, business, now, TOGETHER, carrier.channel))
        if not found:
            return 0
        claimed = await self._aside(lambda conn: queue.claim(conn, found, carrier.domain, self._now()))
        return await self._send(carrier, claimed) if claimed else 0

    async def _send(self, carrier: Carrier[P], claimed: Sequence[Row]) -> int:
        """Every row is marked or given back, whatever happens short of a crash."""
        open_rows = list(claimed)
        sent = 0
        try:
            ready = await self._worded(claimed, open_rows)
            if ready:
                async with carrier.line() as line:
                    self._failures = 0
                    ends = monotonic() + ENOUGH
                    for first in range(0, len(ready), carrier.at_once):
                        if monotonic() > ends or not line.is_open:
                            break
                        some = ready[first : first + carrier.at_once]
                        for row, _ in some:
                            open_rows.remove(row)
                        sent += sum(await asyncio.gather(*(self._one(line, *each) for each in some)))
        except Unreachable as error:
            self._rest(carrier, str(error))
        finally:
            if open_rows:
                await asyncio.shield(self._aside(lambda conn: queue.release(conn, open_rows, self._now())))
        return sent

    async def _worded(self, claimed: Sequence[Row], open_rows: list[Row]) -> list[tuple[Row, P]]:
        """Messages in words; those that have become pointless or cannot be written are marked."""

        def compose(conn: Connection) -> list[P | str | Exception]:
            return [self._try(conn, row) for row in claimed]

        ready = []
        for row, message in zip(claimed, await self._read(compose), strict=True):
            if isinstance(message, str):
                await self._settle(row, queue.DROPPED, message)
            elif isinstance(message, Exception):
                await self._put_off(row, fault(message))
            else:
                ready.append((row, message))
                continue
            open_rows.remove(row)
        return ready

    def _try(self, conn: Connection, row: Row) -> P | str | Exception:
        try:
            return self._compose(conn, row)
        except Exception as error:  # one message that cannot be written must not stop the others
            _puzzled("a message could not be written", row, error)
            return error

    async def _one(self, line: Line[P], row: Row, message: P) -> int:
        """Hand one message over and mark what became of it. Raises LedgerUnavailable."""
        try:
            await line.hand_over(message, row, self._now())
        except NoAddress:
            await self._settle(row, queue.FAILED, "NoAddress")
        except Refused as error:
            if error.lasting:
                await self._settle(row, queue.FAILED, str(error))
            else:
                await self._put_off(row, str(error))
        except Unreachable as error:
            await self._put_off(row, str(error))
        except Exception as error:  # nor must one that nobody knows how to hand over
            _puzzled("a message could not be handed over", row, error)
            await self._put_off(row, fault(error))
        else:
            await self._settle(row, queue.SENT, "")
            return 1
        return 0

    async def _settle(self, row: Row, state: str, error: str) -> None:
        def settle(conn: Connection) -> None:
            if queue.settle(conn, row, state, error, self._now()):
                self._ended(conn, row)

        await self._marked(settle)
        say = log.warning if state == queue.FAILED else log.info
        say(f"message {state}", **_about(row), **({"why": error} if error else {}))

    async def _put_off(self, row: Row, error: str) -> None:
        def put_off(conn: Connection) -> None:
            if queue.put_off(conn, row, error, self._now()) and row["attempts"] >= queue.ATTEMPTS:
                self._ended(conn, row)

        await self._marked(put_off)
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

    def _rest(self, carrier: Carrier[P], error: str) -> None:
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        self._rest_until = monotonic() + pause
        log.warning(f"the {carrier.name} cannot be reached", why=error, again_in=pause)

    async def _say_none_is_set(self) -> None:
        if monotonic() - self._said < REPEAT:
            return
        business = self._business_now()
        waiting = await self._read(lambda conn: queue.waiting(conn, business))
        if waiting:
            self._said = monotonic()
            log.warning("no mail server is set (mail_host): messages stay queued", waiting=waiting)


def _puzzled(what: str, row: Row, error: Exception) -> None:
    """Log where it went wrong, without the text of the error: it may quote what is personal."""
    place = extract_tb(error.__traceback__)[-1]
    log.error(what, **_about(row), why=fault(error), where=f"{Path(place.filename).name}:{place.lineno}")


def _about(row: Row) -> dict[str, Any]:
    names = {"message": "id", "hall": "hall", "template": "template", "attempt": "attempts"}
    return {name: row[column] for name, column in names.items()}
