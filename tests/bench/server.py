"""A server to measure, in a process of its own: the real one, or a bare echo with the same flags.

The first line of standard input is the job; one line of JSON tells where it listens and what
opens it. It ends when its input does.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qms.app import assemble, build, running
from qms.cli.serving import Web, config, log_to_stderr
from qms.kernel.clock import ScaledClock
from qms.settings import Settings, load
from tests.bench.make import clerks, hall, set_up
from tests.bench.times import book
from tests.bench.times import hall as booked_hall

TEN_O_CLOCK = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)


async def echo(request: Request) -> Response:
    """Gives back what it was given: the least that any POST costs here."""
    return Response(await request.body(), media_type="application/json")


async def listen(settings: Settings, app: Any, told: dict[str, Any]) -> None:
    """Serve until standard input ends."""
    web = Web(config(settings, app))
    serving = asyncio.create_task(web.serve())
    await web.up.wait()
    print(json.dumps(told | {"port": web.servers[0].sockets[0].getsockname()[1]}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    web.should_exit = True
    await serving


class Idle:
    """A hub that has nothing to stop."""

    async def stop(self) -> None:
        """Nothing."""


async def bare(settings: Settings) -> None:
    """The echo server."""
    app = Starlette(routes=[Route("/echo", echo, methods=["POST"])])
    app.state.site = type("Site", (), {"hub": Idle()})
    await listen(settings, app, {})


async def real(settings: Settings, job: dict[str, Any]) -> None:
    """The server with `halls` halls; the first has `counters` signed-on clerks, or all have `bookings` each."""
    began = perf_counter()
    server = assemble(settings, ScaledClock(TEN_O_CLOCK, 1, monotonic))
    async with running(server):
        started = perf_counter() - began
        names = [f"bench-{n}" for n in range(job["halls"])]
        counters = [f"b{n}" for n in range(job["counters"])]
        told: dict[str, Any] = {"started_seconds": started}
        if not job.get("as_it_is"):
            halls = [booked_hall(n) for n in range(job["halls"])] if job.get("bookings") else None
            told["kiosks"] = await set_up(server, halls or [hall(name, job["counters"]) for name in names])
            for each in halls or ():
                await server.site.writer.aside(partial(book, each, TEN_O_CLOCK, job["bookings"]))
            told["clerks"] = await clerks(server, names[0], counters) if counters else {}
        told["state"] = {
            h: len(s.tickets) for h in server.site.writer.halls() if (s := server.site.writer.state(h))
        }
        await listen(settings, build(server), told)


def main() -> None:
    """Carry out the job on the first line of standard input."""
    job = json.loads(sys.stdin.readline())
    limits = dict.fromkeys(("public_limit", "hold_limit"), "1000000/minute")
    settings = load(data=Path(job["data"]), host="127.0.0.1", port=0, log_level="error", **limits)
    log_to_stderr(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(bare(settings) if job["kind"] == "echo" else real(settings, job))


if __name__ == "__main__":
    main()
