"""A past that is put on record afterwards: the hall has lived it, by its own rules, hour for hour."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from sqlalchemy import Engine, select

from qms.halls.rules.model import Hall
from qms.kernel.clock import ScaledClock
from qms.ledger import chain, reader, setups
from qms.ledger.codec import Codec
from qms.ledger.engine import connect
from qms.ledger.orders import Order
from qms.ledger.schema import upgrade
from qms.ledger.setups import Setups
from qms.ledger.tables import table_of
from qms.ledger.vault import Vault
from qms.ledger.writer import Writer
from qms.queue.project import QUEUE
from qms.queue.reads import compare
from qms.queue.rules.commands import ConfigureHall
from qms.queue.rules.state import Queue
from qms.queue.tables import Visit
from qms.twin.past import live
from tests.queue.make import office

FIRST = date(2026, 10, 23)
DAYS = [FIRST + timedelta(days=n) for n in range(4)]
"""A Friday, a weekend in whose second night the clocks go back, and a Monday."""
VISIT = table_of(Visit)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = connect(f"sqlite:///{tmp_path}/past.db")
    upgrade(made)
    return made


@pytest.fixture
async def writer(engine: Engine) -> AsyncIterator[Writer[Queue]]:
    clock = ScaledClock(datetime(2026, 10, 22, tzinfo=UTC), 1, lambda: 0.0)
    made: Writer[Queue] = Writer(
        engine, QUEUE, clock, Vault([token_bytes(32)]), Setups(engine, Hall.model_validate_json)
    )
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
        engine.dispose()


async def begun(writer: Writer[Queue], hall: Hall) -> None:
    version = await writer.aside(lambda conn: setups.store(conn, hall.id, hall.model_dump_json(), "x"))
    await writer.add_hall(hall.id)
    command = ConfigureHall(version, None)
    await writer.execute(Order(hall=hall.id, command=command, actor="x", reply=lambda *_: {}))


def visits(engine: Engine) -> list[Any]:
    with engine.connect() as conn:
        return list(conn.execute(select(VISIT)))


async def test_a_hall_has_lived_its_past_by_its_own_rules(writer: Writer[Queue], engine: Engine) -> None:
    hall = office()
    await begun(writer, hall)
    came = await live(writer, hall, DAYS)
    rows = visits(engine)
    assert len(rows) == came > 50
    assert {row.day for row in rows} == {DAYS[0], DAYS[3]}, "nobody comes at the weekend"
    for row in rows:
        local = row.issued.astimezone(writer.state(hall.id).zone)  # type: ignore[union-attr]
        assert local.date() == row.day
        assert 7 <= local.hour < 16
    assert Counter(row.state for row in rows)["finished"] > 0.8 * came
    codec = Codec(QUEUE.events, QUEUE.upcasters)
    with engine.connect() as conn:
        assert not list(chain.check(conn, hall.id))
        for day in (DAYS[0], DAYS[3]):
            events = reader.events_of_day(conn, codec, hall.id, day)
            assert not list(compare(conn, hall.id, day, events, lambda _: hall))
            assert all(one.at <= other.at for one, other in pairwise(events))


async def test_the_present_goes_on_after_the_past(writer: Writer[Queue], engine: Engine) -> None:
    hall = office()
    await begun(writer, hall)
    await live(writer, hall, DAYS[:1])
    state = writer.state(hall.id)
    assert state is not None
    assert state.day == FIRST
    assert not list(state.waiting())
    assert all(desk.state == "closed" for desk in state.desks.values())
