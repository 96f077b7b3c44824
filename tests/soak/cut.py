"""A line that is cut for ten minutes, on the wall: kiosks go on, and afterwards every paper has its ticket."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from random import Random

from tests.devices.agents import Kiosk, Tray, eventually, until
from tests.devices.real import number_of, prepare, token_on, waiting
from tests.devices.test_agent_faults import client, press, settled
from tests.devices.wire import wire

KIOSKS = 4
MINUTES = 10.0
EACH = 60.0
"""Seconds from one person at a kiosk to the next, in the middle: its own numbers last for the whole cut."""


async def cut(folder: Path, seed: int, minutes: float = MINUTES) -> int:
    """One cut; how many papers were printed. Raises AssertionError where one has no ticket, or a ticket no paper."""
    office, random, said = await prepare(folder, KIOSKS), Random(seed), dict[str, str]()
    trays = [Tray() for _ in range(KIOSKS)]
    over = asyncio.Event()

    async def people(browser: Kiosk) -> None:
        n = 0
        while not over.is_set():
            taken = await press(browser.client, f"{browser.agent.port}-{n}")
            said[taken["token"]], n = taken["number"], n + 1
            await asyncio.sleep(random.uniform(0.75 * EACH, 1.25 * EACH))

    with office.open() as server:
        async with AsyncExitStack() as stack:
            line = await stack.enter_async_context(wire(int(server.base.rpartition(":")[2])))
            kiosks = [
                await stack.enter_async_context(office.kiosk(n, line.base, printer=tray))
                for n, tray in enumerate(trays)
            ]
            await until(lambda: all(each.agent.own.left() for each in kiosks), 60)
            crowd = [asyncio.create_task(people(each)) for each in kiosks]
            await asyncio.sleep(random.uniform(1, 5))
            await line.be("silent")
            await asyncio.sleep(60 * minutes)
            await line.be("open")
            await asyncio.sleep(EACH)
            over.set()
            await asyncio.gather(*crowd)
            for each in kiosks:
                await eventually(partial(settled, each.client), 60)
            papers = [token_on(paper) for tray in trays for paper in tray.papers]
            assert sorted(papers) == sorted(said)
            assert len(set(said.values())) == len(said)
            browser = await stack.enter_async_context(client(server.base))
            assert {token: await number_of(browser, token) for token in papers} == said
            assert await waiting(browser) == len(papers)
    return len(papers)
