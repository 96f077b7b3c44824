"""What the nights learn from days that are over, and that it is learnt once."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from sqlalchemy import text

from qms.kernel.event import Command, Recorded
from qms.ledger.orders import Answer, Order
from qms.ledger.reader import events_after
from qms.queue.jobs import Nights
from qms.queue.nightly import LEAST_DAYS, LEAST_SPELLS, lesson
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules import past
from qms.queue.rules.fit import ELAPSED, Fit, Times
from qms.web.edge import nothing
from tests.app.inside import SMALL, Inside, inside
from tests.queue.make import Room

SERVED = 6.0


def days_of(room: Room) -> Iterator[Sequence[Recorded]]:
    for _, events in groupby(room.log, lambda event: event.day):
        day = list(events)
        opened = next(n for n, event in enumerate(day) if isinstance(event.body, e.DayOpened))
        yield day[opened:]


def a_day(room: Room) -> list[str]:
    """Three people come at nine; one is served at once, one after five minutes, the third does not come."""
    room.open()
    people = [room.issue(), room.issue(), room.issue()]
    room.serve(minutes=5)
    room.serve(minutes=5)
    last = room.call()
    room.after(minutes=2)
    room.do(c.NoShow("1", None, last))
    return people


def test_every_call_is_read_with_its_counter_and_what_came_of_it() -> None:
    room = Room()
    a_day(room)
    found = list(past.calls(room.state.id, list(days_of(room)), room.version_of))
    nine = room.at("09:00").now
    spans = [
        (call.called - nine, call.started and call.started - nine, call.ended - nine) for call in found
    ]
    five, ten, twelve = (timedelta(minutes=n) for n in (5, 10, 12))
    assert spans == [(timedelta(), timedelta(), five), (five, five, ten), (ten, None, twelve)]
    assert {(call.service, call.counter, call.day) for call in found} == {("id-card", "1", room.on)}


def test_a_ticket_is_seen_as_it_was_at_its_issue_by_the_times_that_are_new() -> None:
    room = Room()
    a_day(room)
    times = Times("id-card", 100, 4.0, tuple(4.0 for _ in ELAPSED))
    fit = Fit(room.on, 0, (times,))
    found = list(past.samples(room.state.id, list(days_of(room)), room.version_of, fit))
    walk = room.state.setup.conduct.walk
    assert [sample.waited for sample in found] == [5, 10], "who found a free counter had no wait to be told"
    rolled = [sample.features["roll"] for sample in found]
    assert rolled == pytest.approx([4 + walk, 2 * (4 + walk)])
    assert all(sample.features["service:id-card"] == 1 for sample in found)


def test_the_future_of_a_day_changes_nothing_that_was_known_before() -> None:
    room = Room()
    a_day(room)
    (whole,) = days_of(room)
    fit = Fit(room.on, 0)
    early = [event for event in whole if not isinstance(event.body, e.TicketMissed | e.TicketFinished)]
    until = next(n for n, event in enumerate(early) if isinstance(event.body, e.TicketCalled))

    def known(events: Sequence[Recorded]) -> list[object]:
        return [
            s.features for s in past.samples(room.state.id, [events], room.version_of, fit) if s.waited == 5
        ]

    assert until
    assert known(whole) == known(whole[: len(whole) - 2]) != []


def test_who_let_others_go_first_or_got_a_number_from_a_kiosk_alone_teaches_nothing() -> None:
    room = Room()
    room.configure(
        room.state.setup.model_copy(
            update={"conduct": room.state.setup.conduct.model_copy(update={"let_pass": 3})}
        )
    )
    room.open()
    first, second, third = room.issue(), room.issue(), room.issue()
    room.do(c.LetPass(second, 1))
    for _ in range(3):
        room.serve()
    found = list(past.samples(room.state.id, list(days_of(room)), room.version_of, Fit(room.on, 0)))
    assert [sample.waited for sample in found] == [5]
    assert room.ticket(third).spells[0].called < room.ticket(second).spells[0].called
    assert first


async def put(house: Inside, command: Command) -> None:
    order = Order(hall=SMALL, command=command, actor="ann", reply=nothing)
    assert isinstance(await house.server.site.writer.execute(order), Answer)


async def work(house: Inside, on: date, people: int) -> None:
    """A day on which people come every minute and each takes six."""
    house.clock.at = datetime.fromisoformat(f"{on}T08:00:00+00:00")
    await put(house, c.OpenCounter("1", "ann", None))
    for n in range(people):
        await put(house, c.IssueTicket(f"{on}-{n}", "id-card", "walk-in", "pl", "kiosk", f"{on}-{n}"))
        house.clock.at += timedelta(minutes=1)
    for _ in range(people):
        await put(house, c.CallNext("1", None))
        ticket = house.state().desk("1").ticket
        assert ticket is not None
        await put(house, c.Start("1", None, ticket))
        house.clock.at += timedelta(minutes=SERVED)
        await put(house, c.Finish("1", None, ticket))


async def fits(house: Inside) -> list[Fit]:
    """All that was ever adopted."""
    site = house.server.site
    log = await site.read(lambda conn: events_after(conn, site.writer.codec, SMALL, 0, 10_000))
    return [event.body.fit for event in log if isinstance(event.body, e.EstimateFitted)]


@pytest.mark.slow
async def test_after_enough_days_the_service_times_are_learnt_once_and_told_from_the_morning_on(
    tmp_path: Path,
) -> None:
    monday = date(2026, 9, 7)
    days = [monday + timedelta(days=n) for n in range(LEAST_DAYS + 1)]
    async with inside(tmp_path / "var") as house:
        writer, nights = house.server.site.writer, Nights(house.server.site)
        for day in days[:-1]:
            await nights.learn()
            assert await fits(house) == [], "too few days"
            await work(house, day, -(-LEAST_SPELLS // LEAST_DAYS))
        house.clock.at += timedelta(days=1) - timedelta(hours=6)
        await writer.tick(SMALL)
        assert house.state().day is None
        await nights.learn()
        assert house.state().day is None, "at night nobody opens a day"
        assert await fits(house) == []

        restarted = Nights(house.server.site)
        await work(house, days[-1], 1)
        await nights.learn()
        await restarted.learn()
        await Nights(house.server.site).learn()
        (fit,) = await fits(house)
        assert fit == house.state().fit
        assert (fit.learnt, fit.correction) == (days[-2], None)
        (times,) = fit.times
        assert (times.service, times.spells, times.mean) == ("id-card", LEAST_SPELLS, SERVED)


@pytest.mark.slow
async def test_what_cannot_be_learnt_is_logged_and_the_older_fit_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inside(tmp_path / "var") as house:
        for n in range(LEAST_DAYS + 1):
            await work(house, date(2026, 9, 7) + timedelta(days=n), 3)
        monkeypatch.setattr("qms.queue.jobs.sys.executable", "/bin/false")
        await Nights(house.server.site).learn()
        assert await fits(house) == []


@pytest.mark.slow
async def test_a_server_that_stops_waits_for_no_lesson(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeping = tmp_path / "sleeping"
    sleeping.write_text("#!/bin/sh\nexec sleep 600\n")
    sleeping.chmod(0o755)
    async with inside(tmp_path / "var") as house:
        for n in range(LEAST_DAYS + 1):
            await work(house, date(2026, 9, 7) + timedelta(days=n), 1)
        monkeypatch.setattr("qms.queue.jobs.sys.executable", str(sleeping))
        nights = Nights(house.server.site)
        learning = asyncio.create_task(nights.learn())
        async with asyncio.timeout(30):
            while nights._child is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await nights.learn()
            await nights.stop()
            await learning
        assert await fits(house) == []


async def test_days_that_teach_nothing_give_no_fit(tmp_path: Path) -> None:
    async with inside(tmp_path / "var") as house:
        days = [date(2026, 9, 7) + timedelta(days=n) for n in range(LEAST_DAYS + 1)]
        for day in days:
            await work(house, day, 2)
        assert lesson(house.server.site.engine, SMALL, days[:-1]) is None, "too few spells of any service"
        assert lesson(house.server.site.engine, SMALL, days[1:]) is None, "and one that is not over"


@pytest.mark.parametrize("damage", ["UPDATE event SET body = '{}'", "DELETE FROM event"])
async def test_a_damaged_day_is_left_out_and_the_others_teach(tmp_path: Path, damage: str) -> None:
    async with inside(tmp_path / "var") as house:
        days = [date(2026, 9, 7) + timedelta(days=n) for n in range(LEAST_DAYS + 2)]
        for day in days:
            await work(house, day, -(-LEAST_SPELLS // LEAST_DAYS))
        engine = house.server.site.engine
        with engine.begin() as conn:
            done = conn.execute(
                text(f"{damage} WHERE day = :day AND type = 'TicketCalled'"), {"day": days[1].isoformat()}
            )
            assert done.rowcount > 0
        fit = lesson(engine, SMALL, days[:-1])
        assert fit is not None
        assert (fit.learnt, [one.spells for one in fit.times]) == (days[-2], [LEAST_SPELLS])
        assert lesson(engine, SMALL, days[:-2]) is None, "too few are whole"
