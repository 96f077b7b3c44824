"""What each audience sees of a hall: the shapes of the live views, as they go over the wire.

Lists are maps keyed by id, with `order` as the sort key where order matters. Nothing is ever
None: an unknown value is left out. So the difference of two views is an exact merge patch.
"""

from collections.abc import Mapping
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from qms.queue.rules.model import Channel, CounterState, Opener, Printing, TicketState

Instant = str
"""A moment of business time, ISO 8601 in UTC with a trailing Z; `kernel.clock.instant` writes it."""

Words = Mapping[str, str]
"""One text by language."""

Direction = Literal["left", "right", "ahead", "back", "up", "down"]
HallState = Literal["open", "closed", "suspended"]
BeforeCause = Literal["guard", "first", "appointment", "priority", "points"]
SignState = Literal["closed", "free", "called", "serving", "paused"]
Act = Literal["call", "recall", "start", "finish", "no-show", "requeue", "park", "transfer"]


class Range(TypedDict):
    """An expected wait in minutes: the middle, and the ends of an 80 % range; `about` while it is assumed, not measured."""

    low: float
    mid: float
    high: float
    about: NotRequired[bool]


# -- board: the screen of one or more halls, for all who wait there


class Open(TypedDict):
    """A time of day at which a board may be heard, local to its hall: `08:00` to `18:00`."""

    opens: str
    closes: str


class PanelShown(TypedDict):
    """What is shown beside the calls for `seconds`; `media` is the name of an uploaded file of `hall`."""

    order: int
    kind: Literal["text", "picture", "video"]
    text: NotRequired[Words]
    media: NotRequired[str]
    seconds: int


class SoundShown(TypedDict):
    """How the board is heard: `volume` is 0 to 100 with that of its zone in it; `heard` none: always."""

    mode: Literal["voice", "chime", "off"]
    languages: list[str]
    repeat: int
    volume: int
    heard: NotRequired[list[Open]]


class BoardShown(TypedDict):
    """What a board is set up to be, where it is one of its own; `hall` is the one that set it up."""

    id: str
    hall: str
    names: Words
    kind: Literal["calls", "next"]
    theme: Literal["light", "dark", "contrast"]
    recent: int
    queues: bool
    panels: dict[str, PanelShown]
    sound: SoundShown


class NextShown(TypedDict):
    """A number that the rule would call soon, in the order of its group."""

    order: int
    hall: str
    group: str
    letter: str
    names: Words
    number: str


class BoardHall(TypedDict):
    """A hall that the board shows."""

    names: Words
    office: Words
    zone: str
    languages: list[str]
    state: HallState
    notice: NotRequired[Words]
    accent: NotRequired[str]
    logo: NotRequired[str]


class Announcement(TypedDict):
    """A call or recall of the last minute; its key `hall:seq` says that it is announced once."""

    order: int
    hall: str
    number: str
    counter: str
    counter_names: Words
    place: NotRequired[Words]
    direction: NotRequired[Direction]
    zone: NotRequired[str]
    at: Instant
    again: bool


class RecentCall(TypedDict):
    """A ticket that was called and is at, or on its way to, its counter."""

    order: int
    hall: str
    number: str
    counter: str
    counter_names: Words
    place: NotRequired[Words]
    direction: NotRequired[Direction]
    zone: NotRequired[str]
    at: Instant
    state: Literal["called", "serving"]


class GroupQueue(TypedDict):
    """How long the line of one service group is; `open` counts the counters that serve it."""

    order: int
    hall: str
    names: Words
    letter: str
    waiting: int
    open: int
    estimate: NotRequired[Range]


class BoardView(TypedDict):
    """`halls` by hall, `calls` by `hall:seq`, `recent` by ticket (newest 8), `queues` by `hall:group`.

    `board` and, on a board for those next in line, `next` by ticket, where the screen is a set-up board.
    """

    board: NotRequired[BoardShown]
    next: NotRequired[dict[str, NextShown]]
    halls: dict[str, BoardHall]
    calls: dict[str, Announcement]
    recent: dict[str, RecentCall]
    queues: dict[str, GroupQueue]


# -- counter: the sign over one counter


class SignHall(TypedDict):
    """The hall in which the sign hangs."""

    names: Words
    zone: str
    languages: list[str]


class SignCall(TypedDict):
    """The call that the sign shows; `key` is `hall:seq`."""

    key: str
    at: Instant
    again: bool


class SignCounter(TypedDict):
    """The counter and whom it calls or serves; `until` is the announced end of a break."""

    id: str
    names: Words
    place: NotRequired[Words]
    direction: NotRequired[Direction]
    state: SignState
    until: NotRequired[Instant]
    number: NotRequired[str]
    call: NotRequired[SignCall]


class CounterView(TypedDict):
    """One counter's sign."""

    hall: SignHall
    counter: SignCounter


# -- queue: the hall's public status


class ServiceQueue(TypedDict):
    """The line for one service; `serving` gives the number at each counter.

    `longest_since` is when the one who waits longest began to; `closed_code` says why no
    tickets are given.
    """

    order: int
    group: str
    letter: str
    names: Words
    waiting: int
    longest_since: NotRequired[Instant]
    open: int
    estimate: NotRequired[Range]
    serving: dict[str, str]
    accepting: bool
    closed_code: NotRequired[str]


class QueueView(TypedDict):
    """A hall and its lines by service."""

    hall: BoardHall
    services: dict[str, ServiceQueue]


# -- ticket: one person's own page


class TicketHall(TypedDict):
    """The hall of the ticket."""

    id: str
    names: Words
    office: Words
    zone: str
    languages: list[str]
    state: HallState


class TicketCounter(TypedDict):
    """Where to go."""

    id: str
    names: Words
    place: NotRequired[Words]
    direction: NotRequired[Direction]


class Before(TypedDict):
    """Who of those who wait may be called before one, and what is promised (`queue/rules/before`).

    `causes` counts people by reason, and is `ahead` in sum. `bound`: by the rule nobody who came after
    one goes first; or nobody who comes after `latest`, and from `until` on nobody at all; or it has none.
    """

    causes: Mapping[BeforeCause, int]
    guard: NotRequired[float]
    bound: Literal["nobody", "time", "none"]
    latest: NotRequired[Instant]
    until: NotRequired[Instant]


class TicketView(TypedDict):
    """One ticket as its holder sees it; `documents` is what to bring."""

    number: str
    service: str
    names: Words
    state: TicketState
    ahead: NotRequired[int]
    estimate: NotRequired[Range]
    counter: NotRequired[TicketCounter]
    called_at: NotRequired[Instant]
    calls: NotRequired[int]
    issued_at: Instant
    hall: TicketHall
    documents: list[Words]
    let_pass: NotRequired[int]
    """How many people one may still let go first; left out where one may not."""
    before: NotRequired[Before]


# -- clerk: the terminal at one counter


class PrinterShown(TypedDict):
    """A device whose printer needs somebody."""

    name: str
    state: Printing


class ClerkHall(TypedDict):
    """The hall and those of its rules that the terminal needs; `printers` in want of something, by device."""

    id: str
    names: Words
    zone: str
    languages: list[str]
    state: HallState
    notice: NotRequired[Words]
    max_calls: int
    undo_seconds: int
    printers: NotRequired[dict[str, PrinterShown]]


class Undoable(TypedDict):
    """The last act at the counter, which can be taken back until `until`."""

    act: Act
    ticket: str
    number: str
    until: Instant


class OpenedShown(TypedDict):
    """A service that a counter takes at another level for a while: it helps by the rule, or was lent by hand `until` then."""

    by: Opener
    since: Instant
    until: NotRequired[Instant]


class ClerkDesk(TypedDict):
    """The clerk's own counter; `since` is when its present state began, `opened` is by service."""

    id: str
    names: Words
    state: CounterState
    clerk: NotRequired[str]
    since: NotRequired[Instant]
    reason: NotRequired[str]
    until: NotRequired[Instant]
    profile: dict[str, int]
    opened: NotRequired[dict[str, OpenedShown]]
    ticket: NotRequired[str]
    undo: NotRequired[Undoable]


class Why(TypedDict):
    """Why a ticket has its rank: a code that the catalogue puts into words, and what fills them."""

    code: str
    params: Mapping[str, str | int | float]


class ClerkTicket(TypedDict):
    """A ticket as the clerk sees it.

    `ref` is the reference time of the rule, `since` where the present wait began;
    `served_seconds` counts earlier spells; from `late_at` on the wait is longer than
    was promised, or than the segment's target where nothing was.
    `rank`, `level` and `why` are there for those whom the rule would call to this counter;
    `because` is why the one at this counter was called; `known` says that something is known of the person,
    which is asked for apart. `booked` is the hour of an appointment whose
    holder is present since `issued`, `booking` its id, and `also` the further services it is for.
    """

    number: str
    service: str
    segment: str
    state: TicketState
    channel: Channel
    language: str
    issued: Instant
    since: Instant
    ref: Instant
    calls: int
    called_at: NotRequired[Instant]
    started_at: NotRequired[Instant]
    served_seconds: int
    counter: NotRequired[str]
    only: NotRequired[str]
    not_before: NotRequired[Instant]
    booked: NotRequired[Instant]
    booking: NotRequired[str]
    also: NotRequired[list[str]]
    known: NotRequired[bool]
    late_at: Instant
    rank: NotRequired[int]
    level: NotRequired[int]
    why: NotRequired[Why]
    because: NotRequired[list[Why]]


class OtherDesk(TypedDict):
    """Another counter of the hall."""

    order: int
    names: Words
    state: CounterState
    clerk: NotRequired[str]
    number: NotRequired[str]


class ServiceLine(TypedDict):
    """A service, for transfers and for the count of those who wait."""

    order: int
    names: Words
    letter: str
    minutes: float
    waiting: int


class SegmentShown(TypedDict):
    """A segment with its target in minutes."""

    names: Words
    target: float


class ClerkView(TypedDict):
    """The clerk's terminal; `offered` is what the counter may serve, by level."""

    hall: ClerkHall
    counter: ClerkDesk
    offered: dict[str, int]
    tickets: dict[str, ClerkTicket]
    counters: dict[str, OtherDesk]
    services: dict[str, ServiceLine]
    segments: dict[str, SegmentShown]


class DeskAnswer(TypedDict):
    """What an act at a counter answers, and what a 409 carries as `fresh`."""

    counter: ClerkDesk
    ticket: NotRequired[ClerkTicket]


# -- manager: how a hall stands, for those who run it

LineState = Literal["unknown", "closed", "well", "near", "over", "unserved"]
"""How the lines of a service stand: nothing is forecast yet; nobody waits and no counter takes it; all are
expected within what they may expect; soon not; somebody is not; or people wait whom no counter will call."""


class ManagerHall(TypedDict):
    """The hall; `forecast` says whether it could be rolled forward, `helping` whether counters help by a rule."""

    id: str
    names: Words
    zone: str
    languages: list[str]
    state: HallState
    forecast: bool
    helping: bool


class LineShown(TypedDict):
    """The lines of a service, in whole minutes: the longest wait in all that is expected, and how long it may be.

    Both are of the `segment` that stands worst. `unserved` counts those whom no counter will call;
    `open` the counters that take the service now, `opened` those of them that do so for a while.
    """

    order: int
    names: Words
    letter: str
    state: LineState
    waiting: int
    open: int
    opened: NotRequired[int]
    unserved: NotRequired[int]
    segment: NotRequired[str]
    wait: NotRequired[int]
    target: NotRequired[int]


class CounterShown(TypedDict):
    """A counter: what it takes at which level now, which of that is opened for a while, and which number is there."""

    order: int
    names: Words
    state: CounterState
    until: NotRequired[Instant]
    number: NotRequired[str]
    serves: dict[str, int]
    opened: NotRequired[dict[str, OpenedShown]]


class Longer(TypedDict):
    """A line whose people would wait longer, in minutes."""

    order: int
    before: int
    after: int


class ProposalShown(TypedDict):
    """What could be done: lend `counter` to `service` for `minutes`, take it back from there, or open it.

    `before` and `after` (minutes) are the longest wait in the line that it helps; without `before`
    nobody serves it. `hall_before` and `hall_after` are those of the whole hall; `longer` is by service.
    """

    order: int
    kind: Literal["lend", "back", "open"]
    counter: str
    service: str
    line: str
    minutes: NotRequired[int]
    before: NotRequired[int]
    after: int
    hall_before: int
    hall_after: int
    longer: dict[str, Longer]


class ManagerView(TypedDict):
    """How a hall stands: `lines` by service, worst first. `weighed` says whether proposals were looked for yet."""

    hall: ManagerHall
    lines: dict[str, LineShown]
    counters: dict[str, CounterShown]
    segments: dict[str, SegmentShown]
    services: dict[str, Words]
    proposals: dict[str, ProposalShown]
    weighed: bool


class Views(TypedDict):
    """Every view by its name in the live protocol."""

    board: BoardView
    counter: CounterView
    queue: QueueView
    ticket: TicketView
    clerk: ClerkView
    manager: ManagerView
