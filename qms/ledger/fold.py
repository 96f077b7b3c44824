"""A hall's state carried forward, event by event, upon a private draft."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic

from qms.kernel.event import Event, Recorded
from qms.ledger.aggregate import Aggregate, Drop, Put, S
from qms.ledger.codec import GENESIS, Codec, Row, cut, instant_text
from qms.ledger.mirror import check_put
from qms.ledger.orders import ChainBroken

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK = "clock"
"""The actor of what time alone brought about."""
PATIENCE = 16
"""So many times `due` is asked before it is taken to be wrong."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log ends: the last event's number, hash and instant; a fold begins at `fold_from`."""

    seq: int = 0
    hash: str = GENESIS
    at: datetime = BEGINNING
    fold_from: int = 1

    @classmethod
    def of(cls, row: Row) -> "Head":
        at = datetime.fromisoformat(row["at"])
        return cls(row["seq"], row["hash"], at, row["fold_from"])

    def row(self, hall: str) -> dict[str, Any]:
        at = instant_text(self.at)
        return {"hall": hall, "seq": self.seq, "hash": self.hash, "fold_from": self.fold_from, "at": at}


@dataclass(frozen=True, slots=True)
class Held(Generic[S]):
    """A state and the head at which it stands; neither is ever changed."""

    head: Head
    state: S


@dataclass(frozen=True, slots=True)
class Mark:
    """A point to go back to."""

    head: Head
    events: int
    rows: int
    puts: int
    brought: int
    touches: int


def _at_hand() -> None:
    pass


class Fold(Generic[S]):
    """One hall in one transaction: what it held, and what was added on a draft of it."""

    def __init__(self, aggregate: Aggregate[S], codec: Codec, hall: str, base: Held[S]) -> None:
        self.hall, self.head, self.state = hall, base.head, base.state
        self.events: list[Recorded] = []
        self.rows: list[dict[str, Any]] = []
        self.puts: list[Put | Drop] = []
        self._aggregate, self._codec, self._base = aggregate, codec, base
        self.written = 0
        """So many of the puts are rows already."""
        self._brought: list[tuple[int, Any]] = []
        self._touches = 0

    @property
    def held(self) -> Held[S]:
        return Held(self.head, self.state)

    def follow(self, rows: Iterable[Row]) -> None:
        """Carry in what the log holds beyond the head; raises LogUnreadable."""
        for row in rows:
            recorded = self._codec.recorded(row)
            if row["seq"] != self.head.seq + 1 or row["prev"] != self.head.hash:
                raise ChainBroken(f"{self.hall} {row['seq']}: does not follow on {self.head.seq}")
            self._carry(recorded, row["hash"])

    def bring(self, brought: Any) -> None:
        """Load what was read from rows that mirror every event so far."""
        self._touch()
        self._brought.append((len(self.events), brought))
        self._aggregate.load(self.state, brought)

    def advance(
        self, now: datetime, pending: bool, correlation: str = "", ready: Callable[[], None] = _at_hand
    ) -> None:
        """Append what time has brought about by `now`; `ready` sees to it that all is at hand, each time."""
        for _ in range(PATIENCE):
            ready()
            due = self._aggregate.due(self.state, now, pending)
            if not due:
                return
            for at, event in due:
                self.append(event, at, CLOCK, correlation)
        raise RuntimeError(f"{self.hall}: time brings about ever more events")

    def append(self, event: Event, at: datetime, actor: str, correlation: str) -> Recorded:
        """Add a new event: encode it once, carry it in, note the rows that mirror it."""
        at = max(cut(at), self.head.at)
        day = self._aggregate.day_of(self.state, at)
        recorded = Recorded(self.hall, self.head.seq + 1, at, day, actor, correlation, event)
        row = self._codec.row(recorded, self.head.hash)
        self._carry(recorded, row["hash"])
        self.rows.append(row)
        for put in self._aggregate.project(self.state, recorded):
            check_put(put)
            self.puts.append(put)
        return recorded

    def mark(self) -> Mark:
        return Mark(
            self.head, len(self.events), len(self.rows), len(self.puts), len(self._brought), self._touches
        )

    def back_to(self, mark: Mark) -> None:
        """Undo all since the mark. A draft that was touched is made anew from what was held."""
        self.head = mark.head
        del self.events[mark.events :], self.rows[mark.rows :], self.puts[mark.puts :]
        del self._brought[mark.brought :]
        if self._touches != mark.touches:
            self._rebuild()

    def _rebuild(self) -> None:
        if not self.events and not self._brought:
            self.state, self._touches = self._base.state, 0
            return
        self.state = self._aggregate.draft(self._base.state)
        done = 0
        for after, brought in self._brought:
            for recorded in self.events[done:after]:
                self._aggregate.apply(self.state, recorded)
            self._aggregate.load(self.state, brought)
            done = after
        for recorded in self.events[done:]:
            self._aggregate.apply(self.state, recorded)

    def _touch(self) -> None:
        if not self._touches:
            self.state = self._aggregate.draft(self._base.state)
        self._touches += 1

    def _carry(self, recorded: Recorded, hash: str) -> None:
        self._touch()
        self._aggregate.apply(self.state, recorded)
        starts = recorded.seq if type(recorded.body).STARTS_FOLD else self.head.fold_from
        self.head = Head(recorded.seq, hash, recorded.at, starts)
        self.events.append(recorded)


def before(head: Head, prev: str) -> Head:
    """The head just before a fold begins, given the hash that the first event names."""
    return replace(head, seq=head.fold_from - 1, hash=prev, at=BEGINNING)
