"""How fast one call reaches the last of many boards, and what an idle socket costs: the live slice alone.

`python -m tests.bench.fanout --sockets 1000 --calls 200` starts a small server and a crowd of
sockets, each a process of its own, and prints the figures as JSON. Nothing else is measured: no
ledger, no rules; the view is the size of a board of two halls.
"""

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from qms.live.endpoint import Live
from qms.live.hub import Hub
from qms.live.server import LiveProtocol
from qms.live.view import Query, States, Subject, View

HALL = "hall"
QUIET = 0.05
"""Least seconds from one call to the next; as many again at random."""


class MachineClock:
    """Business time that is the machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def names(word: str) -> dict[str, str]:
    return {
        language: f"{word} ({language}), as a sign would have it" for language in ("pl", "en", "uk", "de")
    }


def board(states: States, _subject: Subject, _now: datetime) -> dict[str, Any]:
    """A board after so many changes, of which every second one was a call: about 8 KB."""
    changes: int = states[HALL]
    last = changes // 2
    calls = {
        f"{HALL}:{n}": {
            "order": n,
            "hall": HALL,
            "number": f"A{n:03}",
            "counter": str(n % 9),
            "counter_names": names(f"Counter {n % 9}"),
            "at": "2026-11-23T09:30:00.000Z",
            "again": False,
        }
        for n in range(max(1, last - 7), last + 1)
    }
    queues = {
        f"{HALL}:{n}": {
            "order": n,
            "hall": HALL,
            "names": names(f"Group {n}"),
            "letter": "ABCDEFGHIJKL"[n],
            "waiting": changes * (n + 1) % 17,
            "open": 3,
            "estimate": {"low": 4, "mid": 7 + changes % (n + 2), "high": 12},
        }
        for n in range(10)
    }
    return {
        "halls": {HALL: {"names": names("City hall"), "office": names("Office"), "state": "open"}},
        "calls": {key: calls[key] for key in list(calls)[-3:]},
        "recent": {f"ticket-{call['order']}": {**call, "state": "called"} for call in calls.values()},
        "queues": queues,
    }


def build() -> Starlette:
    """A server of one view; `POST /change?urgent=1` makes the next change."""
    hub = Hub(MachineClock())
    changes = 0

    async def anybody(_connection: HTTPConnection) -> str:
        return "anybody"

    async def subject(_query: Query) -> Subject:
        return Subject("board", (HALL,))

    async def change(request: Request) -> Response:
        nonlocal changes
        changes += 1
        hub.publish(HALL, changes, urgent="urgent" in request.query_params, seq=changes)
        return Response()

    hub.register(View("board", board, lambda _principal, _subject: None, subject))
    hub.publish(HALL, changes, seq=0)
    routes = [WebSocketRoute("/live", Live(hub, anybody)), Route("/change", change, methods=["POST"])]
    app = Starlette(routes=routes)
    app.state.hub = hub
    return app


async def serve() -> None:
    """Serve on a free port, which is written to standard output."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    app = build()
    app.state.hub.start()
    config = uvicorn.Config(
        app,
        ws=LiveProtocol,
        ws_per_message_deflate=False,
        http="httptools",
        lifespan="off",
        log_level="warning",
        access_log=False,
    )
    print(listener.getsockname()[1], flush=True)
    await uvicorn.Server(config).serve(sockets=[listener])


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def worked(pid: int) -> float:
    """Seconds of processor time that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def make_calls(port: int, calls: int) -> dict[str, float]:
    """Make calls with other changes between them; tells when each began."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = {}
    for n in range(1, calls + 1):
        for urgent in ("", "?urgent=1"):
            sleep(QUIET / 2 * (1 + random.random()))
            if urgent:
                began[f"A{n:03}"] = monotonic()
            connection.request("POST", f"/change{urgent}")
            connection.getresponse().read()
    return began


def process(*args: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def measure(sockets: int, calls: int) -> dict[str, Any]:
    """The figures of one run; `server_cpu_ms` is for a call and the change before it, however busy the machine."""
    with process("tests.bench.fanout", "--serve") as server, process("tests.bench.sockets") as crowd:
        assert server.stdout is not None
        assert crowd.stdout is not None
        assert crowd.stdin is not None
        try:
            port = int(server.stdout.readline())
            before = resident(server.pid)
            job = {"host": "127.0.0.1", "port": port, "path": "/live?view=board", "sockets": sockets}
            crowd.stdin.write(json.dumps(job) + "\n")
            crowd.stdin.flush()
            opened = monotonic()
            assert json.loads(crowd.stdout.readline()) == {"open": sockets}
            opened = monotonic() - opened
            sleep(1)
            idle = resident(server.pid) - before
            cpu = worked(server.pid)
            began = make_calls(port, calls)
            cpu = worked(server.pid) - cpu
            busy = resident(server.pid) - before
            crowd.stdin.write(json.dumps({"began": began}) + "\n")
            crowd.stdin.flush()
            found: dict[str, Any] = json.loads(crowd.stdout.readline())
            return {
                **found,
                "server_cpu_ms": round(1000 * cpu / calls, 2),
                "opened_s": round(opened, 2),
                "idle_socket_kb": round(idle / sockets / 1024, 1),
                "busy_socket_kb": round(busy / sockets / 1024, 1),
            }
        finally:
            crowd.terminate()
            server.terminate()


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        uvloop.run(serve())
    else:
        print(json.dumps(measure(given.sockets, given.calls), indent=2))


if __name__ == "__main__":
    main()
