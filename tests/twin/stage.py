"""A running server with a small hall, two clerks and a kiosk, for simulated people to use."""

import asyncio
import json
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import uvicorn
from starlette.types import Message, Receive, Scope, Send

from qms.app import Server, assemble, build, running
from qms.cli.serving import config
from qms.cli.work import hall_apply, staff_add
from qms.devices import writes as devices
from qms.halls.rules.model import Conduct, Hall
from qms.halls.rules.model import Counter as Desk
from qms.halls.rules.writing import dump
from qms.kernel.clock import ScaledClock
from qms.queue.rules.state import Queue
from qms.settings import ROOT, load
from tests.halls.make import hall as small_hall
from tests.halls.make import segment, service

PASSWORD = "a long enough password"
BOTH = {"id-card": 1, "passport": 2}


def hall() -> Hall:
    """Two counters, two services; people may join from home, and 75-plus at the kiosk."""
    return small_hall(
        services=(service("id-card", minutes=4), service("passport", minutes=6)),
        counters=(
            Desk(id="1", names={"pl": "1"}, services=BOTH),
            Desk(id="2", names={"pl": "2"}, services={"passport": 1, "id-card": 2}),
        ),
        segments=(segment("walk-in"), segment("booked"), segment("75-plus", offered="kiosk")),
        conduct=Conduct(join_from_home=True),
    )


class Stage:
    """The server, its business clock, and how often it answered with which status."""

    def __init__(self, folder: Path, start: datetime, speed: float) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.clock = ScaledClock(start, speed, monotonic)
        limits = dict.fromkeys(("public_limit", "hold_limit"), "6000/minute")
        settings = load(data=folder, port=self.port, speed=speed, **limits)
        self.server: Server = assemble(settings, self.clock)
        self.statuses: Counter[int] = Counter()

    @property
    def state(self) -> Queue:
        state: Queue | None = self.server.site.writer.state("ratusz")
        assert state is not None
        return state

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """The web server, which can be stopped and started again."""
        app = build(self.server)

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self.statuses[message["status"]] += 1
                await send(message)

            await app(scope, receive, told)

        web = uvicorn.Server(config(self.server.site.settings, counted))
        serving = asyncio.create_task(web.serve())
        try:
            yield
        finally:
            web.should_exit = web.force_exit = True
            await serving

    async def job(self) -> dict[str, Any]:
        """The hall, accounts and kiosk made, and what the people must know of them."""
        await hall_apply(self.server, dump(hall()), force=True)
        clerks = []
        for counter in ("1", "2"):
            name = f"clerk-{counter}"
            await staff_add(self.server, name, "clerk", "hall:ratusz", name, PASSWORD)
            clerks.append({"name": name, "password": PASSWORD, "hall": "ratusz", "counter": counter})
        token = await self.server.site.writer.aside(_kiosk)
        base = f"http://127.0.0.1:{self.port}"
        return {"base_url": base, "clerks": clerks, "kiosks": {"ratusz": token}, "seed": 4}


def _kiosk(conn: Any) -> str:
    now = datetime.now(UTC)
    _, code = devices.add_device(conn, "kiosk", "ratusz", None, "kiosk", now, timedelta(minutes=1))
    paired = devices.pair(conn, code, now)
    assert paired is not None
    return paired[0]


@asynccontextmanager
async def stage(folder: Path, start: datetime, speed: float) -> AsyncIterator[Stage]:
    made = Stage(folder, start, speed)
    async with running(made.server):
        yield made


@asynccontextmanager
async def simulated(job: dict[str, Any]) -> AsyncIterator[asyncio.subprocess.Process]:
    """The people, in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "qms.twin.people",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(job).encode() + b"\n")
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
