"""The demo's kiosk, in a process of its own: the agent, and a printer without paper whose slips become pictures.

It outlives a server that was killed for a while, as a real kiosk does, so that the plug can be pulled.
The first line of its input is the job; it ends by SIGTERM, or some minutes after its input did.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from qms.devices.agent.__main__ import log_to
from qms.devices.agent.agent import Agent, Job
from qms.devices.agent.folder import Folder
from qms.devices.agent.upstream import TOKEN
from qms.devices.paper.picture import DOTS
from qms.devices.printer.escpos import Printer
from qms.twin.printer import PrinterSimulator

MODULE = "qms.cli.demo_kiosk"
ALONE = 900.0
"""Seconds for which it goes on without the demo."""
SPEED = 200.0
"""Millimetres of paper a second."""
WIDTH = 80


@asynccontextmanager
async def demo_kiosk(folder: Path, server: str, hall: str, token: str, port: int) -> AsyncIterator[None]:
    """The kiosk while the demo runs; one that an earlier demo left behind is ended before, by `end_former`."""
    with (folder / "kiosk.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE, stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    _pid_file(folder).write_text(str(process.pid))
    assert process.stdin is not None
    job = {"server": server, "hall": hall, "token": token, "port": port, "folder": str(folder)}
    process.stdin.write(json.dumps(job).encode() + b"\n")
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        _pid_file(folder).unlink(missing_ok=True)


def end_former(folder: Path) -> None:
    """End the kiosk of a demo that was killed: it holds the port, and its numbers are handed in by the next."""
    with suppress(OSError, ValueError):
        pid = int(_pid_file(folder).read_text())
        if MODULE.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + 5
        while time.monotonic() < until and Path(f"/proc/{pid}").exists():
            time.sleep(0.02)


def free_port(wished: int) -> int:
    """The port that is wished for, or another if that is taken."""
    for port in (wished, 0):
        with suppress(OSError, OverflowError), socket.create_server(("127.0.0.1", port)) as probe:
            found: int = probe.getsockname()[1]
            return found
    raise OSError("no port is free")


def newest_paper(folder: Path) -> Path | None:
    """The picture of the slip that was printed last."""
    return max((folder / "papers").glob("*.png"), key=lambda path: path.stat().st_mtime, default=None)


def _pid_file(folder: Path) -> Path:
    return folder / "kiosk.pid"


async def _live(job: dict[str, Any], ended: asyncio.Event) -> None:
    folder = Path(job["folder"])
    Folder(folder / "kiosk").write(TOKEN, job["token"].encode())
    async with PrinterSimulator(folder / "papers", dots=DOTS[WIDTH], speed=SPEED) as printer:
        given = Job(
            server=job["server"], hall=job["hall"], data=folder / "kiosk", port=job["port"],
            printer=Printer(printer.address, DOTS[WIDTH]), width=WIDTH,
        )  # fmt: skip
        async with Agent(given).running():
            await ended.wait()


async def _main() -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGINT, ended.set)
    job = json.loads(await asyncio.to_thread(sys.stdin.readline) or "{}")
    if not job:
        return

    def left() -> None:
        loop.remove_reader(sys.stdin)
        loop.call_later(ALONE, ended.set)

    loop.add_reader(sys.stdin, left)
    await _live(job, ended)


if __name__ == "__main__":
    log_to(sys.stderr)
    asyncio.run(_main())
