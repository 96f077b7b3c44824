"""Simulated people against the real server, over HTTP and WebSocket alone."""

import asyncio
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest

from qms.queue.rules.state import Queue
from tests.twin.stage import Stage, simulated, stage

AFTERNOON = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
"""Half past two in Warsaw, on a Monday; the hall closes at four."""


async def until(stage: Stage, holds: Callable[[Queue], bool], seconds: float = 40) -> None:
    end = monotonic() + seconds
    while not holds(stage.state):
        assert monotonic() < end, f"not in time; answers so far: {stage.statuses}"
        await asyncio.sleep(0.05)


def finished(state: Queue) -> int:
    return sum(ticket.state == "finished" for ticket in state.tickets.values())


@pytest.mark.slow
async def test_a_day_ends_and_the_next_begins_and_a_restart_stops_nobody(tmp_path: Path) -> None:
    async with stage(tmp_path, AFTERNOON, speed=400) as hall:
        job = await hall.job()
        async with simulated(job) as process:
            async with hall.listening():
                await until(hall, lambda state: finished(state) >= 3)
            before = finished(hall.state)
            async with hall.listening():
                await until(hall, lambda state: finished(state) > before)
                await until(hall, _all_gone)
                seen = list(hall.state.tickets.values())
                hall.clock.set_forward(AFTERNOON + timedelta(hours=17, minutes=25))
                await until(hall, lambda state: state.day is not None and state.day.day == 24)
                await until(hall, lambda state: finished(state) >= 2)
                assert process.stdin is not None
                process.stdin.close()
                async with asyncio.timeout(5):
                    assert await process.wait() == 0
            assert process.stderr is not None
            assert await process.stderr.read() == b""
    assert {ticket.channel for ticket in seen} <= {"kiosk", "web"}
    assert {spell.counter for ticket in seen for spell in ticket.spells} == {"1", "2"}
    assert not [status for status in hall.statuses if status >= 500]
    refused = sum(count for status, count in hall.statuses.items() if status >= 400)
    assert refused < 0.1 * hall.statuses.total(), hall.statuses


def _all_gone(state: Queue) -> bool:
    """After closing: counters closed, and nobody left whom a clerk would still call."""
    desks = [desk.state for desk in state.desks.values()]
    return len(desks) == 2 and set(desks) == {"closed"}


async def test_people_without_a_server_wait_for_it_and_end_when_told(tmp_path: Path) -> None:
    job = {
        "base_url": "http://127.0.0.1:9",
        "clerks": [{"name": "a", "password": "b", "hall": "h", "counter": "1"}],
        "kiosks": {"h": "t"},
    }
    async with simulated(job) as process:
        await asyncio.sleep(1)
        assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            assert await process.wait() == 0
        assert process.stderr is not None
        assert await process.stderr.read() == b""


async def test_what_is_no_job_is_said_so_without_repeating_it(tmp_path: Path) -> None:
    async with simulated({"base_url": "http://127.0.0.1:9", "password": "secret"}) as process:
        async with asyncio.timeout(10):
            assert await process.wait() == 2
        assert process.stderr is not None
        said = await process.stderr.read()
    assert b"not a job" in said
    assert b"secret" not in said
