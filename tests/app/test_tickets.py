"""Numbers over HTTP: who is given one, the same one for every retry, and how it is followed and left."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.app.inside import ADDRESS, NOBODY, SMALL, Inside, inside, small
from tests.halls.make import service
from tests.queue.make import always_open
from tests.web.test_edge import is_problem

pytestmark = pytest.mark.slow


def live(house: Inside, hall: str = SMALL) -> list[str]:
    """The numbers that have been given out today."""
    return [ticket.number for ticket in house.state(hall).tickets.values()]


async def test_a_kiosk_gives_a_number(house: Inside) -> None:
    answer = await house.wish("press", "id-card")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    given = answer.json()
    assert (given["number"], given["service"], given["ahead"]) == ("A001", "id-card", 0)
    assert given["issued_at"] == "2026-09-02T08:00:00.000Z"
    assert given["url"] == f"{ADDRESS}/t/{given['token']}"
    second = await house.take()
    assert (second["number"], second["ahead"]) == ("A002", 1)
    assert (await house.take("press", "vehicle"))["number"] == "V001"
    assert second["token"] != given["token"]
    ticket = house.state().tickets[given["id"]]
    assert (ticket.channel, ticket.segment, ticket.language) == ("kiosk", "walk-in", "pl")


async def test_whoever_takes_a_number_where_somebody_serves_is_told_how_long_it_takes(
    house: Inside,
) -> None:
    await house.done("ann", "open")
    await house.take()
    wait = (await house.take())["estimate"]
    assert 0 < wait["low"] < wait["mid"] < wait["high"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_retry_gets_the_number_that_was_given(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = "" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    async with inside(tmp_path, database=database) as house:
        first = await house.take(key="press-1")
        answers = [await house.take(key="press-1") for _ in range(3)]
        assert answers == [first] * 3
        assert live(house) == ["A001"]
        is_problem(await house.wish(service="passport", key="press-1"), 422, "key_reused")
        assert live(house) == ["A001"]
        assert await house.faults() == []


async def test_a_press_that_is_sent_many_times_at_once_gives_one_number(house: Inside) -> None:
    answers = await asyncio.gather(*(house.take(key="bounce") for _ in range(8)))
    assert {answer["token"] for answer in answers} == {answers[0]["token"]}
    assert live(house) == ["A001"]


async def test_a_late_retry_is_told_how_things_stand_now(house: Inside) -> None:
    first = await house.take(key="k")
    await house.take()
    await house.done("ann", "open")
    await house.done("ann", "next")
    again = await house.take(key="k")
    assert {name: again[name] for name in ("id", "number", "token", "url")} == {
        name: first[name] for name in ("id", "number", "token", "url")
    }
    assert "estimate" not in again


async def test_a_key_is_good_for_one_hall_one_caller_and_one_body(house: Inside) -> None:
    await house.take(key="k")
    is_problem(await house.wish(key="k", language="en"), 422, "key_reused")
    assert (await house.take("ann", key="k"))["number"] == "A002"
    await house.take("admin", key="k")
    is_problem(await house.wish("admin", key="k", hall="ratusz"), 422, "key_reused")
    assert live(house) == ["A001", "A002", "A003"]
    assert live(house, "ratusz") == []


async def test_a_refusal_is_not_remembered(house: Inside) -> None:
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/suspend", json={"reason": "Alarm"})
    is_problem(await house.wish(key="k"), 409, "hall_suspended")
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/resume", json={})
    assert (await house.take(key="k"))["number"] == "A001"


async def test_people_may_join_from_home_where_the_hall_says_so(house: Inside) -> None:
    is_problem(await house.wish("anonymous"), 401, "sign_in")
    await house.apply(small(join_from_home=True))
    given = await house.take("anonymous")
    assert house.state().tickets[given["id"]].channel == "web"
    assert (await house.take("anonymous", hall="ratusz"))["number"] == "A001"
    await house.apply(small())
    is_problem(await house.wish("anonymous"), 401, "sign_in")
    assert live(house) == ["A001"]


async def test_a_key_that_could_be_guessed_opens_nobodys_ticket_from_home(house: Inside) -> None:
    """Who takes a number from home is known by nothing else: whoever had the key would have the token."""
    found = is_problem(await house.wish("anonymous", hall="ratusz", key="1"), 422, "invalid")
    assert found["params"] == {"field": "Idempotency-Key"}
    key = "0b9f7a4e-8a57-4f0e-9a2f-1f6a3c1d2e5b"
    first = await house.take("anonymous", hall="ratusz", key=key)
    assert await house.take("anonymous", hall="ratusz", key=key) == first


@pytest.mark.parametrize(
    ("who", "segment", "given"),
    [
        ("press", "pregnant", True),
        ("press", "disabled", False),
        ("press", "guest", False),
        ("press", "booked", False),
        ("press", "nothing", False),
        ("press", "walk-in", True),
        ("ann", "pregnant", True),
        ("ann", "disabled", True),
        ("ann", "guest", False),
        ("anonymous", "pregnant", True),
        ("anonymous", "disabled", False),
    ],
)
async def test_a_segment_is_given_by_whom_it_is_offered_to(
    house: Inside, who: str, segment: str, given: bool
) -> None:
    await house.apply(small(join_from_home=True))
    answer = await house.wish(who, segment=segment)
    if given:
        assert answer.status_code == 201
        assert house.state().tickets[answer.json()["id"]].segment == segment
    else:
        is_problem(answer, 422, "unknown_segment")
        assert live(house) == []


async def test_a_ticket_speaks_a_language_of_the_hall(house: Inside) -> None:
    given = await house.take(language="en")
    assert house.state().tickets[given["id"]].language == "en"
    found = is_problem(await house.wish(language="uk"), 422, "invalid")
    assert found["params"] == {"field": "language"}
    assert live(house) == ["A001"]


async def test_staff_take_numbers_for_people_who_come_or_ring(house: Inside) -> None:
    for body in ({}, {"channel": "reception"}, {"channel": "phone"}):
        await house.take("ann", **body)
    assert [ticket.channel for ticket in house.state().tickets.values()] == [
        "reception",
        "reception",
        "phone",
    ]
    await house.apply(small(join_from_home=True))
    is_problem(await house.wish("press", channel="phone"), 403, "not_allowed")
    is_problem(await house.wish("anonymous", channel="phone"), 401, "sign_in")
    is_problem(await house.wish("ann", channel="web"), 422, "invalid")


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [("wall", 403, "not_allowed"), ("kiosk", 403, "not_allowed"), ("clerk", 403, "not_allowed")],
)
async def test_a_board_and_those_of_another_hall_give_no_numbers(
    house: Inside, who: str, status: int, code: str
) -> None:
    is_problem(await house.wish(who), status, code)
    assert live(house) == []


@pytest.mark.parametrize(
    ("changes", "later", "wish", "status", "code"),
    [
        ({}, 0, "nothing", 422, "unknown_service"),
        ({}, 0, "parking", 409, "service_closed"),
        ({}, 21, "id-card", 409, "before_opening"),
        ({}, 6, "id-card", 409, "hall_closed"),
        ({"hours": None}, 0, "id-card", 409, "hall_closed"),
        ({"cap": 0}, 0, "id-card", 409, "daily_cap"),
        ({"minutes": 400}, 0, "id-card", 409, "wait_past_closing"),
    ],
)
async def test_a_number_is_refused_in_words_that_a_screen_can_show(
    house: Inside, changes: dict[str, Any], later: int, wish: str, status: int, code: str
) -> None:
    setup = small()
    if "hours" in changes:
        setup = small(hours=type(setup.hours)())
    if "cap" in changes or "minutes" in changes:
        given = {"minutes": 9.0, "daily_cap": None} | (
            {"daily_cap": 0} if "cap" in changes else {"minutes": changes["minutes"]}
        )
        rest = [one for one in setup.services if one.id != "id-card"]
        setup = small(services=(service("id-card", **given), *rest))
    await house.apply(setup)
    if code == "wait_past_closing":
        await house.done("ann", "open")
        await house.take()
    before = live(house)
    house.clock.at += timedelta(hours=later)
    is_problem(await house.wish(service=wish), status, code)
    assert live(house) == before


async def test_numbers_run_out_and_come_back(house: Inside) -> None:
    groups = small().groups
    few = (groups[0].model_copy(update={"last": 2}), groups[1])
    await house.apply(small(groups=few, hours=always_open()))
    first, _ = await house.take(), await house.take()
    is_problem(await house.wish(), 409, "numbers_exhausted")
    assert (await house.ask("anonymous", "DELETE", f"/api/v1/tickets/{first['token']}")).status_code == 200
    assert (await house.take())["number"] == "A001"


async def test_the_holder_follows_the_ticket_from_waiting_to_its_end(house: Inside) -> None:
    await house.take()
    given = await house.take()
    path = f"/api/v1/tickets/{given['token']}"

    async def seen() -> dict[str, Any]:
        answer = await house.ask("anonymous", "GET", path)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    view = await seen()
    assert (view["number"], view["state"], view["ahead"]) == ("A002", "waiting", 1)
    assert view["hall"]["id"] == SMALL
    await house.done("ann", "open")
    await house.done("ann", "next")
    await house.done("ann", "no-show", ticket=house.state().desk("1").ticket)
    await house.done("ann", "next")
    view = await seen()
    assert (view["state"], view["counter"]["id"], view["calls"]) == ("called", "1", 1)
    await house.done("ann", "start", ticket=given["id"])
    assert (await seen())["state"] == "serving"
    await house.done("ann", "finish", ticket=given["id"])
    view = await seen()
    assert view["state"] == "finished"
    assert "counter" not in view


async def test_the_holder_leaves_once_and_may_say_so_again(house: Inside) -> None:
    given = await house.take()
    path = f"/api/v1/tickets/{given['token']}"
    for _ in range(2):
        answer = await house.ask("anonymous", "DELETE", path)
        assert (answer.status_code, answer.json()) == (200, {"state": "cancelled"})
    assert house.state().tickets[given["id"]].state == "cancelled"
    await house.done("ann", "open")
    is_problem(await house.act("ann", "next"), 409, "nobody_waiting")


async def test_nobody_leaves_from_a_counter(house: Inside) -> None:
    ticket = await house.take()
    await house.done("ann", "open")
    await house.done("ann", "next")
    answer = await house.ask("anonymous", "DELETE", f"/api/v1/tickets/{ticket['token']}")
    assert is_problem(answer, 409, "wrong_state")["params"] == {"state": "called"}
    assert house.state().tickets[ticket["id"]].state == "called"


async def test_one_key_does_not_answer_for_two_tickets(house: Inside) -> None:
    first, second = await house.take(), await house.take()
    key = {"Idempotency-Key": "leave-leave-leave-leave"}
    for who, path in (
        ("anonymous", "/api/v1/tickets/{token}"),
        ("sue", f"/api/v1/halls/{SMALL}/tickets/{{id}}"),
    ):
        answer = await house.ask(who, "DELETE", path.format(**first), headers=key)
        assert answer.json() == {"state": "cancelled"}
        is_problem(await house.ask(who, "DELETE", path.format(**second), headers=key), 422, "key_reused")
    assert house.state().tickets[second["id"]].state == "waiting"


async def test_a_supervisor_takes_somebody_out_of_the_queue(house: Inside) -> None:
    given = await house.take()
    path = f"/api/v1/halls/{SMALL}/tickets/"
    is_problem(await house.ask("ann", "DELETE", path + given["id"]), 403, "not_allowed")
    is_problem(await house.ask("sue", "DELETE", path + NOBODY), 404, "unknown_ticket")
    is_problem(await house.ask("sue", "DELETE", path + "x"), 404, "unknown_ticket")
    is_problem(
        await house.ask("admin", "DELETE", f"/api/v1/halls/ratusz/tickets/{given['id']}"),
        404,
        "unknown_ticket",
    )
    assert house.state().tickets[given["id"]].state == "waiting"
    assert (await house.ask("sue", "DELETE", path + given["id"])).json() == {"state": "cancelled"}


async def test_a_ticket_of_yesterday_is_shown_and_no_longer_acted_upon(house: Inside) -> None:
    given = await house.take(key="yesterday")
    house.clock.at += timedelta(days=1)
    await house.server.site.writer.tick(SMALL)
    path = f"/api/v1/tickets/{given['token']}"
    view = (await house.ask("anonymous", "GET", path)).json()
    assert (view["number"], view["state"]) == ("A001", "lapsed")
    assert "ahead" not in view
    is_problem(await house.ask("anonymous", "DELETE", path), 404, "unknown_ticket")
    is_problem(
        await house.ask("sue", "DELETE", f"/api/v1/halls/{SMALL}/tickets/{given['id']}"),
        404,
        "unknown_ticket",
    )
    again = await house.take(key="yesterday")
    assert (again["id"], again["token"], again["ahead"]) == (given["id"], given["token"], 0)
    assert (await house.take())["number"] == "A001"


@pytest.mark.parametrize("token", ["a" * 26, "7" * 26])
async def test_an_unknown_token_is_nobodys(house: Inside, token: str) -> None:
    for method in ("GET", "DELETE"):
        is_problem(await house.ask("anonymous", method, f"/api/v1/tickets/{token}"), 404, "unknown_ticket")


async def test_guessing_tokens_is_slowed_down_by_network(tmp_path: Path) -> None:
    async with inside(tmp_path, public_limit="5/minute") as house:
        known = (await house.take())["token"]
        guesses = ("/api/v1/tickets/{}", "/t/{}", "/t/{}/qr.svg", "/api/v1/tickets/{}", "/t/{}")
        async with house.client(host="198.51.100.1") as guesser:
            for n, path in enumerate(guesses):
                assert (await guesser.get(path.format("abcdefg"[n] * 26))).status_code == 404
            for path in guesses[:3]:
                answer = await guesser.get(path.format(known))
                is_problem(answer, 429, "throttled")
                assert int(answer.headers["retry-after"]) > 0
            is_problem(await guesser.delete(f"/api/v1/tickets/{known}"), 429, "throttled")
            is_problem(await guesser.post(f"/t/{known}/leave"), 429, "throttled")
        async with house.client(host="198.51.100.2") as holder:
            assert (await holder.get(f"/api/v1/tickets/{known}")).status_code == 200
        assert house.state().tickets != {}


async def test_numbers_from_home_are_few_from_one_network_and_a_kiosks_are_not(tmp_path: Path) -> None:
    async with inside(tmp_path, setup=small(join_from_home=True), public_limit="3/minute") as house:
        for _ in range(3):
            await house.take("anonymous")
        is_problem(await house.wish("anonymous"), 429, "throttled")
        for _ in range(5):
            given = await house.take("press")
            shown = await house.ask("press", "GET", f"/t/{given['token']}/qr.svg")
            assert shown.status_code == 200
        assert len(live(house)) == 8


@pytest.mark.parametrize(
    "settings",
    [{"public_url": "https://queue.example/q"}, {"base_path": "/q"}],
    ids=["as people reach it", "as the request came"],
)
async def test_the_address_of_a_ticket_is_the_one_that_people_can_reach(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    async with inside(tmp_path, **settings) as house:
        given = await house.take()
        base = settings.get("public_url", f"{ADDRESS}/q")
        assert given["url"] == f"{base}/t/{given['token']}"
