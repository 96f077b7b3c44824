"""The real server in a process of its own, told what to do on its standard input, with a clock that is set forward.

The first line is the job, each further one an operation; each is answered by a line of JSON. It
ends when its input does.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop

from qms.app import Server, assemble
from qms.cli.serving import log_to_stderr, serve
from qms.cli.work import OPERATIONS, Operation
from qms.devices import writes as devices
from qms.kernel.clock import ScaledClock, instant
from qms.settings import load
from qms.staff import reads as staff
from qms.staff import writes as sessions


async def forward(server: Server, seconds: float) -> dict[str, Any]:
    """Business time leaps, and what is due by then is done."""
    clock = server.site.clock
    assert isinstance(clock, ScaledClock)
    clock.set_forward(clock.now() + timedelta(seconds=seconds))
    for hall in server.site.writer.halls():
        await server.site.writer.tick(hall)
    return {"now": instant(clock.now())}


async def session(server: Server, name: str) -> dict[str, Any]:
    """The cookie of somebody who has signed in."""

    def begin(conn: Any) -> str:
        known = staff.account_named(conn, name)
        assert known is not None
        return sessions.begin_session(conn, known.id, "", datetime.now(UTC))[0]

    return {"name": server.sign_in.sessions.cookie, "value": await server.site.writer.aside(begin)}


async def device(server: Server, kind: Any, hall: str, counter: str | None = None) -> dict[str, Any]:
    """The cookie of a device that has been paired."""

    def pair(conn: Any) -> tuple[str, str]:
        now = datetime.now(UTC)
        id, code = devices.add_device(conn, kind, hall, counter, kind, now, timedelta(minutes=1))
        paired = devices.pair(conn, code, now)
        assert paired is not None
        return id, paired[0]

    id, token = await server.site.writer.aside(pair)
    return {"id": id, "name": server.devices.cookie, "value": token}


KNOWN: Mapping[str, Operation] = {**OPERATIONS, **{op.__name__: op for op in (forward, session, device)}}


async def work(job: dict[str, Any]) -> None:
    """Serve, and do what is asked, until there is nothing left to read."""
    settings = load(
        data=Path(job["data"]),
        host="127.0.0.1",
        log_level="warning",
        sign_in_limit="1000/minute",
        code_limit="1000/minute",
        public_limit="100000/minute",
        hold_limit="100000/minute",
        **job["settings"],
    )
    log_to_stderr(settings.log_level)
    clock = ScaledClock(datetime.fromisoformat(job["begins"]), 1, time.monotonic)

    @asynccontextmanager
    async def listening(server: Server) -> AsyncIterator[None]:
        reading = asyncio.create_task(obey(server))
        try:
            yield
        finally:
            reading.cancel()

    await serve(assemble(settings, clock), also=listening)


async def obey(server: Server) -> None:
    """Do one operation after the other."""
    tell({})
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        tell(await KNOWN[asked.pop("op")](server, **asked))
    os.kill(os.getpid(), signal.SIGTERM)


def tell(answer: Mapping[str, Any]) -> None:
    """One line of JSON."""
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(json.loads(sys.stdin.readline())))
