"""Small halls that take bookings, and bookings, for tests."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from qms.booking.rules.model import Booking, DayBook, Freed, Wanted
from qms.halls.rules.booking import Bookings, OpeningRule, Shift
from qms.halls.rules.model import Counter, Hall
from tests.halls.make import hall, service, span

WARSAW = ZoneInfo("Europe/Warsaw")
TUESDAY = date(2026, 11, 24)
YEAR = date(2026, 1, 1)
ID, PASSPORT = Wanted("id-card"), Wanted("passport")
EARLY = datetime(2026, 11, 23, 6, tzinfo=UTC)


def rule(*spans: str, id: str = "all", **more: Any) -> OpeningRule:
    """An opening rule on weekdays of 2026; spans such as 08:00-12:00, none: 08:00-16:00."""
    fields: dict[str, Any] = {"first_day": YEAR, "spans": cut(*spans or ("08:00-16:00",))}
    return OpeningRule(id=id, **(fields | more))


def shift(counter: str, *spans: str, id: str = "", **more: Any) -> Shift:
    """A counter's shift on weekdays of 2026."""
    fields: dict[str, Any] = {"first_day": YEAR, "spans": cut(*spans or ("08:00-16:00",))}
    return Shift(id=id or f"shift-{counter}", counter=counter, **(fields | more))


def cut(*spans: str) -> tuple[Any, ...]:
    """Spans written as 08:00-12:00."""
    return tuple(span(*each.split("-")) for each in spans)


def counter(id: str, *services: str, **more: Any) -> Counter:
    """A counter that serves these, or both services of the hall."""
    return Counter(
        id=id, names={"pl": id}, services=dict.fromkeys(services or ("id-card", "passport"), 1), **more
    )


def booking_hall(*rules: OpeningRule, counters: int | tuple[Counter, ...] = 1, **more: Any) -> Hall:
    """A hall in Warsaw, open on weekdays from 8 to 16, that takes bookings for the next 30 days.

    `more` are fields of the hall or of its bookings; both services take one slot of 15 minutes.
    """
    settings = {name: more.pop(name) for name in list(more) if name in Bookings.model_fields}
    fields: dict[str, Any] = {
        "counters": tuple(counter(str(n + 1)) for n in range(counters))
        if isinstance(counters, int)
        else counters,
        "services": (service("id-card", minutes=15), service("passport", minutes=15)),
        "bookings": Bookings(opening=rules or (rule(),), **settings),
    }
    return hall(**(fields | more))


def at(clock: str, day: date = TUESDAY, zone: ZoneInfo = WARSAW) -> datetime:
    """The instant of a local time."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone).astimezone(UTC)


def booking(start: datetime, minutes: int = 15, id: str = "", **more: Any) -> Booking:
    """A confirmed booking for an identity card, made by the person, on the start's date in Warsaw."""
    fields: dict[str, Any] = {
        "id": id or f"b{start.isoformat()}",
        "day": start.astimezone(WARSAW).date(),
        "start": start,
        "end": start + timedelta(minutes=minutes),
        "services": (ID,),
        "state": "confirmed",
        "via": "web",
        "segment": "booked",
        "language": "pl",
        "holder": "",
        "code": id,
        "code_n": 0,
        "made": EARLY,
    }
    return Booking(**(fields | more))


def freed(start: datetime, minutes: int = 15, id: str = "f1") -> Freed:
    """A freed time, not yet shown again."""
    day = start.astimezone(WARSAW).date()
    return Freed(id, day, start, start + timedelta(minutes=minutes), (ID,), start)


def book(*bookings: Booking, day: date = TUESDAY, freed: tuple[Freed, ...] = ()) -> DayBook:
    """A day's book."""
    return DayBook(day, {one.id: one for one in bookings}, {one.id: one for one in freed})


def clocks(times: tuple[datetime, ...], zone: ZoneInfo = WARSAW) -> list[str]:
    """Instants as local hours."""
    return [f"{each.astimezone(zone):%H:%M}" for each in times]
