"""A queued message in words: read at the last moment, from what is true then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from qms.booking import reads
from qms.booking.codes import BOOKING, PROOF
from qms.booking.project import wanted_of
from qms.halls.rules.model import Hall
from qms.ledger.persons import read_person
from qms.ledger.vault import Vault
from qms.notices.plan import OFFICE
from qms.notices.texts import default_text, render, text_of
from qms.notices.words import Facts, Voice, book_link, voice
from qms.post.ics import Visit, calendar_file
from qms.post.mail import CalendarPart, Mail
from qms.post.queue import Row

METHODS: Mapping[str, Literal["REQUEST", "CANCEL"]] = {
    "confirmed": "REQUEST",
    "moved": "REQUEST",
    "moved_office": "REQUEST",
    "cancelled": "CANCEL",
    "cancelled_office": "CANCEL",
    "unanswered": "CANCEL",
}
"""What a calendar does with the file of a message; the others bring none."""
STATES: Mapping[str, str] = {
    "proof": "pending",
    "offer": "held",
    "cancelled": "cancelled",
    "cancelled_office": "cancelled",
    "unanswered": "lapsed",
}
"""In which state a booking must be for a message to make sense; else: confirmed."""
OF_ONE_TIME = frozenset({"moved", "moved_office", "reminder", "reconfirm"})
"""Messages that are pointless once the booking has another time."""


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes messages; `base` is the address that links begin with, `sender` the office's mail address."""

    setup_of: Callable[[str], Hall | None]
    vault: Vault
    now: Callable[[], datetime]
    base: str
    sender: str
    copy_to: str = ""

    def __call__(self, conn: Connection, message: Row) -> Mail | str:
        """The mail; or in a word why it is not to be sent any more. Raises CannotOpen, LookupError."""
        hall = self.setup_of(message["hall"])
        if hall is None:
            raise LookupError("the hall is not served")
        row = reads.booking_by_id(conn, message["hall"], message["about"])
        if row is None:
            return "gone"
        if message["person"] == OFFICE:
            speaking = voice(hall, message["language"])
            return self._copy(speaking, message, row) if self.copy_to else "no address"
        pointless = _pointless(message, row, self.now())
        if pointless:
            return pointless
        person = read_person(conn, self.vault, message["person"])
        if person is None:
            return "erased"
        if not person.get("email"):
            return "no address"
        return self._mail(conn, voice(hall, message["language"]), message, row, person)

    def _mail(
        self, conn: Connection, speaking: Voice, message: Row, row: Row, person: Mapping[str, str]
    ) -> Mail:
        template = text_of(conn, speaking.hall.id, message["template"], speaking.language)
        facts = self._facts(speaking.hall, row, message["template"], person.get("name", ""))
        text = render(speaking, template, facts)
        calendar = self._calendar(speaking, message["template"], row, facts, person["email"])
        return Mail(person["email"], speaking.office, text.subject, text.body, speaking.language, calendar)

    def _copy(self, speaking: Voice, message: Row, row: Row) -> Mail:
        """For the office: what happened, and nothing of the person."""
        facts = self._facts(speaking.hall, row, message["template"], "")
        text = render(speaking, default_text(message["template"], speaking.language), facts)
        return Mail(self.copy_to, speaking.office, text.subject, text.body, speaking.language)

    def _facts(self, hall: Hall, row: Row, template: str, name: str) -> Facts:
        id, wanted = row["id"], wanted_of(row["services"])
        return Facts(
            start=row["starts"],
            end=row["ends"],
            services=wanted,
            name=name,
            code=self.vault.code(BOOKING, id, row["code_n"]),
            link=f"{self.base}/b/{self.vault.token(BOOKING, id)}",
            proof_link=f"{self.base}/prove/{id}.{self.vault.token(PROOF, id)}",
            book_link=book_link(self.base, hall, wanted),
            until=row["reconfirm"] if template == "reconfirm" else row["until"],
        )

    def _calendar(
        self, speaking: Voice, template: str, row: Row, facts: Facts, guest: str
    ) -> CalendarPart | None:
        method = METHODS.get(template)
        if method is None:
            return None
        code = speaking.t("calendar.code", code=facts.code) if method == "REQUEST" else ""
        visit = Visit(
            uid=row["id"],
            sequence=row["sequence"] + (method == "CANCEL"),
            start=facts.start,
            end=facts.end,
            zone=speaking.hall.zone,
            summary=speaking.t("calendar.summary", office=speaking.office),
            location=speaking.place,
            description="\n".join(filter(None, [speaking.services(facts.services), code])),
            url=facts.link,
            language=speaking.language,
        )
        return CalendarPart(method, calendar_file(visit, method, self.now(), self.sender, guest))


def _pointless(message: Row, row: Row, now: datetime) -> str:
    """Why a message has outlived what it tells of; empty where it has not."""
    template = message["template"]
    if template in OF_ONE_TIME and row["sequence"] != message["version"]:
        return "moved"
    if row["state"] != STATES.get(template, "confirmed"):
        return row["state"] or ""
    if row["starts"] <= now:
        return "over"
    if template == "reconfirm" and (row["reconfirm"] is None or row["reconfirm"] <= now):
        return "over"
    if template in ("proof", "offer") and (row["until"] is None or row["until"] <= now):
        return "over"
    return ""
