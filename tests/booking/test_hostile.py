"""People who try again, robots that try everything, and answers that get lost: nobody gains and nobody loses by it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qms.booking import jobs, reads, tables
from qms.booking.rules import commands as c
from qms.booking.rules import contact
from qms.booking.rules import events as e
from qms.halls.rules.booking import Limits
from qms.ledger.vault import token_hash
from tests.app.inside import Inside, inside
from tests.booking.room import ID_CARD, BookingRoom, booking_office
from tests.booking.room import WEDNESDAY as WED
from tests.booking.solving import solved
from tests.booking.test_calendar import offer, refusal, wish
from tests.booking.test_http import ANNA, HALL, PAGE, WEDNESDAY, bookable, booked, held, inside_again
from tests.queue.make import changed

KEY = {"Idempotency-Key": "0123456789abcdef"}
WISH = {"services": [{"service": "id-card"}], "first": WEDNESDAY, "last": "2026-11-27"}
JAN = {"name": "Jan", "email": "jan@example.org"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    async with inside(tmp_path / "var", setup=bookable({"lanes": 1})) as house:
        house.clock.at = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
        yield house


async def twice(house: Inside, path: str, **body: Any) -> list[Any]:
    """The same request, sent again because the answer was lost."""
    first, again = [await house.ask("anonymous", "POST", path, json=body, headers=KEY) for _ in range(2)]
    assert first.text == again.text
    return [first.json(), again.json()]


async def offered(house: Inside, fields: dict[str, str] = JAN, booking: str | None = None) -> str:
    """The token of a time that the waiting list offers."""
    first = await booked(house, "10:00")
    body = {**WISH, "fields": fields, **({"booking": booking} if booking else {})}
    made = await house.ask("anonymous", "POST", f"{HALL}/wishes", json=body)
    assert made.status_code == 201, made.text
    await house.ask("anonymous", "DELETE", f"/api/v1/bookings/{first['token']}")
    assert await jobs.offer(house.server.site) == 1
    day = house.state().calendar.book(datetime(2026, 11, 25, tzinfo=UTC).date())
    (one,) = [one for one in day.bookings.values() if one.wish]
    return house.server.site.vault.token("booking", one.id)


async def test_a_hold_that_is_sent_again_needs_no_second_solution(house: Inside) -> None:
    await house.apply(bookable(challenge=True))
    task = (await house.ask("anonymous", "GET", f"{HALL}/challenge")).json()
    body = {"services": [{"service": "id-card"}], "start": f"{WEDNESDAY}T10:00:00+01:00"}
    first, again = await twice(house, f"{HALL}/bookings", **body, challenge=solved(task))
    assert first["token"] == again["token"]


async def test_one_solution_sets_one_time_aside(house: Inside) -> None:
    await house.apply(bookable(challenge=True))
    task = (await house.ask("anonymous", "GET", f"{HALL}/challenge")).json()
    body = {"services": [{"service": "id-card"}], "challenge": solved(task)}
    asked = [
        house.ask(
            "anonymous", "POST", f"{HALL}/bookings", json={**body, "start": f"{WEDNESDAY}T{at}:00+01:00"}
        )
        for at in ("10:00", "10:15", "10:30")
    ]
    answers = [answer.json() for answer in await asyncio.gather(*asked)]
    assert sorted(answer.get("code", "held") for answer in answers) == ["challenge", "challenge", "held"]


async def test_a_confirmation_that_is_sent_again_is_not_counted_against_its_own_limit(
    house: Inside,
) -> None:
    await house.apply(bookable(limits=Limits(per_contact=1, visits_per_day=1, made_per_day=1)))
    token = (await held(house)).json()["token"]
    first, _ = await twice(house, f"/api/v1/bookings/{token}/confirm", fields=ANNA, accepted=True)
    assert first["state"] == "confirmed"


async def test_a_wish_that_is_sent_again_is_one_wish(house: Inside) -> None:
    await house.apply(bookable(limits=Limits(per_contact=1)))
    first, again = await twice(house, f"{HALL}/wishes", **WISH, fields=ANNA)
    assert first["token"] == again["token"]
    assert len(house.state().calendar.wishes or {}) == 1


async def test_an_offer_is_taken_by_the_first_request_after_a_restart(
    house: Inside, tmp_path: Path
) -> None:
    """The waiting list was not asked for since: it is brought from its rows."""
    token = await offered(house)
    async with inside_again(house, tmp_path, house.headers) as again:
        again.clock.at = house.clock.at
        path = f"/api/v1/bookings/{token}/confirm"
        taken = await again.ask("anonymous", "POST", path, json={"accepted": True})
        assert taken.json()["state"] == "confirmed", taken.text
        assert again.state().calendar.wishes == {}


async def test_an_offer_that_is_taken_under_a_key_is_taken(house: Inside, tmp_path: Path) -> None:
    """The later time that it replaces lies on a day that must be read first: that read is not what the key is for."""
    later = await booked(house, "14:00", JAN)
    friday = {"start": "2026-11-27T14:00:00+01:00"}
    await house.ask("anonymous", "PATCH", f"/api/v1/bookings/{later['token']}", json=friday)
    token = await offered(house, {}, later["token"])
    async with inside_again(house, tmp_path, house.headers) as again:
        again.clock.at = house.clock.at
        first, _ = await twice(again, f"/api/v1/bookings/{token}/confirm", accepted=True)
        assert first["state"] == "confirmed"
        former = await again.ask("anonymous", "GET", f"/api/v1/bookings/{later['token']}")
        assert former.json()["state"] == "cancelled"


async def test_one_contact_is_known_by_telephone_and_by_address_however_they_are_written(
    house: Inside,
) -> None:
    await house.apply(bookable(limits=Limits(visits_per_day=1)))
    await booked(house, "08:00", {"name": "A", "email": "anna@bücher.example", "phone": "600 100 200"})
    for fields in (
        {"email": "anna@xn--bcher-kva.example"},
        {"email": "ANNA@ＢÜCHER.example"},
        {"email": "else@example.org", "phone": "+48 600-100-200"},
    ):
        token = (await held(house, "11:00")).json()["token"]
        body = {"fields": {"name": "B", **fields}, "accepted": True}
        answer = await house.ask("anonymous", "POST", f"/api/v1/bookings/{token}/confirm", json=body)
        assert answer.json()["code"] == "limit_day", fields
        await house.ask("anonymous", "DELETE", f"/api/v1/bookings/{token}")


async def test_two_requests_at_once_do_not_get_one_contact_more_than_allowed(house: Inside) -> None:
    await house.apply(bookable(limits=Limits(visits_per_day=1)))
    tokens = [(await held(house, at)).json()["token"] for at in ("08:00", "09:00", "10:00", "11:00")]
    written = ("600100200", "600 100 200", "+48600100200", "(48) 600-100-200")

    async def confirm(token: str, n: int) -> str:
        fields = {"name": "A", "email": f"a{n}@example.org", "phone": written[n]}
        path = f"/api/v1/bookings/{token}/confirm"
        answer = await house.ask("anonymous", "POST", path, json={"fields": fields, "accepted": True})
        return str(answer.json().get("code", ""))

    codes = await asyncio.gather(*(confirm(token, n) for n, token in enumerate(tokens)))
    assert sorted(code.isdigit() for code in codes) == [False, False, False, True], codes


async def test_a_visit_is_not_moved_to_a_day_on_which_the_person_has_enough(house: Inside) -> None:
    await house.apply(bookable(limits=Limits(visits_per_day=1)))
    first = await booked(house, "08:00")
    path = f"/api/v1/bookings/{first['token']}"
    thursday = {"start": "2026-11-26T08:00:00+01:00"}
    assert (await house.ask("anonymous", "PATCH", path, json=thursday)).status_code == 200
    await booked(house, "09:00")
    back = await house.ask("anonymous", "PATCH", path, json={"start": f"{WEDNESDAY}T10:00:00+01:00"})
    assert back.json()["code"] == "limit_day"
    later = await house.ask("anonymous", "PATCH", path, json={"start": "2026-11-26T10:00:00+01:00"})
    assert later.status_code == 200, "within the day that it has"


def test_nobody_who_proved_nothing_hides_a_time_from_the_others() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    id = room.hold("10:00", proved=False)
    assert refusal(room, room.move(id, "11:00")).code == "wrong_state"
    room.do(c.ConfirmBooking(id, WED, "p", True))
    assert room.booking(id, WED).state == "pending"
    assert refusal(room, room.move(id, "11:00")).code == "wrong_state"
    room.do(c.CancelBooking(id, WED, "citizen"))
    again = room.hold("10:00", proved=False)
    room.do(c.ConfirmBooking(again, WED, "p", True))
    room.after(minutes=120).tick()
    assert room.booking(again, WED).state == "lapsed"
    assert not room.all(e.TimeFreed)
    room.hold("10:00")


def test_people_move_a_booking_a_few_times_and_staff_as_often_as_need_be() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    id = room.book("09:00")
    for n in range(5):
        room.do(room.move(id, f"1{n}:00"))
    no = refusal(room, room.move(id, "09:30"))
    assert (no.code, no.params) == ("limit_moves", {"limit": 5})
    room.do(room.move(id, "09:30", by="staff"))


def test_a_time_is_offered_to_a_few_before_everybody_sees_it() -> None:
    """Else whoever fills the waiting list with names keeps a time from everybody until it is past."""
    room = BookingRoom(booking_office({"lanes": 1}, offer=5))
    id = room.book("10:00")
    for n in range(9):
        wish(room, f"w{n}")
    room.do(c.CancelBooking(id, WED, "citizen"))
    for n in range(5):
        room.do(offer(room, f"w{n}", f"c0ffee0{n}"))
        room.after(minutes=5).tick()
    assert not room.state.calendar.book(WED).freed
    room.hold("10:00")


def test_nobody_waits_for_years() -> None:
    room = BookingRoom(booking_office())
    made = c.MakeWish("w", ID_CARD, WED, WED + timedelta(days=800), "booked", "pl", "h", "p")
    assert refusal(room, made).params == {"field": "last"}


def test_who_gives_a_visit_up_no_longer_wants_it_earlier() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    mine = room.book("10:00")
    wish(room, "w1", booking=mine, booking_day=WED)
    wish(room, "w2")
    room.do(c.CancelBooking(mine, WED, "citizen"))
    assert set(room.rows[tables.Wish]) == {("w2",)}
    room.do(offer(room, "w2", "c0ffee01"))


def test_an_offer_in_hand_outlives_the_visit_that_it_was_to_replace() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    first, mine = room.book("10:00"), room.book("11:00")
    wish(room, "w1", booking=mine, booking_day=WED)
    room.do(c.CancelBooking(first, WED, "citizen"))
    room.do(offer(room, "w1", "c0ffee01"))
    room.do(c.CancelBooking(mine, WED, "citizen"))
    room.do(c.ConfirmBooking("c0ffee01", WED, "p", True))
    assert room.booking("c0ffee01", WED).state == "confirmed"


def test_an_offer_replaces_a_visit_wherever_it_was_moved_to() -> None:
    room = BookingRoom(booking_office({"lanes": 1}))
    friday = WED + timedelta(days=2)
    first, mine = room.book("10:00"), room.book("11:00")
    wish(room, "w1", booking=mine, booking_day=WED)
    room.do(room.move(mine, "11:00", WED, friday))
    assert room.row(tables.Wish, "w1")["booking_day"] == friday
    room.do(c.CancelBooking(first, WED, "citizen"))
    room.do(offer(room, "w1", "c0ffee01"))
    room.do(c.ConfirmBooking("c0ffee01", WED, "p", True))
    assert room.booking_row(mine)["state"] == "cancelled"


@pytest.mark.parametrize(
    "address",
    [
        "anna@example..com",
        "anna..l@example.org",
        "anna.@example.org",
        "anna@.example.org",
        "anna(home)@example.org",
        "mailto:anna@example.org",
        "an\\na@example.org",
        "anna@[127.0.0.1]",
        "an\u200bna@example.org",
        f"anna@{'ü' * 70}.example",
        f"{'a' * 65}@example.org",
        "anna@example.org\r\nBcc: all@example.org",
    ],
)
def test_an_address_that_no_mail_reaches_is_told_at_once(address: str) -> None:
    fields = {"name": "Anna", "email": address}
    assert contact.faults(booking_office(), ID_CARD, fields, staff=False) == ["email"]
    for fine in ("anna.l+hall@example.org", "o'neil@bücher.example", "анна@пошта.укр"):
        assert contact.faults(booking_office(), ID_CARD, {**fields, "email": fine}, staff=False) == []


async def test_nobody_breaks_the_page_of_reception_by_what_they_say_they_need(house: Inside) -> None:
    token = (await held(house)).json()["token"]
    path = f"/api/v1/bookings/{token}/confirm"
    for need in ("a helicopter", "wheelchair,", "wheelchair,<b>", ","):
        body = {"fields": {**ANNA, "need": need}, "accepted": True}
        answer = await house.ask("anonymous", "POST", path, json=body)
        assert answer.json()["params"] == {"fields": ["need"]}, need
    body = {"fields": {**ANNA, "need": "wheelchair,quiet"}, "accepted": True}
    assert (await house.ask("anonymous", "POST", path, json=body)).status_code == 200
    shown = await house.ask("sue", "GET", f"/appointments/{HALL.rpartition('/')[2]}?day={WEDNESDAY}")
    assert shown.status_code == 200
    assert "Anna Łącka" in shown.text


async def test_what_has_ended_is_told_alike_before_and_after_a_restart(
    house: Inside, tmp_path: Path
) -> None:
    """Memory holds only what takes room; the rest is in its row."""
    token, given_up = (await held(house)).json()["token"], await booked(house, "11:00")
    path = f"/api/v1/bookings/{given_up['token']}"
    assert (await house.ask("anonymous", "DELETE", path)).status_code == 200
    house.clock.at += timedelta(hours=2)
    await jobs.wake(house.server.site)
    confirm = {"fields": ANNA, "accepted": True}

    async def told(of: Inside) -> list[Any]:
        lapsed, proof = f"/api/v1/bookings/{token}", of.server.site.vault.token
        row = await of.server.site.read(lambda conn: reads.booking_held(conn, token_hash(token)))
        return [
            (await of.ask("anonymous", method, where, json=body)).json().get("code", "")
            for method, where, body in (
                ("POST", f"{lapsed}/confirm", confirm),
                ("POST", f"{lapsed}/prove", {"proof": proof("proof", row["id"])}),
                ("PATCH", lapsed, {"start": f"{WEDNESDAY}T12:00:00+01:00"}),
                ("DELETE", lapsed, None),
                ("POST", f"{path}/confirm", confirm),
                ("PATCH", path, {"start": f"{WEDNESDAY}T12:00:00+01:00"}),
            )
        ] + [(await of.ask("anonymous", "DELETE", path)).status_code]

    before = await told(house)
    assert before == ["hold_over", "hold_over", *["wrong_state"] * 4, 200]
    async with inside_again(house, tmp_path, house.headers) as again:
        again.clock.at = house.clock.at
        assert await told(again) == before


async def test_an_offer_is_not_handed_on_to_somebody_else(house: Inside) -> None:
    token = await offered(house)
    body = {"fields": {"name": "Buyer", "email": "buyer@example.org"}, "accepted": True}
    taken = await house.ask("anonymous", "POST", f"/api/v1/bookings/{token}/confirm", json=body)
    assert taken.json()["person"] == JAN


async def test_the_pages_of_bookings_that_are_left_are_shown_where_an_office_takes_no_more(
    house: Inside,
) -> None:
    booking, token = await booked(house), (await held(house, "11:00")).json()["token"]
    await house.apply(changed(bookable(), bookings=None))
    mine = f"/b/{booking['token']}"
    for path in (mine, f"/b/{token}", f"{mine}/move", f"{mine}/cancel"):
        shown = await house.ask("anonymous", "GET", path, headers=PAGE)
        assert shown.status_code == 200, path
    none = await house.ask("anonymous", "GET", f"{mine}/move/time?day={WEDNESDAY}", headers=PAGE)
    assert none.status_code == 409
    assert "Anna Łącka" in (await house.ask("anonymous", "GET", mine, headers=PAGE)).text


async def test_two_processes_do_not_give_one_contact_more_than_allowed(
    postgresql_url: str, tmp_path: Path
) -> None:
    """Each looks at the other's rows once it holds the hall."""
    setup = bookable(limits=Limits(visits_per_day=2))
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(
            inside(tmp_path / "a", setup=setup, database=postgresql_url, secret_file=secret(tmp_path))
        )
        more: dict[str, Any] = {
            "database": postgresql_url,
            "secret_file": secret(tmp_path),
            "known": house.headers,
        }
        other = await stack.enter_async_context(inside(tmp_path / "b", **more))
        house.clock.at = other.clock.at = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
        tokens = [(await held(house, f"{hour}:00")).json()["token"] for hour in range(10, 15)]
        tokens += [(await held(other, f"{hour}:30")).json()["token"] for hour in range(10, 15)]
        path = "/api/v1/bookings/{}/confirm"
        body = {"fields": ANNA, "accepted": True}
        answers = await asyncio.gather(
            *(
                [house, other][n % 2].ask("anonymous", "POST", path.format(token), json=body)
                for n, token in enumerate(tokens)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, *[409] * 8]


def secret(folder: Path) -> Path:
    path = folder / "secret.key"
    path.write_text("x" * 64)
    return path


async def test_one_network_does_not_empty_a_calendar_however_many_tasks_it_solves(tmp_path: Path) -> None:
    async with inside(tmp_path / "var", setup=bookable(), hold_limit="3/hour") as house:
        house.clock.at = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
        codes = [(await held(house, f"{hour}:00")).status_code for hour in range(10, 15)]
        assert codes == [201, 201, 201, 429, 429]
        body = {"services": [{"service": "id-card"}], "start": f"{WEDNESDAY}T14:00:00+01:00"}
        async with house.client(host="203.0.113.6") as another:
            assert (await another.post(f"{HALL}/bookings", json=body)).status_code == 201
        caller = {**body, "fields": {"name": "Anna"}, "start": f"{WEDNESDAY}T08:00:00+01:00"}
        assert (await house.ask("sue", "POST", f"{HALL}/appointments", json=caller)).status_code == 201
