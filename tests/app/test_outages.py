"""The database goes, is locked or ends in the middle of the day; whoever asks is told so, and nothing is lost."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from httpx2 import Response

from tests.app.inside import SMALL, Inside, inside
from tests.ledger.make import until
from tests.postgres import Cluster
from tests.web.test_edge import is_problem

pytestmark = pytest.mark.slow
PUBLIC = f"/api/v1/halls/{SMALL}"


def is_unavailable(answer: Response) -> None:
    is_problem(answer, 503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0


async def ready(house: Inside) -> bool:
    return (await house.ask("anonymous", "GET", "/readyz")).status_code == 200


async def eventually_ready(house: Inside) -> None:
    for _ in range(100):
        if await ready(house):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it does not serve again")


async def test_a_database_that_another_program_holds_is_told_within_seconds(tmp_path: Path) -> None:
    async with inside(tmp_path, jobs=True) as house:
        first = await house.take(key="before")
        await house.done("ann", "open")
        other = sqlite3.connect(tmp_path / "qms.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            kept = [house.wish(key="locked"), house.act("ann", "next", key="locked")]
            seen = [
                house.ask("anonymous", "GET", path) for path in (f"/t/{first['token']}", f"{PUBLIC}/queues")
            ]
            for answer in await asyncio.gather(*seen):
                assert answer.status_code == 200, "reading goes on"
            for answer in await asyncio.gather(*kept):
                is_unavailable(answer)
            signing = await house.ask(
                "anonymous", "POST", "/api/v1/devices/pair", json={"code": "ABCD-EFGH"}
            )
            is_unavailable(signing)
            assert not await ready(house)
        finally:
            other.execute("ROLLBACK")
            other.close()
        await eventually_ready(house)
        assert (await house.take(key="locked"))["number"] == "A002"
        assert (await house.act("ann", "next", key="locked")).json()["ticket"]["number"] == "A001"
        assert await house.faults() == []


async def test_a_database_server_that_dies_takes_nothing_along_that_was_answered(
    cluster: Cluster, postgresql_url: str, tmp_path: Path
) -> None:
    async with inside(tmp_path, database=postgresql_url, jobs=True) as house:
        given = [await house.take(key=f"before-{n}") for n in range(3)]
        await house.done("ann", "open")
        cluster.stop()
        try:
            is_unavailable(await house.wish(key="dead"))
            is_unavailable(await house.act("ann", "next", key="dead"))
            is_unavailable(await house.ask("sue", "GET", f"{PUBLIC}/events"))
            is_unavailable(await house.ask("anonymous", "GET", f"/api/v1/tickets/{'b' * 26}"))
            assert (await house.ask("anonymous", "GET", f"{PUBLIC}/queues")).status_code == 200
            assert (await house.ask("anonymous", "GET", "/healthz")).status_code == 200
            assert not await ready(house)
        finally:
            cluster.start()
        await eventually_ready(house)
        assert (await house.take(key="dead"))["number"] == "A004"
        assert (await house.act("ann", "next", key="dead")).json()["ticket"]["number"] == "A001"
        assert [(await house.take(key=f"before-{n}"))["id"] for n in range(3)] == [
            one["id"] for one in given
        ]
        await until(lambda: len(house.state().tickets) == 4)
        assert await house.faults() == []
