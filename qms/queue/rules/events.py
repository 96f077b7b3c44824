"""What can happen in a hall's queue. Names and versions are for ever: `tests/queue/events` keeps examples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, TypeAlias

from qms.kernel.event import Event
from qms.queue.rules.fit import Fit, Trail
from qms.queue.rules.model import Channel, Expected, Opener, Outcome, Pace, Printing, Score, SetAside

Upcaster: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class HallConfigured(Event):
    """A stored version of the set-up acts from now on."""

    version: int


@dataclass(frozen=True, slots=True)
class DayOpened(Event):
    """A business day begins; says all that it takes over from before."""

    VERSION: ClassVar[int] = 3
    STARTS_FOLD: ClassVar[bool] = True

    version: int
    suspended: str | None = None
    paces: tuple[Pace, ...] = ()
    """How fast each group has been called so far, for the estimate."""
    set_aside: tuple[SetAside, ...] = ()
    fit: Fit | None = None
    """What the estimate has learnt of days past."""
    trails: tuple[Trail, ...] = ()
    """How wrong each group's estimates were."""


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
    """Running numbers of a group were set aside for a device for this day alone. Recorded no more."""

    group: str
    device: str
    numbers: tuple[int, ...]
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumbersSetAside(Event):
    """All the numbers that a device may give by itself while it cannot ask, on each day; none: it may not."""

    device: str
    sets: tuple[SetAside, ...]


@dataclass(frozen=True, slots=True)
class TicketIssued(Event):
    """A person got a number; `taken` is when, where the device that gave it could not ask."""

    VERSION: ClassVar[int] = 2

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
    taken: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketRenumbered(Event):
    """A device did not hear which number a ticket had got, and printed one of its own: that one counts."""

    ticket: str
    number: str
    running: int
    device: str


@dataclass(frozen=True, slots=True)
class TicketHandedInLate(Event):
    """A number that a device gave on a day that was closed before it was heard of: it lapsed with that day.

    What is on record of a closed day never changes: the visit is counted on the day on which this was heard.
    """

    ticket: str
    number: str
    group: str
    service: str
    segment: str
    language: str
    holder: str
    device: str
    taken: datetime


@dataclass(frozen=True, slots=True)
class TicketDeferred(Event):
    """Somebody let `passed` people of their line go first: `ref` is the new reference time."""

    ticket: str
    ref: datetime
    passed: int


@dataclass(frozen=True, slots=True)
class PrinterReported(Event):
    """How the printer of a device stands."""

    device: str
    name: str
    printer: Printing


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
class LevelOpened(Event):
    """A counter takes a service at `level` from now on: 1 like its own, 0 before its own.

    `wait` and `own` are the expected waits in minutes on which it was decided: the longest in all in
    the lines of the service, and in the counter's own. `least`: the rule does not end it sooner.
    """

    counter: str
    service: str
    level: int
    by: Opener
    until: datetime | None = None
    least: datetime | None = None
    wait: float | None = None
    own: float | None = None


@dataclass(frozen=True, slots=True)
class LevelClosed(Event):
    """The counter takes the service at its usual level again; `by` "time" where its time ran out."""

    counter: str
    service: str
    by: Literal["rule", "hand", "time"]
    wait: float | None = None
    own: float | None = None


@dataclass(frozen=True, slots=True)
class EstimateFitted(Event):
    """Waits are estimated from now on by what was learnt of days past."""

    fit: Fit


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


UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    ("DayOpened", 1): lambda body: body | {"set_aside": []},
    ("DayOpened", 2): lambda body: body | {"fit": None, "trails": []},
    ("TicketIssued", 1): lambda body: body | {"taken": None},
}
"""From an older version on record to the next, by type and version."""
