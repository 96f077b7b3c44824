"""The writer: the only door through which a hall's log grows."""

import asyncio
import logging
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import SQLAlchemyError

from qms.kernel.clock import Clock
from qms.kernel.refusal import Refusal
from qms.ledger.aggregate import Aggregate, S
from qms.ledger.answers import prune_answers
from qms.ledger.batch import Tick, Tools
from qms.ledger.codec import Codec
from qms.ledger.engine import announce, database_file, insert_missing, is_sqlite
from qms.ledger.fold import Head
from qms.ledger.lanes import Lanes
from qms.ledger.lock import ServerLock
from qms.ledger.lookout import Lookout
from qms.ledger.orders import Answer, Health, LedgerUnavailable, Order, Published
from qms.ledger.reader import HEAD, heads
from qms.ledger.runner import Aside, Delivery, Job, Lined, Look, Runner
from qms.ledger.setups import Setups
from qms.ledger.vault import Vault

T = TypeVar("T")
log = logging.getLogger("qms.ledger")
THREADS = 8
"""Halls that are written at the same time on PostgreSQL."""
PRUNE_EVERY = 600.0
"""Seconds between prunings of old answers."""


class Writer(Generic[S]):
    """Takes orders, commits them in groups, and publishes each hall's new state.

    All methods are for the event loop on which `start` ran. Published states are never changed.
    An embedded database has one writer: `start` raises AlreadyServed beside another one.
    """

    def __init__(
        self, engine: Engine, aggregate: Aggregate[S], clock: Clock, vault: Vault, setups: Setups[Any]
    ) -> None:
        codec = Codec(aggregate.events, aggregate.upcasters)
        tools = Tools(aggregate, codec, vault, setups, clock.now)
        self.codec = codec
        self._engine, self._aggregate, self._clock = engine, aggregate, clock
        self._one_lane = is_sqlite(engine)
        self._runner: Runner[S] = Runner(tools, engine, self._hand_over)
        self._lanes: Lanes[Lined] = Lanes(1 if self._one_lane else THREADS, self._runner.run)
        self._lookout = Lookout(engine, self._behind, self._housekeeping)
        file = database_file(engine)
        self._lock = ServerLock(file) if file is not None else None
        self._published: dict[str, S] = {}
        self._watchers: list[Callable[[Published[S]], None]] = []
        self._loop: AbstractEventLoop | None = None
        self._gathered: list[tuple[str, Lined]] = []
        self._pruned = monotonic() - PRUNE_EVERY

    async def start(self) -> None:
        """Read every hall's log and begin to serve; raises LedgerUnavailable, AlreadyServed."""
        self._loop = asyncio.get_running_loop()
        if self._lock is not None:
            self._lock.take()
        self._lanes.start()
        try:
            known = await asyncio.to_thread(self._heads)
            await asyncio.gather(*(self._put(Look(hall), hall) for hall in known))
        except BaseException:
            await self._close()
            raise
        self._lookout.start()

    async def stop(self) -> None:
        """Take no more orders, finish those taken, answer them."""
        self._lookout.stop()
        await asyncio.to_thread(self._lookout.join)
        await self._close()

    async def execute(self, order: Order[S]) -> Answer[S] | Refusal:
        """Carry out an order: durable when this returns an answer.

        Refuses `not_found` for an unknown hall and `key_reused` for a key that came with another
        body; else as the aggregate decides. Raises LedgerUnavailable where the database did not
        take it or nobody knows; what went wrong inside the aggregate is raised as it is.
        """
        outcome: Answer[S] | Refusal = await self._put(order, order.hall)
        return outcome

    async def aside(self, work: Callable[[Connection], T]) -> T:
        """A small write in a transaction of its own, without events; raises LedgerUnavailable."""
        value: T = await self._put(Aside(work), "")
        return value

    async def tick(self, hall: str) -> None:
        """Record what time alone has brought about in a hall, if anything."""
        state = self._published.get(hall)
        if state is None:
            return
        now = self._clock.now()
        if self._aggregate.needs(state, None, now) or self._aggregate.due(state, now, False):
            await self._put(Tick(hall), hall)

    async def add_hall(self, hall: str) -> None:
        """Begin the log of a hall whose first set-up was stored; a hall already there stays as it is."""
        row = Head().row(hall)
        await self.aside(lambda conn: conn.execute(insert_missing(conn.dialect.name, HEAD), row).close())
        await self._put(Look(hall), hall)
        with suppress(SQLAlchemyError):  # the others look once a second anyway
            await asyncio.to_thread(announce, self._engine, hall, 0)

    def state(self, hall: str) -> S | None:
        """The latest published state; None for a hall that is unknown or not served."""
        return None if hall in self._runner.stopped else self._published.get(hall)

    def halls(self) -> Sequence[str]:
        """Halls that are served, in alphabetical order."""
        return sorted(self._published.keys() - self._runner.stopped.keys())

    def watch(self, fn: Callable[[Published[S]], None]) -> None:
        """Have `fn` called on the event loop after every commit and every catch-up, hall by hall in order."""
        self._watchers.append(fn)

    def health(self) -> Health:
        """For `/readyz`: whether the database takes writes, which halls are not served, whose clock is off."""
        taken = self._lookout.alive and not self._runner.failing
        return Health(taken, dict(self._runner.stopped), self._lookout.skew)

    def _heads(self) -> list[str]:
        try:
            with self._engine.connect() as conn:
                return list(heads(conn))
        except SQLAlchemyError as error:
            raise LedgerUnavailable((str(error).splitlines() or [""])[0]) from error

    async def _close(self) -> None:
        self._line_up()
        await asyncio.to_thread(self._lanes.close)
        if self._lock is not None:
            self._lock.release()

    def _put(self, job: Job, hall: str) -> Future[Any]:
        if self._loop is None:
            raise LedgerUnavailable("the writer has not started")
        future: Future[Any] = self._loop.create_future()
        if not self._gathered:
            self._loop.call_soon(self._line_up)
        self._gathered.append(("" if self._one_lane else hall, (job, future)))
        return future

    def _line_up(self) -> None:
        """Hand over what came in during one turn of the loop, so that it is one batch and not many small ones."""
        gathered, self._gathered = self._gathered, []
        for lane, lined in gathered:
            if not self._lanes.put(lane, lined) and not lined[1].done():
                lined[1].set_exception(LedgerUnavailable("the writer has stopped"))

    def _hand_over(self, delivery: Delivery) -> None:
        """From a lane's thread to the event loop."""
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop is gone, and with it everyone who waited
            self._loop.call_soon_threadsafe(self._receive, delivery)

    def _receive(self, delivery: Delivery) -> None:
        for published in delivery.published:
            self._published[published.hall] = published.state
            for fn in self._watchers:
                try:
                    fn(published)
                except Exception:
                    log.exception("a watcher failed")
        for future, outcome in delivery.settled:
            if future is None or future.done():
                continue
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    def _behind(self, hall: str, seq: int) -> None:
        """On the lookout's thread: the log is known to reach `seq`."""
        held = self._runner.held.get(hall)
        if hall not in self._runner.stopped and (held is None or held.head.seq != seq):
            self._lanes.put("" if self._one_lane else hall, (Look(hall), None))

    def _housekeeping(self) -> None:
        """On the lookout's thread, once a second: see whether a database that failed takes writes again."""
        if self._runner.failing:
            self._lanes.put("", (Aside(_touch), None))
        elif monotonic() - self._pruned >= PRUNE_EVERY:
            self._pruned = monotonic()
            self._lanes.put("", (Aside(lambda conn: prune_answers(conn, datetime.now(UTC))), None))


def _touch(conn: Connection) -> None:
    conn.execute(update(HEAD).values(at=HEAD.c.at).where(HEAD.c.seq >= 0))
