"""Calendars are read in small lots and thought about beside the event loop: nobody at a kiosk waits for one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from qms.booking import days
from qms.booking.rules import free
from qms.booking.rules.commands import LoadDays
from qms.ledger.orders import Order
from tests.app.inside import SMALL, Inside, inside, small
from tests.booking.room import booking_office
from tests.booking.test_firsts import MORNING

LOOK = f"/api/v1/halls/{SMALL}/slots?service=id-card&from=2026-11-24&to=2026-12-23"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    setup = small(bookings=booking_office(challenge=False, horizon_days=30).bookings)
    async with inside(tmp_path / "var", setup=setup) as house:
        house.clock.at = MORNING
        yield house


@pytest.fixture
def lots(house: Inside, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many days the writer was asked to bring, each time."""
    asked: list[int] = []
    writer = house.server.site.writer
    execute = writer.execute

    async def noted(order: Order[Any]) -> Any:
        if isinstance(order.command, LoadDays):
            asked.append(len(order.command.days))
        return await execute(order)

    monkeypatch.setattr(writer, "execute", noted)
    return asked


async def test_a_calendar_is_brought_in_small_lots_and_once(house: Inside, lots: list[int]) -> None:
    both = await asyncio.gather(*(house.ask("anonymous", "GET", LOOK) for _ in range(2)))
    assert [answer.status_code for answer in both] == [200, 200]
    assert both[0].json()["days"] == both[1].json()["days"]
    assert max(lots) <= days.LOT
    assert sum(lots) == 30
    await house.ask("anonymous", "GET", LOOK)
    assert sum(lots) == 30


@pytest.mark.parametrize(
    ("thought", "path"),
    [("free", LOOK), ("why_nothing", f"/book/{SMALL}/day?service=id-card&lang=en")],
)
async def test_numbers_are_given_while_a_calendar_is_thought_about(
    house: Inside, monkeypatch: pytest.MonkeyPatch, thought: str, path: str
) -> None:
    begun, go_on = Event(), Event()
    if thought == "why_nothing":
        await house.apply(small(bookings=booking_office({"days": ("sun",)}, challenge=False).bookings))
    think: Callable[..., Any] = getattr(free, thought)

    def long(*given: Any, **more: Any) -> Any:
        begun.set()
        assert go_on.wait(30), "nobody else was served meanwhile"
        return think(*given, **more)

    monkeypatch.setattr(free, thought, long)
    look = asyncio.create_task(house.ask("anonymous", "GET", path))
    assert await asyncio.to_thread(begun.wait, 30)
    await house.take()
    go_on.set()
    assert (await look).status_code == 200
