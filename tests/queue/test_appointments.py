"""Staff keep a hall's appointments through pages without JavaScript: the day, the search, booking, arriving, moving."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from qms.queue.pages.appointments.day import plain
from qms.queue.pages.appointments.find import keys
from qms.queue.views.desk import clerk
from qms.staff.rules.roles import Grant, Role
from qms.web.catalogue import LANGUAGES, text
from tests.app.make import SAME, session
from tests.booking.web import MONDAY, House, Visitor, house, town

TODAY = "2026-11-23"
START = "2026-11-23T13:00:00+01:00"
LATER = "2026-11-23T13:15:00+01:00"
NAME = "Grażyna Brzęczyszczykiewicz"
ROOM = "/appointments/town"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[House]:
    """A hall that takes bookings, on a Monday at twenty past nine."""
    settings = 'check_in_by = ["code", "phone"]\nseveral_people = 3\nseveral_services = true'
    async with house(tmp_path, town(settings)) as office:
        yield office


async def worker(
    office: House, name: str = "ann", role: Role = "clerk", scope: str = "hall:town"
) -> Visitor:
    """Somebody who works there, at a browser without scripts."""
    aside = office.server.site.writer.aside
    token = await aside(partial(session, name=name, grant=Grant(role, scope)))
    return Visitor(office.client(**{"Cookie": f"qms_session={token}; qms_language=en", **SAME}))


async def book(who: Visitor, start: str = START, service: str = "id-card", **typed: str) -> str:
    """Book from the first page on; the path of the appointment."""
    await who.open(f"{ROOM}/new?service={service}&start={start.replace('+', '%2B')}")
    assert who.answer.status_code == 200, who.text
    await send(who, **typed)
    assert who.path.endswith("?said=booked"), who.text
    return who.path.partition("?")[0]


async def send(who: Visitor, **typed: str) -> str:
    """Send the form about the person, as a browser does: with the choices that stand there."""
    form = re.search(r'<form method="post" action="([^"]*new\?[^"]*)".*?</form>', who.answer.text, re.S)
    assert form is not None
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    radio = re.findall(r'type="radio" name="([^"]+)" value="([^"]*)" checked', form[0])
    chosen = {"language": "pl", "segment": "booked", "name": NAME, **dict(radio)}
    sent = fields | chosen | {name.replace("_", "-"): value for name, value in typed.items()}
    path = form[1].replace("&amp;", "&")
    who.answer = await who.client.post(path, data={name: value for name, value in sent.items() if value})
    return await who._arrive(path)


async def press(who: Visitor, part: str, **fields: str) -> str:
    """Send the form of the page whose address has this in it."""
    form = next(
        found
        for found in re.findall(r'<form method="post" action="[^"]*".*?</form>', who.answer.text, re.S)
        if part in found.partition(">")[0]
    )
    action = form.partition('action="')[2].partition('"')[0]
    csrf = re.search(r'name="csrf" value="([^"]+)"', form)
    assert csrf is not None
    who.answer = await who.client.post(action, data={"csrf": csrf[1], **fields})
    return await who._arrive(action)


async def test_a_day_without_appointments_says_so(office: House) -> None:
    ann = await worker(office)
    shown = await ann.open(ROOM)
    assert "Nobody has an appointment on this day." in shown
    assert "Monday, 23 November 2026" in shown
    assert "day.csv" not in ann.answer.text
    assert "Tuesday, 24 November 2026" in await ann.follow("day=2026-11-24")
    assert "Today" in ann.text


async def test_a_caller_gets_a_time_and_a_code_to_write_down(office: House) -> None:
    ann = await worker(office)
    await ann.open(ROOM)
    assert "ID card" in await ann.follow("/new")
    shown = await ann.follow("service=id-card")
    assert "Monday, 23 November 2026" in shown
    await ann.follow("start=2026-11-23T12%3A00")
    assert "Who is coming?" in ann.text
    shown = await send(ann, phone="600 100 200", note="two children", need_wheelchair="yes", via="phone")
    code = re.search(r"Code to read out: (\d{3}) (\d{3})", shown)
    assert code is not None
    assert "Without an e-mail address" in shown
    for part in (
        NAME,
        "13:00–13:15",
        "ID card",
        "wheelchair",
        "two children",
        "by phone",
        "A photo of 35 × 45 mm",
    ):
        assert part in shown
    assert "Code to read out" not in await ann.open(ann.path.partition("?")[0])
    shown = await ann.open(ROOM)
    assert "Expected 1" in shown
    assert f"13:00 {NAME} wheelchair 600 100 200 two children ID card by phone · Polski expected" in shown
    assert re.search(r"<details[^>]*><summary>Code<.*?" + code[1] + " " + code[2], ann.answer.text)


async def test_times_kept_from_the_public_are_offered(office: House) -> None:
    """By the settings nobody else may book for today any more once the lead is a day."""
    await office.apply(town("lead = { days = 2 }"))
    ann, public = await worker(office), Visitor(office.client())
    await ann.open(f"{ROOM}/new?service=id-card")
    assert "2026-11-23T12%3A00" in ann.answer.text
    await public.open("/book/town/day?service=id-card&count=1")
    assert TODAY not in public.answer.text
    await book(ann)


async def test_one_day_or_another(office: House) -> None:
    ann = await worker(office)
    shown = await ann.open(f"{ROOM}/new?service=id-card&day=2026-11-26")
    assert "Thursday, 26 November 2026" in shown
    assert "08:00" in shown
    assert "invalid" not in shown
    await ann.open(f"{ROOM}/new?service=id-card&day=nonsense")
    assert ann.answer.status_code == 422
    assert "13:00" in ann.text
    await office.apply(town(service="[services.id-card.booking]\nopen = 'none'\n"))
    await ann.open(f"{ROOM}/new?service=id-card&day=2026-11-26")
    assert ann.answer.status_code == 422
    assert "What for?" in ann.text
    assert "service=id-card" not in ann.answer.text.partition("<main")[2]


async def test_several_matters_and_people_come_at_once(office: House) -> None:
    ann = await worker(office)
    await ann.open(
        f"{ROOM}/new?many=yes&service=id-card&count=2&service=address&count=1&service=taxes&count=0"
    )
    assert "service=id-card&count=2&service=address&count=1" in ann.path
    assert "2 people" in ann.text
    await ann.follow("start=")
    shown = await send(ann)
    assert "ID card · 2 people Address" in shown
    await ann.open(f"{ROOM}/new?many=yes&service=id-card&count=0")
    assert ann.answer.status_code == 422
    assert "What for?" in ann.text


async def test_what_is_wrong_with_a_form_is_said_beside_it_and_what_was_typed_stays(office: House) -> None:
    ann = await worker(office)
    await ann.open(f"{ROOM}/new?service=id-card&start={START.replace('+', '%2B')}")
    shown = await send(ann, name="", email="nobody", note="<b>")
    assert ann.answer.status_code == 422
    assert "Please give the name." in shown
    assert "This does not look like an e-mail address." in shown
    assert 'value="nobody"' in ann.answer.text
    assert 'value="&lt;b&gt;"' in ann.answer.text
    await send(ann, email="")
    assert ann.path.endswith("said=booked")
    for wrong in ({"via": "web"}, {"segment": "nobody"}, {"start": "soon"}):
        await ann.open(f"{ROOM}/new?service=id-card&start={LATER.replace('+', '%2B')}")
        await send(ann, **wrong)
        assert ann.answer.status_code == 422


async def test_a_time_that_was_taken_meanwhile_leaves_the_others(office: House) -> None:
    ann, bob = await worker(office), await worker(office, "bob")
    await ann.open(f"{ROOM}/new?service=address&start={START.replace('+', '%2B')}")
    await book(bob, service="address", name="Jan Nowak")  # only one counter knows about addresses
    shown = await send(ann, phone="600100200")
    assert ann.answer.status_code == 409
    assert "Free times: Monday, 23 November 2026" in shown
    assert 'value="600100200"' in ann.answer.text
    shown = await send(ann)
    assert "13:15–13:30" in shown


async def test_a_form_that_is_sent_twice_books_once(office: House) -> None:
    ann = await worker(office)
    await ann.open(f"{ROOM}/new?service=id-card&start={START.replace('+', '%2B')}")
    form = ann.answer
    await send(ann)
    first = ann.path
    ann.answer = form
    await send(ann)
    assert ann.path == first
    assert "Expected 1" in await ann.open(ROOM)


async def test_a_person_arrives_and_is_given_a_number(office: House) -> None:
    ann = await worker(office)
    one = await book(ann)
    await ann.open(ROOM)
    shown = await press(ann, "/arrive")
    assert ann.path == f"{one}?said=arrived"
    assert "Number A001" in shown
    assert "waiting" in shown
    link = re.search(r'href="(/t/[a-z2-7]{26})"', ann.answer.text)
    assert link is not None
    assert "A001" in await Visitor(office.client()).open(link[1])
    shown = await ann.open(ROOM)
    assert "Came 1" in shown
    assert "here A001 waiting" in shown
    assert "/arrive" not in ann.answer.text
    await ann.open(one)
    assert "/cancel" not in ann.answer.text
    csrf = re.search(r'name="csrf" value="([^"]+)"', ann.answer.text)
    assert csrf is not None
    ann.answer = await ann.client.post(f"{one}/arrive", data={"csrf": csrf[1]})
    assert "A001" in await ann._arrive("")  # said twice, counted once
    office.clock.at += timedelta(days=1)
    await office.server.site.writer.tick("town")
    assert "here A001 not served that day" in await ann.open(f"{ROOM}?day={TODAY}")


async def test_who_is_too_late_is_refused_in_words(office: House) -> None:
    ann = await worker(office)
    one = await book(ann)
    await ann.open(one)
    form = ann.answer
    office.clock.at = MONDAY + timedelta(hours=3, minutes=45)
    assert "not here yet" in await ann.open(one)
    office.clock.at = MONDAY + timedelta(hours=5)
    ann.answer = form
    shown = await press(ann, "/arrive")
    assert ann.answer.status_code == 409
    assert 'role="alert"' in ann.answer.text
    await office.server.site.writer.tick("town")
    shown = await ann.open(ROOM)
    assert "Did not come 1" in shown
    assert "did not come" in shown
    ann.answer = form
    await press(ann, "/cancel")
    assert ann.answer.status_code == 409


async def test_an_appointment_is_moved_at_a_press(office: House) -> None:
    ann = await worker(office)
    one = await book(ann)
    await ann.open(one)
    shown = await ann.follow("/move")
    assert "Now: Monday, 23 November, 13:00" in shown
    await ann.follow("day=2026-11-24")
    form = ann.answer
    shown = await press(ann, "/move", start="2026-11-24T08:00:00+01:00")
    assert ann.path == f"{one}?said=moved"
    assert "Tuesday, 24 November 2026" in shown
    assert "Nobody has" in await ann.open(ROOM)
    assert NAME in await ann.open(f"{ROOM}?day=2026-11-24")
    for start, status in (("2026-11-24T08:07:00+01:00", 422), ("nonsense", 422)):
        ann.answer = form
        await press(ann, "/move", start=start)
        assert ann.answer.status_code == status
        assert 'role="alert"' in ann.answer.text


async def test_an_appointment_is_cancelled_after_one_question(office: House) -> None:
    ann = await worker(office)
    one = await book(ann)
    shown = await ann.open(one)
    assert f"Cancel this appointment? {NAME}, Monday, 23 November, 13:00" in shown
    form = ann.answer
    shown = await press(ann, "/cancel")
    assert "The appointment is cancelled." in shown
    assert "/move" not in ann.answer.text
    assert "Cancelled 1" in await ann.open(ROOM)
    ann.answer = form
    assert "The appointment is cancelled." in await press(ann, "/cancel")  # as it was
    ann.answer = form
    await press(ann, "/arrive")
    assert ann.answer.status_code == 404
    assert 'role="alert"' in ann.answer.text
    await ann.open(f"{one}/move")
    assert ann.answer.status_code == 409


async def test_appointments_are_found_over_all_days(office: House) -> None:
    ann = await worker(office)
    await book(ann, phone="+48 600 100 200", email="gb@example.pl")
    code = re.search(r"Code to read out: (\d{3} \d{3})", ann.text)
    assert code is not None
    await book(ann, "2026-11-30T08:00:00+01:00", name="Jan Łąk")
    await ann.open(ROOM)
    for wish in ("grażyna brz", "BRZĘ", "600100200", "GB@example.pl", code[1], code[1].replace(" ", "")):
        shown = await look(ann, wish)
        assert NAME in shown, wish
        assert "Jan Łąk" not in shown
        assert "Today and later (1)" in shown
    assert "Monday, 30 November 2026" in await look(ann, "lak")
    for wish in ("Grażyna Nowak", "700100200", "000 000", "x@y.pl", "?!"):
        assert "No appointment was found" in await look(ann, wish), wish
    assert "No appointment" not in await look(ann, " ")
    office.clock.at = MONDAY + timedelta(hours=8)
    await office.server.site.writer.tick("town")
    office.clock.at = MONDAY + timedelta(days=2)
    shown = await look(ann, "Brz")
    assert "Earlier (1)" in shown
    assert "did not come" in shown


async def look(who: Visitor, wish: str) -> str:
    """What the search shows."""
    who.answer = await who.client.get(f"{ROOM}/search", params={"q": wish})
    assert who.answer.status_code == 200
    return await who._arrive("")


def test_a_search_asks_for_every_part_of_a_name() -> None:
    assert keys("Jan Kow") == ["name:jan", "name:kow"]
    assert keys("a@B.pl") == ["email:a@b.pl"]
    assert keys("+48 600-100-200") == ["phone:600100200"]
    assert keys("--") == []


async def test_the_day_is_had_as_a_file_that_computes_nothing(office: House) -> None:
    ann = await worker(office)
    await book(
        ann, name='=HYPERLINK("http://x")', phone="+48 600 100 200", note="@SUM(A1)", need_quiet="yes"
    )
    answer = await ann.client.get(f"{ROOM}/day.csv?day={TODAY}")
    assert answer.headers["content-disposition"] == f'attachment; filename="appointments-town-{TODAY}.csv"'
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Time", "Person", "Phone", "E-mail"]
    assert rows[1] == [
        "13:00", "'=HYPERLINK(\"http://x\")", "'+48 600 100 200", "", "ID card", "expected", "quiet hour",
        "'@SUM(A1)", "by phone", "Polski",
    ]  # fmt: skip
    polish = await ann.client.get(f"{ROOM}/day.csv?lang=pl")
    assert "Termin;Osoba;Telefon" in polish.text
    assert (await ann.client.get(f"{ROOM}/day.csv?day=x")).status_code == 422
    assert [plain(cell) for cell in ("-1", "\t=", "a=b", "")] == ["'-1", "'\t=", "a=b", ""]


async def test_a_wrong_day_is_said_and_today_is_shown(office: House) -> None:
    ann = await worker(office)
    shown = await ann.open(f"{ROOM}?day=31.11.2026")
    assert ann.answer.status_code == 422
    assert "Monday, 23 November 2026" in shown


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_speaks_the_language_and_keeps_it(office: House, language: str) -> None:
    ann = await worker(office)
    one = await book(ann, need_interpreter="yes", segment="pregnant")
    for path in (
        ROOM,
        one,
        f"{one}/move",
        f"{ROOM}/search?q=Gra",
        f"{ROOM}/new",
        f"{ROOM}/number",
        f"{ROOM}/new?service=taxes",
    ):
        await ann.open(path)
        links = [
            link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*lang=\w\w)"', ann.answer.text)
        ]
        await ann.open(next(link for link in links if link.endswith(f"lang={language}")))
        assert f'<html lang="{language}">' in ann.answer.text
        assert "appointments." not in re.sub(r"/\S*appointments\.css", "", ann.text)
        assert not re.search(r"<script|<style| style=| on[a-z]+=", ann.answer.text)
    assert text(language, "appointments", "appointments.need.interpreter") in await ann.open(
        f"{ROOM}?lang={language}"
    )


async def test_a_hall_without_bookings_says_so(tmp_path: Path) -> None:
    plain_hall = town().partition("[bookings]")[0]
    async with house(tmp_path, plain_hall) as office:
        ann = await worker(office)
        assert "takes no appointments" in await ann.open(ROOM)
        assert "takes no appointments" in await ann.open(f"{ROOM}/new")
        await ann.open(f"{ROOM}/new?service=id-card")
        assert ann.answer.status_code == 409


async def test_only_staff_of_the_hall_may(office: House) -> None:
    ann = await worker(office)
    one = await book(ann)
    nobody, other = Visitor(office.client()), await worker(office, "eve", "admin", "hall:elsewhere")
    for path in (ROOM, one, f"{ROOM}/new", f"{ROOM}/search?q=Gra", f"{ROOM}/day.csv", f"{one}/move"):
        answer = await nobody.client.get(path)
        assert answer.headers["location"].startswith("/sign-in?next=/appointments/town")
        answer = await other.client.get(path)
        assert answer.status_code == 403
        assert NAME not in answer.text
    await ann.open(one)
    for act in ("/arrive", "/cancel", "/move"):
        answer = await ann.client.post(one + act, data={"csrf": "x" * 20, "start": LATER})
        assert answer.status_code == 403, act  # not from our page
    assert "expected" in await ann.open(one)
    for path in (f"{ROOM}/{'0' * 32}", "/appointments/nowhere"):
        assert (await ann.client.get(path)).status_code == 404
    assert date.fromisoformat(TODAY) == MONDAY.date()


async def test_somebody_without_an_appointment_is_given_a_number(office: House) -> None:
    ann = await worker(office)
    await ann.open(ROOM)
    shown = await ann.follow("/number")
    assert "Choosing it gives the number at once." in shown
    form = ann.answer
    wish = {"service": "taxes", "segment": "pregnant", "language": "uk", "channel": "phone"}
    fields = {**wish, "once": re.findall(r'name="once" value="([^"]+)"', form.text)[0]}
    for _ in range(2):  # what is sent twice is given once
        ann.answer = form
        shown = await press(ann, "/number", **fields)
        assert "Number B001 waiting" in shown
    state: Any = office.server.site.writer.state("town")
    [given] = state.tickets.values()
    assert (given.channel, given.segment, given.language) == ("phone", "pregnant", "uk")
    for wrong, status in (
        ({"service": "nothing"}, 422),
        ({"segment": "booked"}, 422),
        ({"channel": "web"}, 422),
    ):
        ann.answer = form
        await press(ann, "/number", **{**fields, **wrong})
        assert ann.answer.status_code == status, wrong
        assert 'role="alert"' in ann.answer.text
    assert f'action="{ROOM}/number"' in ann.answer.text
    ann.answer = form
    await press(ann, "/number")  # not even a matter
    assert ann.answer.status_code == 422


async def test_reception_notes_who_it_is_and_what_else_they_come_for(office: House) -> None:
    ann = await worker(office)
    await ann.open(f"{ROOM}/number")
    fields = {
        "service": "id-card",
        "name": " Pan w kapeluszu ",
        "note": "Nie słyszy <b>",
        "also-taxes": "yes",
    }
    wish = {"segment": "walk-in", "language": "pl", "channel": "reception", **fields}
    once = re.findall(r'name="once" value="([^"]+)"', ann.answer.text)[0]
    assert "Number A001 waiting" in await press(ann, "/number", **wish, once=once)
    state: Any = office.server.site.writer.state("town")
    [given] = state.tickets.values()
    assert given.also == ("taxes",)
    path = f"/api/v1/halls/town/tickets/{given.id}/person"
    card = (await ann.client.get(path)).json()
    assert card == {"name": "Pan w kapeluszu", "note": "Nie słyszy <b>"}
    view: Any = clerk(state, "1", office.clock.now())
    assert view["tickets"][given.id]["known"] is True
    log = (await ann.client.get("/api/v1/halls/town/events")).text
    assert "kapeluszu" not in log + str(view)
    assert (await ann.client.get(path.replace(given.id, "0" * 32))).status_code == 404
    stranger = await worker(office, "zoe", scope="hall:elsewhere")
    assert (await stranger.client.get(path)).status_code == 403


async def test_those_at_a_counter_see_who_has_booked_but_not_how_to_reach_them(office: House) -> None:
    ann = await worker(office)
    await book(
        ann, email="grazyna@poczta.example", phone="600 100 200", need_quiet="yes", note="po trzynastej"
    )
    await ann.open(ROOM)
    await press(ann, "/arrive")
    state: Any = office.server.site.writer.state("town")
    [ticket] = state.tickets.values()
    card = (await ann.client.get(f"/api/v1/halls/town/tickets/{ticket.id}/person")).json()
    assert card == {"name": NAME, "note": "po trzynastej", "needs": ["quiet"]}


async def test_only_staff_say_who_somebody_is(office: House) -> None:
    body = {"service": "id-card", "note": "x"}
    async with office.client(Accept="application/json") as client:
        answer = await client.post("/api/v1/halls/town/tickets", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")


async def test_who_came_too_late_is_offered_an_ordinary_number(office: House) -> None:
    ann = await worker(office)
    one = await book(ann)
    office.clock.at = MONDAY + timedelta(hours=3, minutes=45)
    await ann.open(one)
    assert "Give an ordinary number" in ann.text
    assert "Choosing it gives" in await ann.follow("/number")


async def test_the_ways_there(office: House) -> None:
    ann = await worker(office)
    await ann.open("/staff")
    assert f'href="{ROOM}"' in ann.answer.text


async def test_a_clerk_sees_who_has_booked_and_what_else_they_come_for(office: House) -> None:
    ann = await worker(office)
    await ann.open(f"{ROOM}/new?many=yes&service=id-card&count=1&service=taxes&count=1")
    await ann.follow("start=")
    await send(ann)
    await press(ann, "/arrive")
    state: Any = office.server.site.writer.state("town")
    [seen] = clerk(state, "1", office.clock.now())["tickets"].values()
    assert seen["also"] == ["taxes"]
    assert seen["booking"] in ann.path
    assert seen["booked"] == "2026-11-23T08:30:00.000Z"
