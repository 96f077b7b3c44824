"""A booking as its holder and as staff may see it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired

from typing_extensions import TypedDict

from qms.booking.project import booking_of
from qms.booking.rules import window
from qms.booking.rules.model import OPEN
from qms.halls.rules.model import Hall
from qms.kernel.clock import instant

Words = Mapping[str, str]


class BookedHall(TypedDict):
    """Where."""

    id: str
    names: Words
    office: Words
    zone: str
    languages: list[str]


class BookedService(TypedDict):
    """What for; `minutes` is the usual time at the counter."""

    service: str
    count: int
    names: Words
    minutes: float
    documents: list[Words]


class Window(TypedDict):
    """When one may check in."""

    opens: str
    closes: str


class BookingView(TypedDict):
    """A booking. `code` from the moment it stands; `person` for its holder and for staff.

    `delay`: it will be called so many minutes after its time; left out where that cannot be told, or is short.
    """

    id: str
    state: str
    hall: BookedHall
    services: list[BookedService]
    start: str
    end: str
    check_in: Window
    arrive_before: float
    via: str
    segment: str
    language: str
    sequence: int
    made: str
    may: list[str]
    url: str
    code: NotRequired[str]
    delay: NotRequired[int]
    until: NotRequired[str]
    reconfirm: NotRequired[str]
    person: NotRequired[Mapping[str, str]]
    ticket: NotRequired[str]
    ended_by: NotRequired[str]
    wish: NotRequired[bool]


def booking_view(
    hall: Hall,
    row: Mapping[str, Any],
    now: datetime,
    *,
    code: str,
    url: str,
    person: Mapping[str, str] | None = None,
    delay: int | None = None,
) -> BookingView:
    """What is shown of a booking's row."""
    booking = booking_of(row)
    settings = hall.bookings
    view: BookingView = {
        "id": booking.id,
        "state": _state(row, now),
        "hall": hall_card(hall),
        "services": [_service(hall, wanted.service, wanted.count) for wanted in booking.services],
        "start": instant(booking.start),
        "end": instant(booking.end),
        "check_in": {
            "opens": instant(window.opens(hall, booking)),
            "closes": instant(window.closes(hall, booking)),
        },
        "arrive_before": settings.arrive_before if settings else 0,
        "via": booking.via,
        "segment": booking.segment,
        "language": booking.language,
        "sequence": booking.sequence,
        "made": instant(booking.made),
        "may": _may(hall, row, now),
        "url": url,
    }
    if booking.state in ("confirmed", "checked_in"):
        view["code"] = code
    if booking.state == "confirmed" and delay is not None:
        view["delay"] = delay
    if booking.state in ("held", "pending") and booking.until is not None:
        view["until"] = instant(booking.until)
    if booking.state == "confirmed" and booking.reconfirm is not None:
        view["reconfirm"] = instant(booking.reconfirm)
    if person:
        view["person"] = person
    if booking.ticket is not None:
        view["ticket"] = booking.ticket
    if row["ended_by"] is not None:
        view["ended_by"] = row["ended_by"]
    if booking.wish is not None:
        view["wish"] = True
    return view


def hall_card(hall: Hall) -> BookedHall:
    """A hall for people who book there."""
    return {
        "id": hall.id,
        "names": hall.names,
        "office": hall.office.names,
        "zone": hall.zone,
        "languages": list(hall.languages),
    }


def _service(hall: Hall, id: str, count: int) -> BookedService:
    service = hall.service(id)
    if service is None:
        return {"service": id, "count": count, "names": {}, "minutes": 0, "documents": []}
    return {
        "service": id,
        "count": count,
        "names": service.names,
        "minutes": service.minutes,
        "documents": list(service.documents),
    }


def _state(row: Mapping[str, Any], now: datetime) -> str:
    """The state, also where the clock has run ahead of the record by a moment."""
    state: str = row["state"]
    if state in ("held", "pending") and row["until"] is not None and row["until"] <= now:
        return "lapsed"
    return state


def _may(hall: Hall, row: Mapping[str, Any], now: datetime) -> list[str]:
    booking = booking_of(row)
    allowed = []
    if _state(row, now) in OPEN and now < booking.start:
        allowed += ["cancel"] + (["move"] if booking.state == "confirmed" else [])
    if window.refusal(hall, booking, now) is None:
        allowed.append("check_in")
    return allowed
