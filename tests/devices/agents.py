"""Agents to test: with a folder of their own, and a printer that keeps what it was given."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

from httpx2 import AsyncClient, Response
from PIL.Image import Image

from qms.devices.agent.agent import Agent, Job
from qms.devices.printer.escpos import PrinterFailed, Status
from tests.devices.office import CODE, HALL, Server

TICKETS = f"/api/v1/halls/{HALL}/tickets"


class Tray:
    """A printer as the agent sees one: what came out, and how it is. `held`: it prints once that is set."""

    def __init__(self) -> None:
        self.state: Status = "ok"
        self.papers: list[Image] = []
        self.held: Event | None = None

    def status(self) -> Status:
        return self.state

    def print(self, image: Image, copies: int = 1) -> None:
        if self.held is not None:
            self.held.wait(10)
        if self.state not in ("ok", "paper_low"):
            raise PrinterFailed(self.state)
        self.papers += [image] * copies


class Kiosk:
    """A browser at an agent."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.client = AsyncClient(base_url=f"http://127.0.0.1:{agent.port}", trust_env=False, timeout=10)

    async def press(self, service: str = "id-card", key: str = "", **more: Any) -> Response:
        """A press for a number."""
        body = {"service": service, "language": "pl", **more}
        return await self.client.post(TICKETS, json=body, headers={"Idempotency-Key": key or uuid4().hex})

    async def take(self, service: str = "id-card", key: str = "", **more: Any) -> dict[str, Any]:
        """A number that must be given."""
        answer = await self.press(service, key, **more)
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    async def state(self) -> dict[str, Any]:
        """What the page is told of the agent."""
        state: dict[str, Any] = (await self.client.get("/agent/state")).json()
        return state


@asynccontextmanager
async def kiosk(base: str, folder: Path, **job: Any) -> AsyncIterator[Kiosk]:
    """An agent that runs in this loop, and its browser."""
    given: dict[str, Any] = {"hall": HALL, "port": 0, "code": CODE} | job
    async with Agent(Job(server=base, data=folder, **given)).running() as agent:
        browser = Kiosk(agent)
        try:
            yield browser
        finally:
            await browser.client.aclose()


async def until(so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something is so; it fails with the time."""
    async with asyncio.timeout(seconds):
        while not so():  # noqa: ASYNC110 - it looks from outside
            await asyncio.sleep(0.01)


async def eventually(so: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """The same for what must be asked for."""
    async with asyncio.timeout(seconds):
        while not await so():  # noqa: ASYNC110 - it looks from outside
            await asyncio.sleep(0.1)


async def ready(browser: Kiosk, server: Server) -> None:
    """The agent knows all that it needs to go on alone."""
    await until(lambda: browser.agent.own.able and bool(server.told) and bool(browser.agent.own.left()))
