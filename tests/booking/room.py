"""A hall that takes bookings, in memory: the queue's test hall, with days brought from its own rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qms.booking import tables
from qms.booking.project import booking_of, wanted_of
from qms.booking.rules import commands as c
from qms.booking.rules.calendar import Brought
from qms.booking.rules.decide import Needs
from qms.booking.rules.model import OCCUPYING, Booking, DayBook, Freed, Via, Wanted, Wish
from qms.halls.rules.booking import Bookings, OpeningRule
from qms.halls.rules.model import Hall
from qms.kernel.event import Command, Event
from qms.kernel.refusal import Refusal
from qms.ledger.fold import Fold
from qms.queue.project import QUEUE
from qms.queue.rules.commands import CheckIn
from tests.halls.make import span
from tests.queue.make import CODEC, TUESDAY, Room, office

WEDNESDAY = TUESDAY + timedelta(days=1)
ID_CARD = (Wanted("id-card"),)


def booking_office(rule: dict[str, Any] | None = None, **settings: Any) -> Hall:
    """The queue's office (three counters, open 8 to 16), with appointments from 8 to 15 every quarter of an hour."""
    opening = OpeningRule(
        **{"id": "all", "first_day": date(2026, 1, 1), "spans": (span("08:00", "15:00"),), **(rule or {})}
    )
    return office(bookings=Bookings(**{"opening": (opening,), **settings}))


class BookingRoom(Room):
    """A hall in which people book. Ids are `b1`, `b2`, …; the codes of a booking are hashes made of its id."""

    def ask(self, command: Command, actor: str = "tester") -> Sequence[Event] | Refusal:
        now = max(self.now, self.held.head.at)
        fold = Fold(QUEUE, CODEC, self.state.id, self.held)
        for _ in range(3):
            needs = QUEUE.needs(fold.state, command, now)
            if needs:
                fold.bring(self._brought(needs))
            fold.advance(now, pending=True)
        verdict = QUEUE.decide(fold.state, command, now)
        facts = verdict.facts if isinstance(verdict, Refusal) else verdict
        for event in facts:
            fold.append(event, now, actor, "")
        self._adopt(fold)
        return verdict

    def _brought(self, needs: Needs) -> Brought:
        rows = [row for row in self.rows.get(tables.Booking, {}).values() if row["state"] in OCCUPYING]
        freed = self.rows.get(tables.Freed, {}).values()
        days = {
            day: DayBook(
                day,
                {row["id"]: booking_of(row) for row in rows if row["day"] == day},
                {row["id"]: freed_of(row) for row in freed if row["day"] == day},
            )
            for day in needs.days
        }
        wishes = [wish_of(row) for row in self.rows.get(tables.Wish, {}).values()]
        return Brought(days, wishes if needs.wishes else None)

    def forget(self) -> None:
        """Put every day away but the open one, as after a restart."""
        calendar = self.state.calendar.draft()
        calendar.days = {day: book for day, book in calendar.days.items() if day == self.state.day}
        calendar.wishes, calendar.counted = None, False
        self.held.state.calendar = calendar

    # -- acts

    def wanted_hold(
        self, at: str = "10:00", on: date = WEDNESDAY, via: Via = "web", **more: Any
    ) -> c.HoldTime:
        self._named += 1
        id = more.pop("booking", f"b{self._named}")
        start = datetime.fromisoformat(f"{on}T{at}").replace(tzinfo=self.zone).astimezone(UTC)
        fields: dict[str, Any] = {
            "booking": id,
            "day": on,
            "start": start,
            "services": ID_CARD,
            "via": via,
            "segment": "booked",
            "language": "pl",
            "holder": f"hash-{id}",
            "codes": codes(id, on),
        }
        return c.HoldTime(**(fields | more))

    def hold(self, at: str = "10:00", on: date = WEDNESDAY, **more: Any) -> str:
        """A held time: the booking's id."""
        command = self.wanted_hold(at, on, **more)
        self.do(command)
        return command.booking

    def book(self, at: str = "10:00", on: date = WEDNESDAY, **more: Any) -> str:
        """A confirmed booking's id."""
        id = self.hold(at, on, **more)
        self.do(c.ConfirmBooking(id, on, f"person-{id}", True))
        return id

    def booking(self, id: str, on: date = WEDNESDAY) -> Booking:
        return self.state.calendar.book(on).bookings[id]

    def move(
        self, id: str, at: str, on: date = WEDNESDAY, to: date = WEDNESDAY, by: Any = "citizen"
    ) -> Command:
        start = datetime.fromisoformat(f"{to}T{at}").replace(tzinfo=self.zone).astimezone(UTC)
        return c.MoveBooking(id, on, to, start, codes(id, to), by)

    def check_in(self, id: str, on: date = TUESDAY, **more: Any) -> CheckIn:
        return CheckIn(id, on, f"ticket-{id}", f"holder-{id}", **more)

    def booking_row(self, id: str) -> dict[str, Any]:
        return self.row(tables.Booking, id)


def codes(id: str, on: date) -> tuple[str, ...]:
    """Hexadecimal, like the keyed hashes that they stand for."""
    return tuple(f"{abs(hash((id, n))) % 16**8:08x}{on:%Y%m%d}" for n in range(3))


def freed_of(row: Any) -> Freed:
    services, passed = wanted_of(row["services"]), tuple(row["passed"].split())
    return Freed(row["id"], row["day"], row["starts"], row["ends"], services, row["until"], passed)


def wish_of(row: Any) -> Wish:
    fields = {name: value for name, value in row.items() if name not in ("hall", "services")}
    return Wish(**fields, services=wanted_of(row["services"]))
