"""Writers, orders and clocks for the ledger's tests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select

from qms.kernel.event import Command, Recorded
from qms.ledger import setups
from qms.ledger.aggregate import Aggregate
from qms.ledger.chain import check
from qms.ledger.codec import Codec
from qms.ledger.orders import Answer, Key, Order, Private
from qms.ledger.reader import events_after
from qms.ledger.setups import Setups
from qms.ledger.vault import Vault
from qms.ledger.writer import Writer
from tests.ledger.toy import NOON, AppleRow, Apples, Buy, Sold, aggregate

HALL = "orchard"
VAULT = Vault([b"a secret of thirty-two bytes or more"])


class SetClock:
    """Business time that stands where it is set."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def make_writer(engine: Engine, clock: Any = None, toy: Aggregate[Apples] | None = None) -> Writer[Apples]:
    return Writer(engine, toy or aggregate(), clock or SetClock(), VAULT, Setups(engine, int))


async def open_hall(writer: Writer[Apples], stock: int = 100, hall: str = HALL) -> None:
    """Store the hall's stock as its set-up and begin its log."""

    def prepare(conn: Any) -> None:
        AppleRow.metadata.create_all(conn)
        setups.store(conn, hall, str(stock), "tester")

    await writer.aside(prepare)
    await writer.add_hall(hall)


@asynccontextmanager
async def serving(
    engine: Engine, clock: Any = None, toy: Aggregate[Apples] | None = None, stock: int | None = 100
) -> AsyncIterator[Writer[Apples]]:
    """A started writer; with a hall unless `stock` is None."""
    writer = make_writer(engine, clock, toy)
    await writer.start()
    try:
        if stock is not None:
            await open_hall(writer, stock)
        yield writer
    finally:
        await writer.stop()


def told(state: Apples, events: Sequence[Recorded]) -> dict[str, Any]:
    """The reply of every order here: the apple's number and what is left."""
    sold = [recorded.body.apple for recorded in events if isinstance(recorded.body, Sold)]
    return {"apple": sold[-1] if sold else 0, "left": state.stock}


def order(
    command: Command,
    key: str | None = None,
    *,
    hall: str = HALL,
    digest: str = "body",
    reply: Callable[[Apples, Sequence[Recorded]], dict[str, Any]] = told,
    private: Private | None = None,
) -> Order[Apples]:
    named = None if key is None else Key("tester:/buy", key, digest)
    return Order(hall=hall, command=command, actor="tester", reply=reply, key=named, private=private)


async def buy(writer: Writer[Apples], buyer: str = "eve", key: str | None = None) -> Answer[Apples]:
    answer = await writer.execute(order(Buy(buyer), key))
    assert isinstance(answer, Answer), answer
    return answer


@contextmanager
def commits(engine: Engine, act: Callable[[Callable[[], None]], None]) -> Iterator[None]:
    """Have `act` stand in for every commit of the driver; it is given the real one."""
    real = engine.dialect.do_commit
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.dialect, "do_commit", lambda conn: act(lambda: real(conn)))
        yield


def new_key() -> str:
    return uuid4().hex


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that happens by itself."""
    end = monotonic() + seconds
    while not holds():
        assert monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


def log_of(engine: Engine, hall: str = HALL) -> list[Recorded]:
    codec = Codec(aggregate().events, {})
    with engine.connect() as conn:
        return events_after(conn, codec, hall, 0, 100_000)


def sales(engine: Engine) -> list[tuple[int, str]]:
    """Apples and buyers, as the log has them."""
    return [(r.body.apple, r.body.buyer) for r in log_of(engine) if isinstance(r.body, Sold)]


def mirrored(engine: Engine) -> list[tuple[int, str]]:
    """Apples and buyers, as the mirror rows have them."""
    with engine.connect() as conn:
        rows = conn.execute(select(AppleRow.apple, AppleRow.buyer).order_by(AppleRow.apple))  # type: ignore[call-overload]
        return [(row.apple, row.buyer) for row in rows]


def faults(engine: Engine) -> list[Any]:
    with engine.connect() as conn:
        return check(conn, HALL)
