"""Real processes are killed and lines are cut: every paper has exactly one ticket, and every ticket its paper."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest
from httpx2 import AsyncClient

from qms.devices.printer.escpos import Printer
from qms.twin.printer import PrinterSimulator
from tests.cli.make import ROOT, free_port
from tests.devices.agents import Kiosk, Tray, eventually, until
from tests.devices.real import HALL, Office, number_of, opened, prepare, token_on, waiting
from tests.devices.wire import wire

pytestmark = pytest.mark.slow
TICKETS = f"/api/v1/halls/{HALL}/tickets"
KIOSKS, PRESSES = 20, 3


def client(base: str, **headers: str) -> AsyncClient:
    return AsyncClient(base_url=base, trust_env=False, timeout=10, headers=headers)


async def press(browser: AsyncClient, key: str) -> dict[str, Any]:
    """As the page does it: without an answer once more, under the same key."""
    for _ in range(20):
        try:
            answer = await browser.post(
                TICKETS, json={"service": "id-card", "language": "pl"}, headers={"Idempotency-Key": key}
            )
        except httpx2.TransportError:
            answer = None
        if answer is not None and answer.status_code == 201:
            taken: dict[str, Any] = answer.json()
            return taken
        assert answer is None or answer.status_code == 503, answer.text
        await asyncio.sleep(0.3)
    raise AssertionError("no number in all that time")


async def provided(browser: AsyncClient) -> bool:
    """It has numbers to go on alone."""
    return bool((await browser.get("/agent/state")).json()["numbers"])


async def settled(browser: AsyncClient) -> bool:
    """Nothing is owed to the server any more."""
    state = (await browser.get("/agent/state")).json()
    return bool(state["online"] and not state["unsent"] and not state["refused"])


async def every_paper_is_a_ticket(
    office: Office, base: str, papers: list[str], said: dict[str, str]
) -> None:
    """`papers` are the tokens on them, `said` the numbers that were told for each; clerks see all of them."""
    assert len(set(papers)) == len(papers) == len(said)
    assert set(papers) == set(said)
    assert len(set(said.values())) == len(said)
    async with client(base, **office.clerk) as clerk:
        numbers = {token: await number_of(clerk, token) for token in papers}
        assert numbers == said
        assert await waiting(clerk) == len(papers)
        await clerk.post(f"/api/v1/counters/{HALL}.1/open", json={})
        called = (await clerk.post(f"/api/v1/counters/{HALL}.1/next", json={})).json()
        assert called["ticket"]["number"] in said.values()


async def test_a_server_that_is_killed_while_twenty_kiosks_print_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    office, port, random = await prepare(tmp_path, KIOSKS), free_port(), Random(7)
    base, said = f"http://127.0.0.1:{port}", dict[str, str]()
    async with AsyncExitStack() as stack:
        trays = [Tray() for _ in range(KIOSKS)]
        with office.open(port) as server:
            kiosks: list[Kiosk] = [
                await stack.enter_async_context(office.kiosk(n, base, printer=tray))
                for n, tray in enumerate(trays)
            ]
            await until(lambda: all(each.agent.own.left() for each in kiosks), 30)

            async def person(browser: Kiosk, n: int) -> None:
                for each in range(PRESSES):
                    taken = await press(browser.client, f"{browser.agent.port}-{n}-{each}")
                    said[taken["token"]] = taken["number"]
                    await asyncio.sleep(random.uniform(0.05, 0.4))

            people = [asyncio.create_task(person(each, n)) for n, each in enumerate(kiosks)]
            await until(lambda: len(said) > KIOSKS // 2)
            server.process.kill()
            await until(lambda: len(said) > 2 * KIOSKS)
        with office.open(port):
            await asyncio.gather(*people)
            for each in kiosks:
                await eventually(partial(settled, each.client), 40)
            papers = [token_on(paper) for tray in trays for paper in tray.papers]
            assert len(papers) == KIOSKS * PRESSES
            await every_paper_is_a_ticket(office, base, papers, said)


@asynccontextmanager
async def process(data: Path, base: str, port: int, printer: str) -> AsyncIterator[Process]:
    """An agent in a process of its own."""
    command = [
        sys.executable, "-m", "qms.devices.agent", "--server", base, "--hall", HALL, "--data", str(data),
        "--port", str(port), "--printer", printer,
    ]  # fmt: skip
    agent = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert agent.stdout is not None
        assert (await agent.stdout.readline()).startswith(b"http://localhost")
        yield agent
    finally:
        with suppress(ProcessLookupError):
            agent.terminate()
        await agent.wait()


async def test_a_cut_line_and_an_agent_killed_meanwhile_lose_and_double_nothing(tmp_path: Path) -> None:
    """The line is silent, not refused: nobody is told that it is cut."""
    office, said = await prepare(tmp_path), dict[str, str]()
    port, data = free_port(), office.paired(0)

    async def take(browser: AsyncClient, n: int) -> dict[str, Any]:
        taken = await press(browser, f"press-{n}")
        said[taken["token"]] = taken["number"]
        return taken

    with office.open() as server:
        async with (
            PrinterSimulator(tmp_path / "papers") as printer,
            wire(int(server.base.rpartition(":")[2])) as line,
            client(f"http://127.0.0.1:{port}") as browser,
        ):
            async with process(data, line.base, port, printer.address) as agent:
                await eventually(partial(provided, browser))
                assert "offline" not in await take(browser, 0)
                await line.be("silent")
                assert [(await take(browser, n))["offline"] for n in (1, 2)] == [True, True]
                last = await take(browser, 3)
                agent.send_signal(signal.SIGKILL)
            async with process(data, line.base, port, printer.address):
                again = await take(browser, 3)
                assert {**again, "paper": "printed"} == last
                assert (await take(browser, 4))["offline"]
                assert (await browser.get("/agent/state")).json()["unsent"] == 4
                await line.be("open")
                await eventually(partial(settled, browser), 40)
                papers = [token_on(opened(path)) for path in printer.slips]
                assert (len(papers), printer.torn) == (5, [])
                await every_paper_is_a_ticket(office, server.base, papers, said)


async def test_a_printer_that_runs_out_in_the_middle_of_a_paper(tmp_path: Path) -> None:
    """The person has the number on the screen; staff see the printer; the next roll brings no half papers."""
    office = await prepare(tmp_path)
    with office.open() as server:
        async with (
            PrinterSimulator(tmp_path / "papers", paper=40, near=20) as printer,
            office.kiosk(0, server.base, printer=Printer(printer.address, 576)) as browser,
            client(server.base, **office.clerk) as clerk,
        ):
            await until(lambda: browser.agent.papers.status == "ok" and browser.agent.own.able)
            taken = await press(browser.client, "torn")
            assert taken["paper"] == "failed"
            assert (len(printer.slips), len(printer.torn)) == (0, 1)
            assert await number_of(clerk, taken["token"]) == taken["number"]
            assert (await browser.state())["printer"] == "paper_out"

            await eventually(partial(staff_see, tmp_path, "paper_out"))
            second = await press(browser.client, "on-the-screen")
            assert second["paper"] == "failed"
            await printer.load()
            await until(lambda: browser.agent.papers.status == "ok")
            await eventually(partial(staff_see, tmp_path, "ok"))
            once_more = await browser.client.post("/agent/print", json={"id": taken["id"]})
            assert once_more.json() == {"paper": "printed"}
            third = await press(browser.client, "on-the-new-roll")
            assert third["paper"] == "printed"
            await until(lambda: len(printer.slips) == 2)
            printed = [token_on(opened(path)) for path in printer.slips]
            assert printed == [taken["token"], third["token"]]


async def staff_see(data: Path, state: str) -> bool:
    """How the server knows the kiosk's printer: what its list of devices shows."""
    with closing(sqlite3.connect(data / "qms.db")) as db:
        return db.execute("SELECT printer FROM device").fetchall() == [(state,)]
