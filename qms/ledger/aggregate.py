"""What the ledger must be told of a slice's state in order to keep its log."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlmodel import SQLModel

from qms.kernel.event import Command, Event, Recorded
from qms.kernel.refusal import Refusal

S = TypeVar("S")

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the body of one version of an event into the body of the next."""


@dataclass(frozen=True, slots=True)
class Put:
    """A mirror row to insert, or to replace by its primary key; `row` names every column."""

    table: type[SQLModel]
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drop:
    """A mirror row to delete; `key` names the primary key's columns."""

    table: type[SQLModel]
    key: Mapping[str, Any]


def _nothing_needed(_state: Any, _command: Command | None, _now: datetime) -> Any:
    return None


def _nothing_fetched(_conn: Connection, _hall: str, _needs: Any) -> Any:
    return None


def _nothing_loaded(_draft: Any, _brought: Any) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Aggregate(Generic[S]):
    """The pure functions by which a hall's state is decided and folded.

    new: state of a hall before any event; the second argument gives a stored set-up by version.
    draft: a private copy, which `apply` may change; a published state is never changed again.
    apply: carries one event into a draft, in place.
    decide: events, or a refusal; pure.
    due: what time alone has brought about by `now`, each with its own instant; asked again until it
        returns nothing. `pending` is True where a command waits (a new day opens only for a command).
    day_of: business day of an event at an instant, asked before the event is applied: an aggregate
        with an open day answers with that one, so that a day's closing belongs to the day it closes.
    project: rows that mirror the state after an event.

    A state need not hold everything: what is kept in rows may be brought when it is wanted.

    needs: what must be at hand before `due` and `decide` are asked about a command (None: a tick);
        names only what the state lacks, and is asked again until it returns something falsy.
    fetch: reads what is needed from rows, in the transaction that holds the hall. The rows mirror
        every event so far, also those of the same transaction.
    load: puts what was fetched into a draft. Once loaded, `apply` keeps it true, or puts it away;
        a new fold from the log begins without it.
    """

    new: Callable[[str, Callable[[int], Any]], S]
    draft: Callable[[S], S]
    apply: Callable[[S, Recorded], None]
    decide: Callable[[S, Command, datetime], Sequence[Event] | Refusal]
    due: Callable[[S, datetime, bool], Sequence[tuple[datetime, Event]]]
    day_of: Callable[[S, datetime], date]
    project: Callable[[S, Recorded], Iterable[Put | Drop]]
    events: Sequence[type[Event]]
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=dict)
    needs: Callable[[S, Command | None, datetime], Any] = _nothing_needed
    fetch: Callable[[Connection, str, Any], Any] = _nothing_fetched
    load: Callable[[S, Any], None] = _nothing_loaded
