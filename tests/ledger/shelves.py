"""A toy hall that does not hold everything: parcels on shelves, brought from their rows when wanted."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Engine, func, select
from sqlmodel import Field

from qms.kernel.event import Command, Event, Recorded
from qms.kernel.refusal import Refusal
from qms.ledger.aggregate import Aggregate, Drop, Put
from qms.ledger.orders import Order
from qms.ledger.setups import Setups
from qms.ledger.tables import table_of
from qms.ledger.writer import Writer
from tests.ledger.make import HALL, VAULT, SetClock
from tests.ledger.toy import ToyModel


class ParcelRow(ToyModel, table=True):
    """Mirror row of what one event put on a shelf, or took from it."""

    __tablename__ = "toy_parcel"

    hall: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    shelf: str
    apples: int = Field(sa_column=Column(BigInteger, nullable=False))


PARCEL = table_of(ParcelRow)


@dataclass(frozen=True, slots=True)
class Moved(Event):
    """Apples put on a shelf; fewer than none: taken from it."""

    shelf: str
    apples: int


@dataclass(frozen=True, slots=True)
class PutAway(Event):
    """A shelf need not be at hand any longer; what lies on it stays."""

    shelf: str


@dataclass(frozen=True, slots=True)
class Clear(Command):
    """Needs nothing, and puts a shelf away."""

    shelf: str


@dataclass(frozen=True, slots=True)
class Bring(Command):
    """Needs nothing: whoever brings apples may leave them."""

    shelf: str
    apples: int = 1


@dataclass(frozen=True, slots=True)
class Take(Command):
    """Needs the shelf, and is refused where it does not hold so many."""

    shelf: str
    apples: int = 1


@dataclass(frozen=True, slots=True)
class See(Command):
    """Needs the shelves, and does nothing."""

    shelves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stumble(Command):
    """Needs a shelf, and then goes wrong."""

    shelf: str


@dataclass
class Shelves:
    """Apples by shelf, for the shelves that are at hand."""

    hall: str
    apples: dict[str, int] = field(default_factory=dict)
    cleared: int = 0


def apply(draft: Shelves, recorded: Recorded) -> None:
    match recorded.body:
        case Moved(shelf=shelf, apples=apples) if shelf in draft.apples:
            draft.apples[shelf] += apples
        case PutAway(shelf=shelf):
            draft.cleared += 1
            draft.apples.pop(shelf, None)


def decide(state: Shelves, command: Command, now: datetime) -> Sequence[Event] | Refusal:
    match command:
        case Bring(shelf=shelf, apples=apples):
            return [Moved(shelf, apples)]
        case Clear(shelf=shelf):
            return [PutAway(shelf)]
        case Take(shelf=shelf, apples=apples):
            return [Moved(shelf, -apples)] if state.apples[shelf] >= apples else Refusal("too_few")
        case Stumble(shelf=shelf):
            assert shelf in state.apples
            raise RuntimeError("stumbled")
    return []


def needs(state: Shelves, command: Command | None, now: datetime) -> set[str]:
    match command:
        case Take(shelf=shelf) | Stumble(shelf=shelf):
            return {shelf} - state.apples.keys()
        case See(shelves=shelves):
            return set(shelves) - state.apples.keys()
    return set()


def project(state: Shelves, recorded: Recorded) -> Iterable[Put | Drop]:
    match recorded.body:
        case Moved(shelf=shelf, apples=apples):
            moved = {"shelf": shelf, "apples": apples}
            yield Put(ParcelRow, {"hall": state.hall, "seq": recorded.seq, **moved})


def read(conn: Connection, hall: str, shelves: Iterable[str]) -> dict[str, int]:
    """What the rows say of these shelves."""
    total = select(func.coalesce(func.sum(PARCEL.c.apples), 0)).where(PARCEL.c.hall == hall)
    return {
        shelf: int(conn.execute(total.where(PARCEL.c.shelf == shelf)).scalar_one()) for shelf in shelves
    }


def load(draft: Shelves, brought: Mapping[str, int]) -> None:
    draft.apples.update(brought)


def shelves(fetched: list[str] | None = None, **changed: Any) -> Aggregate[Shelves]:
    """The toy's functions; `fetched` gathers the shelves that were read. A test may change some."""

    def fetch(conn: Connection, hall: str, wanted: set[str]) -> dict[str, int]:
        if fetched is not None:
            fetched.extend(sorted(wanted))
        return read(conn, hall, wanted)

    parts: dict[str, Any] = {
        "new": lambda hall, version_of: Shelves(hall),
        "draft": lambda state: replace(state, apples=dict(state.apples)),
        "apply": apply,
        "decide": decide,
        "due": lambda state, now, pending: (),
        "day_of": lambda state, at: date(at.year, at.month, at.day),
        "project": project,
        "events": (Moved, PutAway),
        "needs": needs,
        "fetch": fetch,
        "load": load,
    }
    return Aggregate(**(parts | changed))


@asynccontextmanager
async def storing(
    engine: Engine, toy: Aggregate[Shelves] | None = None, clock: SetClock | None = None
) -> AsyncIterator[Writer[Shelves]]:
    """A started writer with a hall of shelves."""
    writer = Writer(engine, toy or shelves(), clock or SetClock(), VAULT, Setups(engine, int))
    await writer.start()
    try:
        await writer.aside(lambda conn: ParcelRow.metadata.create_all(conn))
        await writer.add_hall(HALL)
        yield writer
    finally:
        await writer.stop()


def ask(command: Command) -> Order[Shelves]:
    return Order(hall=HALL, command=command, actor="tester", reply=lambda state, events: {})


def at_hand(writer: Writer[Shelves]) -> dict[str, int]:
    """Apples by shelf, as published."""
    state = writer.state(HALL)
    assert state is not None
    return state.apples


def in_rows(engine: Engine, names: Iterable[str]) -> dict[str, int]:
    """Apples by shelf, as the rows have them."""
    with engine.connect() as conn:
        return read(conn, HALL, names)
