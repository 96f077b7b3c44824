"""Halls over HTTP: the list, one hall, its queues, its log, and closing it suddenly."""

from datetime import timedelta
from typing import Any

import pytest

from tests.app.inside import SMALL, Inside, small
from tests.web.test_edge import is_problem

pytestmark = pytest.mark.slow

HALL = f"/api/v1/halls/{SMALL}"


async def seen(house: Inside, path: str, who: str = "anonymous") -> Any:
    """What an address answers."""
    answer = await house.ask(who, "GET", path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert ":null" not in answer.text or path.partition("?")[0].endswith(
        "/events"
    )  # these are as on record
    return answer.json()


async def run(house: Inside, act: str, who: str = "sue", key: str = "", **body: Any) -> Any:
    """Close the hall suddenly, or open it again."""
    headers = {"Idempotency-Key": key} if key else {}
    return await house.ask(who, "POST", f"{HALL}/{act}", json=body, headers=headers)


async def test_everybody_sees_which_halls_there_are(house: Inside) -> None:
    halls = {hall["id"]: hall for hall in (await seen(house, "/api/v1/halls"))["halls"]}
    assert halls.keys() == {"ratusz", "gmina", SMALL}
    assert halls["ratusz"]["names"]["de"] == "Bürgerservice"
    assert halls["gmina"]["office"]["id"] == "stare-lipki"


async def test_the_town_halls_card_holds_what_a_kiosk_shows(house: Inside) -> None:
    card = await seen(house, "/api/v1/halls/ratusz")
    assert (card["open"], card["accepting"], card["zone"]) == (True, True, "Europe/Warsaw")
    assert card["languages"] == ["pl", "en", "uk", "de"]
    assert [group["letter"] for group in card["groups"]] == list("ABCDE")
    assert {id for group in card["groups"] for id in group["services"]} == card["services"].keys()
    assert all(service["names"].keys() == set(card["languages"]) for service in card["services"].values())
    assert card["services"]["id-card"]["documents"][0]["en"] == "Your present ID card or a valid passport"
    assert card["hours"]["week"]["fri"] == [{"opens": "08:00", "closes": "14:30"}]
    assert card["hours"]["last_ticket"]["fri"] == "14:00"
    assert "pregnant" in [one["id"] for one in card["segments"] if one["offered"] == "kiosk"]
    assert {counter["state"] for counter in card["counters"]} == {"closed"}


async def test_a_card_says_of_each_service_whether_it_is_given_and_why_not(house: Inside) -> None:
    services = (await seen(house, HALL))["services"]
    assert services["id-card"]["accepting"] is True
    assert "closed_code" not in services["id-card"]
    assert (services["parking"]["open"], services["parking"]["closed_code"]) == (False, "service_closed")
    house.clock.at += timedelta(hours=7)
    card = await seen(house, HALL)
    assert (card["open"], card["accepting"]) == (False, False)
    assert card["services"]["id-card"]["closed_code"] == "hall_closed"


async def test_what_was_given_up_is_no_longer_shown(house: Inside) -> None:
    setup = small()
    version = (await seen(house, HALL))["version"]
    await house.apply(
        small(counters=setup.counters[:3], services=setup.services[:3], notice={"pl": "Remont"})
    )
    card = await seen(house, HALL)
    assert card["version"] == version + 1
    assert card["notice"] == {"pl": "Remont"}
    assert "parking" not in card["services"]
    assert [counter["id"] for counter in card["counters"]] == ["1", "2", "3"]
    assert "parking" not in (await seen(house, f"{HALL}/queues"))["services"]


async def test_the_queues_hold_lines_and_numbers_and_no_person(house: Inside) -> None:
    ticket = await house.called()
    await house.take()
    waiting = await house.take("ann", segment="disabled")
    view = await seen(house, f"{HALL}/queues")
    line = view["services"]["id-card"]
    assert (line["waiting"], line["open"], line["serving"]) == (2, 1, {"1": "A001"})
    assert line["longest_since"] == "2026-09-02T08:00:00.000Z"
    assert line["estimate"]["low"] <= line["estimate"]["mid"] <= line["estimate"]["high"]
    assert view["services"]["vehicle"]["waiting"] == 0
    shown = str(view)
    assert not any(
        word in shown for word in (ticket, waiting["id"], waiting["token"], "disabled", "staff:")
    )


@pytest.mark.parametrize("path", ["", "/queues", "/events", "/devices"])
@pytest.mark.parametrize("hall", ["nowhere", "MALA", "mala%00", "..", "a" * 91, "%F0%9F%8F%9B"])
async def test_a_hall_that_is_not_there_is_not_found(house: Inside, hall: str, path: str) -> None:
    answer = await house.ask("admin", "GET", f"/api/v1/halls/{hall}{path}", follow_redirects=True)
    is_problem(answer, 404, "not_found")


async def test_staff_read_the_log_from_where_they_left_off(house: Inside) -> None:
    ticket = await house.called()
    log = await seen(house, f"{HALL}/events", "ann")
    types = [event["type"] for event in log["events"]]
    assert types == ["HallConfigured", "DayOpened", "TicketIssued", "CounterOpened", "TicketCalled"] or (
        types == ["DayOpened", "HallConfigured", "TicketIssued", "CounterOpened", "TicketCalled"]
    )
    assert [event["seq"] for event in log["events"]] == [1, 2, 3, 4, 5]
    assert log["events"][2]["body"]["ticket"] == ticket
    assert log["events"][2]["day"] == "2026-09-02"
    assert log["next"] == 5
    assert await seen(house, f"{HALL}/events?after=5", "ann") == {"events": [], "next": 5}
    assert [e["seq"] for e in (await seen(house, f"{HALL}/events?after=3", "ann"))["events"]] == [4, 5]
    assert await seen(house, f"{HALL}/events?after=999999999999999", "ann") == {
        "events": [],
        "next": 999_999_999_999_999,
    }


@pytest.mark.parametrize("after", ["", "-1", "1.5", "x", "1e3", " 1", "٣", "1" * 16, "0x1"])
async def test_a_place_in_the_log_is_a_number(house: Inside, after: str) -> None:
    answer = await house.ask("ann", "GET", f"{HALL}/events?after={after}")
    found = is_problem(answer, 422, "invalid")
    assert found["params"] == {"field": "after"}


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("press", 403), ("wall", 403), ("clerk", 403)]
)
async def test_the_log_is_for_those_who_work_there(house: Inside, who: str, status: int) -> None:
    assert (await house.ask(who, "GET", f"{HALL}/events")).status_code == status


async def test_a_long_log_comes_in_pages(house: Inside) -> None:
    for _ in range(260):
        ticket = await house.take()
        await house.ask("anonymous", "DELETE", f"/api/v1/tickets/{ticket['token']}")
    first = await seen(house, f"{HALL}/events", "ann")
    assert len(first["events"]) == 500
    rest = await seen(house, f"{HALL}/events?after={first['next']}", "ann")
    assert [event["seq"] for event in rest["events"]] == list(range(501, house.state().seq + 1))


async def test_a_hall_is_closed_suddenly_and_opened_again(house: Inside) -> None:
    ticket = await house.take()
    assert (await run(house, "suspend", reason=" Alarm ")).json() == {"state": "suspended"}
    card = await seen(house, HALL)
    assert (card["suspended"], card["open"], card["accepting"]) == ("Alarm", False, False)
    assert {one["closed_code"] for one in card["services"].values()} == {"hall_suspended"}
    is_problem(await house.wish(), 409, "hall_suspended")
    view = await seen(house, f"/api/v1/tickets/{ticket['token']}")
    assert (view["state"], view["hall"]["state"]) == ("waiting", "suspended")
    before = house.state().seq
    assert (await run(house, "suspend", reason="Alarm")).json() == {"state": "suspended"}
    assert house.state().seq == before
    for _ in range(2):
        assert (await run(house, "resume")).json() == {"state": "open"}
    assert (await house.take())["ahead"] == 1


async def test_a_retry_of_closing_does_not_close_a_hall_that_was_opened_since(house: Inside) -> None:
    await run(house, "suspend", key="s", reason="Alarm")
    await run(house, "resume", key="r")
    assert (await run(house, "suspend", key="s", reason="Alarm")).status_code == 200
    assert house.state().suspended is None
    is_problem(await run(house, "suspend", key="s", reason="Flood"), 422, "key_reused")
    assert house.state().suspended is None


@pytest.mark.parametrize("act", ["suspend", "resume"])
@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        ("anonymous", 401, "sign_in"),
        ("press", 403, "not_allowed"),
        ("ann", 403, "not_allowed"),
        ("supervisor", 403, "not_allowed"),
        ("stranger", 403, "not_allowed"),
    ],
)
async def test_only_who_runs_the_hall_may_close_it(
    house: Inside, act: str, who: str, status: int, code: str
) -> None:
    is_problem(await run(house, act, who, reason="x"), status, code)
    assert house.state().suspended is None


@pytest.mark.parametrize("reason", [None, 5, "x" * 201, "\u0000", ["x"]])
async def test_a_hall_is_closed_for_a_reason_that_a_screen_can_show(house: Inside, reason: Any) -> None:
    is_problem(await run(house, "suspend", reason=reason), 422, "invalid")
    is_problem(await run(house, "suspend"), 422, "invalid")
    is_problem(await run(house, "resume", reason="over"), 422, "invalid")
    assert house.state().suspended is None
