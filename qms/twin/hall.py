"""A hall as the simulated people share it: its public card, its queues, and who of them is in it."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any

from qms.twin.business import Business
from qms.twin.feed import Feed
from qms.twin.interface import Interface, Refused
from qms.twin.rules.day import Day, current
from qms.twin.rules.persons import Person

REFRESH = 60.0
"""Machine seconds after which the hall's card is read anew."""


class Hall:
    """What is publicly known of one hall, kept current by `follow`."""

    def __init__(self, id: str, web: Interface, queues: Feed, clock: Business) -> None:
        self.id, self.web, self.queues, self.clock = id, web, queues, clock
        self.card: dict[str, Any] = {}
        self.people: dict[str, Person] = {}
        """Who bears which ticket, by ticket id."""
        self.desks: dict[str, dict[str, int]] = {}
        """Services by level of each counter at which a simulated clerk works."""
        self._read = asyncio.Event()
        self.home = True
        """Whether people may take a number by phone, as far as was tried."""

    async def follow(self) -> None:
        """Keep card and queues current."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._cards())
            group.create_task(self._queues())

    async def ready(self) -> None:
        """Wait until the card is there and the time is known."""
        await self.clock.known()
        await self._read.wait()

    def day(self, at: datetime) -> Day | None:
        """The working day that goes on, or the next."""
        return current(self.card, at)

    def find(self, ticket: str) -> Person | None:
        return self.people.get(ticket)

    def open_for(self) -> set[str]:
        """Services for which some counter is open."""
        view = self.queues.view or {"services": {}}
        return {id for id, service in view["services"].items() if service["open"]}

    def expected(self, service: str) -> float | None:
        """The expected wait in minutes, as screens show it."""
        view = self.queues.view or {"services": {}}
        found: float | None = view["services"].get(service, {}).get("estimate", {}).get("mid")
        return found

    async def _cards(self) -> None:
        while True:
            with suppress(Refused):  # such a hall is not served just now
                self.card = await self.web.get(f"/api/v1/halls/{self.id}")
                self._read.set()
            await asyncio.sleep(REFRESH)

    async def _queues(self) -> None:
        while True:
            await self.queues.run()
            await asyncio.sleep(REFRESH)


class Crowd:
    """Tasks that come and go; one that fails is reported and does not take the others along."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def add(self, task: Coroutine[Any, Any, Any]) -> None:
        started = asyncio.create_task(task)
        self._tasks.add(started)
        started.add_done_callback(self._done)

    async def end(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            loop = task.get_loop()
            loop.call_exception_handler({"message": "a simulated person failed", "exception": error})
