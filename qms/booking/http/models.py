"""What comes in about bookings, and what goes out."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from qms.booking.rules.model import Wanted
from qms.booking.views import BookingView
from qms.web.wire import Clean, Day, Language, Line, Moment, Name, Wire

Field_ = Annotated[str, StringConstraints(pattern=r"^(x-)?[a-z0-9]+(-[a-z0-9]+)*$", max_length=42)]
Fields = Annotated[dict[Field_, Line], Field(max_length=12)]
"""What a person says of themselves: name, email, phone, document, note, consent, need, a service's own fields (`x-…`),
`messages` (see `contact.MESSAGES`), and `client`, a key client's code."""
BookingId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class WantedIn(Wire):
    """A service, for so many people."""

    service: Name
    count: Annotated[int, Field(ge=1, le=9)] = 1


Services = Annotated[list[WantedIn], Field(min_length=1, max_length=8)]


class NewBooking(Wire):
    """Set a time aside. `challenge` is the solution of the task; `eligible` answers a service's question."""

    services: Services
    start: Moment
    language: Language | None = None
    eligible: bool = False
    challenge: Annotated[Clean, Field(max_length=8000)] | None = None


class ConfirmIn(Wire):
    """Contact data for a held time, and that the rules are accepted."""

    fields: Fields = {}
    accepted: bool = False


class MoveIn(Wire):
    """Another time."""

    start: Moment


class AppointmentIn(Wire):
    """A booking that staff make for a caller or somebody present; it stands at once."""

    services: Services
    start: Moment
    via: Literal["phone", "reception"] = "phone"
    language: Language | None = None
    segment: Name | None = None
    fields: Fields


class CancelIn(Wire):
    """Bookings of a day that the office cancels."""

    day: Day
    bookings: Annotated[list[BookingId], Field(min_length=1, max_length=2000)]


class WishIn(Wire):
    """Tell me when an earlier time is free. `booking` is the token of the booking it would replace."""

    services: Services
    first: Day
    last: Day
    language: Language | None = None
    fields: Fields = {}
    booking: Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{26}$")] | None = None


class ProofIn(Wire):
    """The proof from the link in the message."""

    proof: Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{26}$")]


class BookingHeld(BookingView):
    """A time set aside, with the secret by which its holder is known."""

    token: str


class Slots(TypedDict):
    """Free times by day; `why` where there are none."""

    days: dict[str, list[str]]
    minutes: int
    why: NotRequired[str]


class FirstFree(TypedDict):
    """The first free time, in so many days from today, and where it is booked; no `start`: nothing is free."""

    start: NotRequired[str]
    in_days: NotRequired[int]
    url: str


class WishMade(TypedDict):
    """On the waiting list; the token is for leaving it."""

    token: str


class Appointments(TypedDict):
    """Bookings as staff see them."""

    bookings: list[BookingView]


class Hit(TypedDict):
    """A booking that the set-up no longer holds, and why: outside, closed or overbooked."""

    booking: BookingView
    why: str


class Hits(TypedDict):
    """All that a closure or a cut of capacity has hit."""

    hit: list[Hit]


class Gone(TypedDict):
    """Nothing more to say."""


def wanted(services: list[WantedIn]) -> tuple[Wanted, ...]:
    """Services as the rules know them."""
    return tuple(Wanted(one.service, one.count) for one in services)
