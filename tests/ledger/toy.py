"""A toy hall for the ledger's tests: a stock of apples, sold one by one, counted afresh each day."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from qms.kernel.clock import business_day, day_start
from qms.kernel.event import Command, Event, Recorded
from qms.kernel.refusal import Refusal
from qms.ledger.aggregate import Aggregate, Drop, Put

WARSAW = ZoneInfo("Europe/Warsaw")
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


class ToyModel(SQLModel, registry=registry()):
    """Keeps the toy's table out of the product's metadata."""


class AppleRow(ToyModel, table=True):
    """Mirror row of an apple sold."""

    __tablename__ = "toy_apple"
    __table_args__ = (CheckConstraint("buyer <> 'snake'"),)

    hall: str = Field(primary_key=True)
    apple: int = Field(primary_key=True)
    buyer: str = Field(max_length=200)


@dataclass(frozen=True, slots=True)
class DayBegan(Event):
    STARTS_FOLD: ClassVar[bool] = True

    stock: int
    sold: int


@dataclass(frozen=True, slots=True)
class DayEnded(Event):
    at: datetime


@dataclass(frozen=True, slots=True)
class Sold(Event):
    apple: int
    buyer: str


@dataclass(frozen=True, slots=True)
class Returned(Event):
    apple: int


@dataclass(frozen=True, slots=True)
class Buy(Command):
    buyer: str


@dataclass(frozen=True, slots=True)
class GiveBack(Command):
    apple: int


@dataclass(frozen=True, slots=True)
class Break(Command):
    """Goes wrong: in `decide`, in `apply`, in `project`, or only in the `database`."""

    where: str


@dataclass(frozen=True, slots=True)
class Broken(Event):
    where: str


@dataclass
class Apples:
    hall: str
    stock: int
    day: date | None = None
    sold: int = 0
    buyers: dict[int, str] = field(default_factory=dict)


def draft(state: Apples) -> Apples:
    return replace(state, buyers=dict(state.buyers))


def apply(state: Apples, recorded: Recorded) -> None:
    match recorded.body:
        case DayBegan(stock=stock, sold=sold):
            state.stock, state.sold, state.day, state.buyers = stock, sold, recorded.day, {}
        case DayEnded():
            state.day = None
        case Sold(apple=apple, buyer=buyer):
            state.stock -= 1
            state.sold = apple
            state.buyers[apple] = buyer
        case Returned(apple=apple):
            state.stock += 1
            del state.buyers[apple]
        case Broken(where=where):
            state.stock = -1_000_000
            if where == "apply":
                raise RuntimeError("apply")


def decide(state: Apples, command: Command, now: datetime) -> Sequence[Event] | Refusal:
    match command:
        case Buy(buyer=buyer):
            return [Sold(state.sold + 1, buyer)] if state.stock > 0 else Refusal("sold_out")
        case GiveBack(apple=apple):
            return [Returned(apple)] if apple in state.buyers else Refusal("not_sold")
        case Break(where="decide"):
            raise RuntimeError("decide")
        case Break(where="database"):
            return [Sold(2**63, "too big")]
        case Break(where=where):
            return [Broken(where)]
    raise AssertionError(command)


def due(state: Apples, now: datetime, pending: bool) -> Sequence[tuple[datetime, Event]]:
    if state.day is not None:
        ends = day_start(state.day + timedelta(days=1), WARSAW, time(0))
        return [(ends, DayEnded(ends))] if now >= ends else []
    return [(now, DayBegan(state.stock, state.sold))] if pending else []


def project(state: Apples, recorded: Recorded) -> Iterable[Put | Drop]:
    match recorded.body:
        case Sold(apple=apple, buyer=buyer):
            yield Put(AppleRow, {"hall": state.hall, "apple": apple, "buyer": buyer})
        case Returned(apple=apple):
            yield Drop(AppleRow, {"hall": state.hall, "apple": apple})
        case Broken(where="project"):
            raise RuntimeError("project")


def aggregate(**changed: Any) -> Aggregate[Apples]:
    """The toy's functions; a test may change some."""

    def new(hall: str, version_of: Callable[[int], Any]) -> Apples:
        return Apples(hall, version_of(1))

    def day_of(state: Apples, at: datetime) -> date:
        return state.day or business_day(at, WARSAW, time(0))

    parts: dict[str, Any] = {
        "new": new,
        "draft": draft,
        "apply": apply,
        "decide": decide,
        "due": due,
        "day_of": day_of,
        "project": project,
        "events": (DayBegan, DayEnded, Sold, Returned, Broken),
    }
    return Aggregate(**(parts | changed))
