"""A visit as a calendar file (RFC 5545), and as the mail that changes it in a calendar (RFC 5546)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText
from icalendar.enums import STATUS

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
PRODUCT = "-//qms//Visits//EN"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit for a calendar. `uid` never changes, `sequence` grows with every change; times are aware."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    zone: str
    summary: str
    location: str
    description: str
    url: str
    language: str


def calendar_file(
    visit: Visit, method: Method, stamp: datetime, office: str = "", guest: str = ""
) -> bytes:
    """The file. `office` and `guest` are mail addresses, which a REQUEST or CANCEL names.

    PUBLISH is for a file that a person opens; REQUEST puts the visit into a calendar, or changes it
    there; CANCEL takes it out.
    """
    zone = ZoneInfo(visit.zone)
    event = Event.new(
        uid=visit.uid,
        sequence=visit.sequence,
        stamp=stamp,
        start=visit.start.astimezone(zone),
        end=visit.end.astimezone(zone),
        summary=visit.summary,
        location=visit.location,
        description=visit.description,
        url=visit.url or None,
        status=STATUS.CANCELLED if method == "CANCEL" else STATUS.CONFIRMED,
        organizer=_organizer(office) if office else None,
        attendees=[_guest(guest, visit.language)] if guest else None,
    )
    calendar = Calendar.new(prodid=PRODUCT, method=method, subcomponents=[event])
    del calendar["UID"]  # of the file, made up anew each time; the visit has its own
    year = visit.start.year
    calendar.add_missing_timezones(date(year - 1, 1, 1), date(year + 2, 1, 1))
    return bytes(calendar.to_ical())


def _organizer(address: str) -> vCalAddress:
    return vCalAddress(f"mailto:{address}")


def _guest(address: str, language: str) -> vCalAddress:
    """Somebody who has agreed already, and is asked for no answer."""
    guest = vCalAddress(f"mailto:{address}")
    for name, value in (("LANGUAGE", language), ("PARTSTAT", "ACCEPTED"), ("RSVP", "FALSE")):
        guest.params[name] = vText(value)
    return guest
