"""Orders carried through one transaction: decided, folded, answered, written."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from qms.kernel.event import Command
from qms.kernel.refusal import Refusal
from qms.ledger.aggregate import Aggregate, S
from qms.ledger.answers import Kept, Name, answer_row, find_answers
from qms.ledger.codec import Codec, cut, instant_text
from qms.ledger.fold import PATIENCE, Fold, Head, Held, before
from qms.ledger.mirror import write_mirror
from qms.ledger.orders import Answer, ChainBroken, HallStopped, LogUnreadable, Order
from qms.ledger.persons import Stored, seal_person
from qms.ledger.reader import heads, rows_after
from qms.ledger.setups import Setups
from qms.ledger.vault import Vault
from qms.ledger.writes import write_log

STRICT = (
    orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
)


@dataclass(frozen=True, slots=True)
class Tick:
    """Ask a hall what time alone has brought about."""

    hall: str


Outcome = Answer[S] | Refusal | Exception | None
Verdict = tuple[dict[str, Any], int, bool] | Refusal | Exception | None
"""As an outcome, before the published state is known: body, seq, replayed."""


@dataclass(frozen=True)
class Tools(Generic[S]):
    """What every batch works with."""

    aggregate: Aggregate[S]
    codec: Codec
    vault: Vault
    setups: Setups[Any]
    now: Callable[[], datetime]


class Batch(Generic[S]):
    """One transaction's work. `open` and `carry` read and think; `write` puts it all down.

    What goes wrong with one order is that order's outcome. What the database says is raised, and so is
    what went wrong when rows were written that the order must not leave behind.
    `stopped` gathers halls whose log cannot be read.
    """

    def __init__(self, tools: Tools[S], conn: Connection, held: Mapping[str, Held[S]]) -> None:
        self._tools, self._conn, self._held = tools, conn, held
        self.folds: dict[str, Fold[S]] = {}
        self.stopped: dict[str, str] = {}
        self.changed = False
        """Whether there is anything to commit."""
        self._kept: dict[Name, Kept] = {}
        self._answers: list[dict[str, Any]] = []
        self._persons: list[Stored] = []

    def open(self, halls: Sequence[str], lock: bool) -> None:
        """Bring the halls up to where the database stands, and keep it there if `lock`."""
        for hall, head in heads(self._conn, sorted(set(halls)), lock).items():
            try:
                self.folds[hall] = self._caught_up(hall, head)
            except DBAPIError:
                raise
            except Exception as error:
                # A log that cannot be followed, for whatever reason, is not served: skipping would be a lie.
                self.stopped[hall] = str(error) if isinstance(error, LogUnreadable) else repr(error)

    def _caught_up(self, hall: str, head: Head) -> Fold[S]:
        held = self._held.get(hall)
        if held is not None and held.head.seq <= head.seq:
            fold = Fold(self._tools.aggregate, self._tools.codec, hall, held)
            with suppress(ChainBroken):  # another past than the one held, as after a restore: load it all
                if held.head.seq < head.seq:
                    fold.follow(rows_after(self._conn, hall, held.head.seq, head.seq))
                if fold.head.hash == head.hash:
                    return fold
        return self._loaded(hall, head)

    def _loaded(self, hall: str, head: Head) -> Fold[S]:
        rows = list(rows_after(self._conn, hall, head.fold_from - 1, head.seq))
        state = self._tools.aggregate.new(hall, self._tools.setups.of(hall))
        base = Held(before(head, rows[0]["prev"] if rows else head.hash), state)
        fold = Fold(self._tools.aggregate, self._tools.codec, hall, base)
        fold.follow(rows)
        if (fold.head.seq, fold.head.hash) != (head.seq, head.hash):
            raise LogUnreadable(f"{hall}: the log ends at {fold.head.seq}, its head says {head.seq}")
        return Fold(self._tools.aggregate, self._tools.codec, hall, fold.held)

    def carry(self, orders: Sequence[Order[S] | Tick]) -> list[Verdict]:
        """Run the orders one after the other upon the drafts."""
        self._kept = find_answers(self._conn, [o.key for o in orders if isinstance(o, Order) and o.key])
        return [self._carry_safely(order) for order in orders]

    def _carry_safely(self, order: Order[S] | Tick) -> Verdict:
        if order.hall in self.stopped:
            return HallStopped(self.stopped[order.hall])
        fold = self.folds.get(order.hall)
        if fold is None:
            return Refusal("not_found")
        mark, written = fold.mark(), fold.written
        try:
            told = order.at if isinstance(order, Order) else None
            now = max(cut(told or self._tools.now()), fold.head.at)
            if isinstance(order, Order):
                return self._carry(fold, order, now)
            fold.advance(now, pending=False, ready=partial(self._ready, fold, None, now))
        except DBAPIError:
            raise
        except Exception as error:
            if fold.written != written:
                raise  # rows that only a rollback takes back
            fold.back_to(mark)
            return error
        return None

    def _carry(self, fold: Fold[S], order: Order[S], now: datetime) -> Verdict:
        kept = self._kept.get((order.key.scope, order.key.key)) if order.key else None
        if kept is not None and order.key is not None:
            if (kept.digest, kept.hall) != (order.key.digest, order.hall):
                return Refusal("key_reused")
            return orjson.loads(kept.body), kept.seq, True
        if order.guard is not None and (no := order.guard(self._conn)) is not None:
            return no
        ready = partial(self._ready, fold, order.command, now)
        fold.advance(now, pending=True, correlation=order.correlation, ready=ready)
        verdict = self._tools.aggregate.decide(fold.state, order.command, now)
        if isinstance(verdict, Refusal):
            for fact in verdict.facts:
                fold.append(fact, now, order.actor, order.correlation)
            return verdict
        recorded = [fold.append(event, now, order.actor, order.correlation) for event in verdict]
        body = order.reply(fold.state, recorded)
        self._keep(order, body, fold.head.seq, now)
        return body, fold.head.seq, False

    def _ready(self, fold: Fold[S], command: Command | None, now: datetime) -> None:
        aggregate = self._tools.aggregate
        for _ in range(PATIENCE):
            needs = aggregate.needs(fold.state, command, now)
            if not needs:
                return
            self._mirror([fold])
            fold.bring(aggregate.fetch(self._conn, fold.hall, needs))
        raise RuntimeError(f"{fold.hall}: what is brought is never enough")

    def _keep(self, order: Order[S], body: dict[str, Any], seq: int, now: datetime) -> None:
        person = None
        if order.private is not None:
            person = seal_person(self._tools.vault, order.hall, order.private, instant_text(now))
        if order.key is not None:
            kept = Kept(order.hall, order.key.digest, orjson.dumps(body, option=STRICT).decode(), seq)
            self._kept[order.key.scope, order.key.key] = kept
            self._answers.append(answer_row(order.key, kept))
        if person is not None:
            self._persons.append(person)

    def write(self) -> list[tuple[str, int]]:
        """Put everything down; returns the halls whose logs have grown, and how far."""
        grown = [fold for fold in self.folds.values() if fold.rows]
        write_log(self._conn, grown, self._persons, self._answers)
        self._mirror(grown)
        self.changed = bool(grown or self._answers or self._persons)
        return [(fold.hall, fold.head.seq) for fold in grown]

    def _mirror(self, folds: Sequence[Fold[S]]) -> None:
        puts = [put for fold in folds for put in fold.puts[fold.written :]]
        for fold in folds:
            fold.written = len(fold.puts)
        write_mirror(self._conn, puts)

    def outcomes(self, orders: Sequence[Order[S] | Tick], verdicts: Sequence[Verdict]) -> list[Outcome[S]]:
        """Verdicts with the state that is to be published."""
        return [
            Answer(*verdict, self.folds[order.hall].state) if isinstance(verdict, tuple) else verdict
            for order, verdict in zip(orders, verdicts, strict=True)
        ]
