"""A ticket, its spells, and a counter as it stands today."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Optional

if TYPE_CHECKING:
    from qms.queue.rules.events import TicketCalled

Channel = Literal["kiosk", "reception", "phone", "web", "booking"]
Outcome = Literal["served", "not_provided"]
TicketState = Literal["waiting", "called", "serving", "parked", "finished", "missed", "cancelled", "lapsed"]
CounterState = Literal["closed", "open", "paused"]
Act = Literal["call", "recall", "start", "finish", "no-show", "requeue", "park", "transfer"]
SpellEnd = Literal["served", "not_provided", "missed", "requeued", "parked", "transferred", "lapsed"]

LIVE: frozenset[TicketState] = frozenset({"waiting", "called", "serving", "parked"})
"""States of a ticket that still bears its number."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An expected wait in minutes: the middle, and the ends of an 80 % range."""

    low: float
    mid: float
    high: float


Printing = Literal["ok", "paper_low", "paper_out", "cover_open", "no_answer"]
"""How a printer stands."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Numbers of a group that a device may give by itself, each day anew, and how they are written."""

    group: str
    device: str
    numbers: tuple[int, ...]
    written: tuple[str, ...]

    @classmethod
    def of(cls, group: str, device: str, pairs: tuple[tuple[int, str], ...]) -> "SetAside":
        """From running numbers with how they are written."""
        return cls(group, device, tuple(n for n, _ in pairs), tuple(written for _, written in pairs))

    @property
    def pairs(self) -> tuple[tuple[int, str], ...]:
        return tuple(zip(self.numbers, self.written, strict=True))


@dataclass(frozen=True, slots=True)
class Printer:
    """The printer of a device, as it was last heard of."""

    name: str
    state: Printing
    since: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """Measured cycle of a group: `minutes` summed over `gaps` between calls (see `estimate`)."""

    group: str
    minutes: float = 0
    gaps: float = 0


@dataclass(frozen=True, slots=True)
class Score:
    """What the rule made of one ticket at one moment: the terms of its why-sentence.

    `waited` is in minutes since `ref`; `target` (minutes) and `head` are those of its segment;
    `points` are walk-in minutes. `guarded`: over the guard, so before all others.
    """

    ticket: str
    number: str
    segment: str
    waited: float
    target: float
    head: float
    points: float
    guarded: bool
    booked: datetime | None = None


@dataclass(frozen=True)
class Spell:
    """One time at one counter: waited from `since` to `called`; served from `started` to `ended`."""

    counter: str
    clerk: str
    service: str
    since: datetime
    called: datetime
    started: datetime | None = None
    ended: datetime | None = None
    end: SpellEnd | None = None
    given: str | None = None
    accurate: bool = True


@dataclass(frozen=True)
class Ticket:
    """A person in the queue.

    `group` is that of the service, after a transfer that of the new one; the number stays.
    `holder` is the hash of the holder's token; `issued` the moment of issue or check-in; `ref` the
    reference time of the routing rule, kept through transfers and recalls; `seq` breaks ties;
    `since` is where the present wait began; `touched` is the last event that touched it.
    """

    id: str
    number: str
    group: str
    service: str
    segment: str
    language: str
    channel: Channel
    issued: datetime
    ref: datetime
    seq: int
    since: datetime
    holder: str
    state: TicketState = "waiting"
    counter: str | None = None
    """Where the ticket is called, served, or was last."""
    only: str | None = None
    """The one counter that may call it, after a transfer."""
    not_before: datetime | None = None
    """An absent person sent back is not called by the rule sooner."""
    calls: int = 0
    spells: tuple[Spell, ...] = ()
    booked: datetime | None = None
    booking: str | None = None
    also: tuple[str, ...] = ()
    """Further services that the person comes for."""
    person: str | None = None
    ended: datetime | None = None
    removed_by_staff: bool = False
    let_pass: int = 0
    """How many people it has let go first."""
    expected: Expected | None = None
    """The wait from `issued` on that was expected when the number was given."""
    scored: bool = False
    """Whether that was held against what came, which is done once, even if the call is taken back."""
    touched: int = 0

    @property
    def live(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True)
class LastAct:
    """What was done last at a counter, and how things stood before: all that undo needs."""

    seq: int
    at: datetime
    act: Act
    ticket: Ticket
    """The ticket as it was before."""
    desk: "Desk"
    """The counter as it was before."""


Opener = Literal["rule", "hand"]
"""Who opened a level at a counter: the hall's rule, or somebody who runs the hall."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A service that a counter takes at another level for a while; until somebody ends it where `until` is None.

    Level 1: like its own, to help a line that waits too long. Level 0: before its own, since the
    counter was lent to the service. `least`: the rule does not end it sooner.
    """

    service: str
    level: int
    by: Opener
    since: datetime
    until: datetime | None = None
    least: datetime | None = None


@dataclass(frozen=True)
class Desk:
    """A counter today: who sits there, which services it takes at which level, whom it serves."""

    counter: str
    state: CounterState = "closed"
    clerk: str | None = None
    profile: tuple[tuple[str, int], ...] = ()
    since: datetime | None = None
    """When the present state began."""
    idle_since: datetime | None = None
    """When the counter last became free; None while it has a ticket or is not open."""
    reason: str | None = None
    until: datetime | None = None
    ticket: str | None = None
    called: Optional["TicketCalled"] = None
    """How the rule, or a hand, came to the ticket that is there."""
    last: LastAct | None = None
    opened: tuple[Opened, ...] = ()
    """Services whose level is another than the profile's for now."""


@dataclass(frozen=True)
class Call:
    """A call or recall, for boards: none is announced twice, since `seq` names it."""

    seq: int
    at: datetime
    ticket: str
    number: str
    counter: str
    again: bool
