"""Which event becomes which message to whom."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from qms.booking.project import BOOKING, WISH
from qms.booking.rules import contact
from qms.booking.rules import events as e
from qms.halls.rules.model import Hall
from qms.kernel.event import Recorded
from qms.ledger.persons import read_person
from qms.ledger.vault import CannotOpen, Vault
from qms.notices.rules import times
from qms.notices.rules.templates import COPIES
from qms.post.queue import Row, Wanted, put
from qms.post.sending import machine_now

ALWAYS = frozenset({"proof", "offer", "cancelled_office", "moved_office", "unanswered"})
"""What asks for an answer, or says that somebody would come in vain: it goes also to those who want nothing."""
OFFICE = ""
"""The recipient of copies, in place of a person's id."""
Rows = dict[str, Row]


class Plan:
    """Puts messages into the queue. `setup_of` gives a hall's set-up; `copies`: the office wants some."""

    def __init__(
        self,
        setup_of: Callable[[str], Hall | None],
        vault: Vault,
        copies: bool = False,
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        self._setup_of, self._vault, self._copies, self._now = setup_of, vault, copies, now

    def __call__(self, conn: Connection, events: Sequence[Recorded]) -> None:
        """Queue what these events bring; the work of a tail. Twice is as good as once."""
        about = [event for event in events if type(event.body) in TEMPLATES]
        bodies: list[Any] = [event.body for event in about]
        rows = _rows(conn, {body.booking for body in bodies})
        wanted = [message for event in about for message in self._of(conn, event, rows)]
        put(conn, wanted, self._now())

    def _of(self, conn: Connection, event: Recorded, rows: Rows) -> Iterator[Wanted]:
        body: Any = event.body
        row, template = rows.get(body.booking), TEMPLATES[type(body)](body)
        if row is None or template is None:
            return
        person = _offered_to(conn, body) if isinstance(body, e.TimeHeld) else _person(body, row)
        if person is None:
            return
        version = body.now.sequence if isinstance(body, e.BookingMoved) else 0
        wish = self._wish(conn, person)
        if wish != contact.SILENT or template in ALWAYS:
            yield _message(event, row, template, person, version=version)
        hall = self._setup_of(event.hall)
        if hall is None:
            return
        if isinstance(body, e.BookingConfirmed | e.BookingMoved) and row["state"] == "confirmed":
            yield from _later(event, row, person, hall, wish)
        if self._copies and template in COPIES:
            yield _message(event, row, COPIES[template], OFFICE, language=hall.languages[0])

    def _wish(self, conn: Connection, person: str) -> str:
        """Which messages somebody wants; empty for those that the office sends."""
        try:
            return (read_person(conn, self._vault, person) or {}).get(contact.MESSAGES, "")
        except CannotOpen:  # the message itself will fail, and say so
            return ""


def _later(event: Recorded, row: Row, person: str, hall: Hall, wish: str) -> Iterator[Wanted]:
    """Reminders, and the request to say again that one will come: of the visit as it now stands.

    An event that is read late may find a booking that was moved since; then the move's own event
    wants the same messages, and they are known as the same.
    """
    version = row["sequence"]
    once = f"{row['id']}:{version}"
    for n, at in times.reminders(hall, row["starts"], event.at, wish):
        yield _message(
            event, row, "reminder", person, version=version, part=n, due=at, once=f"{once}:reminder:{n}"
        )
    if row["reconfirm"] is not None:
        at = times.ask_again(hall, row["reconfirm"])
        yield _message(event, row, "reconfirm", person, version=version, due=at, once=f"{once}:reconfirm")


def _message(event: Recorded, row: Row, template: str, person: str, **more: Any) -> Wanted:
    fields: dict[str, Any] = {
        "hall": event.hall,
        "seq": event.seq,
        "template": template,
        "person": person,
        "about": row["id"],
        "language": row["language"],
        "due": event.at,
    }
    return Wanted(**(fields | more))


def _confirmed(_body: e.BookingConfirmed) -> str:
    return "confirmed"


def _awaited(_body: e.ProofAwaited) -> str:
    return "proof"


def _moved(body: e.BookingMoved) -> str | None:
    if body.now.state != "confirmed":
        return None
    return "moved" if body.by == "citizen" else "moved_office"


def _cancelled(body: e.BookingCancelled) -> str:
    return "cancelled_office" if body.by == "office" else "cancelled"


def _lapsed(body: e.BookingLapsed) -> str | None:
    """Holds and proofs that ran out are nobody's loss; a visit that had been confirmed is."""
    return "unanswered" if body.why == "reconfirm" else None


def _held(body: e.TimeHeld) -> str | None:
    return "offer" if body.wish is not None else None


TEMPLATES: dict[type, Callable[[Any], str | None]] = {
    e.BookingConfirmed: _confirmed,
    e.ProofAwaited: _awaited,
    e.BookingMoved: _moved,
    e.BookingCancelled: _cancelled,
    e.BookingLapsed: _lapsed,
    e.TimeHeld: _held,
}


def _person(body: Any, row: Row) -> str | None:
    person: str | None = getattr(body, "person", None) or row["person"]
    return person


def _offered_to(conn: Connection, held: e.TimeHeld) -> str | None:
    return conn.execute(select(WISH.c.person).where(WISH.c.id == held.wish)).scalar_one_or_none()


def _rows(conn: Connection, ids: set[str]) -> Rows:
    if not ids:
        return {}
    chosen = select(BOOKING).where(BOOKING.c.id.in_(sorted(ids)))
    return {row["id"]: dict(row) for row in conn.execute(chosen).mappings()}
