"""Acts at a counter over HTTP: the straight way, every way out of order, and retries of each."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from qms.queue.http.counters import ACTS
from qms.web.problems import status_of
from tests.app.inside import NOBODY, SMALL, Inside, small
from tests.web.test_edge import is_problem

pytestmark = pytest.mark.slow

TICKETLESS = ("open", "pause", "close", "next")
WITH_TICKET = (
    "recall", "start", "finish", "no-show", "requeue", "park", "resume", "transfer", "undo",
)  # fmt: skip


def log_of(house: Inside) -> int:
    """Where the hall's log stands."""
    return house.state().seq


async def refused(house: Inside, who: str, act: str, code: str, at: str = "1", **body: Any) -> Any:
    """An act that is refused with how things stand there, and that changes nothing."""
    before = log_of(house)
    answer = await house.act(who, act, at, **body)
    found = is_problem(answer, answer.status_code, code)
    assert answer.status_code == status_of(code)
    assert code in (*ACTS[act].refusals, "unknown_counter"), "the document does not say so"
    desk = house.state().desk(at)
    assert found["fresh"]["counter"]["id"] == at
    assert found["fresh"]["counter"]["state"] == desk.state
    assert found["fresh"]["counter"].get("ticket") == desk.ticket
    assert found["fresh"].get("ticket", {}).get("number") == (
        house.state().tickets[desk.ticket].number if desk.ticket else None
    )
    assert log_of(house) == before
    return found


async def test_a_clerk_serves_one_person_after_the_other(house: Inside) -> None:
    first, second = (await house.take())["id"], (await house.take())["id"]
    opened = await house.done("ann", "open")
    assert opened["counter"]["state"] == "open"
    assert opened["counter"]["profile"] == {"id-card": 1, "passport": 1}
    called = await house.done("ann", "next")
    assert called["counter"]["ticket"] == first
    assert (called["ticket"]["number"], called["ticket"]["state"]) == ("A001", "called")
    assert called["ticket"]["because"]
    assert (await house.done("ann", "recall", ticket=first))["ticket"]["calls"] == 2
    assert (await house.done("ann", "start", ticket=first))["ticket"]["state"] == "serving"
    house.clock.at += timedelta(minutes=7)
    ended = await house.done("ann", "next", current=first)
    assert ended["counter"]["ticket"] == second
    assert house.state().tickets[first].state == "finished"
    await house.done("ann", "start", ticket=second)
    left = await house.done("ann", "finish", ticket=second, outcome="served", service="passport")
    assert "ticket" not in left
    assert "ticket" not in left["counter"]
    await house.done("ann", "pause", reason="Lunch", until="2026-09-02T12:00:00+02:00")
    assert house.state().desk("1").reason == "Lunch"
    await house.done("ann", "open")
    assert (await house.done("ann", "close"))["counter"]["state"] == "closed"
    assert await house.faults() == []


@pytest.mark.parametrize("act", [*TICKETLESS, *WITH_TICKET])
async def test_nothing_is_done_at_a_counter_that_is_not_there(house: Inside, act: str) -> None:
    body = {"ticket": NOBODY} if act in WITH_TICKET else {"reason": "x"} if act == "pause" else {}
    answer = await house.act("ann", act, "99", **body)
    assert "fresh" not in is_problem(answer, 404, "unknown_counter")
    is_problem(
        await house.ask("ann", "POST", f"/api/v1/counters/nowhere.1/{act}", json=body), 404, "not_found"
    )
    for wrong in ("mala", "mala.", ".1", "mala.1.2", "mala.A", "mala.1%00", "mala.1%0a"):
        answer = await house.ask("ann", "POST", f"/api/v1/counters/{wrong}/{act}", json=body)
        is_problem(answer, 404, "not_found")


@pytest.mark.parametrize("act", WITH_TICKET)
async def test_an_act_names_its_ticket(house: Inside, act: str) -> None:
    await house.called()
    for body in ({}, {"ticket": None}, {"ticket": "x"}, {"ticket": NOBODY.upper() + "A"}, {"ticket": 1}):
        is_problem(await house.act("ann", act, **body), 422, "invalid")
    code = "cannot_undo" if act == "undo" else "unknown_ticket" if act in ("requeue",) else None
    found = await house.act("ann", act, ticket=NOBODY)
    assert found.json()["code"] in ({code} if code else {"unknown_ticket", "counter_busy"})


Step = tuple[str, str]
"""An act and how it ends: `ok` or a code."""


@pytest.mark.parametrize(
    "steps",
    [
        [("next", "counter_not_open")],
        [("pause", "counter_not_open")],
        [("open", "ok"), ("next", "ok"), ("next", "counter_busy"), ("pause", "counter_busy"), ("close", "counter_busy")],
        [("open", "ok"), ("start", "not_at_counter"), ("finish", "not_at_counter"), ("park", "not_at_counter")],
        [("open", "ok"), ("recall", "not_at_counter"), ("no-show", "not_at_counter"), ("requeue", "not_at_counter")],
        [("open", "ok"), ("transfer", "not_at_counter"), ("resume", "not_parked"), ("undo", "cannot_undo")],
        [("open", "ok"), ("next", "ok"), ("finish", "not_started"), ("park", "not_started"), ("transfer", "not_started")],
        [("open", "ok"), ("next", "ok"), ("start", "ok"), ("start", "already_started"), ("recall", "already_started")],
        [("open", "ok"), ("next", "ok"), ("start", "ok"), ("no-show", "already_started"), ("requeue", "already_started")],
        [("open", "ok"), ("next", "ok"), ("start", "ok"), ("next", "counter_busy"), ("resume", "counter_busy")],
        [("open", "ok"), ("next", "ok"), ("start", "ok"), ("finish", "ok"), ("finish", "not_at_counter")],
        [("open", "ok"), ("next", "ok"), ("start", "ok"), ("finish", "ok"), ("next", "nobody_waiting")],
        [("open", "ok"), ("next", "ok"), ("start", "ok"), ("park", "ok"), ("next", "nobody_waiting"), ("resume", "ok")],
        [("open", "ok"), ("next", "ok"), ("recall", "ok"), ("recall", "ok"), ("recall", "calls_spent")],
        [("open", "ok"), ("next", "ok"), ("recall", "ok"), ("recall", "ok"), ("requeue", "calls_spent"), ("no-show", "ok")],
        [("open", "ok"), ("next", "ok"), ("no-show", "ok"), ("start", "not_at_counter"), ("resume", "not_parked")],
        [("open", "ok"), ("next", "ok"), ("no-show", "ok"), ("requeue", "ok"), ("next", "ok")],
        [("open", "ok"), ("next", "ok"), ("requeue", "ok"), ("next", "nobody_waiting")],
        [("open", "ok"), ("next", "ok"), ("undo", "ok"), ("undo", "cannot_undo"), ("next", "ok")],
        [("open", "ok"), ("pause", "ok"), ("next", "counter_not_open"), ("open", "ok"), ("next", "ok")],
        [("open", "ok"), ("close", "ok"), ("close", "ok"), ("next", "counter_not_open")],
    ],
    ids=lambda steps: "-".join(act for act, _ in steps),
)  # fmt: skip
async def test_acts_out_of_order_change_nothing_and_show_how_things_stand(
    house: Inside, steps: Sequence[Step]
) -> None:
    ticket = (await house.take())["id"]
    for act, ends in steps:
        body: dict[str, Any] = {"ticket": ticket} if act in WITH_TICKET else {}
        body |= (
            {"reason": "Tea"} if act == "pause" else {"service": "passport"} if act == "transfer" else {}
        )
        if ends == "ok":
            await house.done("ann", act, **body)
        else:
            await refused(house, "ann", act, ends, **body)
    assert await house.faults() == []


async def test_the_one_at_the_counter_must_be_the_one_that_the_clerk_believes_is_there(
    house: Inside,
) -> None:
    first, second = (await house.take())["id"], (await house.take())["id"]
    await house.done("ann", "open")
    await refused(house, "ann", "next", "not_at_counter", current=first)
    await house.done("ann", "next")
    await refused(house, "ann", "next", "not_at_counter", current=second)
    await refused(house, "ann", "next", "not_started", current=first)
    await refused(house, "ann", "start", "not_at_counter", ticket=second)
    await house.done("ann", "start", ticket=first)
    await house.done("ann", "finish", ticket=first)
    assert (await house.done("ann", "next", current=first))["counter"]["ticket"] == second


@pytest.mark.parametrize("act", ["next", "start", "recall", "close"])
async def test_only_one_clerk_works_at_a_counter(house: Inside, act: str) -> None:
    ticket = await house.called("ann")
    body = {"ticket": ticket} if act in WITH_TICKET else {}
    await refused(house, "bob", act, "counter_taken", **body)
    await refused(house, "bob", "open", "counter_taken")


async def test_a_supervisor_ends_what_a_clerk_left_behind(house: Inside) -> None:
    ticket = await house.called("ann")
    await house.done("sue", "no-show", ticket=ticket)
    await house.done("sue", "close")
    assert (await house.done("bob", "open"))["counter"]["state"] == "open"


async def test_a_clerk_is_at_one_counter_at_a_time(house: Inside) -> None:
    ticket = await house.called("ann")
    found = await refused(house, "ann", "open", "counter_busy", "2")
    assert found["params"] == {"counter": "1"}
    await house.done("ann", "no-show", ticket=ticket)
    await house.done("ann", "open", "2")
    assert [house.state().desk(c).state for c in "12"] == ["closed", "open"]


async def test_a_counter_takes_what_the_clerk_chose_of_what_it_can(house: Inside) -> None:
    await house.take()
    await refused(house, "ann", "open", "not_served_here", profile={"vehicle": 1})
    await refused(house, "ann", "open", "not_served_here", profile={"nothing": 1})
    wrongs: tuple[Any, ...] = (
        {},
        {"id-card": 0},
        {"id-card": 10},
        {"id-card": "1"},
        {"id-card": True},
        {"ID": 1},
        [],
    )
    for wrong in wrongs:
        is_problem(await house.act("ann", "open", profile=wrong), 422, "invalid")
    opened = await house.done("ann", "open", profile={"passport": 2})
    assert opened["counter"]["profile"] == {"passport": 2}
    await refused(house, "ann", "next", "nobody_waiting")
    await house.done("ann", "open")
    assert (await house.done("ann", "next"))["ticket"]["service"] == "id-card"


@pytest.mark.parametrize(
    ("until", "status"),
    [
        ("2026-09-02T10:30:00+02:00", 200),
        ("2026-09-02T08:30:00Z", 200),
        ("2026-09-02T10:00:00+02:00", 422),
        ("2026-09-01T23:00:00Z", 422),
        ("2026-09-02T10:30:00", 422),
        ("10:30", 422),
        ("", 422),
        ("9999-12-31T23:59:59-23:59", 422),
        ("0001-01-01T00:00:00+23:59", 422),
        ("9999-12-31T23:59:59Z", 422),
        (1_788_338_400, 422),
        (None, 200),
    ],
)
async def test_a_break_ends_at_a_moment_to_come(house: Inside, until: Any, status: int) -> None:
    await house.done("ann", "open")
    answer = await house.act("ann", "pause", reason="Tea", until=until)
    assert answer.status_code == status, answer.text
    if status == 422:
        is_problem(answer, 422, "invalid")
        assert house.state().desk("1").state == "open"


@pytest.mark.parametrize("reason", [None, 1, "x" * 201, "bell \u0007", "nul \u0000"])
async def test_a_break_has_a_reason_that_a_screen_can_show(house: Inside, reason: Any) -> None:
    await house.done("ann", "open")
    is_problem(await house.act("ann", "pause", reason=reason), 422, "invalid")
    assert house.state().desk("1").state == "open"


async def test_who_may_choose_whom_to_call_is_the_halls_rule(house: Inside) -> None:
    _, second, third = [(await house.take())["id"] for _ in range(3)]
    vehicle = (await house.take(service="vehicle"))["id"]
    await house.done("ann", "open")
    await refused(house, "ann", "next", "unknown_ticket", ticket=NOBODY)
    await refused(house, "ann", "next", "not_served_here", ticket=vehicle)
    assert (await house.done("ann", "next", ticket=third))["counter"]["ticket"] == third
    await refused(house, "ann", "next", "counter_busy", ticket=second)
    await house.done("ann", "no-show", ticket=third)
    await refused(house, "ann", "next", "not_waiting", ticket=third)
    await house.apply(small(hand_pick="supervisor"))
    answer = await house.act("ann", "next", ticket=second)
    assert is_problem(answer, 403, "pick_not_allowed")["fresh"]["counter"]["state"] == "open"
    await house.done("sue", "next", ticket=second)


async def test_a_person_is_handed_over_and_keeps_the_number(house: Inside) -> None:
    ticket = await house.called("ann")
    await house.done("ann", "start", ticket=ticket)
    await refused(house, "ann", "transfer", "same_place", ticket=ticket)
    await refused(house, "ann", "transfer", "same_place", ticket=ticket, counter="1")
    await refused(house, "ann", "transfer", "unknown_service", ticket=ticket, service="nothing")
    await refused(house, "ann", "transfer", "unknown_counter", ticket=ticket, counter="99")
    found = await refused(house, "ann", "transfer", "counter_not_open", ticket=ticket, counter="2")
    assert found["params"] == {"counter": "2"}
    await house.done("bob", "open", "3")
    await refused(house, "ann", "transfer", "not_served_here", ticket=ticket, counter="3")
    await house.done("ann", "transfer", ticket=ticket, service="vehicle", counter="3")
    called = await house.done("bob", "next", "3")
    assert (called["ticket"]["number"], called["ticket"]["service"]) == ("A001", "vehicle")


async def test_the_last_act_is_taken_back_for_ten_seconds(house: Inside) -> None:
    ticket = await house.called("ann")
    assert (await house.done("ann", "start", ticket=ticket))["counter"]["undo"]["act"] == "start"
    house.clock.at += timedelta(seconds=9)
    assert (await house.done("ann", "undo", ticket=ticket))["ticket"]["state"] == "called"
    await house.done("ann", "start", ticket=ticket)
    house.clock.at += timedelta(seconds=11)
    await refused(house, "ann", "undo", "cannot_undo", ticket=ticket)


async def test_nobody_is_called_while_the_hall_is_closed_suddenly(house: Inside) -> None:
    ticket = await house.called("ann")
    await house.take()
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/suspend", json={"reason": "Alarm"})
    await house.done("ann", "start", ticket=ticket)
    await house.done("ann", "park", ticket=ticket)
    await refused(house, "ann", "next", "hall_suspended")
    await refused(house, "ann", "resume", "hall_suspended", ticket=ticket)
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/resume", json={})
    await house.done("ann", "resume", ticket=ticket)


async def test_a_counter_that_was_given_up_serves_to_the_end_and_calls_no_more(house: Inside) -> None:
    ticket = await house.called("ann")
    await house.take()
    setup = small()
    await house.apply(small(counters=tuple(c for c in setup.counters if c.id != "1")))
    await house.done("ann", "start", ticket=ticket)
    await house.done("ann", "finish", ticket=ticket)
    await refused(house, "ann", "next", "counter_retired")
    await house.done("ann", "close")
    await refused(house, "ann", "open", "counter_retired")


async def test_a_retry_of_an_act_is_answered_as_the_act_was(house: Inside) -> None:
    await house.take()
    await house.take()
    await house.done("ann", "open")
    first = await house.act("ann", "next", key="n1")
    ticket = first.json()["counter"]["ticket"]
    await house.done("ann", "start", ticket=ticket)
    await house.done("ann", "finish", ticket=ticket)
    before = log_of(house)
    again = await house.act("ann", "next", key="n1")
    assert (again.status_code, again.json()) == (200, first.json())
    is_problem(await house.act("ann", "next", key="n1", current=ticket), 422, "key_reused")
    is_problem(await house.act("ann", "next", "2", key="n1"), 422, "key_reused")
    assert log_of(house) == before
    assert (await house.done("ann", "next", key="n2"))["ticket"]["number"] == "A002"


async def test_another_clerks_key_is_another_key(house: Inside) -> None:
    await house.take()
    await house.take()
    await house.done("ann", "open", "1")
    await house.done("bob", "open", "2")
    numbers = [(await house.done(who, "next", counter, key="same"))["ticket"]["number"]
               for who, counter in (("ann", "1"), ("bob", "2"))]  # fmt: skip
    assert numbers == ["A001", "A002"]


async def test_a_double_press_calls_one_person(house: Inside) -> None:
    for _ in range(4):
        await house.take()
    await house.done("ann", "open")
    answers = await asyncio.gather(*(house.act("ann", "next", key="bounce") for _ in range(6)))
    assert {answer.json()["ticket"]["number"] for answer in answers} == {"A001"}
    answers = await asyncio.gather(*(house.act("ann", "next", key=f"other-{n}") for n in range(6)))
    assert {answer.status_code for answer in answers} == {409}
    assert house.state().desk("1").ticket is not None


async def test_two_clerks_at_once_never_call_the_same_person(house: Inside) -> None:
    for _ in range(12):
        await house.take()
    await house.done("ann", "open", "1")
    await house.done("bob", "open", "2")
    met: list[str] = []
    for _ in range(6):
        both = await asyncio.gather(house.done("ann", "next", "1"), house.done("bob", "next", "2"))
        met += [answer["ticket"]["number"] for answer in both]
        for who, counter, answer in zip(("ann", "bob"), "12", both, strict=True):
            await house.done(who, "no-show", counter, ticket=answer["counter"]["ticket"])
    assert len(met) == len(set(met)) == 12


async def test_refusals_are_worded_in_the_callers_language(house: Inside) -> None:
    await house.done("ann", "open")
    titles = set()
    for language in ("pl", "en", "uk", "de"):
        async with house.client("ann", headers={"Accept-Language": language}) as client:
            answer = await client.post(f"/api/v1/counters/{SMALL}.1/next", json={})
        titles.add(is_problem(answer, 409, "nobody_waiting")["title"])
        assert answer.headers["content-language"] == language
    assert len(titles) == 4
