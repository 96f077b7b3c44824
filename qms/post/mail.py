"""A message as e-mail: headers that nothing can be smuggled into, plain text, and a calendar file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")

_SPECIAL = re.compile(r"""[\s\x00-\x1f\x7f@,;:<>"()\[\]\\]""")
"""What no address needs, and what could part one from the next."""


class NoAddress(ValueError):  # noqa: N818
    """What was given as an address is none."""


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A calendar file, and what a calendar should do with it: REQUEST, CANCEL."""

    method: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be sent, once somebody has put it into words."""

    to: str
    office: str
    """Whom it comes from, as it is shown beside the sender's address."""
    subject: str
    body: str
    language: str
    calendar: CalendarPart | None = None


def one_line(text: str) -> str:
    """A text for a header: no line breaks or other control characters."""
    return _CONTROL.sub(" ", text).strip()


def mailbox(address: str, name: str = "") -> Address:
    """An address for a header; a domain in any script becomes what mail servers know. Raises NoAddress."""
    local, _, domain = address.rpartition("@")
    if not local or not domain or _SPECIAL.search(local + domain):
        raise NoAddress
    try:
        ascii_domain = domain.encode("idna").decode() if not domain.isascii() else domain
        return Address(one_line(name), local, ascii_domain)
    except ValueError:
        raise NoAddress from None


def write(mail: Mail, sender: str, message_id: str, at: datetime) -> EmailMessage:
    """The mail as it goes over the wire. Raises NoAddress."""
    message = EmailMessage(SMTP)
    headers: Mapping[str, object] = {
        "From": mailbox(sender, mail.office),
        # Without the person's name: whoever books would else have the office write anything to anybody.
        "To": mailbox(mail.to),
        "Subject": one_line(mail.subject),
        "Date": at,
        "Message-ID": message_id,
        # Machines do not answer to machines: no absence notes back to the office (RFC 3834).
        "Auto-Submitted": "auto-generated",
    }
    for name, value in headers.items():
        message[name] = value
    message.set_content(mail.body, cte="quoted-printable" if not mail.body.isascii() else None)
    message["Content-Language"] = mail.language
    if mail.calendar is not None:
        _attach(message, mail.calendar)
        message["Content-Language"] = mail.language  # that of the text went with it into its part
    return message


def _attach(message: EmailMessage, calendar: CalendarPart) -> None:
    """Once beside the text, where calendars look, and once as a file, for a person to open."""
    message.add_alternative(
        calendar.body.decode(),
        subtype="calendar",
        params={"method": calendar.method},
        cte="base64",
    )
    message.add_attachment(
        calendar.body,
        maintype="application",
        subtype="ics",
        filename="visit.ics",
    )
