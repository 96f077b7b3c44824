"""What is put to the writer, and what comes back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from sqlalchemy import Connection

from qms.kernel.event import Command, Recorded
from qms.kernel.refusal import Refusal
from qms.ledger.aggregate import S


class LedgerUnavailable(Exception):  # noqa: N818
    """The database did not take it, or nobody knows whether it did: retry with the same key."""


class HallStopped(LedgerUnavailable):
    """This process cannot read the hall's log and no longer serves it."""


class LogUnreadable(Exception):  # noqa: N818
    """The log holds something that this process must neither skip nor guess."""


class UnknownEvent(LogUnreadable):
    """A type, version or body that this process does not know."""


class ChainBroken(LogUnreadable):
    """A row is not the one that was written."""


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key of a person or device on a route; `digest` is a hash of the request's body."""

    scope: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Private:
    """Personal data of a command, stored encrypted under `id`, which the event names.

    `keys`: keyed hashes (`Vault.keyed_hash`) by which the person may be found again. What lay under
    the same id before is replaced, keys and all.
    """

    id: str
    fields: Mapping[str, str]
    keys: Sequence[str] = ()


Guard = Callable[[Connection], Refusal | None]
"""Looks at rows before a command is decided: why not, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Generic[S]):
    """A command for a hall, with all that must be kept in the same transaction.

    `reply` makes the answer's body from the state after the command and the command's own events;
    it runs before the commit, and what it returns is kept with `key` as JSON: no tokens or
    contact data in it.

    `guard` is asked on the writer's thread once the hall is locked, so that it sees all that other processes
    have written; rows of orders that are carried out together with this one are not there yet.

    `at` is when it happened, for a past that is put on record afterwards; none: now. Never before the
    log's last event.
    """

    hall: str
    command: Command
    actor: str
    reply: Callable[[S, Sequence[Recorded]], dict[str, Any]]
    correlation: str = ""
    key: Key | None = None
    private: Private | None = None
    guard: Guard | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer(Generic[S]):
    """A durable success. `seq` is where the log stood after the command; `state` is the published one."""

    body: dict[str, Any]
    seq: int
    replayed: bool
    state: S


@dataclass(frozen=True, slots=True)
class Published(Generic[S]):
    """A hall's new state and the events that led to it since the one before."""

    hall: str
    state: S
    events: Sequence[Recorded]


@dataclass(frozen=True, slots=True)
class Health:
    """How the ledger fares; `skew` is database time minus this machine's, in seconds."""

    database: bool
    stopped: Mapping[str, str]
    skew: float

    @property
    def ready(self) -> bool:
        """Whether every hall can be served; clocks that differ by over 2 s are a warning, not a stop."""
        return self.database and not self.stopped
