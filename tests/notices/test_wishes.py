"""People say which messages they want: the office's, a reminder at another time, or none at all."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Engine

from qms.booking.pages.messages import choices, said
from qms.booking.rules import commands as c
from qms.booking.rules import contact
from qms.booking.rules.model import Wanted
from qms.halls.rules.booking import Reconfirm, Reminder
from tests.booking.room import WEDNESDAY, booking_office
from tests.notices.make import Bureau
from tests.post.server import MailServer

VISIT = datetime(2026, 11, 25, 9, tzinfo=UTC)
"""Ten o'clock in Warsaw on WEDNESDAY."""


def booked(bureau: Bureau, wish: str) -> str:
    """Somebody who has chosen."""
    id = bureau.room.book("10:00", WEDNESDAY)
    bureau.person(id, **({"messages": wish} if wish else {}))
    bureau.look()
    return id


@pytest.mark.parametrize("minutes", [60, 120, 1440])
async def test_a_reminder_comes_when_the_person_wants_it(
    minutes: int, sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server, reminders=(Reminder(days=1, at=time(7)), Reminder(minutes=30)))
    bureau.room.at("08:00", datetime(2026, 11, 23, tzinfo=UTC).date())
    booked(bureau, str(minutes))
    due = [row["due"] for row in bureau.messages() if row["template"] == "reminder"]
    assert [at.replace(tzinfo=UTC) for at in due] == [VISIT - timedelta(minutes=minutes)]


async def test_who_wants_no_reminder_gets_the_confirmation_alone(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server, reminders=(Reminder(minutes=30),))
    booked(bureau, "confirm")
    assert [row["template"] for row in bureau.messages()] == ["confirmed"]


async def test_who_says_nothing_gets_what_the_office_sends(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server, reminders=(Reminder(minutes=30),))
    booked(bureau, "")
    assert [row["template"] for row in bureau.messages()] == ["confirmed", "reminder"]


async def test_who_wants_nothing_gets_nothing_whatever_they_do(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(
        sqlite_engine, server, reminders=(Reminder(minutes=30),), copy_to="office@zalesie.example"
    )
    id = booked(bureau, "none")
    bureau.room.do(bureau.room.move(id, "11:00"))
    bureau.look()
    told = [(row["template"], row["person"]) for row in bureau.messages()]
    assert told == [("copy_confirmed", ""), ("copy_moved", "")], (
        "the office's own copies are no messages to the person"
    )


async def test_who_wants_nothing_still_never_comes_in_vain(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server)
    id = booked(bureau, "none")
    bureau.room.do(bureau.room.move(id, "11:00", by="staff"))
    bureau.look()
    bureau.room.do(c.CancelBookings(WEDNESDAY, (id,)))
    bureau.look()
    assert [row["template"] for row in bureau.messages()] == ["moved_office", "cancelled_office"]


async def test_what_must_be_answered_is_asked_of_everybody(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server, reconfirm=Reconfirm(days=1, hours=24), confirm_by_link=True)
    bureau.room.at("08:00", datetime(2026, 11, 20, tzinfo=UTC).date())
    id = bureau.room.hold("10:00", WEDNESDAY)
    bureau.person(id, messages="none")
    bureau.room.do(c.ConfirmBooking(id, WEDNESDAY, f"person-{id}", True))
    bureau.look()
    bureau.room.do(c.ProveBooking(id, WEDNESDAY))
    bureau.look()
    assert [row["template"] for row in bureau.messages()] == ["proof", "reconfirm"]


def test_the_choices_say_what_each_brings() -> None:
    hall = booking_office(reminders=(Reminder(days=1, at=time(16)), Reminder(minutes=60)))
    assert choices(hall, "en") == [
        ("", "1 day before the visit, 16:00; 1 h before the visit"),
        ("60", "1 h before the visit"),
        ("120", "2 h before the visit"),
        ("1440", "1 day before the visit"),
        ("2880", "2 days before the visit"),
        ("4320", "3 days before the visit"),
        ("confirm", "No reminder"),
        ("none", "No messages: I will note the code"),
    ]


def test_an_office_without_reminders_offers_them_all_the_same() -> None:
    hall = booking_office(reminders=())
    values = [value for value, _ in choices(hall, "pl")]
    assert values == ["", "60", "120", "1440", "2880", "4320", "none"]
    assert said(hall, "pl", "") == "Bez przypomnienia"


@pytest.mark.parametrize("lang", ["pl", "en", "uk", "de"])
def test_no_choice_is_said_twice(lang: str) -> None:
    for reminders in (
        (),
        (Reminder(),),
        (Reminder(minutes=120),),
        (Reminder(days=4, at=time(9)), Reminder()),
    ):
        said = [words for _, words in choices(booking_office(reminders=reminders), lang)]
        assert len(said) == len(set(said))


def test_a_choice_that_nobody_offers_is_refused() -> None:
    hall, wanted = booking_office(), (Wanted("id-card"),)
    given = {"name": "Anna", "email": "anna@example.org"}
    for wish in ("", "60", "confirm", "none"):
        assert contact.faults(hall, wanted, given | {"messages": wish}, staff=False) == []
    for wish in ("5", "all", "-60", "９"):
        assert contact.faults(hall, wanted, given | {"messages": wish}, staff=False) == ["messages"]
