"""From the press at a kiosk to the last byte of its paper at the printer, while other kiosks press too."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from httpx2 import AsyncClient

from qms.devices.agent.folder import Folder
from qms.devices.agent.upstream import TOKEN
from qms.devices.paper.picture import draw
from qms.devices.paper.slip import slip_of
from qms.devices.printer.escpos import Printer
from qms.twin.commands import Parser

PRESSES, DOTS = 200, 576
OTHERS, PAUSE, CHUNK = 8, 0.02, 500
WELL = 0x12
"""What a printer answers to every question while all is well."""


class Sink:
    """A printer that takes everything at once; `cut` is when the last paper was cut."""

    def __init__(self) -> None:
        self.papers: asyncio.Queue[float] = asyncio.Queue()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        parser = Parser()
        while data := await reader.read(65536):
            for command in parser.feed(data):
                if command.name == "cut":
                    self.papers.put_nowait(perf_counter())
                elif command.name in ("ask", "when_done"):
                    writer.write(bytes([WELL if command.name == "ask" else 0]))
        writer.close()


@asynccontextmanager
async def sink() -> AsyncIterator[tuple[Sink, str]]:
    """The printer and its address."""
    printer = Sink()
    server = await asyncio.start_server(printer.serve, "127.0.0.1", 0)
    try:
        yield printer, f"tcp:127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def agent(folder: Path, base: str, hall: str, token: str, printer: str) -> AsyncIterator[AsyncClient]:
    """The browser of a kiosk whose agent, a process of its own, is ready."""
    Folder(folder).write(TOKEN, token.encode())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "qms.devices.agent", "--server", base, "--hall", hall, "--data", str(folder),
        "--port", "0", "--printer", printer,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().strip()
        async with AsyncClient(
            base_url=address.removesuffix("/kiosk/"), trust_env=False, timeout=30
        ) as browser:
            while not await _ready(browser):  # noqa: ASYNC110 - it is asked from outside
                await asyncio.sleep(0.1)
            yield browser
    finally:
        process.terminate()
        await process.wait()


async def _ready(browser: AsyncClient) -> bool:
    state = (await browser.get("/agent/state")).json()
    return bool(state["printer"] == "ok" and state["numbers"])


async def presses(printer: Sink, browser: AsyncClient, hall: str) -> list[float]:
    """Milliseconds of each press."""
    taken = []
    for _ in range(PRESSES):
        begun = perf_counter()
        answer = await browser.post(
            f"/api/v1/halls/{hall}/tickets",
            json={"service": "id-card", "language": "pl"},
            headers={"Idempotency-Key": os.urandom(12).hex()},
        )
        said = answer.json()
        if answer.status_code != 201 or said["paper"] != "printed" or "offline" in said:
            raise RuntimeError(f"a press was answered with {answer.status_code} {answer.text}")
        taken.append(1000 * (await printer.papers.get() - begun))
        await asyncio.sleep(PAUSE)
    if not printer.papers.empty():
        raise RuntimeError("more papers than presses")
    return taken


async def prints(printer: Sink, address: str, card: dict[str, Any], ticket: dict[str, Any]) -> list[float]:
    """Milliseconds of drawing and sending alone."""
    taken, device = [], Printer(address, DOTS)
    for _ in range(PRESSES // 4):
        begun = perf_counter()
        slip = slip_of(card, ticket, "pl", None, now=datetime.now(UTC))
        await asyncio.to_thread(lambda slip=slip: device.print(draw(slip, DOTS)))  # type: ignore[misc]
        taken.append(1000 * (await printer.papers.get() - begun))
    return taken


async def _measure(process: Any, load: Any, folder: Path) -> dict[str, float]:
    ((hall, token),) = process.told["kiosks"].items()
    base = f"http://127.0.0.1:{process.port}"
    target = {
        "path": f"/api/v1/halls/{hall}/tickets",
        "headers": {"Authorization": f"Bearer {token}"},
        "body": json.dumps({"service": "local-tax"}),
    }
    async with sink() as (printer, address), agent(folder / "kiosk", base, hall, token, address) as browser:
        card = (await browser.get(f"/api/v1/halls/{hall}")).json()
        pressed_enough = asyncio.Event()

        async def others() -> list[float]:
            """Other kiosks press until we have pressed enough."""
            rates = []
            while not pressed_enough.is_set():
                done = await asyncio.to_thread(
                    load, process, [target], CHUNK, connections=OTHERS, pause=PAUSE
                )
                if any(status != 201 for status, _ in done["answers"]):
                    raise RuntimeError(f"another press was answered with {done['answers'][0]}")
                rates.append(done["rate"])
            return rates

        crowd = asyncio.create_task(others())
        pressed = await presses(printer, browser, hall)
        pressed_enough.set()
        rates = await crowd
        answer = await browser.post(
            f"/api/v1/halls/{hall}/tickets", json={"service": "id-card", "paper": False}
        )
        printed = await prints(printer, address, card, answer.json())
    cuts, alone = quantiles(pressed, n=100), quantiles(printed, n=100)
    found = {"p50_ms": cuts[49], "p99_ms": cuts[98], "print_ms": alone[49], "others_per_s": max(rates)}
    return found | {"print_share": found["print_ms"] / found["p50_ms"]}


def measure(server: Any, load: Any) -> dict[str, float]:
    """Milliseconds from press to paper, and the share of the print itself."""
    with (
        TemporaryDirectory() as folder,
        server(kind="real", data=f"{folder}/var", halls=1, counters=0) as process,
    ):
        return asyncio.run(_measure(process, load, Path(folder)))
