"""What can happen in a hall's queue. Names and versions are for ever: `tests/queue/events` keeps examples."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from qms.kernel.event import Event
from qms.queue.rules.model import Channel, Expected, Outcome, Pace, Score


@dataclass(frozen=True, slots=True)
class HallConfigured(Event):
    """A stored version of the set-up acts from now on."""

    version: int


@dataclass(frozen=True, slots=True)
class DayOpened(Event):
    """A business day begins; says all that it takes over from before."""

    STARTS_FOLD: ClassVar[bool] = True

    version: int
    suspended: str | None = None
    paces: tuple[Pace, ...] = ()
    """How fast each group has been called so far, for the estimate."""


@dataclass(frozen=True, slots=True)
class DayClosed(Event):
    """The day is over at `ended`: who waits lapses, service ends inaccurately, counters sign off."""

    ended: datetime


@dataclass(frozen=True, slots=True)
class HallSuspended(Event):
    """The hall closed suddenly; tickets stay."""

    reason: str


@dataclass(frozen=True, slots=True)
class HallResumed(Event):
    """The hall reopened."""


@dataclass(frozen=True, slots=True)
class NumbersLeased(Event):
    """Running numbers of a group were set aside for a device, which may print them as `written`."""

    group: str
    device: str
    numbers: tuple[int, ...]
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TicketIssued(Event):
    """A person got a number."""

    ticket: str
    number: str
    running: int
    group: str
    service: str
    segment: str
    language: str
    channel: Channel
    ref: datetime
    holder: str
    booked: datetime | None = None
    expected: Expected | None = None
    device: str | None = None
    person: str | None = None
    also: tuple[str, ...] = ()
    """Further services that the person comes for; those of a booking are told at its check-in."""


@dataclass(frozen=True, slots=True)
class TicketRefused(Event):
    """No number was given because the expected wait passes closing: the estimate that decided it."""

    service: str
    segment: str
    expected: Expected
    closing: datetime


@dataclass(frozen=True, slots=True)
class TicketCancelled(Event):
    """A person left the queue, or staff removed the ticket."""

    ticket: str
    by_staff: bool


@dataclass(frozen=True, slots=True)
class CounterOpened(Event):
    """A clerk sits at a counter and takes these services at these levels."""

    counter: str
    clerk: str
    profile: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CounterPaused(Event):
    """A break began."""

    counter: str
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CounterClosed(Event):
    """The clerk signed off."""

    counter: str


@dataclass(frozen=True, slots=True)
class TicketCalled(Event):
    """A person was called: by the rule, by hand, or resumed from the parked ones.

    `score` is what the rule made of the ticket; `runner_up` the best one that was not called;
    `passed` counts waiting people whom the rule would have called before a hand pick.
    """

    ticket: str
    number: str
    counter: str
    by: Literal["rule", "hand", "resume"]
    score: Score
    runner_up: Score | None = None
    passed: int = 0


@dataclass(frozen=True, slots=True)
class TicketRecalled(Event):
    """The person was called again."""

    ticket: str
    number: str
    counter: str


@dataclass(frozen=True, slots=True)
class TicketStarted(Event):
    """The person came; service began."""

    ticket: str
    counter: str


@dataclass(frozen=True, slots=True)
class TicketFinished(Event):
    """Service ended; `service` is what was really given."""

    ticket: str
    counter: str
    outcome: Outcome
    service: str


@dataclass(frozen=True, slots=True)
class TicketMissed(Event):
    """Called, and did not come."""

    ticket: str
    counter: str


@dataclass(frozen=True, slots=True)
class TicketRequeued(Event):
    """Sent back to waiting; the rule does not call it before `not_before`."""

    ticket: str
    counter: str
    not_before: datetime


@dataclass(frozen=True, slots=True)
class TicketParked(Event):
    """Set aside for later."""

    ticket: str
    counter: str
    reason: str


@dataclass(frozen=True, slots=True)
class TicketTransferred(Event):
    """Handed over to a service, and to one counter where `only` names it."""

    ticket: str
    counter: str
    service: str
    only: str | None = None


@dataclass(frozen=True, slots=True)
class ActUndone(Event):
    """The last act at a counter, `undone` by its sequence number, was taken back."""

    ticket: str
    counter: str
    undone: int
