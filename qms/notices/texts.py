"""The texts of messages: the office's own, else the catalogue's; keeping them, and trying them out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from qms.booking.rules.model import Wanted
from qms.halls.rules.model import Hall
from qms.kernel.clock import local_instant
from qms.ledger.engine import put_rows
from qms.ledger.tables import table_of
from qms.notices.rules.templates import Fault, faults, fill
from qms.notices.tables import Template
from qms.notices.words import Facts, Voice, book_link, voice
from qms.web.catalogue import entries

TEMPLATE = table_of(Template)


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a body, with places or with all of them filled."""

    subject: str
    body: str


class TextRefused(ValueError):  # noqa: N818
    """A text that cannot be kept; `faults` say why."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__(", ".join(fault.code for fault in found))
        self.faults = found


def default_text(name: str, language: str) -> Text:
    """The catalogue's text; raises LookupError for a message that does not exist."""
    found = entries(language, "mail")
    return Text(str(found[f"mail.{name}.subject"]), str(found[f"mail.{name}.body"]))


def own_text(conn: Connection, hall: str, name: str, language: str) -> Text | None:
    """The office's own text, if it has one."""
    chosen = select(TEMPLATE.c.subject, TEMPLATE.c.body).where(
        TEMPLATE.c.hall == hall, TEMPLATE.c.name == name, TEMPLATE.c.language == language
    )
    row = conn.execute(chosen).first()
    return None if row is None else Text(row.subject, row.body)


@dataclass(frozen=True, slots=True)
class Kept:
    """Who last worded an office's own text, and when."""

    by: str
    at: datetime


def own_texts(conn: Connection, hall: str) -> Mapping[tuple[str, str], Kept]:
    """Which texts are the office's own, by message and language."""
    chosen = select(TEMPLATE.c.name, TEMPLATE.c.language, TEMPLATE.c.by, TEMPLATE.c.at)
    rows = conn.execute(chosen.where(TEMPLATE.c.hall == hall))
    return {(name, language): Kept(by, at) for name, language, by, at in rows}


def text_of(conn: Connection, hall: str, name: str, language: str) -> Text:
    """The text that is sent."""
    return own_text(conn, hall, name, language) or default_text(name, language)


def keep_text(
    conn: Connection, hall: str, name: str, language: str, text: Text, by: str, at: datetime
) -> None:
    """Replace the text of a message; a small write. Raises TextRefused."""
    body = text.body.replace("\r\n", "\n").strip()
    subject = text.subject.strip()
    found = faults(name, subject, body)
    if found:
        raise TextRefused(found)
    row = {"hall": hall, "name": name, "language": language, "by": by, "at": at}
    put_rows(conn, TEMPLATE, [{**row, "subject": subject, "body": body}], replace=True)


def drop_text(conn: Connection, hall: str, name: str, language: str) -> None:
    """Go back to the catalogue's text."""
    mine = (TEMPLATE.c.hall == hall, TEMPLATE.c.name == name, TEMPLATE.c.language == language)
    conn.execute(delete(TEMPLATE).where(*mine))


def preview(hall: Hall, name: str, language: str, text: Text, now: datetime, base: str) -> Text:
    """A text as somebody would get it, with made-up data. Raises TextRefused."""
    found = faults(name, text.subject, text.body)
    if found:
        raise TextRefused(found)
    speaking = voice(hall, language)
    return render(speaking, text, sample(speaking, now, base))


def render(speaking: Voice, text: Text, facts: Facts) -> Text:
    """A text with its places filled."""
    values = speaking.values(facts)
    return Text(" ".join(fill(text.subject, values).split()), fill(text.body, values) + "\n")


def sample(speaking: Voice, now: datetime, base: str) -> Facts:
    """A visit that nobody has booked, in three days."""
    hall = speaking.hall
    zone = ZoneInfo(hall.zone)
    start = local_instant(now.astimezone(zone).date() + timedelta(days=3), time(10, 20), zone)
    services = [Wanted(service.id) for service in hall.services if not service.retired][:1]
    return Facts(
        start=start,
        end=start + timedelta(minutes=15),
        services=services,
        name=speaking.t("sample_name"),
        code="123456",
        link=f"{base}/b/{'x' * 26}",
        proof_link=f"{base}/prove/{'x' * 26}",
        book_link=book_link(base, hall, services),
        until=now + timedelta(hours=1),
    )
