"""What comes in about tickets and counters, and what goes out that no live view has."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from qms.clients.http import ClientCode
from qms.queue.rules.model import CounterState, Outcome, TicketState
from qms.queue.rules.phone import LONGEST
from qms.queue.rules.shown import Direction, HallState, Instant, Range, Words
from qms.web.wire import Answer, Language, Level, Line, Moment, Name, TicketId, Wire

Reason = Annotated[Line, Field(max_length=200)]


Token = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{26}$")]
"""By which the holder of a ticket is known: 128 bits."""


class NewTicket(Wire):
    """A number for a service; `client` is a key client's code, `phone` where to send word when the turn is near.

    People at home bring the solution of a `challenge` where the hall sets one, or are few from a network.
    For staff who take it for somebody are `channel`, `also` (further services), `name` and `note`; for
    devices `id` and `token`, so that a device that hears no answer knows the ticket all the same.
    """

    id: TicketId | None = None
    token: Token | None = None

    service: Name
    language: Language | None = None
    segment: Name | None = None
    channel: Literal["reception", "phone"] | None = None
    client: ClientCode | None = None
    also: Annotated[list[Name], Field(max_length=8, default_factory=list)]
    name: Annotated[Line, Field(max_length=100)] = ""
    note: Reason = ""
    phone: Annotated[Line, Field(max_length=LONGEST)] = ""
    challenge: Annotated[str, Field(max_length=8000)] | None = None


class PrintedTicket(Wire):
    """A number that a device printed at `taken_at`, when it could not ask: one of those set aside for it."""

    id: TicketId
    token: Token
    service: Name
    language: Language
    segment: Name | None = None
    number: Annotated[int, Field(ge=0, le=99_999)]
    written: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[0-9]{1,5}$")]
    taken_at: Moment


class LetPassIn(Wire):
    """How many people one lets go first."""

    people: Annotated[int, Field(ge=1, le=20)]


class OpenIn(Wire):
    """Sign on, with a part of the counter's services or all of them."""

    profile: Annotated[dict[Name, Level], Field(min_length=1, max_length=200)] | None = None


class PauseIn(Wire):
    """A break."""

    reason: Reason
    until: Moment | None = None


class NextIn(Wire):
    """Call the next person; `current` is the ticket that the clerk believes is at the counter."""

    current: TicketId | None = None
    ticket: TicketId | None = None


class TicketIn(Wire):
    """An act upon one ticket."""

    ticket: TicketId


class FinishIn(TicketIn):
    """The end of a service; `service` where another one was given than was asked for."""

    outcome: Outcome = "served"
    service: Name | None = None


class ParkIn(TicketIn):
    """Set aside for later."""

    reason: Annotated[Line, Field(max_length=200)] = ""


class TransferIn(TicketIn):
    """Hand over to another service, another counter, or both."""

    service: Name | None = None
    counter: Name | None = None


class SuspendIn(Wire):
    """Close the hall suddenly."""

    reason: Reason


class TicketTaken(TypedDict):
    """A number just given, as its holder is told."""

    id: str
    token: str
    number: str
    service: str
    issued_at: Instant
    ahead: int
    estimate: NotRequired[Range]
    url: str


class TicketHandedIn(TypedDict):
    """A printed number as it is on record now."""

    id: str
    number: str
    state: TicketState


class Passed(TypedDict):
    """Where one stands after letting others go first, and how many more one may let pass."""

    ahead: int
    let_pass: int


class NumberHeld(TypedDict):
    """A number that a device may give by itself, and how it is written."""

    number: int
    written: str


class NumbersHeld(TypedDict):
    """What a device may give by itself today, by group; the same each day, until `ends` those not used yet."""

    day: str
    ends: Instant
    numbers: dict[str, list[NumberHeld]]


class TicketLeft(Answer):
    """A ticket after its holder or the staff cancelled it."""

    state: TicketState


class HallStands(Answer):
    """A hall after it was closed suddenly, or reopened."""

    state: HallState


class HallName(TypedDict):
    """A hall and its office by name."""

    id: str
    names: Words
    office: "OfficeName"


class OfficeName(TypedDict):
    """An office by name."""

    id: str
    names: Words
    logo: NotRequired[str]
    accent: NotRequired[str]


class HallList(TypedDict):
    """All halls of this server."""

    halls: list[HallName]


class SpanCard(TypedDict):
    """Opening time within a day, local."""

    opens: str
    closes: str


class HoursCard(TypedDict):
    """Opening hours by weekday, local time."""

    week: dict[str, list[SpanCard]]
    last_ticket: dict[str, str]


class GroupCard(TypedDict):
    """A group of services, as a kiosk shows it."""

    id: str
    letter: str
    names: Words
    icon: NotRequired[str]
    colour: NotRequired[str]
    services: list[str]


class ServiceCard(TypedDict):
    """A service, as a kiosk shows it."""

    names: Words
    group: str
    minutes: float
    documents: list[Words]
    open: bool
    notice: NotRequired[Words]
    offer_when_wait: NotRequired[int]
    """From such an expected wait in minutes on, a free time is to be offered beside the number."""
    accepting: bool
    closed_code: NotRequired[str]
    from_home: bool
    icon: NotRequired[str]
    colour: NotRequired[str]
    paper: NotRequired[Words]


class ButtonCard(TypedDict):
    """One choice on a kiosk's first screen."""

    names: Words
    services: list[str]
    hint: NotRequired[Words]
    icon: NotRequired[str]
    colour: NotRequired[str]


class KioskCard(TypedDict):
    """What kiosks offer, and how they behave."""

    buttons: list[ButtonCard]
    paper: Literal["always", "ask", "never"]
    copies: int
    phone: bool
    idle_seconds: int
    grace_seconds: int
    shown_seconds: int


class PaperCard(TypedDict):
    """What a printed number says, from top to bottom."""

    parts: list[str]
    head: Words
    foot: Words


class PersonCard(TypedDict):
    """What is known of somebody with a number, for those who serve them; nothing where nothing was said."""

    name: NotRequired[str]
    note: NotRequired[str]
    needs: NotRequired[list[str]]


class SegmentCard(TypedDict):
    """A kind of client."""

    id: str
    names: Words
    hint: Words
    offered: Literal["kiosk", "staff", "never"]


class CounterCard(TypedDict):
    """A counter and where it is."""

    id: str
    names: Words
    place: NotRequired[Words]
    direction: NotRequired[Direction]
    zone: NotRequired[str]
    state: CounterState


class HallCard(TypedDict):
    """One hall: what a kiosk or a website must know of it."""

    id: str
    names: Words
    office: OfficeName
    zone: str
    languages: list[str]
    version: int
    open: bool
    accepting: bool
    suspended: NotRequired[str]
    notice: NotRequired[Words]
    check_in_by: NotRequired[list[str]]
    """What people who have booked may type to check in; none: the hall takes no bookings."""
    hours: HoursCard
    groups: list[GroupCard]
    services: dict[str, ServiceCard]
    segments: list[SegmentCard]
    counters: list[CounterCard]
    kiosk: KioskCard
    paper: PaperCard
    let_pass: int
    near_minutes: float


class LoggedEvent(TypedDict):
    """An event as it is on record."""

    seq: int
    at: Instant
    day: str
    type: str
    version: int
    actor: str
    correlation: str
    body: dict[str, Any]


class Log(TypedDict):
    """Events in order; `next` is to be asked for `after` once there are more."""

    events: list[LoggedEvent]
    next: int
