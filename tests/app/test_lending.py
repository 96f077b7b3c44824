"""A counter is lent and taken back over HTTP, and helps by the hall's rule while the server runs."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qms.halls.rules.model import Overflow
from qms.kernel.event import Event
from qms.queue.balance import Balance
from qms.queue.rules import events as e
from qms.queue.rules.roll import roll
from tests.app.inside import SMALL, Inside, inside, small
from tests.web.test_edge import is_problem

pytestmark = pytest.mark.slow
HELPS = {"overflow": Overflow(above=25, below=20, least=15)}
"""Counter 2 of the small hall, which takes vehicles second, helps counter 3 with them."""


async def until(so: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not so():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def crowd(house: Inside, people: int = 8) -> None:
    """So many wait for vehicles at counter 3, and one for an identity card at counter 2; both have somebody."""
    await house.done("bob", "open", "3")
    await house.done("ann", "open", "2", profile={"id-card": 1, "vehicle": 2})
    for service in ("vehicle", "id-card"):
        await house.take(service=service)
    await house.done("ann", "next", "2")
    await house.done("bob", "next", "3")
    for service in (*people * ("vehicle",), "id-card"):
        await house.take(service=service)


async def recorded(house: Inside, *kinds: type[Event]) -> list[Any]:
    """What of these kinds is in the log, as everybody can read it."""
    answer = await house.ask("sue", "GET", f"/api/v1/halls/{SMALL}/events?after=0")
    return [one for one in answer.json()["events"] if one["type"] in {kind.__name__ for kind in kinds}]


async def test_a_counter_is_lent_for_some_minutes_and_taken_back(house: Inside) -> None:
    await house.done("ann", "open", "2", profile={"id-card": 1})
    await house.take(service="id-card")
    vehicle = await house.take(service="vehicle")
    lent = await house.done("sue", "lend", "2", service="vehicle", minutes=40)
    assert lent["counter"]["opened"]["vehicle"]["by"] == "hand"
    assert lent["counter"]["opened"]["vehicle"]["until"].startswith("2026-09-02T08:40:00")
    assert (await house.done("ann", "next", "2"))["counter"]["ticket"] == vehicle["id"]
    back = await house.done("sue", "take-back", "2", service="vehicle")
    assert "opened" not in back["counter"]
    kinds = [one["type"] for one in await recorded(house, e.LevelOpened, e.LevelClosed)]
    assert kinds == ["LevelOpened", "LevelClosed"]
    assert await house.faults() == []


async def test_a_retry_lends_once_and_whoever_is_second_is_told_how_things_stand(house: Inside) -> None:
    await house.done("ann", "open", "2")
    key = "one-intent-of-sue"
    once, again = [
        await house.act("sue", "lend", "2", key, service="vehicle", minutes=40) for _ in range(2)
    ]
    assert (once.status_code, once.json()) == (200, again.json())
    second = await house.act("sue", "lend", "2", service="vehicle", minutes=20)
    fresh = is_problem(second, 409, "already_lent")["fresh"]
    assert fresh["counter"]["opened"] == once.json()["counter"]["opened"]
    await house.done("sue", "take-back", "2", service="vehicle")
    assert "opened" not in (await house.done("sue", "take-back", "2", service="vehicle"))["counter"]
    assert len(await recorded(house, e.LevelOpened, e.LevelClosed)) == 2


@pytest.mark.parametrize(
    ("at", "body", "status", "code"),
    [
        ("3", {"service": "vehicle", "minutes": 40}, 409, "counter_not_open"),
        ("2", {"service": "passport", "minutes": 40}, 409, "not_served_here"),
        ("2", {"service": "vehicle", "minutes": 4}, 422, "invalid"),
        ("2", {"service": "vehicle", "minutes": 481}, 422, "invalid"),
        ("99", {"service": "vehicle", "minutes": 40}, 404, "unknown_counter"),
    ],
)
async def test_what_cannot_be_lent_is_refused(
    house: Inside, at: str, body: dict[str, Any], status: int, code: str
) -> None:
    await house.done("ann", "open", "2")
    before = house.state().seq
    is_problem(await house.act("sue", "lend", at, **body), status, code)
    assert house.state().seq == before


async def test_the_rule_puts_nothing_twice_however_many_ask_for_it(house: Inside) -> None:
    await house.apply(small(**HELPS))
    await crowd(house)
    writer, clock = house.server.site.writer, house.clock
    rolled = roll(house.state(), clock.now())
    before = house.state().seq
    one, other = Balance(writer, clock), Balance(writer, clock)
    for each in (one, other, one):
        each.rolled(SMALL, rolled)
    await asyncio.gather(one.stop(), other.stop())
    assert house.state().seq == before + 1
    one.rolled(SMALL, rolled)
    clock.at += timedelta(seconds=2)
    one.rolled(SMALL, roll(house.state(), clock.now()))
    await one.stop()
    assert house.state().seq == before + 1
    (opened,) = await recorded(house, e.LevelOpened)
    assert (opened["actor"], opened["body"]["counter"], opened["body"]["by"]) == ("rule", "2", "rule")


async def test_a_hall_without_the_rule_or_suspended_is_left_alone(house: Inside) -> None:
    await crowd(house)
    balance = Balance(house.server.site.writer, house.clock)
    before = house.state().seq
    balance.rolled(SMALL, roll(house.state(), house.clock.now()))
    await balance.stop()
    assert house.state().seq == before
    await house.apply(small(**HELPS))
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/suspend", json={"reason": "fire"})
    assert house.state().suspended == "fire"
    before = house.state().seq
    balance.rolled(SMALL, roll(house.state(), house.clock.now()))
    await balance.stop()
    assert house.state().seq == before


async def test_on_a_crowded_hall_a_counter_helps_and_is_let_go_each_with_its_estimates_on_record(
    tmp_path: Path,
) -> None:
    async with inside(tmp_path / "var", setup=small(**HELPS), jobs=True) as house:
        await crowd(house)
        await until(lambda: bool(house.state().desk("2").opened))
        (opened,) = await recorded(house, e.LevelOpened)
        body = opened["body"]
        assert (body["counter"], body["service"], body["by"], body["level"]) == ("2", "vehicle", "rule", 1)
        assert body["wait"] > 25
        assert 0 <= body["own"] < 20
        assert body["least"].startswith("2026-09-02T08:15:")
        waiting = [t.id for t in house.state().waiting() if t.service == "vehicle"]
        for ticket in waiting:
            answer = await house.ask("sue", "DELETE", f"/api/v1/halls/{SMALL}/tickets/{ticket}")
            assert answer.status_code == 200, answer.text
        house.clock.at += timedelta(minutes=16)
        await house.take(service="passport")
        await until(lambda: not house.state().desk("2").opened)
        (closed,) = await recorded(house, e.LevelClosed)
        assert (closed["body"]["by"], closed["actor"]) == ("rule", "rule")
        assert closed["body"]["wait"] <= 25 or closed["body"]["own"] >= 20
        assert await house.faults() == []


async def test_what_could_be_done_is_told_once_somebody_watches(tmp_path: Path) -> None:
    async with inside(tmp_path / "var", jobs=True) as house:
        await crowd(house)
        forecasts = house.server.forecasts
        await until(lambda: (rolled := forecasts.of(SMALL)) and rolled.seq == house.state().seq)
        stands = (await house.ask("sue", "GET", f"/api/v1/halls/{SMALL}/pressure")).json()
        assert stands["hall"]["forecast"]
        assert not stands["weighed"], "nobody watches"
        worst = min(stands["lines"].items(), key=lambda item: item[1]["order"])
        assert (worst[0], worst[1]["state"]) == ("vehicle", "over")
        is_problem(await house.ask("ann", "GET", f"/api/v1/halls/{SMALL}/pressure"), 403, "not_allowed")
