"""What people are told of waits is on record, rests on the latest roll, and is the same whichever process tells it."""

import asyncio
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from qms.kernel.clock import ScaledClock
from qms.ledger.engine import connect
from qms.queue.forecasts import Glance, delay_of
from qms.queue.reads import visits_by_id
from qms.queue.rules import commands as c
from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.fit import ELAPSED, Fit, Times
from qms.queue.rules.model import Expected
from qms.queue.rules.roll import Rolled, roll
from qms.queue.rules.state import Queue
from qms.queue.views import board, status
from tests.app.inside import SMALL, Inside, inside, small
from tests.app.test_away import hand_in, numbers
from tests.queue.child import held, make_writer, open_hall, order
from tests.queue.kills import MORNING
from tests.queue.make import TUESDAY, Room, always_open, office, refolded


def busy() -> Room:
    """Two counters serve, seven people wait."""
    room = Room()
    room.open("1", "ann")
    room.open("2", "bob")
    for n in range(9):
        room.issue(("id-card", "vehicle", "passport")[n % 3])
        room.after(seconds=40)
    for counter in "12":
        room.call(counter)
        room.after(seconds=20)
    return room


def test_whoever_reads_the_log_rolls_the_hall_alike() -> None:
    room = busy()
    other = refolded(room)
    assert other is not room.state
    assert roll(other, room.now) == roll(room.state, room.now)


@pytest.mark.parametrize("seconds", [0.4, 1, 3])
def test_a_roll_of_a_moment_sooner_tells_the_same_but_for_that_moment(seconds: float) -> None:
    room = busy()
    state, at = room.state, room.now
    now = at + timedelta(seconds=seconds)
    sooner, later = (Outlooks(state, now, rolled=roll(state, when)) for when in (at, now))
    waiting = list(state.waiting())
    assert waiting
    for ticket in waiting:
        one, other = sooner.for_ticket(ticket).expected, later.for_ticket(ticket).expected
        assert one is not None
        assert other is not None
        assert one.mid == pytest.approx(other.mid, abs=seconds / 60 + 0.011)


def test_every_screen_rests_on_the_latest_roll() -> None:
    room = busy()
    state, now = room.state, room.now
    ticket = next(iter(state.waiting())).id
    found = roll(state, now)
    slower = Rolled(
        now,
        found.seq,
        {id: wait + 30 for id, wait in found.tickets.items()},
        {line: wait + 30 for line, wait in found.lines.items()},
        {},
    )

    def mids(told: Rolled | None) -> list[float]:
        outlooks_of = Glance(lambda _: told).of
        group = board.board({state.id: state}, now, "", outlooks_of)["queues"][f"{state.id}:documents"]
        line = status.queue(state, now, outlooks_of)["services"]["id-card"]
        own = status.ticket(state, ticket, now, outlooks_of)
        return [view["estimate"]["mid"] for view in (group, line, own)]

    assert mids(slower) == pytest.approx([mid + 30 for mid in mids(found)])
    assert mids(found) != mids(None)


def test_a_range_that_nothing_measured_says_so() -> None:
    room = busy()
    line = status.queue(room.state, room.now)["services"]["vehicle"]
    assert line["estimate"]["about"] is True


def test_what_is_shared_is_worked_out_once_for_a_state_and_a_roll() -> None:
    room = busy()
    state, now = room.state, room.now
    rolls: list[Rolled | None] = [None]
    glance = Glance(lambda _: rolls[0])
    first = glance.of(state, now)
    assert glance.of(state, now + timedelta(seconds=1)) is first
    assert glance.of(state, now - timedelta(seconds=1)) is not first, "a clock that was put back"
    second = glance.of(state, now + timedelta(seconds=9))
    assert second is not first
    rolls[0] = roll(state, now)
    assert glance.of(state, now + timedelta(seconds=9)) is not second


@pytest.mark.parametrize(
    ("late", "said"), [(None, None), (-2.0, None), (4.9, None), (5.0, 5), (7.4, 5), (7.6, 10), (42.0, 40)]
)
def test_a_delay_is_told_in_steps_of_five_minutes_and_a_short_one_not_at_all(
    late: float | None, said: int | None
) -> None:
    room = busy()
    found = Rolled(room.now, 1, {}, {}, {} if late is None else {"b": late})
    assert delay_of(found, "b") == said
    assert delay_of(None, "b") is None


async def row(house: Inside, ticket: str) -> list[float | None]:
    found = await house.server.site.read(lambda conn: visits_by_id(conn, [ticket]))
    return [found[ticket][f"expected_{end}"] for end in ("low", "mid", "high")]


async def test_every_number_given_bears_the_wait_that_was_expected_but_one_that_a_kiosk_gave_alone(
    tmp_path: Path,
) -> None:
    async with inside(tmp_path / "var", setup=small(stop_at_closing=False)) as house:
        await house.done("ann", "open")
        await house.take()
        state: Queue = house.state()
        now = house.clock.now()
        wanted = Outlooks(state, now).for_arrival("id-card", "walk-in").expected
        assert wanted is not None
        taken = await house.take()
        told = house.state().tickets[taken["id"]].expected
        assert told == wanted
        assert await row(house, taken["id"]) == [told.low, told.mid, told.high]
        assert taken["estimate"] == {"low": told.low, "mid": told.mid, "high": told.high, "about": True}

        await rolled(house)
        again = await house.take(service="passport")
        found = house.server.forecasts.of(SMALL)
        expected = house.state().tickets[again["id"]].expected
        assert found is not None
        assert expected is not None
        assert expected.mid == round(found.lines["passport", "walk-in"], 2)

        await numbers(house)
        alone = (await hand_in(house)).json()["id"]
        assert house.state().tickets[alone].state == "waiting"
        assert await row(house, alone) == [None, None, None]


async def rolled(house: Inside) -> None:
    """Have the small hall looked ahead of once."""
    forecasts = house.server.forecasts
    forecasts.start([SMALL])
    async with asyncio.timeout(20):
        while forecasts.of(SMALL) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await forecasts.stop()


@pytest.mark.slow
async def test_two_processes_over_one_database_tell_one_range(postgresql_url: str) -> None:
    clock = ScaledClock(MORNING, 60, monotonic)
    engines = [connect(postgresql_url), connect(postgresql_url)]
    one, two = writers = [make_writer(engine, clock) for engine in engines]
    await one.start()
    await open_hall(one, [office(hours=always_open())])
    await two.start()
    await one.execute(order(c.OpenCounter("1", "ann")))
    for n in range(6):
        wish = c.IssueTicket(
            f"{n:032x}", "id-card", "walk-in", "pl", "kiosk", f"{n}", Expected(1, 2, 3 + n)
        )
        await writers[n % 2].execute(order(wish))
    times = Times("id-card", 100, 7.5, tuple(7.5 + n for n in range(len(ELAPSED))))
    await two.execute(order(c.AdoptFit(Fit(TUESDAY, 500, (times,)))))
    await one.execute(order(c.CallNext("1", None)))
    async with asyncio.timeout(20):
        while held(one).seq != held(two).seq or not held(two).trails:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    now, states = clock.now(), (held(one), held(two))
    assert states[0].fit is not None
    assert len({str(roll(state, now)) for state in states}) == 1
    told = [
        Outlooks(state, now, rolled=roll(state, now)).for_arrival("id-card", "walk-in") for state in states
    ]
    assert told[0] == told[1]
    for writer, engine in zip(writers, engines, strict=True):
        await writer.stop()
        engine.dispose()
