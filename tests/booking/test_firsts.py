"""The first free time: the same as the calendar's, found once a minute, offered where the wait is long and only there."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qms.booking.days import Days
from qms.ledger.orders import LedgerUnavailable
from qms.web.problems import Problem
from tests.app.inside import SMALL, Inside, inside, small
from tests.booking.room import booking_office

HALL = f"/api/v1/halls/{SMALL}"
ASK = f"{HALL}/first-free?service=id-card"
PAGE = f"/queues/{SMALL}?lang=en"
AFTER_CLOSING = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)


def bookable(rule: dict[str, Any] | None = None, **settings: Any) -> Any:
    return small(bookings=booking_office(rule, **({"challenge": False} | settings)).bookings)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    async with inside(
        tmp_path / "var", setup=bookable({"lanes": 1}), public_url="https://office.example"
    ) as house:
        house.clock.at = MORNING
        yield house


async def first(house: Inside) -> dict[str, Any]:
    answer = await house.ask("press", "GET", ASK)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def take_it(house: Inside, start: str) -> None:
    body = {"services": [{"service": "id-card"}], "start": start}
    assert (await house.ask("anonymous", "POST", f"{HALL}/bookings", json=body)).status_code == 201


async def test_it_is_the_first_of_the_calendar_and_where_to_book_it(house: Inside) -> None:
    house.clock.at = AFTER_CLOSING
    days = (await house.ask("anonymous", "GET", f"{HALL}/slots?service=id-card")).json()["days"]
    assert await first(house) == {
        "start": "2026-11-25T07:00:00.000Z",
        "in_days": 1,
        "url": f"https://office.example/book/{SMALL}?service=id-card",
    }
    assert days["2026-11-25"][0] == "2026-11-25T07:00:00.000Z"


async def test_in_the_morning_it_is_today(house: Inside) -> None:
    found = await first(house)
    assert (found["start"], found["in_days"]) == ("2026-11-24T09:30:00.000Z", 0)


async def test_it_is_kept_for_a_minute_and_not_for_longer(house: Inside) -> None:
    house.clock.at = AFTER_CLOSING
    start = (await first(house))["start"]
    await take_it(house, start)
    house.clock.at += timedelta(seconds=59)
    assert (await first(house))["start"] == start
    house.clock.at += timedelta(seconds=1)
    assert (await first(house))["start"] == "2026-11-25T07:15:00.000Z"


async def test_it_is_worked_out_once_for_all_who_ask(
    house: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, free = [], Days.free

    async def counted(self: Days, *given: Any, **more: Any) -> Any:
        asked.append(given)
        return await free(self, *given, **more)

    monkeypatch.setattr(Days, "free", counted)
    for _ in range(5):
        await first(house)
    assert len(asked) == 1


async def test_another_set_up_is_seen_at_once(house: Inside) -> None:
    await first(house)
    await house.apply(bookable({"days": ("thu",)}))
    assert (await first(house))["start"] == "2026-11-26T07:00:00.000Z"


async def test_nothing_free_is_an_answer_too(house: Inside) -> None:
    await house.apply(bookable({"last_day": "2026-11-23"}))
    assert "start" not in await first(house)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "invalid"),
        ("?service=id-card&service=taxes", "invalid"),
        ("?service=id-card&count=2", "invalid"),
        ("?service=nothing", "unknown_service"),
    ],
)
async def test_what_cannot_be_booked_is_refused(house: Inside, query: str, code: str) -> None:
    assert (await house.ask("press", "GET", f"{HALL}/first-free{query}")).json()["code"] == code


async def test_where_to_book_is_a_picture_to_scan(house: Inside) -> None:
    answer = await house.ask("press", "GET", f"/book/{SMALL}/qr.svg?service=id-card")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert (await house.ask("press", "GET", f"/book/{SMALL}/qr.svg?service=nothing")).status_code != 200


async def long_wait(house: Inside) -> None:
    """Twelve people, and one counter."""
    await house.called()
    for _ in range(12):
        await house.take()


async def test_the_page_offers_it_beside_a_long_wait_only(house: Inside) -> None:
    assert "queue-offer" not in (await house.ask("anonymous", "GET", PAGE)).text
    await long_wait(house)
    page = (await house.ask("anonymous", "GET", PAGE)).text
    offer = f'<a href="/book/{SMALL}?service=id-card">Today at 10:30 without waiting: book a visit</a>'
    assert page.count(offer) == 1
    card = (await house.ask("press", "GET", HALL)).json()
    assert card["services"]["id-card"]["offer_when_wait"] == 30


async def test_an_office_may_offer_nothing(house: Inside) -> None:
    await house.apply(bookable(offer_when_wait=0))
    await long_wait(house)
    assert "queue-offer" not in (await house.ask("anonymous", "GET", PAGE)).text
    card = (await house.ask("press", "GET", HALL)).json()
    assert "offer_when_wait" not in card["services"]["id-card"]


@pytest.mark.parametrize("fault", [Problem("throttled"), LedgerUnavailable()])
async def test_a_calendar_without_an_answer_leaves_the_page_as_it_is(
    house: Inside, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    async def none(*_given: Any, **_more: Any) -> Any:
        raise fault

    await long_wait(house)
    monkeypatch.setattr(Days, "free", none)
    page = await house.ask("anonymous", "GET", PAGE)
    assert page.status_code == 200
    assert "queue-offer" not in page.text
