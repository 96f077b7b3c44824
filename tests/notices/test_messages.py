"""Which event becomes which message, and what it says: read as the person gets it, from a real mail server."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine

from qms.booking.rules import commands as c
from qms.booking.rules.model import Wanted
from qms.halls.rules.booking import Reconfirm, Reminder
from tests.booking.room import WEDNESDAY, codes
from tests.halls.make import service
from tests.notices.make import BASE, VAULT, Bureau, calendar, words
from tests.post.server import OFFICE, MailServer
from tests.queue.make import office

LANGUAGES = ("pl", "en", "uk", "de")
DAY = {
    "pl": "środa, 25 listopada 2026",
    "en": "Wednesday, 25 November 2026",
    "uk": "середа, 25 листопада 2026",
    "de": "Mittwoch, 25. November 2026",
}


async def test_a_confirmation_comes_at_once_with_all_one_needs(
    sqlite_engine: Engine, server: MailServer
) -> None:
    card = service("id-card", minutes=9).model_copy(
        update={"names": {"pl": "Dowód osobisty"}, "documents": ({"pl": "zdjęcie"}, {"pl": "stary dowód"})}
    )
    services = tuple(card if one.id == "id-card" else one for one in office().services)
    bureau = Bureau(sqlite_engine, server, hall={"services": services})
    id = bureau.book()
    [mail] = await bureau.post()
    assert mail["To"] == f"{id}@people.example"
    assert mail["Subject"] == f"Wizyta umówiona: {DAY['pl']}, 10:00"
    said = words(mail)
    code = VAULT.code("booking", id, 0)
    for part in (
        f"Kiedy: {DAY['pl']}, godz. 10:00",
        "Sprawa: Dowód osobisty",
        f"Kod wizyty: {code}",
        "Proszę zabrać ze sobą:\n- zdjęcie\n- stary dowód",
        "Proszę być na miejscu 5 min przed czasem.",
        "od 09:45 do 10:10",
        f"{BASE}/b/{VAULT.token('booking', id)}",
    ):
        assert part in said
    assert "{" not in said
    assert "\n\n\n" not in said


@pytest.mark.parametrize("language", LANGUAGES)
async def test_confirmation_move_and_cancellation_are_one_visit_in_a_calendar(
    language: str, bureau: Bureau
) -> None:
    id = bureau.book(language=language)
    [first] = await bureau.post()
    bureau.room.do(bureau.room.move(id, "11:00"))
    [second] = await bureau.post()
    bureau.room.do(c.CancelBooking(id, WEDNESDAY, "citizen"))
    [third] = await bureau.post()
    files = [calendar(mail) for mail in (first, second, third)]
    assert [method for method, _ in files] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["UID"]) for _, event in files} == {id}
    assert [event["SEQUENCE"] for _, event in files] == [0, 1, 2]
    assert [event["STATUS"] for _, event in files] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [event["DTSTART"].dt.hour for _, event in files] == [10, 11, 11]
    assert all(event["ATTENDEE"] == f"mailto:{id}@people.example" for _, event in files)
    for mail in (first, second, third):
        assert mail["Content-Language"] == language
        assert DAY[language] in words(mail)
        assert "{" not in words(mail) + mail["Subject"]
    assert f"{BASE}/book/" in words(third)


async def test_the_office_cancels_and_says_how_to_find_another_time(
    sqlite_engine: Engine, server: MailServer
) -> None:
    own = {"pl": "Proszę zadzwonić: 22 100 20 30."}
    bureau = Bureau(sqlite_engine, server, rebook=own)
    ids = [bureau.book(at) for at in ("10:00", "10:15")]
    await bureau.post()
    bureau.room.do(c.CancelBookings(WEDNESDAY, tuple(ids)))
    mails = await bureau.post()
    assert sorted(mail["To"] for mail in mails) == sorted(f"{id}@people.example" for id in ids)
    for mail in mails:
        assert mail["Subject"].startswith("Urząd odwołał wizytę")
        assert own["pl"] in words(mail)
        assert f"{BASE}/book/" in words(mail)
        assert calendar(mail)[0] == "CANCEL"


async def test_the_office_moves_and_says_that_it_was_the_office(bureau: Bureau) -> None:
    id = bureau.book()
    await bureau.post()
    bureau.room.do(bureau.room.move(id, "11:00", by="office"))
    [mail] = await bureau.post()
    assert mail["Subject"].startswith("Urząd zmienił termin wizyty")
    assert calendar(mail)[1]["SEQUENCE"] == 1


async def test_a_booking_that_must_be_proved_gets_the_link_alone(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server, confirm_by_link=True)
    id = bureau.book()
    [mail] = await bureau.post()
    said = words(mail)
    assert f"{BASE}/prove/{id}.{VAULT.token('proof', id)}" in said
    assert VAULT.code("booking", id, 0) not in said
    assert VAULT.token("booking", id) not in said
    bureau.room.do(c.ProveBooking(id, WEDNESDAY))
    [mail] = await bureau.post()
    assert mail["Subject"].startswith("Wizyta umówiona")


async def test_holds_and_proofs_that_lapse_say_nothing(sqlite_engine: Engine, server: MailServer) -> None:
    bureau = Bureau(sqlite_engine, server, confirm_by_link=True)
    bureau.book()
    bureau.room.hold("11:00")
    assert len(await bureau.post()) == 1
    bureau.room.after(hours=2).tick()
    assert await bureau.post() == []


async def test_a_proof_link_that_came_too_late_is_not_sent(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server, confirm_by_link=True)
    bureau.book()
    bureau.look()
    bureau.room.after(hours=2).tick()
    assert await bureau.post() == []
    assert bureau.told() == [("proof", "dropped", "lapsed")]


async def test_somebody_on_the_waiting_list_is_offered_a_time(bureau: Bureau) -> None:
    room = bureau.room
    id = bureau.book()
    bureau.known("waiting", email="waiting@people.example")
    room.do(
        c.MakeWish(
            wish="w1",
            services=(Wanted("id-card"),),
            first=WEDNESDAY,
            last=WEDNESDAY,
            segment="booked",
            language="en",
            holder="hash-w1",
            person="waiting",
        )
    )
    await bureau.post()
    room.do(c.CancelBooking(id, WEDNESDAY, "citizen"))
    [freed] = room.state.calendar.book(WEDNESDAY).freed
    room.do(c.OfferTime(freed, WEDNESDAY, "w1", "b9", "hash-b9", codes("b9", WEDNESDAY)))
    mails = {mail["To"]: mail for mail in await bureau.post()}
    offer = words(mails["waiting@people.example"])
    assert mails["waiting@people.example"]["Subject"].startswith("A free time")
    assert f"{BASE}/b/{VAULT.token('booking', 'b9')}" in offer
    assert "It is kept for you until Tuesday, 24 November, 10:00" in offer
    room.do(c.ConfirmBooking("b9", WEDNESDAY, "waiting", True))
    [mail] = await bureau.post()
    assert mail["Subject"].startswith("Your visit is booked")


async def test_a_visit_can_be_reconfirmed_and_is_given_up_where_nobody_answers(
    sqlite_engine: Engine, server: MailServer
) -> None:
    later = WEDNESDAY + timedelta(days=7)
    bureau = Bureau(sqlite_engine, server, reconfirm=Reconfirm(days=4, hours=24))
    room = bureau.room
    ids = [bureau.book("10:00", later), bureau.book("10:15", later)]
    assert len(await bureau.post()) == 2
    room.at("10:20", later - timedelta(days=4)).tick()
    mails = await bureau.post()
    assert len(mails) == 2
    asked = {mail["To"]: words(mail) for mail in mails}
    first = asked[f"{ids[0]}@people.example"]
    assert f"{BASE}/prove/{ids[0]}.{VAULT.token('proof', ids[0])}" in first
    assert "do: niedziela, 29 listopada, 10:00" in first
    room.do(c.ProveBooking(ids[0], later))
    room.after(days=1).tick()
    [mail] = await bureau.post()
    assert mail["To"] == f"{ids[1]}@people.example"
    assert mail["Subject"].startswith("Termin zwolniony")
    assert calendar(mail)[0] == "CANCEL"


async def test_a_reminder_comes_when_the_office_wants_it(sqlite_engine: Engine, server: MailServer) -> None:
    reminders = (Reminder(days=4, at=time(9)), Reminder(days=1, at=time(18)), Reminder(minutes=120))
    bureau = Bureau(sqlite_engine, server, reminders=reminders)
    day = date(2026, 12, 2)
    bureau.book("12:00", day)
    assert len(await bureau.post()) == 1
    due = [row["due"].isoformat() for row in bureau.messages() if row["template"] == "reminder"]
    assert due == ["2026-11-28T08:00:00+00:00", "2026-12-01T17:00:00+00:00", "2026-12-02T09:00:00+00:00"]
    for clock, on in (("09:00", 28), ("18:00", 1), ("10:00", 2)):
        bureau.room.at(clock, date(2026, 11 if on > 20 else 12, on)).tick()
        [mail] = await bureau.post()
        assert mail["Subject"].startswith("Przypomnienie o wizycie")


async def test_a_move_replaces_reminders_and_a_cancellation_ends_them(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server, reminders=(Reminder(minutes=60),))
    moved, cancelled, kept = (bureau.book(at) for at in ("10:00", "10:15", "10:30"))
    bureau.room.do(bureau.room.move(moved, "12:00"))
    bureau.room.do(c.CancelBooking(cancelled, WEDNESDAY, "citizen"))
    await bureau.post()
    bureau.room.at("09:35", WEDNESDAY).tick()
    assert [mail["To"] for mail in await bureau.post()] == [f"{kept}@people.example"]
    bureau.room.at("11:00", WEDNESDAY).tick()
    [mail] = await bureau.post()
    assert mail["To"] == f"{moved}@people.example"
    assert "godz. 12:00" in words(mail)


async def test_an_event_that_is_read_late_or_twice_brings_nothing_twice(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server, reminders=(Reminder(minutes=60),))
    id = bureau.book()
    bureau.room.do(bureau.room.move(id, "12:00"))
    bureau.room.do(bureau.room.move(id, "13:00"))
    mails = await bureau.post()
    assert len(mails) == 2, "a confirmation, and the last move"
    assert all("13:00" in words(mail) for mail in mails)
    bureau.look(again=True)
    bureau.room.at("12:00", WEDNESDAY).tick()
    assert len(await bureau.post()) == 1
    assert ("moved", "dropped", "moved") in bureau.told()


async def test_after_a_sleep_nothing_is_sent_about_a_visit_that_is_over(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server, reminders=(Reminder(minutes=60),))
    bureau.book()
    bureau.look()
    bureau.room.at("12:00", WEDNESDAY).tick()
    assert await bureau.post() == []
    assert {state for _, state, _ in bureau.told()} == {"dropped"}


async def test_who_left_no_address_or_is_forgotten_gets_nothing(bureau: Bureau) -> None:
    bureau.room.book("10:00")
    other = bureau.room.book("10:15")
    bureau.known(f"person-{other}", name="Jan", phone="600 100 200")
    assert await bureau.post() == []
    assert sorted(bureau.told()) == [
        ("confirmed", "dropped", "erased"),
        ("confirmed", "dropped", "no address"),
    ]


async def test_the_office_gets_a_copy_without_the_person(sqlite_engine: Engine, server: MailServer) -> None:
    bureau = Bureau(sqlite_engine, server, copy_to="okienko@miasto.example")
    id = bureau.book(language="de")
    bureau.room.do(bureau.room.move(id, "11:00"))
    bureau.room.do(c.CancelBooking(id, WEDNESDAY, "citizen"))
    mails = [mail for mail in await bureau.post() if mail["To"] == "okienko@miasto.example"]
    assert sorted(mail["Subject"].split(":")[0] for mail in mails) == [
        "Nowa rezerwacja",
        "Odwołanie rezerwacji",
        "Zmiana rezerwacji",
    ]
    for mail in mails:
        assert "Nowak" not in mail.as_string()
        assert VAULT.token("booking", id) not in words(mail)


async def test_no_row_holds_a_name_or_an_address(
    bureau: Bureau, capsys: pytest.CaptureFixture[str]
) -> None:
    bureau.book()
    await bureau.post()
    said = "".join(capsys.readouterr())
    for secret in ("people.example", "Nowak"):
        assert secret not in str(bureau.messages())
        assert secret not in said
    assert OFFICE not in said
