"""A calendar under random commands: nothing is promised twice, log, state and rows say the same, kills lose nothing."""

import asyncio
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine

from qms.booking.project import booking_row, freed_row, wish_row
from qms.booking.rules.calendar import Calendar
from qms.booking.rules.events import BookingMoved
from qms.booking.rules.model import Booking
from qms.halls.rules.model import Hall
from qms.ledger.setups import Setups
from qms.queue.project import QUEUE
from qms.queue.reads import compare_calendar
from qms.queue.rules.state import Queue, new
from tests.booking import acts
from tests.booking.room import BookingRoom
from tests.queue.child import HALL, act
from tests.queue.kills import kill, prepare, verify
from tests.queue.make import TUESDAY, Room

STEPS = [0, 1, 30, 120, 600, 1800, 7200, 86_400]
SPEED = 20_000


def most_at_once(bookings: list[Booking]) -> int:
    """How many are under way at the busiest minute."""
    edges = sorted([(one.start, 1) for one in bookings] + [(one.end, -1) for one in bookings])
    now = most = 0
    for _, change in edges:
        now += change
        most = max(most, now)
    return most


def whole(room: Room) -> Queue:
    """The state that the whole log gives, with every day at hand."""
    state = new(room.state.id, room.version_of)
    state.calendar = Calendar(wishes={}, whole=True)
    for event in room.log:
        QUEUE.apply(state, event)
    return state


def check(room: BookingRoom) -> None:
    """What must hold after every command."""
    calendar = room.state.calendar
    by_staff = {one.booking for one in room.all(BookingMoved) if one.by == "staff"}
    for book in calendar.days.values():
        taken = list(book.occupying())
        assert most_at_once(taken) <= 2
        # Staff may move a booking to any time that is left.
        own = [one for one in taken if one.via == "web" and one.id not in by_staff]
        assert most_at_once(own) <= 1
        live = [one.code for one in taken]
        assert len(set(live)) == len(live)
        for freed in book.freed.values():
            assert freed.until > room.now - timedelta(seconds=1)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_promised_twice_and_log_state_and_rows_agree(seed: int) -> None:
    rng, room = Random(seed), BookingRoom(acts.office(), "09:00", TUESDAY)
    source = acts.commands(rng, lambda: room.state, lambda: room.now)
    kinds: set[str] = set()
    for turn in range(500):
        room.after(seconds=rng.choice(STEPS[:6]) if rng.random() < 0.99 else rng.choice(STEPS))
        before = len(room.log)
        room.ask(next(source))
        kinds |= {type(one.body).__name__ for one in room.log[before:]}
        check(room)
        if turn % 50 == 49:
            room.forget()
            agree(room)
    assert kinds >= {"TimeHeld", "BookingConfirmed", "BookingMoved", "BookingCancelled", "TimeFreed"}


def agree(room: BookingRoom) -> None:
    """The fold of the whole log, the days at hand and the rows tell one story."""
    state = whole(room)
    expected: dict[str, dict[str, Any]] = {"booking": {}, "freed": {}, "wish": {}}
    for rows in room.rows.items():
        expected.setdefault(str(rows[0].__tablename__), {}).update(
            {key[0]: row for key, row in rows[1].items()}
        )
    for day, book in state.calendar.days.items():
        for booking in book.bookings.values():
            row = booking_row(room.state.id, booking, room.state.setup)
            kept = expected["booking"][booking.id]
            differing = {k for k in row if row[k] != kept[k]} - {"ended_by"}
            assert not differing, (booking, kept)
        for freed in book.freed.values():
            assert expected["freed"][freed.id] == freed_row(room.state.id, freed)
        if room.state.calendar.has(day):
            mine = room.state.calendar.book(day)
            assert {b.id: b for b in mine.occupying()} == {b.id: b for b in book.occupying()}
    today = room.state.day
    assert today is not None
    later = {f.id for day, book in state.calendar.days.items() if day >= today for f in book.freed.values()}
    assert later == {id for id, row in expected["freed"].items() if row["day"] >= today}
    wishes = state.calendar.wishes or {}
    assert expected["wish"] == {id: wish_row(room.state.id, wish) for id, wish in wishes.items()}


def work(pipe: Connection, url: str, seed: int, start: datetime) -> None:
    """Book at random for ever; say what was answered, after it was."""
    asyncio.run(act(pipe, url, seed, start, acts.commands, SPEED))


@pytest.mark.slow
async def test_a_killed_server_loses_no_booking_that_was_answered(engine: Engine, url: str) -> None:
    await prepare(url, [acts.office()])
    version_of = Setups(engine, Hall.model_validate_json).of(HALL)
    for seed in range(10):
        log = (await kill(engine, work, url, seed)).log
        with engine.connect() as conn:
            assert compare_calendar(conn, HALL, log, version_of) == []
    verify(engine, log)
