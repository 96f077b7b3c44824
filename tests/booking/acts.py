"""Commands to a calendar at random: mostly such as make sense now, some too late, too early or out of nowhere."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from qms.booking.rules import commands as c
from qms.booking.rules.decide import first_wish
from qms.booking.rules.model import Booking, Wanted
from qms.halls.rules.booking import Reconfirm
from qms.halls.rules.model import Hall
from qms.kernel.event import Command
from qms.queue.rules.commands import CheckIn
from qms.queue.rules.state import Queue
from tests.booking.room import booking_office, codes

WARSAW = ZoneInfo("Europe/Warsaw")
DAYS = 4
"""How many days ahead people book."""


def office() -> Hall:
    """A small office where times are scarce and every way of ending one is used."""
    return booking_office(
        {"lanes": 2, "public_lanes": 1, "days": ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
        hold=20,
        confirm_by_link=True,
        confirm_within=30,
        freed_after=5,
        freed_until=60,
        offer=30,
        several_services=True,
        walk_in_share=0.3,
        reconfirm=Reconfirm(days=2, hours=5),
        check_in_opens=120,
        check_in_closes=60,
    )


def bookings(state: Queue, *states: str) -> list[Booking]:
    """Bookings at hand in these states."""
    books = state.calendar.days.values()
    return [one for book in books for one in book.bookings.values() if one.state in states]


def when(rng: Random, now: datetime) -> datetime:
    """A time of the next days, on the grid nine times out of ten."""
    local = now.astimezone(WARSAW)
    day = (local + timedelta(days=rng.randrange(DAYS))).date()
    minute = rng.choice([0, 15, 30, 45] * 9 + [7])
    return datetime.combine(day, time(rng.randrange(8, 16), minute), WARSAW).astimezone(UTC)


def hold(rng: Random, state: Queue, now: datetime) -> Command:
    id, start = f"{rng.getrandbits(128):032x}", when(rng, now)
    services = rng.choice([["id-card"], ["id-card"], ["passport"], ["vehicle"], ["id-card", "vehicle"]])
    staff = rng.random() < 0.2
    return c.HoldTime(
        booking=id,
        day=start.date(),
        start=start,
        services=tuple(Wanted(service) for service in services),
        via="phone" if staff else "web",
        segment="booked",
        language="pl",
        holder=f"holder of {id}",
        codes=codes(id, start.date()),
        proved=rng.random() < 0.9,
        person=f"{rng.getrandbits(128):032x}" if staff else None,
    )


def confirm(rng: Random, state: Queue, now: datetime) -> Command:
    id, day = _one(rng, state, "held", "held", "lapsed")
    return c.ConfirmBooking(id, day, f"{rng.getrandbits(128):032x}", True)


def prove(rng: Random, state: Queue, now: datetime) -> Command:
    return c.ProveBooking(*_one(rng, state, "pending", "confirmed"))


def move(rng: Random, state: Queue, now: datetime) -> Command:
    id, day = _one(rng, state, "confirmed", "pending", "held")
    start = when(rng, now)
    return c.MoveBooking(
        id, day, start.date(), start, codes(id, start.date()), rng.choice(["citizen", "citizen", "staff"])
    )


def cancel(rng: Random, state: Queue, now: datetime) -> Command:
    id, day = _one(rng, state, "confirmed", "pending", "held", "cancelled")
    return c.CancelBooking(id, day, rng.choice(["citizen", "staff"]))


def close(rng: Random, state: Queue, now: datetime) -> Command:
    days = sorted(state.calendar.days) or [now.astimezone(WARSAW).date()]
    day = rng.choice(days)
    ids = [one.id for one in bookings(state, "confirmed") if one.day == day]
    return c.CancelBookings(day, tuple(ids[:2]))


def check_in(rng: Random, state: Queue, now: datetime) -> Command:
    id, day = _one(rng, state, "confirmed")
    ticket = f"{rng.getrandbits(128):032x}"
    return CheckIn(id, day, ticket, f"holder of {ticket}", early=rng.random() < 0.3)


def wish(rng: Random, state: Queue, now: datetime) -> Command:
    today, id = now.astimezone(WARSAW).date(), f"{rng.getrandbits(128):032x}"
    own = bookings(state, "confirmed")
    mine = rng.choice(own) if own and rng.random() < 0.5 else None
    return c.MakeWish(
        wish=id,
        services=(Wanted("id-card"),),
        first=today,
        last=today + timedelta(days=rng.randrange(DAYS)),
        segment="booked",
        language="pl",
        holder=f"holder of {id}",
        person=f"{rng.getrandbits(128):032x}",
        booking=mine.id if mine else None,
        booking_day=mine.day if mine else None,
    )


def unwish(rng: Random, state: Queue, now: datetime) -> Command:
    return c.EndWish(rng.choice([*(state.calendar.wishes or ()), "nobody"]))


def offer(rng: Random, state: Queue, now: datetime) -> Command:
    """What the waiting list's job would do; else another hold."""
    freed = [(id, book.day) for book in state.calendar.days.values() for id in book.freed]
    if not freed:
        return hold(rng, state, now)
    id, day = rng.choice(freed)
    first = first_wish(state, id, day, now)
    name = f"{rng.getrandbits(128):032x}"
    return c.OfferTime(
        id, day, first.id if first else "nobody", name, f"holder of {name}", codes(name, day)
    )


def load(rng: Random, state: Queue, now: datetime) -> Command:
    today = now.astimezone(WARSAW).date()
    return c.LoadDays((today, today + timedelta(days=rng.randrange(DAYS))))


KINDS: Sequence[Callable[[Random, Queue, datetime], Command]] = (
    *[hold] * 12,
    *[confirm] * 8,
    *[prove] * 5,
    *[move] * 4,
    *[cancel] * 4,
    *[check_in] * 3,
    *[wish] * 2,
    *[offer] * 3,
    close,
    unwish,
    load,
)


def commands(rng: Random, state: Callable[[], Queue], now: Callable[[], datetime]) -> Iterator[Command]:
    """Commands without end, each such as the calendar's present state suggests."""
    while True:
        yield rng.choice(KINDS)(rng, state(), now())


def _one(rng: Random, state: Queue, *states: Any) -> tuple[str, date]:
    found = bookings(state, *states)
    if not found:
        return "nobody", state.day or date(2026, 11, 24)
    chosen = rng.choice(found)
    return chosen.id, chosen.day
