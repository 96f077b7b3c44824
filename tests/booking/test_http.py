"""The calendar over JSON: what people and staff do with it, and what neither may."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from qms.booking import jobs
from qms.halls.rules.booking import Closure, Limits, ServiceBooking
from tests.app.inside import SMALL, Inside, inside, small
from tests.booking.room import booking_office
from tests.halls.make import span
from tests.queue.make import changed
from tests.queue.test_told import rolled

HALL = f"/api/v1/halls/{SMALL}"
ANNA = {"name": "Anna Łącka", "email": "anna@example.org"}
WEDNESDAY = "2026-11-25"
PAGE = {"Accept": "text/html", "Accept-Language": "en"}


def bookable(rule: dict[str, Any] | None = None, **settings: Any) -> Any:
    office = booking_office(rule, **({"challenge": False} | settings))
    return small(bookings=office.bookings)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    async with inside(tmp_path / "var", setup=bookable()) as house:
        house.clock.at = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
        yield house


async def held(house: Inside, at: str = "10:00", **more: Any) -> Response:
    body = {"services": [{"service": "id-card"}], "start": f"{WEDNESDAY}T{at}:00+01:00", **more}
    return await house.ask("anonymous", "POST", f"{HALL}/bookings", json=body)


async def booked(house: Inside, at: str = "10:00", fields: dict[str, str] | None = None) -> dict[str, Any]:
    """A booking that stands, with its token."""
    answer = await held(house, at)
    assert answer.status_code == 201, answer.text
    token = answer.json()["token"]
    body = {"fields": fields or ANNA, "accepted": True}
    stands = await house.ask("anonymous", "POST", f"/api/v1/bookings/{token}/confirm", json=body)
    assert stands.status_code == 200, stands.text
    return {**stands.json(), "token": token}


async def test_free_times_are_offered_booked_and_then_no_longer_offered(house: Inside) -> None:
    await house.apply(bookable({"lanes": 1}))
    path = f"{HALL}/slots?service=id-card&from={WEDNESDAY}&to={WEDNESDAY}"
    before = (await house.ask("anonymous", "GET", path)).json()
    assert before["minutes"] == 15
    assert before["days"][WEDNESDAY][:2] == ["2026-11-25T07:00:00.000Z", "2026-11-25T07:15:00.000Z"]
    await booked(house, "08:00")
    after = (await house.ask("anonymous", "GET", path)).json()
    assert after["days"][WEDNESDAY][0] == "2026-11-25T07:15:00.000Z"


async def test_a_booking_has_a_code_a_place_a_window_and_what_to_bring(house: Inside) -> None:
    booking = await booked(house)
    assert booking["state"] == "confirmed"
    assert len(booking["code"]) == 6
    assert booking["code"].isdigit()
    assert booking["check_in"] == {
        "opens": "2026-11-25T08:45:00.000Z",
        "closes": "2026-11-25T09:10:00.000Z",
    }
    assert booking["may"] == ["cancel", "move"]
    assert booking["person"] == ANNA


async def test_a_code_and_contact_data_are_in_no_event_and_no_row(house: Inside) -> None:
    booking = await booked(house)
    events = await house.ask("sue", "GET", f"{HALL}/events")
    text = events.text
    database = (house.server.site.settings.data / "qms.db").read_bytes()
    wal = house.server.site.settings.data / "qms.db-wal"
    database += wal.read_bytes() if wal.exists() else b""
    for secret in (booking["code"], booking["token"], "anna@example.org", "Łącka"):
        assert secret not in text
        assert secret.encode() not in database or secret == booking["code"], secret


async def test_the_last_time_is_sold_once_over_http(house: Inside) -> None:
    await house.apply(bookable({"lanes": 1}))
    answers = await asyncio.gather(*(held(house) for _ in range(200)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] + [409] * 199
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"time_taken"}


async def test_a_repeated_wish_for_a_time_holds_it_once(house: Inside) -> None:
    body = {"services": [{"service": "id-card"}], "start": f"{WEDNESDAY}T10:00:00+01:00"}
    headers = {"Idempotency-Key": "0123456789abcdef"}
    first = await house.ask("anonymous", "POST", f"{HALL}/bookings", json=body, headers=headers)
    second = await house.ask("anonymous", "POST", f"{HALL}/bookings", json=body, headers=headers)
    assert first.json()["token"] == second.json()["token"]
    day = house.state().calendar.book(datetime(2026, 11, 25, tzinfo=UTC).date())
    assert len(day.bookings) == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ["email", "name"]),
        ({"name": "A"}, ["email"]),
        ({"name": "A", "email": "nobody"}, ["email"]),
        ({"name": "A", "email": "a@example.org", "phone": "12"}, ["phone"]),
        ({"name": "A", "email": "a@example.org", "shoe": "42"}, ["shoe"]),
    ],
)
async def test_contact_data_that_cannot_be_are_named(
    house: Inside, fields: dict[str, str], wrong: list[str]
) -> None:
    token = (await held(house)).json()["token"]
    body = {"fields": fields, "accepted": True}
    answer = await house.ask("anonymous", "POST", f"/api/v1/bookings/{token}/confirm", json=body)
    assert answer.status_code == 422
    assert answer.json()["params"]["fields"] == wrong
    shown = await house.ask("anonymous", "GET", f"/api/v1/bookings/{token}")
    assert shown.json()["state"] == "held"


async def test_one_contact_holds_no_more_than_the_office_allows(house: Inside) -> None:
    for at in ("08:00", "09:00", "10:00"):
        await booked(house, at)
    token = (await held(house, "11:00")).json()["token"]
    body = {"fields": {**ANNA, "email": "Anna@Example.org "}, "accepted": True}
    answer = await house.ask("anonymous", "POST", f"/api/v1/bookings/{token}/confirm", json=body)
    assert answer.json()["code"] == "limit_day"
    body["fields"] = {**ANNA, "email": "else@example.org"}
    answer = await house.ask("anonymous", "POST", f"/api/v1/bookings/{token}/confirm", json=body)
    assert answer.status_code == 200


async def test_exempt_addresses_book_as_many_as_they_need(house: Inside) -> None:

    await house.apply(bookable(limits=Limits(visits_per_day=1, exempt=("ANNA@example.org",))))
    for at in ("08:00", "09:00"):
        await booked(house, at)


async def test_moving_and_cancelling_by_the_token(house: Inside) -> None:
    booking = await booked(house)
    path = f"/api/v1/bookings/{booking['token']}"
    moved = await house.ask("anonymous", "PATCH", path, json={"start": "2026-11-26T09:00:00+01:00"})
    assert moved.status_code == 200, moved.text
    assert (moved.json()["start"], moved.json()["sequence"]) == ("2026-11-26T08:00:00.000Z", 1)
    gone = await house.ask("anonymous", "DELETE", path)
    assert (gone.json()["state"], gone.json()["ended_by"]) == ("cancelled", "citizen")
    assert (await house.ask("anonymous", "DELETE", path)).status_code == 200
    again = await house.ask("anonymous", "PATCH", path, json={"start": "2026-11-26T09:00:00+01:00"})
    assert again.json()["code"] == "wrong_state"


async def test_nobody_is_told_of_a_booking_by_a_guess(house: Inside) -> None:
    await booked(house)
    for token in ("a" * 26, "b" * 26):
        answer = await house.ask("anonymous", "GET", f"/api/v1/bookings/{token}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_booking")


async def test_the_code_turns_the_booking_into_a_number_at_the_kiosk(house: Inside) -> None:
    booking = await booked(house)
    early = await house.ask("press", "POST", f"{HALL}/check-in", json={"code": booking["code"]})
    assert early.json()["code"] == "unknown_booking", "a code means something on its day alone"
    house.clock.at = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    early = await house.ask("press", "POST", f"{HALL}/check-in", json={"code": booking["code"]})
    assert early.json()["code"] == "check_in_early"
    assert early.json()["params"]["from"] == "2026-11-25T08:45:00.000Z"
    house.clock.at = datetime(2026, 11, 25, 8, 50, tzinfo=UTC)
    number = await house.ask(
        "press", "POST", f"{HALL}/check-in", json={"code": f" {booking['code'][:3]} {booking['code'][3:]}"}
    )
    assert number.status_code == 201, number.text
    assert number.json()["number"].startswith("A")
    second = await house.ask("press", "POST", f"{HALL}/check-in", json={"code": booking["code"]})
    assert second.json()["code"] == "already_checked_in"
    shown = await house.ask("anonymous", "GET", f"/api/v1/bookings/{booking['token']}")
    assert (shown.json()["state"], shown.json()["ticket"]) == ("checked_in", number.json()["id"])


async def test_a_person_checks_in_on_their_own_phone(house: Inside) -> None:
    booking = await booked(house)
    house.clock.at = datetime(2026, 11, 25, 8, 50, tzinfo=UTC)
    number = await house.ask("anonymous", "POST", f"{HALL}/check-in", json={"token": booking["token"]})
    assert number.status_code == 201, number.text
    assert number.json()["url"].endswith(number.json()["token"])


async def test_who_booked_is_told_how_late_the_office_runs_and_what_is_expected_is_on_record(
    house: Inside,
) -> None:
    booking = await booked(house)
    path = f"/api/v1/bookings/{booking['token']}"
    house.clock.at = datetime(2026, 11, 25, 8, 59, tzinfo=UTC)
    await house.called()
    await house.done("ann", "start", ticket=house.state().desk("1").ticket)
    assert "delay" not in (await house.ask("anonymous", "GET", path)).json(), "nobody has looked ahead yet"
    await rolled(house)
    shown = (await house.ask("anonymous", "GET", path)).json()
    assert shown["delay"] == 10, (
        "somebody has just begun who takes nine minutes, and one more counts for the way"
    )
    page = await house.ask("anonymous", "GET", f"/b/{booking['token']}", headers=PAGE)
    assert "We are running about 10 minutes late." in page.text

    number = await house.ask("anonymous", "POST", f"{HALL}/check-in", json={"token": booking["token"]})
    expected = house.state().tickets[number.json()["id"]].expected
    found = house.server.forecasts.of(SMALL)
    assert expected is not None
    assert found is not None
    assert expected.mid == pytest.approx(1 + found.bookings[booking["id"]], abs=0.01)
    assert "delay" not in (await house.ask("anonymous", "GET", path)).json()


async def test_anybody_else_needs_to_be_a_kiosk_or_staff(house: Inside) -> None:
    answer = await house.ask("anonymous", "POST", f"{HALL}/check-in", json={"code": "123456"})
    assert answer.json()["code"] == "sign_in"


async def test_the_telephone_number_serves_where_the_office_lets_it(house: Inside) -> None:
    await house.apply(bookable(check_in_by=("code", "phone")))
    await booked(house, fields={**ANNA, "phone": "+48 501 502 503"})
    house.clock.at = datetime(2026, 11, 25, 8, 50, tzinfo=UTC)
    unknown = await house.ask("press", "POST", f"{HALL}/check-in", json={"phone": "501502504"})
    assert unknown.json()["code"] == "unknown_booking"
    number = await house.ask("press", "POST", f"{HALL}/check-in", json={"phone": "501502503"})
    assert number.status_code == 201, number.text


async def test_one_who_comes_too_late_has_missed_it_and_takes_an_ordinary_number(house: Inside) -> None:
    booking = await booked(house)
    house.clock.at = datetime(2026, 11, 25, 9, 10, tzinfo=UTC)
    await jobs.wake(house.server.site)
    late = await house.ask("press", "POST", f"{HALL}/check-in", json={"code": booking["code"]})
    assert late.json()["code"] == "check_in_late"
    assert (await house.ask("anonymous", "GET", f"/api/v1/bookings/{booking['token']}")).json()[
        "state"
    ] == "missed"
    assert (await house.wish()).status_code == 201


async def test_guessing_codes_at_a_kiosk_is_slowed_down(house: Inside) -> None:
    answers = []
    for n in range(200):
        answer = await house.ask("press", "POST", f"{HALL}/check-in", json={"code": f"{n:06d}"})
        answers.append(answer.status_code)
        if answer.status_code == 429:
            break
    assert answers[-1] == 429


async def test_staff_book_for_a_caller_find_move_and_cancel(house: Inside) -> None:
    body = {
        "services": [{"service": "id-card"}],
        "start": f"{WEDNESDAY}T10:00:00+01:00",
        "fields": {"name": "Jan Żółć", "phone": "600 700 800"},
    }
    made = await house.ask("ann", "POST", f"{HALL}/appointments", json=body)
    assert made.status_code == 201, made.text
    id, code = made.json()["id"], made.json()["code"]
    for query in (f"code={code}", "name=zol", "name=Jan", "contact=600700800", f"day={WEDNESDAY}"):
        found = await house.ask("ann", "GET", f"{HALL}/appointments?{query}")
        assert [one["id"] for one in found.json()["bookings"]] == [id], query
    assert (await house.ask("ann", "GET", f"{HALL}/appointments?name=nobody")).json()["bookings"] == []
    moved = await house.ask(
        "ann", "PATCH", f"{HALL}/appointments/{id}", json={"start": "2026-11-26T10:00:00+01:00"}
    )
    assert moved.json()["start"] == "2026-11-26T09:00:00.000Z"
    gone = await house.ask("ann", "DELETE", f"{HALL}/appointments/{id}")
    assert (gone.json()["state"], gone.json()["ended_by"]) == ("cancelled", "staff")


async def test_reception_lets_somebody_in_before_the_window_opens(house: Inside) -> None:
    booking = await booked(house)
    house.clock.at = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
    number = await house.ask("ann", "POST", f"{HALL}/appointments/{booking['id']}/arrive", json={})
    assert number.status_code == 201, number.text


async def test_a_closure_names_whom_it_hits_and_they_are_cancelled_together(house: Inside) -> None:

    hit, spared = await booked(house, "10:00"), await booked(house, "12:00")
    setup = house.state().setup

    closure = Closure(
        id="flood", first_day=date(2026, 11, 25), last_day=date(2026, 11, 25), span=span("09:00", "11:00")
    )
    await house.apply(changed(setup, closures=(closure,)))
    found = await house.ask("sue", "GET", f"{HALL}/conflicts?day={WEDNESDAY}")
    assert [(one["booking"]["id"], one["why"]) for one in found.json()["hit"]] == [(hit["id"], "closed")]
    body = {"day": WEDNESDAY, "bookings": [hit["id"]]}
    assert (await house.ask("sue", "POST", f"{HALL}/conflicts/cancel", json=body)).status_code == 200
    for booking, state in ((hit, "cancelled"), (spared, "confirmed")):
        shown = await house.ask("anonymous", "GET", f"/api/v1/bookings/{booking['token']}")
        assert shown.json()["state"] == state


async def test_the_waiting_list_is_offered_a_freed_time(house: Inside) -> None:
    await house.apply(bookable({"lanes": 1}))
    booking = await booked(house)
    wish = {
        "services": [{"service": "id-card"}],
        "first": WEDNESDAY,
        "last": "2026-11-27",
        "fields": {"name": "Jan", "email": "jan@example.org"},
    }
    made = await house.ask("anonymous", "POST", f"{HALL}/wishes", json=wish)
    assert made.status_code == 201, made.text
    await house.ask("anonymous", "DELETE", f"/api/v1/bookings/{booking['token']}")
    assert await jobs.offer(house.server.site) == 1
    assert await jobs.offer(house.server.site) == 0
    day = house.state().calendar.book(datetime(2026, 11, 25, tzinfo=UTC).date())
    (offered,) = [one for one in day.bookings.values() if one.wish]
    token = house.server.site.vault.token("booking", offered.id)
    taken = await house.ask(
        "anonymous", "POST", f"/api/v1/bookings/{token}/confirm", json={"accepted": True}
    )
    assert (taken.json()["state"], taken.json()["person"]["name"]) == ("confirmed", "Jan")
    assert house.state().calendar.wishes == {}


async def test_what_slept_over_its_time_is_done_after_a_restart(house: Inside, tmp_path: Path) -> None:
    token = (await held(house)).json()["token"]
    known = house.headers
    async with inside_again(house, tmp_path, known) as again:
        again.clock.at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
        await jobs.wake(again.server.site)
        shown = await again.ask("anonymous", "GET", f"/api/v1/bookings/{token}")
        assert shown.json()["state"] == "lapsed"
        free = await again.ask("anonymous", "GET", f"{HALL}/slots?service=id-card&from={WEDNESDAY}")
        assert "2026-11-25T09:00:00.000Z" in free.json()["days"][WEDNESDAY]


def inside_again(house: Inside, folder: Path, known: Any) -> Any:
    """The same data under another server: a copy, since the first one still holds its lock."""

    shutil.copytree(folder / "var", folder / "again")
    return inside(folder / "again", known=known)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "service=",
        "service=id-card&count=0",
        "service=id-card&from=2026-02-30",
        "service=id-card&to=1999-01-01",
        "service=id-card&from=2026-11-27&to=2026-11-25",
        "service=id-card&count=99",
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(house: Inside, query: str) -> None:
    answer = await house.ask("anonymous", "GET", f"{HALL}/slots?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_time_that_is_none_is_refused_and_nothing_is_held(house: Inside) -> None:
    for at, code in (("10:07", "not_a_time"), ("23:00", "not_a_time"), ("15:00", "not_a_time")):
        answer = await held(house, at)
        assert answer.json()["code"] == code, at
    past = await house.ask(
        "anonymous",
        "POST",
        f"{HALL}/bookings",
        json={"services": [{"service": "id-card"}], "start": "2026-11-24T09:00:00+01:00"},
    )
    assert past.json()["code"] == "too_soon"
    far = await house.ask(
        "anonymous",
        "POST",
        f"{HALL}/bookings",
        json={"services": [{"service": "id-card"}], "start": "2027-11-24T09:00:00+01:00"},
    )
    assert far.json()["code"] == "too_far"


async def test_a_booking_can_be_shifted_by_less_than_its_own_length(tmp_path: Path) -> None:
    """Its own time is not in its way, neither when times are shown nor when one is taken."""
    setup = bookable({"lanes": 1})
    long = setup.services[0].model_copy(update={"booking": ServiceBooking(slots=2)})
    async with inside(
        tmp_path / "var", setup=changed(setup, services=(long, *setup.services[1:]))
    ) as house:
        house.clock.at = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
        booking = await booked(house, "10:00")
        shown = await house.ask(
            "anonymous", "GET", f"/b/{booking['token']}/move/time?day={WEDNESDAY}", headers=PAGE
        )
        assert "10:15" in shown.text
        assert "09:45" in shown.text
        assert 'value="2026-11-25T09:00:00+00:00"' not in shown.text, "the time it has"
        assert 'value="2026-11-25T09:15:00+00:00"' in shown.text
        moved = await house.ask(
            "anonymous",
            "PATCH",
            f"/api/v1/bookings/{booking['token']}",
            json={"start": f"{WEDNESDAY}T10:15:00+01:00"},
        )
        assert moved.json()["start"] == "2026-11-25T09:15:00.000Z"


async def test_nobody_fills_the_waiting_list(house: Inside) -> None:
    await house.apply(bookable(limits=Limits(per_contact=2)))
    wish = {"services": [{"service": "id-card"}], "first": WEDNESDAY, "last": "2026-11-27", "fields": ANNA}
    answers = [await house.ask("anonymous", "POST", f"{HALL}/wishes", json=wish) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[2].json()["code"] == "limit_contact"


async def test_a_booking_is_put_on_the_list_once_and_at_its_own_hall_only(house: Inside) -> None:
    booking = await booked(house, "14:00")
    wish = {
        "services": [{"service": "id-card"}],
        "first": WEDNESDAY,
        "last": WEDNESDAY,
        "booking": booking["token"],
    }
    assert (await house.ask("anonymous", "POST", f"{HALL}/wishes", json=wish)).status_code == 201
    assert (await house.ask("anonymous", "POST", f"{HALL}/wishes", json=wish)).json()[
        "code"
    ] == "limit_contact"
    other = await house.ask("anonymous", "POST", "/api/v1/halls/ratusz/wishes", json=wish)
    assert other.json()["code"] == "unknown_booking"
