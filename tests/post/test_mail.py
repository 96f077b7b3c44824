"""Mails as they go over the wire: nothing can be smuggled into a header, calendars understand what is attached."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from qms.post.ics import Method, Visit, calendar_file
from qms.post.mail import CalendarPart, Mail, NoAddress, mailbox, write

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
ID = "<1@miasto.example>"
KNOWN = {"From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted"}


def arrived(mail: Mail) -> EmailMessage:
    sent = write(mail, "urzad@miasto.example", ID, AT)
    return message_from_bytes(sent.as_bytes(), policy=policy.default)


def mail(**more: Any) -> Mail:
    fields: dict[str, Any] = {
        "to": "anna@people.example",
        "office": "Urząd Miasta, Łódź",
        "subject": "Wizyta: środa, 25 listopada",
        "body": "Dzień dobry,\n\nprosimy o potwierdzenie.\n",
        "language": "pl",
    }
    return Mail(**(fields | more))


def visit(**more: Any) -> Visit:
    fields: dict[str, Any] = {
        "uid": "0123abcd",
        "sequence": 0,
        "start": datetime(2026, 11, 25, 9, 20, tzinfo=UTC),
        "end": datetime(2026, 11, 25, 9, 35, tzinfo=UTC),
        "zone": "Europe/Warsaw",
        "summary": "Wizyta: Urząd; Łódź, Rynek 1",
        "location": "Urząd, sala\nobsługi",
        "description": "Dowód osobisty: złożenie wniosku " * 5,
        "url": "https://kolejka.example/b/abc",
        "language": "pl",
    }
    return Visit(**(fields | more))


def event_of(body: bytes) -> Any:
    """The one visit that a file holds, as another program reads it."""
    [event] = Calendar.from_ical(body).walk("VEVENT")
    return event


def test_a_mail_says_in_words_of_any_script_what_it_should() -> None:
    got = arrived(mail())
    assert got["From"] == '"Urząd Miasta, Łódź" <urzad@miasto.example>'
    assert got["To"] == "anna@people.example"
    assert got["Subject"] == "Wizyta: środa, 25 listopada"
    assert got["Content-Language"] == "pl"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Message-ID"] == ID
    assert got.get_content().replace("\r\n", "\n") == "Dzień dobry,\n\nprosimy o potwierdzenie.\n"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_adds_a_header_or_a_recipient(office: str, subject: str) -> None:
    office = "".join(c for c in office if not 0xD800 <= ord(c) < 0xE000)
    subject = "".join(c for c in subject if not 0xD800 <= ord(c) < 0xE000)
    wire = write(mail(office=office, subject=subject), "urzad@miasto.example", ID, AT).as_bytes()
    head = wire.split(b"\r\n\r\n", 1)[0]
    names = {line.split(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"}
    assert {name for name in names if not name.startswith(("Content-", "MIME-"))} <= KNOWN


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: c@d.example", "a@b.example\n", "a b@c.example", "a@b,c@d.example", "@", "a@"],
)
def test_an_address_holds_nothing_else(address: str) -> None:
    with pytest.raises(NoAddress):
        mailbox(address)


def test_a_domain_in_another_script_becomes_what_servers_know() -> None:
    assert mailbox("anna@łódź.example").addr_spec == "anna@xn--d-uga0v4h.example"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_calendar_file_says_in_its_type_too_what_it_is_for(method: Method) -> None:
    body = calendar_file(visit(), method, AT, "urzad@miasto.example", "anna@people.example")
    got = arrived(mail(calendar=CalendarPart(method, body)))
    parts: dict[str, Any] = {part.get_content_type(): part for part in got.walk()}
    assert list(parts) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/calendar",
        "application/ics",
    ]
    assert parts["text/calendar"].get_param("method") == method
    assert parts["text/calendar"].get_param("charset") == "utf-8"
    assert parts["text/plain"]["Content-Language"] == "pl"
    assert parts["application/ics"].get_filename() == "visit.ics"
    read: Any = Calendar.from_ical(parts["text/calendar"].get_payload(decode=True))
    assert read["METHOD"] == method
    assert parts["application/ics"].get_payload(decode=True) == body


def test_a_calendar_file_is_as_the_standard_wants_it() -> None:
    body = calendar_file(visit(sequence=3), "REQUEST", AT, "urzad@miasto.example", "anna@people.example")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    read: Any = Calendar.from_ical(body)
    assert read["VERSION"] == "2.0"
    assert read["PRODID"]
    assert [str(zone["TZID"]) for zone in read.walk("VTIMEZONE")] == ["Europe/Warsaw"]
    event = event_of(body)
    assert event["UID"] == "0123abcd"
    assert event["SEQUENCE"] == 3
    assert event["DTSTAMP"].dt == AT
    assert event["DTSTART"].dt == datetime(2026, 11, 25, 9, 20, tzinfo=UTC)
    assert event["DTSTART"].params["TZID"] == "Europe/Warsaw"
    assert event["DTEND"].dt == datetime(2026, 11, 25, 9, 35, tzinfo=UTC)
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == "Wizyta: Urząd; Łódź, Rynek 1"
    assert event["LOCATION"] == "Urząd, sala\nobsługi"
    assert event["URL"] == "https://kolejka.example/b/abc"
    assert event["ORGANIZER"] == "mailto:urzad@miasto.example"
    assert event["ATTENDEE"] == "mailto:anna@people.example"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"


@pytest.mark.parametrize(("month", "day"), [(3, 29), (10, 25), (1, 1), (7, 1)])
def test_hours_are_right_on_days_of_a_clock_change(month: int, day: int) -> None:
    start = datetime(2026, month, day, 8, tzinfo=UTC)
    event = event_of(calendar_file(visit(start=start), "REQUEST", AT))
    assert event["DTSTART"].dt == start


def test_a_cancellation_takes_the_same_visit_out() -> None:
    body = calendar_file(visit(sequence=4), "CANCEL", AT, "urzad@miasto.example", "anna@people.example")
    event = event_of(body)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("0123abcd", 4, "CANCELLED")


def test_a_file_to_open_names_nobody() -> None:
    event = event_of(calendar_file(visit(), "PUBLISH", AT))
    assert "ATTENDEE" not in event
    assert "ORGANIZER" not in event
