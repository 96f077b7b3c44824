"""Many people for few times: the last one is sold once, nobody is left without an answer."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import Engine, select

from qms.booking.project import BOOKING
from qms.booking.rules import commands as c
from qms.halls.rules.model import Hall
from qms.kernel.clock import ScaledClock
from qms.ledger.engine import connect
from qms.ledger.orders import Answer
from qms.ledger.setups import Setups
from qms.queue.reads import compare_calendar
from qms.queue.rules.commands import IssueTicket
from tests.booking.child import race, tally, tried
from tests.booking.room import ID_CARD, booking_office, codes
from tests.ledger.child import Child
from tests.queue.child import HALL, make_writer, open_hall, order
from tests.queue.kills import MORNING, log_of, verify

TEN = datetime.fromisoformat("2026-11-25T09:00:00+00:00")


def wishes(count: int, start: datetime, prefix: str = "") -> list[c.HoldTime]:
    found = []
    for n in range(count):
        id = f"{prefix}{n:0{32 - len(prefix)}x}"
        day = start.date()
        found.append(
            c.HoldTime(
                booking=id,
                day=day,
                start=start,
                services=ID_CARD,
                via="web",
                segment="booked",
                language="pl",
                holder=f"holder-{id}",
                codes=codes(id, day),
            )
        )
    return found


async def test_two_hundred_people_want_the_last_time_and_one_gets_it(engine: Engine) -> None:
    writer = make_writer(engine, ScaledClock(MORNING, 1, monotonic))
    await writer.start()
    await open_hall(writer, [booking_office({"lanes": 1})])
    found = await tried(writer, wishes(200, TEN))
    await writer.stop()
    assert tally(found) == {"held": 1, "time_taken": 199}
    with engine.connect() as conn:
        rows = conn.execute(select(BOOKING.c.id, BOOKING.c.state)).all()
    assert [(row.id, row.state) for row in rows] == [
        (id, "held") for id, outcome in found.items() if outcome == "held"
    ]
    verify(engine, log_of(engine))
    agree(engine)


@pytest.mark.slow
async def test_two_processes_sell_the_last_time_once(postgresql_url: str) -> None:
    engine = connect(postgresql_url)
    writer = make_writer(engine, ScaledClock(MORNING, 1, monotonic))
    await writer.start()
    await open_hall(writer, [booking_office({"lanes": 1})])
    await writer.stop()
    now = MORNING + timedelta(minutes=1)
    with (
        Child(race, postgresql_url, now, wishes(100, TEN, "a")) as one,
        Child(race, postgresql_url, now, wishes(100, TEN, "b")) as two,
    ):
        assert {one.said(), two.said()} == {"ready"}
        for process in (one, two):
            process.pipe.send("go")
        found = {**one.said(60), **two.said(60)}
        for process in (one, two):
            process.pipe.send("stop")
    assert tally(found) == {"held": 1, "time_taken": 199}
    engine.dispose()


@pytest.mark.slow
async def test_five_thousand_people_for_four_hundred_times(engine: Engine) -> None:
    setup = booking_office({"lanes": 3}, horizon_days=60, hold=30)
    writer = make_writer(engine, ScaledClock(MORNING, 1, monotonic))
    await writer.start()
    await open_hall(writer, [setup])
    starts = [
        TEN.replace(hour=7) + timedelta(days=day, minutes=15 * slot)
        for day in (0, 1, 5, 6, 7, 8, 12, 13)
        for slot in range(25)
    ]
    assert sum(map(serves, starts)) == 400
    asked = []
    for n, wish in enumerate(wishes(5000, TEN)):
        start = starts[(n * 7919) % len(starts)]
        asked.append(replace(wish, start=start, day=start.date(), codes=codes(wish.booking, start.date())))
    found: dict[str, str] = {}
    for turn in range(0, 5000, 500):
        batch = asyncio.create_task(tried(writer, asked[turn : turn + 500]))
        assert isinstance(await writer.execute(order(press(turn))), Answer)
        found |= await batch
    await writer.stop()
    held = [command for command in asked if found[command.booking] == "held"]
    assert len(found) == 5000
    assert set(found.values()) == {"held", "time_taken"}
    most = Counter(command.start for command in held)
    seats = {start: len([w for w in asked if w.start == start]) for start in starts}
    assert most == Counter({start: min(seats[start], serves(start)) for start in starts if seats[start]})
    with engine.connect() as conn:
        rows = {row.id for row in conn.execute(select(BOOKING.c.id))}
    assert rows == {command.booking for command in held}
    verify(engine, log_of(engine))
    agree(engine)


def serves(_start: datetime) -> int:
    """Counters that serve an ID card in the tests' office: 1 and 2."""
    return 2


def press(turn: int) -> IssueTicket:
    """Somebody at the kiosk."""
    return IssueTicket(f"{turn:032x}", "id-card", "walk-in", "pl", "kiosk", f"walk-in {turn}")


def agree(engine: Engine) -> None:
    """The calendar's rows are those that a fold of the whole log gives."""
    setup = Setups(engine, Hall.model_validate_json).of(HALL)
    with engine.connect() as conn:
        assert compare_calendar(conn, HALL, log_of(engine), setup) == []
