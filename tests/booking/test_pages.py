"""Booking in a browser without JavaScript: the whole way, every refusal, and what a stranger may not see."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from httpx2 import AsyncClient
from icalendar import Calendar

from qms.booking import jobs
from qms.booking.codes import PROOF
from qms.booking.reads import booking_held
from qms.ledger.vault import token_hash
from qms.web.catalogue import LANGUAGES
from tests.booking.solving import solved
from tests.booking.web import House, Visitor, forms, house, town

pytestmark = pytest.mark.slow
TUESDAY = "/book/town/time?service=id-card&count=1&day=2026-11-24"
NINE = "2026-11-24T08:00:00+00:00"
OPEN = town("challenge = false")
ONE = OPEN.replace('spans = ["08:00-10:00", "13:00-14:00"]', 'spans = ["08:00-10:00"]\nlanes = 1')
ANNA = {"name": "Anna Nowak", "email": "anna@poczta.example"}


@pytest.fixture
async def open_house(tmp_path: Path) -> AsyncIterator[House]:
    """An office that asks for no proof of not being a robot."""
    async with house(tmp_path, OPEN) as running:
        yield running


@pytest.fixture
async def client(open_house: House) -> AsyncIterator[AsyncClient]:
    async with open_house.client() as client:
        yield client


async def held(client: AsyncClient, start: str = NINE) -> Visitor:
    """Somebody who has set an hour aside."""
    visitor = Visitor(client)
    await visitor.open(TUESDAY)
    await visitor.press(start)
    assert visitor.path.startswith("/b/"), visitor.text
    return visitor


async def booked(client: AsyncClient, start: str = NINE, **given: str) -> Visitor:
    """Somebody who went all the way."""
    visitor = await held(client, start)
    await visitor.press(n=1, **(given or ANNA))
    await visitor.press(accepted="yes")
    return visitor


async def test_the_whole_way(client: AsyncClient) -> None:
    visitor = Visitor(client)
    assert "ID card" in await visitor.open("/book")
    assert "Which day?" in await visitor.follow("service=id-card")
    assert "Tuesday, 24 November" in await visitor.follow("day=2026-11-24")
    assert "Who is coming?" in await visitor.press(NINE)
    assert "Kept for you until 09:50" in visitor.text
    seen = await visitor.press(n=1, **ANNA, need_quiet="yes", note="I come by bus")
    for said in (
        "Tuesday, 24 November 2026",
        "09:00",
        "Anna Nowak",
        "A quiet hour",
        "A photo of 35",
        "by bus",
    ):
        assert said in seen
    seen = await visitor.press(accepted="yes")
    assert "Your visit is booked" in seen
    assert re.search(r"Your code (\d ){6}", seen)
    assert "at least 5 minutes before" in seen
    assert f"{visitor.path}/calendar.ics" in visitor.answer.text
    assert visitor.answer.headers["cache-control"] == "no-store"


async def test_the_visit_for_a_calendar(client: AsyncClient) -> None:
    visitor = await booked(client)
    mine = visitor.path
    answer = await client.get(f"{mine}/calendar.ics")
    event = Calendar.from_ical(answer.text).walk("VEVENT")[0]
    assert answer.headers["content-type"].startswith("text/calendar")
    assert event.decoded("DTSTART") == datetime.fromisoformat(NINE)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Visit: Town Hall", "Town Hall, Service hall")
    assert str(event["URL"]).endswith(mine)
    await visitor.follow("/cancel")
    await visitor.press()
    assert (await client.get(f"{mine}/calendar.ics")).status_code == 303


async def test_an_hour_that_was_taken_is_offered_no_more(open_house: House, client: AsyncClient) -> None:
    await open_house.apply(ONE)
    await booked(client)
    async with open_house.client() as other:
        visitor = Visitor(other)
        assert "09:00" not in await visitor.open(TUESDAY)


async def test_who_comes_second_is_shown_the_other_hours(open_house: House, client: AsyncClient) -> None:
    await open_house.apply(ONE)
    async with open_house.client() as other:
        slow = Visitor(other)
        await slow.open(TUESDAY)
        await held(client)
        seen = await slow.press(NINE)
    assert slow.answer.status_code == 409
    assert "Somebody has just taken this time" in seen
    assert "09:15" in seen
    assert "09:00" not in seen


async def test_a_form_sent_twice_holds_one_hour(client: AsyncClient) -> None:
    visitor = Visitor(client)
    await visitor.open(TUESDAY)
    form = forms(visitor.answer.text)[-1]
    answers = [await client.post(form.action, data={**form.fields, "start": NINE}) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]


async def test_who_goes_back_and_takes_another_hour_lets_the_first_go(
    open_house: House, client: AsyncClient
) -> None:
    await open_house.apply(ONE)
    first = await held(client)
    second = await held(client, "2026-11-24T08:30:00+00:00")
    assert "09:30" in second.text
    assert "The visit is cancelled" in await first.open(first.path)


async def test_the_last_form_sent_twice_books_once(client: AsyncClient) -> None:
    visitor = await held(client)
    await visitor.press(n=1, **ANNA)
    form = forms(visitor.answer.text)[0]
    for _ in range(2):
        answer = await client.post(form.action, data={**form.fields, "accepted": "yes"})
        assert answer.status_code == 303
    assert "Your visit is booked" in await visitor.open(answer.headers["location"])


async def test_what_is_missing_or_wrong_is_named_beside_the_field(client: AsyncClient) -> None:
    visitor = await held(client)
    seen = await visitor.press(n=1, name="Anna Nowak", email="anna at home")
    assert visitor.answer.status_code == 422
    assert "Please mend: E-mail" in seen
    assert 'value="Anna Nowak"' in visitor.answer.text
    assert 'aria-invalid="true" aria-describedby=" e-email"' in visitor.answer.text


async def test_what_cannot_be_seen_is_not_kept(client: AsyncClient) -> None:
    visitor = await held(client)
    await visitor.press(n=1, name="  Anna\x00\r\nNowak\u202e ", email="anna@poczta.example")
    assert forms(visitor.answer.text)[0].fields["name"] == "Anna Nowak"


async def test_nothing_is_booked_without_the_rules(client: AsyncClient) -> None:
    visitor = await held(client)
    await visitor.press(n=1, **ANNA)
    assert "The rules must be accepted" in await visitor.press()
    assert visitor.answer.status_code == 422
    assert "Your visit is booked" in await visitor.press(accepted="yes")


async def test_details_may_be_changed_before_the_end(client: AsyncClient) -> None:
    visitor = await held(client)
    await visitor.press(n=1, **ANNA, need_quiet="yes")
    await visitor.press("yes")
    fields = forms(visitor.answer.text)[1].fields
    assert (fields["name"], fields["need-quiet"]) == ("Anna Nowak", "yes")


async def test_limits_are_told_and_another_address_may_be_given(
    open_house: House, client: AsyncClient
) -> None:
    await open_house.apply(town("challenge = false\n[bookings.limits]\nvisits_per_day = 1"))
    await booked(client)
    client.cookies.clear()
    second = await booked(client, "2026-11-24T08:30:00+00:00")
    assert second.answer.status_code == 409
    assert "as many visits as allowed (1)" in second.text
    await second.press(n=1, name="Jan", email="jan@poczta.example")
    assert "Your visit is booked" in await second.press(accepted="yes")


async def test_a_hold_that_ran_out_leads_back_to_the_calendar(
    open_house: House, client: AsyncClient
) -> None:
    visitor = await held(client)
    await visitor.press(n=1, **ANNA)
    open_house.clock.at += timedelta(minutes=31)
    seen = await visitor.press(accepted="yes")
    assert "The booking has lapsed" in seen
    assert "Which day?" in await visitor.follow("/day?")


async def test_cancelling_asks_once(client: AsyncClient) -> None:
    visitor = await booked(client)
    mine = visitor.path
    assert "Cancel this visit?" in await visitor.follow("/cancel")
    assert "Your visit is booked" in await Visitor(client).open(mine)
    assert "The visit is cancelled" in await visitor.press()
    assert "The visit is cancelled" in await visitor.open(f"{mine}/cancel")
    assert "code" not in visitor.text.casefold()


async def test_moving_keeps_the_booking(client: AsyncClient) -> None:
    visitor = await booked(client)
    mine = visitor.path
    assert "Now: Tuesday, 24 November, 09:00" in await visitor.follow("/move")
    await visitor.follow("day=2026-11-25")
    seen = await visitor.press("2026-11-25T07:00:00+00:00")
    assert visitor.path.startswith(mine)
    assert "The visit was moved" in seen
    assert "Wednesday, 25 November 2026 08:00" in seen


async def test_a_link_in_a_message_proves_by_a_button_only(tmp_path: Path) -> None:
    async with house(tmp_path) as running, running.client() as client:
        visitor = await booked(client)
        assert "One more step: your e-mail" in visitor.text
        vault, token = running.server.site.vault, visitor.path.removeprefix("/b/")
        row = await find(running, token)
        link = f"/prove/{row}.{vault.token(PROOF, row)}"
        for _ in range(2):
            assert "Is this your visit?" in await visitor.open(link)
        assert "One more step" in await visitor.open(f"/b/{token}")
        await visitor.open(link)
        assert "Your visit is booked" in await visitor.press()
        assert "Your visit is booked" in await visitor.open(link)


async def find(running: House, token: str) -> str:
    """The id of a booking."""
    row = await running.server.site.read(lambda conn: booking_held(conn, token_hash(token)))
    return str(row["id"])


async def test_without_a_script_an_e_mail_is_asked_for(tmp_path: Path) -> None:
    phone = town('contact = { email = "optional", phone = "optional" }')
    async with house(tmp_path, phone) as running, running.client() as client:
        visitor = await held(client)
        assert "Kept for you until 09:30" in visitor.text
        assert "Please mend: E-mail" in await visitor.press(n=1, name="Anna Nowak")


async def test_where_no_e_mail_is_asked_for_a_script_must_prove(tmp_path: Path) -> None:
    phone = town('contact = { email = "off", phone = "required" }')
    async with house(tmp_path, phone) as running, running.client() as client:
        visitor = Visitor(client)
        await visitor.open(TUESDAY)
        assert "not a robot" in await visitor.press(NINE)
        assert visitor.answer.status_code == 422


async def test_a_solved_task_proves_once(tmp_path: Path) -> None:
    async with house(tmp_path) as running, running.client() as client:
        task = (await client.get("/api/v1/halls/town/challenge")).json()
        solution = solved(task)
        for text in ("Kept for you until 09:50", "not a robot"):
            visitor = Visitor(client)
            await visitor.open(TUESDAY)
            assert text in await visitor.press(NINE, challenge=solution)


async def test_tokens_and_proofs_cannot_be_guessed(tmp_path: Path) -> None:
    async with house(tmp_path, OPEN, code_limit="3/minute") as running, running.client() as client:
        visitor = await booked(client)
        id = await find(running, visitor.path.removeprefix("/b/"))
        for path in ("/b/" + "a" * 26, "/b/short", f"/prove/{id}.{'a' * 26}", "/prove/x", f"/prove/{id}"):
            seen = await visitor.open(path)
            assert visitor.answer.status_code == 404
            assert "We found no such booking" in seen
            assert "Anna" not in seen
        await visitor.open(f"/prove/{id}.{'b' * 26}")
        assert visitor.answer.status_code == 429


async def test_only_our_own_forms_are_heeded(client: AsyncClient) -> None:
    visitor = await booked(client)
    for act in ("cancel", "release", "reconfirm", "check-in", "confirm", "details", "wait", "move/time"):
        answer = await client.post(f"{visitor.path}/{act}", data={"csrf": "x" * 32})
        assert answer.status_code == 403, act
    assert "Your visit is booked" in await visitor.open(visitor.path)


async def test_a_question_stands_before_some_matters(open_house: House, client: AsyncClient) -> None:
    asked = 'booking = { question = { pl = "Czy mieszka Pan w mieście?", en = "Do you live here?" } }'
    await open_house.apply(town("challenge = false", asked))
    visitor = Visitor(client)
    assert "Do you live here?" in await visitor.open("/book/town?service=id-card")
    assert "cannot be booked this way" in await visitor.press("no")
    assert "Do you live here?" in await visitor.follow("eligible=ask")
    assert "Which day?" in await visitor.press("yes")
    await visitor.follow("day=2026-11-24")
    assert "Who is coming?" in await visitor.press(NINE)
    await visitor.open(TUESDAY)
    assert "Do you live here?" in await visitor.press(NINE)


async def test_several_matters_and_people_in_one_visit(open_house: House, client: AsyncClient) -> None:
    await open_house.apply(town("challenge = false\nseveral_services = true\nseveral_people = 3"))
    visitor = Visitor(client)
    await visitor.open("/book/town?service=id-card")
    seen = await visitor.open(
        "/book/town?many=yes&service=id-card&count=2&service=taxes&count=1&service=address&count=0"
    )
    assert "ID card · 2 people" in seen
    assert "Usually takes 30 min" in seen
    await visitor.follow("day=2026-11-24")
    await visitor.press("2026-11-24T07:00:00+00:00")
    assert "Tuesday, 24 November, 08:00" in visitor.text
    assert "choose at least one" in await visitor.open("/book/town?many=yes&service=id-card&count=0")


async def test_the_search_knows_beginnings_accents_and_languages(client: AsyncClient) -> None:
    visitor = Visitor(client)
    for search in ("dow", "DOWÓD", "card id", "посвід", "documents card"):
        seen = await visitor.open(f"/book?q={search}")
        assert "ID card" in seen, search
        assert "Taxes and cash" not in seen, search
    assert "We found no such matter" in await visitor.open("/book?q=<script>")


async def test_of_several_places_the_first_free_comes_first(open_house: House, client: AsyncClient) -> None:
    later = OPEN.replace('id = "town"', 'id = "village"').replace("2026-01-01", "2026-12-01")
    await open_house.apply(later.replace("Town Hall", "Village Hall"))
    visitor = Visitor(client)
    assert "2 places to choose from" in await visitor.open("/book")
    seen = await visitor.follow("matter=id-card")
    assert seen.index("Town Hall") < seen.index("Village Hall")
    assert "First free time: Monday, 23 November, 13:00" in seen
    assert "First free time: Tuesday, 1 December, 08:00" in seen


async def test_where_nothing_is_free_the_office_says_why(open_house: House, client: AsyncClient) -> None:
    await open_house.apply(OPEN.replace("first_day = 2026-01-01", "first_day = 2027-12-01"))
    visitor = Visitor(client)
    seen = await visitor.open("/book/town/day?service=id-card&count=1")
    assert "New times are added on Mondays." in seen
    assert "No visiting times are set" in seen
    assert "Waiting list" in await visitor.follow("/wait")
    assert "Please mend: Full name E-mail" in await visitor.press()
    seen = await visitor.press(n=0, **ANNA)
    assert "You are on the waiting list" in seen
    place = visitor.path
    assert "You have left the waiting list" in await visitor.press()
    assert "There is no such entry" in await visitor.open(place)
    assert visitor.answer.status_code == 404


async def test_one_who_has_a_time_may_wait_for_an_earlier_one(client: AsyncClient) -> None:
    visitor = await booked(client)
    await visitor.follow("/wait")
    assert "You are on the waiting list" in await visitor.press()


async def test_booking_may_be_closed(open_house: House, client: AsyncClient) -> None:
    await open_house.apply(town("open = false"))
    visitor = Visitor(client)
    assert "cannot be booked on the web" in await visitor.open("/book")
    for path in ("/book/town?service=id-card", TUESDAY, "/book/town/wait?service=id-card"):
        assert "cannot be booked at present" in await visitor.open(path)
        assert visitor.answer.status_code == 409
        assert "Book a visit" in visitor.text


@pytest.mark.parametrize(
    "query", ["service=nothing", "service=id-card&count=2", "service=id-card&service=taxes"]
)
async def test_what_cannot_be_booked_has_a_way_on(client: AsyncClient, query: str) -> None:
    visitor = Visitor(client)
    await visitor.open(f"/book/town/day?{query}")
    assert visitor.answer.status_code == 422
    assert "Home page" in visitor.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_there_in_every_language(
    open_house: House, client: AsyncClient, language: str
) -> None:
    visitor = await booked(client)
    mine = visitor.path
    client.cookies.clear()
    other = (await held(client, "2026-11-24T08:30:00+00:00")).path
    pages = [
        "/book",
        "/book/town/day?service=id-card",
        TUESDAY,
        "/book/town/wait?service=id-card",
        mine,
        other,
    ]
    pages += [f"{mine}/{act}" for act in ("cancel", "move", "move/time?day=2026-11-24", "wait")]
    for path in pages:
        await visitor.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert visitor.answer.status_code == 200, path
        assert f'<html lang="{language}">' in visitor.answer.text
        assert "booking." not in visitor.text, path
        assert visitor.answer.text.count("<h1") == 1


async def test_one_who_is_there_checks_in_on_the_phone(open_house: House, client: AsyncClient) -> None:
    visitor = await booked(client)
    mine = visitor.path
    open_house.clock.at += timedelta(days=1, minutes=-30)
    assert "I am here" in await visitor.open(mine)
    await visitor.press()
    assert visitor.path.startswith("/t/")
    seen = await visitor.open(mine)
    assert "You have checked in" in seen
    assert "See your number" in seen


async def test_who_never_came_is_told_what_to_do(open_house: House, client: AsyncClient) -> None:
    visitor = await booked(client)
    open_house.clock.at += timedelta(days=1)
    await open_house.server.site.writer.tick("town")
    assert "The visit was missed" in await visitor.open(visitor.path)
    assert "ordinary number" in visitor.text


async def test_the_visit_is_confirmed_again_where_the_office_asks(
    open_house: House, client: AsyncClient
) -> None:
    await open_house.apply(town("challenge = false\nreconfirm = { days = 4, hours = 24 }"))
    visitor = Visitor(client)
    await visitor.open(TUESDAY.replace("24", "30"))
    await visitor.press("2026-11-30T08:00:00+00:00")
    await visitor.press(n=1, **ANNA)
    assert "Please confirm that you are still coming" in await visitor.press(accepted="yes")
    seen = await visitor.press()
    assert "We look forward to your visit" in seen
    assert "still coming" not in seen


async def test_a_time_that_was_given_back_is_offered_to_who_waits(
    open_house: House, client: AsyncClient
) -> None:
    first = await booked(client)
    async with open_house.client() as other:
        waiting = Visitor(other)
        await waiting.open("/book/town/wait?service=id-card")
        await waiting.press(n=0, name="Jan Kos", email="jan@poczta.example")
        await first.follow("/cancel")
        await first.press()
        assert await jobs.offer(open_house.server.site) == 1
        place = waiting.path
        assert "A time is free for you" in await waiting.open(place)
        seen = await waiting.follow("/b/")
        assert "A time is free for you" in seen
        assert "Tuesday, 24 November 2026 09:00" in seen
        mine = waiting.path
        assert "The rules must be accepted" in await waiting.press()
        seen = await waiting.press(accepted="yes")
        assert waiting.path == mine
        assert "Your visit is booked" in seen
        assert "There is no such entry" in await waiting.open(place)


async def test_an_offer_may_be_left(open_house: House, client: AsyncClient) -> None:
    first = await booked(client)
    waiting = Visitor(client)
    await waiting.open("/book/town/wait?service=id-card")
    await waiting.press(n=0, name="Jan Kos", email="jan@poczta.example")
    place = waiting.path
    await first.follow("/cancel")
    await first.press()
    await jobs.offer(open_house.server.site)
    await waiting.open(place)
    await waiting.follow("/b/")
    form = forms(waiting.answer.text)[0]
    answer = await client.post(form.buttons[1][2], data=form.fields)
    assert "The visit is cancelled" in await waiting.open(answer.headers["location"])
    assert "You are on the waiting list" in await waiting.open(place)


async def test_a_wish_sent_twice_is_one(client: AsyncClient) -> None:
    visitor = Visitor(client)
    await visitor.open("/book/town/wait?service=id-card")
    form = forms(visitor.answer.text)[0]
    sent = {**form.fields, "name": "Jan Kos", "email": "jan@poczta.example"}
    places = [(await client.post(form.action, data=sent)).headers["location"] for _ in range(2)]
    assert places[0] == places[1]
