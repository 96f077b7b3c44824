"""A hall in which people book, its rows in a real database, and its post to a real mail server."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any, TypeVar

from icalendar import Calendar
from sqlalchemy import Connection, Engine, delete, select

from qms.booking import tables
from qms.halls.rules.model import Hall
from qms.ledger.engine import put_rows, writing
from qms.ledger.orders import Private
from qms.ledger.persons import seal_person, write_persons
from qms.ledger.tables import table_of
from qms.ledger.vault import Vault
from qms.notices.compose import Composer
from qms.notices.plan import Plan
from qms.post.queue import MESSAGE
from qms.post.sending import Post
from tests.booking.room import WEDNESDAY, BookingRoom, booking_office
from tests.post.server import OFFICE, MailServer
from tests.queue.make import changed

T = TypeVar("T")
BASE = "https://kolejka.example"
VAULT = Vault([b"a secret of thirty-two bytes or more"])
SOON = timedelta(minutes=1)


def setup(**settings: Any) -> Hall:
    """No reminders unless they are asked for."""
    more = {"languages": ("pl", "en", "uk", "de"), **settings.pop("hall", {})}
    return changed(booking_office(**{"reminders": (), **settings}), **more)


class Bureau:
    """`room` is the hall; `post()` queues what its events bring, sends what is due, and returns the mails."""

    def __init__(self, engine: Engine, server: MailServer, copy_to: str = "", **settings: Any) -> None:
        self.engine, self.server = engine, server
        self.room = BookingRoom(setup(**settings))
        self._planned = 0
        self.plan = Plan(lambda _hall: self.hall, VAULT, copies=bool(copy_to), now=lambda: self.room.now)
        self.compose = Composer(
            setup_of=lambda _hall: self.hall,
            vault=VAULT,
            now=lambda: self.room.now,
            base=BASE,
            sender=OFFICE,
            copy_to=copy_to,
        )
        self.sender = Post(
            server.relay(),
            self.compose,
            self.read,
            self.aside,
            business_now=lambda: self.room.now,
            now=lambda: self.room.now,
        )

    @property
    def hall(self) -> Hall:
        return self.room.state.setup

    def person(self, booking: str, **fields: str) -> None:
        """What somebody gave of themselves; the room books under such an id."""
        self.known(
            f"person-{booking}", **({"name": "Anna Nowak", "email": f"{booking}@people.example"} | fields)
        )

    def known(self, id: str, **fields: str) -> None:
        stored = seal_person(VAULT, self.room.state.id, Private(id, fields), "2026-11-24T08:00:00.000000Z")
        with writing(self.engine).begin() as conn:
            write_persons(conn, [stored])

    def book(self, at: str = "10:00", on: date = WEDNESDAY, **more: Any) -> str:
        id = self.room.book(at, on, **more)
        self.person(id)
        return id

    def look(self, again: bool = False) -> None:
        """Bring rows and messages up to what has happened."""
        with writing(self.engine).begin() as conn:
            for model in (tables.Booking, tables.Freed, tables.Wish):
                conn.execute(delete(table_of(model)))
                rows = list(self.room.rows.get(model, {}).values())
                put_rows(conn, table_of(model), rows, replace=True)
            self.plan(conn, self.room.log[0 if again else self._planned :])
        self._planned = len(self.room.log)

    async def post(self) -> list[EmailMessage]:
        """The mails that came of what happened since."""
        self.look()
        before = len(self.server.taken)
        while await self.sender.step():
            pass
        return self.server.taken[before:]

    def messages(self) -> list[dict[str, Any]]:
        with self.engine.connect() as conn:
            return [dict(row) for row in conn.execute(select(MESSAGE).order_by(MESSAGE.c.due)).mappings()]

    def told(self) -> list[tuple[str, str, str]]:
        """Template, state and why, of every message."""
        return [(row["template"], row["state"], row["error"]) for row in self.messages()]

    async def read(self, question: Callable[[Connection], T]) -> T:
        def ask() -> T:
            with self.engine.connect() as conn:
                return question(conn)

        return await asyncio.to_thread(ask)

    async def aside(self, work: Callable[[Connection], T]) -> T:
        def write() -> T:
            with writing(self.engine).begin() as conn:
                return work(conn)

        return await asyncio.to_thread(write)


def words(mail: EmailMessage) -> str:
    """The text that a person reads."""
    part: Any = mail.get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n")


def calendar(mail: EmailMessage) -> tuple[str, Any]:
    """Method and visit of the calendar file in a mail."""
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    body: Any = part.get_payload(decode=True)
    read: Any = Calendar.from_ical(body)
    [event] = read.walk("VEVENT")
    assert part.get_param("method") == read["METHOD"]
    return str(read["METHOD"]), event
