"""Kiosks that go on alone, over HTTP: numbers set aside, tickets named by the kiosk, tickets handed in."""

from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from qms.devices import writes
from tests.app.inside import SMALL, Inside, small
from tests.web.test_edge import is_problem

pytestmark = pytest.mark.slow
ID, TOKEN = "0192f3c4a5b67c8d9e0f1a2b3c4d5e6f", "abcdefghijklmnopqrstuvwxyz"
HANDED = f"/api/v1/halls/{SMALL}/handed-in"


def printed(house: Inside, **changes: Any) -> dict[str, Any]:
    """A number that the kiosk printed ten minutes ago."""
    taken = house.clock.now() - timedelta(minutes=10)
    usual = {"id": ID, "token": TOKEN, "service": "id-card", "language": "pl", "number": 999}
    return usual | {"written": "A999", "taken_at": taken.isoformat()} | changes


async def hand_in(house: Inside, who: str = "press", **changes: Any) -> Response:
    return await house.ask(who, "POST", HANDED, json=printed(house, **changes))


async def numbers(house: Inside, who: str = "press") -> dict[str, Any]:
    answer = await house.ask(who, "POST", f"/api/v1/halls/{SMALL}/numbers", json={})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_kiosk_is_told_its_numbers_and_until_when_they_are_new(house: Inside) -> None:
    told = await numbers(house)
    assert (told["day"], told["ends"]) == ("2026-09-02", "2026-09-02T22:00:00.000Z")
    assert told["numbers"]["documents"][-1] == {"number": 999, "written": "A999"}
    assert len(told["numbers"]["documents"]) == len(told["numbers"]["vehicles"]) == 30
    assert await numbers(house) == told
    is_problem(
        await house.ask("ann", "POST", f"/api/v1/halls/{SMALL}/numbers", json={}), 403, "not_allowed"
    )


async def test_a_number_that_was_handed_in_is_waited_with_followed_and_used_up(house: Inside) -> None:
    await numbers(house)
    answer = await hand_in(house)
    assert (answer.status_code, answer.json()) == (201, {"id": ID, "number": "A999", "state": "waiting"})
    phone = (await house.ask("anonymous", "GET", f"/api/v1/tickets/{TOKEN}")).json()
    assert (phone["number"], phone["issued_at"]) == ("A999", "2026-09-02T07:50:00.000Z")
    assert "A999" not in str(await numbers(house))
    again = await hand_in(house)
    assert (again.status_code, again.json()) == (201, answer.json())
    assert len(house.state().tickets) == 1
    assert await house.faults() == []


async def test_a_kiosk_that_hears_no_answer_finds_its_ticket_again(house: Inside) -> None:
    await numbers(house)
    first = await house.take(id=ID, token=TOKEN)
    assert (first["id"], first["token"], first["number"]) == (ID, TOKEN, "A001")
    assert await house.take(id=ID, token=TOKEN) == first
    answer = await hand_in(house)
    assert answer.json() == {"id": ID, "number": "A999", "state": "waiting"}
    assert [ticket.number for ticket in house.state().tickets.values()] == ["A999"]


async def test_nobody_takes_anothers_ticket_by_its_id_or_token(house: Inside) -> None:
    await house.take(id=ID, token=TOKEN)
    other = "b" * 26
    is_problem(await house.wish(id=ID, token=other), 422, "key_reused")
    is_problem(await hand_in(house, token=other), 422, "key_reused")
    is_problem(await hand_in(house, id="1" * 32), 422, "key_reused")
    is_problem(await house.wish(id="1" * 32, token=TOKEN), 422, "key_reused")
    house.clock.at += timedelta(days=1)
    await numbers(house)  # the day is another one
    is_problem(await house.wish(id=ID, token=other), 422, "key_reused")
    is_problem(await hand_in(house, token=other), 422, "key_reused")


async def test_only_devices_name_tickets_and_they_name_both_id_and_token(house: Inside) -> None:
    is_problem(await house.wish("ann", id=ID, token=TOKEN), 403, "not_allowed")
    is_problem(await house.wish("anonymous", id=ID, token=TOKEN), 401, "sign_in")
    is_problem(await house.wish(id=ID), 422, "invalid")
    is_problem(await house.wish(token=TOKEN), 422, "invalid")
    assert house.state().tickets == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"written": "A9 9"},
        {"written": "A999/2"},
        {"number": -1},
        {"taken_at": "2026-09-02T09:50:00"},
        {"taken_at": "now"},
        {"token": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
        {"id": "1"},
        {"copies": 2},
    ],
)
async def test_a_malformed_ticket_changes_nothing(house: Inside, wrong: dict[str, Any]) -> None:
    is_problem(await hand_in(house, **wrong), 422, "invalid")
    assert house.state().tickets == {}


async def test_a_number_of_yesterday_lapsed_and_is_told_so_each_time(house: Inside) -> None:
    await numbers(house)
    yesterday = printed(house)
    house.clock.at += timedelta(days=1)
    for _ in range(2):
        answer = await house.ask("press", "POST", HANDED, json=yesterday)
        assert answer.json() == {"id": ID, "number": "A999", "state": "lapsed"}
    phone = (await house.ask("anonymous", "GET", f"/api/v1/tickets/{TOKEN}")).json()
    assert phone["state"] == "lapsed"
    assert house.state().tickets == {}


async def test_a_ticket_that_was_answered_yesterday_is_not_recorded_once_more(house: Inside) -> None:
    """The kiosk heard no answer, and by the time it hears one the day is over."""
    await numbers(house)
    await house.take(id=ID, token=TOKEN)
    yesterday = printed(house)
    house.clock.at += timedelta(days=1)
    answer = await house.ask("press", "POST", HANDED, json=yesterday)
    assert answer.json()["number"] == "A001"
    assert house.state().late == frozenset()


async def test_a_ticket_of_yesterday_is_not_given_again_today(house: Inside) -> None:
    """Neither before nor after the new day has begun: what is on record of it stays."""
    await house.take(id=ID, token=TOKEN)
    house.clock.at += timedelta(days=1)
    is_problem(await house.wish(id=ID, token=TOKEN), 422, "key_reused")
    await house.take()
    is_problem(await house.wish(id=ID, token=TOKEN), 422, "key_reused")
    phone = (await house.ask("anonymous", "GET", f"/api/v1/tickets/{TOKEN}")).json()
    assert phone["issued_at"].startswith("2026-09-02")


async def test_a_kiosk_that_is_shut_out_gives_its_numbers_back(house: Inside) -> None:
    await numbers(house)
    (device,) = [owner for _, owner in house.state().set_aside][:1]
    answer = await house.ask("admin", "DELETE", f"/api/v1/halls/{SMALL}/devices/{device}")
    assert answer.status_code == 200, answer.text
    assert house.state().set_aside == {}
    row = await house.server.site.read(lambda conn: writes.devices_of(conn, SMALL))
    assert [each["revoked"] for each in row if each["id"] == device] == [True]


async def test_one_lets_others_go_first_by_the_ticket_in_ones_hand(house: Inside) -> None:
    await house.apply(small(let_pass=2))
    first = await house.take()
    for _ in range(2):
        house.clock.at += timedelta(minutes=1)
        await house.take()
    path = f"/api/v1/tickets/{first['token']}"
    assert (await house.ask("anonymous", "GET", path)).json()["let_pass"] == 2
    answer = await house.ask("anonymous", "POST", path + "/let-pass", json={"people": 1})
    assert answer.json() == {"ahead": 1, "let_pass": 1}
    is_problem(
        await house.ask("anonymous", "POST", path + "/let-pass", json={"people": 2}), 409, "let_pass_spent"
    )
    is_problem(await house.ask("anonymous", "POST", path + "/let-pass", json={"people": 0}), 422, "invalid")
