"""Runs a lane's jobs in transactions, and knows what to say when the database does not play along."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from qms.ledger.aggregate import S
from qms.ledger.batch import Batch, Tick, Tools
from qms.ledger.engine import announce, is_gone, writing
from qms.ledger.fold import Held
from qms.ledger.orders import LedgerUnavailable, Order, Published

log = logging.getLogger("qms.ledger")
TOGETHER = 256
"""At most so many orders in one transaction, so that nobody waits long behind a crowd."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A small write of its own, in its own transaction."""

    work: Callable[[Connection], Any]


@dataclass(frozen=True, slots=True)
class Look:
    """Catch up with what other processes have written to a hall."""

    hall: str


Job = Order[Any] | Tick | Aside | Look
Lined = tuple[Job, Any]
"""A job and whatever its caller is found again by."""


class OutcomeUnknown(Exception):  # noqa: N818
    """The commit was sent and nothing came back."""


@dataclass
class Delivery:
    """What a lane hands over in one go: first the states, then each caller's value or exception."""

    published: list[Published[Any]] = field(default_factory=list)
    settled: list[tuple[Any, Any]] = field(default_factory=list)


def is_outage(error: Exception) -> bool:
    """Whether the fault is the database's, not one order's."""
    if isinstance(error, DBAPIError):
        return is_gone(error)
    return isinstance(error, OutcomeUnknown | PoolTimeout)


class Runner(Generic[S]):
    """Settles every job, whatever happens. `held` is what this process knows, touched by lanes only."""

    def __init__(self, tools: Tools[S], engine: Engine, deliver: Callable[[Delivery], None]) -> None:
        self._tools, self._engine, self._deliver = tools, engine, deliver
        self._writing = writing(engine)
        self.held: dict[str, Held[S]] = {}
        self.stopped: dict[str, str] = {}
        self.failing = False
        """True from a write that the database did not take to the next one that it took."""

    def run(self, _lane: str, jobs: Sequence[Lined]) -> None:
        """Serve what has gathered in a lane: orders together, everything else one by one."""
        orders = [lined for lined in jobs if isinstance(lined[0], Order | Tick)]
        for start in range(0, len(orders), TOGETHER):
            self._orders(orders[start : start + TOGETHER])
        for job, caller in jobs:
            if isinstance(job, Aside):
                self._guarded([(job, caller)], self._aside)
            elif isinstance(job, Look):
                self._guarded([(job, caller)], self._look)

    def _orders(self, lined: Sequence[Lined]) -> None:
        try:
            self._together(lined)
        except Exception as error:
            if is_outage(error):
                self._fail(lined, error)
                return
            log.info("a batch of %d was refused (%s): one by one", len(lined), type(error).__name__)
            self._one_by_one(lined)

    def _one_by_one(self, lined: Sequence[Lined]) -> None:
        """Find the culprit: everyone else gets through. In an outage the rest need not try."""
        for place, single in enumerate(lined):
            try:
                self._together([single])
            except Exception as error:
                if is_outage(error):
                    self._fail(lined[place:], error)
                    return
                self._fail([single], error)

    def _together(self, lined: Sequence[Lined]) -> None:
        orders = [job for job, _ in lined if isinstance(job, Order | Tick)]
        with self._writing.connect() as conn, conn.begin() as transaction:
            batch = Batch(self._tools, conn, self.held)
            batch.open([order.hall for order in orders if order.hall not in self.stopped], lock=True)
            batch.stopped.update(self.stopped)
            verdicts = batch.carry(orders)
            grown = batch.write()
            if batch.changed:
                self._commit(conn, transaction)
            else:
                transaction.rollback()
        delivery = self._adopt(batch)
        outcomes = batch.outcomes(orders, verdicts)
        delivery.settled = [(caller, outcome) for (_, caller), outcome in zip(lined, outcomes, strict=True)]
        self._deliver(delivery)
        for hall, seq in grown:
            with suppress(SQLAlchemyError):
                announce(self._engine, hall, seq)

    def _commit(self, conn: Connection, transaction: RootTransaction) -> None:
        try:
            transaction.commit()
        except IntegrityError:
            raise  # a constraint checked at the end: rolled back for certain
        except Exception as error:
            conn.invalidate()
            raise OutcomeUnknown from error
        self.failing = False

    def _adopt(self, batch: Batch[S]) -> Delivery:
        """Make a batch's states this process's own; what the database did not keep never gets here."""
        self.stopped.update(batch.stopped)
        delivery = Delivery()
        for hall, fold in batch.folds.items():
            held = self.held.get(hall)
            if held is None or held.state is not fold.state:
                self.held[hall] = fold.held
                delivery.published.append(Published(hall, fold.state, tuple(fold.events)))
        return delivery

    def _look(self, lined: Lined) -> None:
        job, caller = lined
        assert isinstance(job, Look)
        with self._engine.connect() as conn:
            batch = Batch(self._tools, conn, self.held)
            batch.open([job.hall], lock=False)
        delivery = self._adopt(batch)
        delivery.settled = [(caller, None)]
        self._deliver(delivery)

    def _aside(self, lined: Lined) -> None:
        job, caller = lined
        assert isinstance(job, Aside)
        with self._writing.connect() as conn, conn.begin() as transaction:
            value = job.work(conn)
            self._commit(conn, transaction)
        self._deliver(Delivery(settled=[(caller, value)]))

    def _guarded(self, lined: Sequence[Lined], serve: Callable[[Lined], None]) -> None:
        try:
            serve(lined[0])
        except Exception as error:
            self._fail(lined, error)

    def _fail(self, lined: Sequence[Lined], error: Exception) -> None:
        outcome = error
        if is_outage(error):
            self.failing = True
            cause = error.__cause__ or error
            log.warning("the database did not take it: %s", type(cause).__name__)
            outcome = LedgerUnavailable((str(cause).splitlines() or [""])[0])
        self._deliver(Delivery(settled=[(caller, outcome) for _, caller in lined]))
