"""Appointments as lists and pages of staff show them: booking, person and number together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from qms.booking.codes import BOOKING
from qms.booking.reads import Row
from qms.booking.rules.contact import NEEDS
from qms.booking.views import BookingView, booking_view
from qms.halls.rules import hours
from qms.halls.rules.model import BOOKED, Hall, Segment
from qms.kernel.clock import instant
from qms.ledger.persons import read_person
from qms.queue.reads import visits_by_id
from qms.web.edge import Call

CAME, EXPECTED, MISSED = "came", "expected", "missed"
COUNTED = (CAME, EXPECTED, MISSED, "cancelled")
"""What a day is told in, in this order."""


@dataclass(frozen=True, slots=True)
class Card:
    """One appointment. `number` and `visit` are those of the ticket that it became, `segment` if it is a special one."""

    view: BookingView
    now: datetime
    today: bool
    number: str = ""
    visit: str = ""
    token: str = ""
    segment: Segment | None = None

    @property
    def person(self) -> Mapping[str, str]:
        """What is known of the person; nothing once it was erased."""
        return self.view.get("person", {})

    @property
    def name(self) -> str:
        return self.person.get("name", "")

    @property
    def needs(self) -> list[str]:
        return [need for need in self.person.get("need", "").split(",") if need in NEEDS]

    @property
    def code(self) -> str:
        """The code as it is read out: three digits, and three more."""
        code = self.view.get("code", "")
        return f"{code[:3]} {code[3:]}" if code else ""

    @property
    def phase(self) -> str:
        """The state in a word: that of the booking, but for a person who is expected or overdue."""
        state = self.view["state"]
        if state == "checked_in":
            return CAME
        if state == "confirmed":
            return "overdue" if self.view["start"] <= instant(self.now) else EXPECTED
        return state

    @property
    def counted(self) -> str:
        """Under what it counts."""
        return EXPECTED if self.phase in ("overdue", "pending", "held") else self.phase

    @property
    def arrives(self) -> bool:
        """Whether one may say now that the person is here."""
        return self.today and self.view["state"] == "confirmed"

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.phase in (MISSED, "cancelled", "lapsed")


async def cards(call: Call, hall: Hall, rows: Sequence[Row]) -> list[Card]:
    """The rows with what else there is to be said of them, in one look at the database."""
    vault, now = call.site.vault, call.site.clock.now()

    def look(conn: Connection) -> tuple[dict[str, Mapping[str, str]], Mapping[str, Mapping[str, Any]]]:
        persons = {row["person"]: read_person(conn, vault, row["person"]) for row in rows if row["person"]}
        return {id: found for id, found in persons.items() if found}, visits_by_id(conn, _tickets(rows))

    persons, visits = await call.site.read(look)
    today = hours.day_of(hall, now)
    return [
        Card(
            view=booking_view(
                hall,
                row,
                now,
                code=vault.code(BOOKING, row["id"], row["code_n"]),
                url="",
                person=persons.get(row["person"]),
            ),
            now=now,
            today=row["day"] == today,
            number=visits[row["ticket"]]["number"] if row["ticket"] in visits else "",
            visit=visits[row["ticket"]]["state"] if row["ticket"] in visits else "",
            token=vault.token("ticket", row["ticket"]) if row["ticket"] else "",
            segment=hall.segment(row["segment"]) if row["segment"] != BOOKED else None,
        )
        for row in rows
    ]


def _tickets(rows: Iterable[Row]) -> list[str]:
    return [row["ticket"] for row in rows if row["ticket"]]
