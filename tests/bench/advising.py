"""How long a call takes while proposals are looked for all the time, in a crowded hall where many counters could be lent."""

import asyncio
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from qms.ledger.orders import Order
from qms.queue.advice import Advice
from qms.queue.rules.commands import OpenCounter
from qms.queue.rules.proposals import proposals
from qms.web.edge import nothing
from tests.app.inside import SMALL, Inside, inside, small
from tests.queue.make import office

COUNTERS, PEOPLE, CALLS, PAUSE = 20, 300, 300, 0.02
LENT = {str(n): {"id-card": 1, "vehicle": 2} for n in range(1, COUNTERS)}


def measure() -> dict[str, float]:
    """Milliseconds of a call over the interface, alone and beside a search that is begun anew as soon as one is over."""
    with TemporaryDirectory() as folder, redirect_stdout(StringIO()):
        return asyncio.run(_measured(Path(folder)))


async def _measured(folder: Path) -> dict[str, float]:
    setup = small(stop_at_closing=False, counters=office(LENT | {"20": {"vehicle": 1}}).counters)
    async with inside(folder / "var", setup=setup) as house:
        await _crowd(house)
        searched = [await _search(house) for _ in range(10)]
        alone = await _calls(house)
        writer = house.server.site.writer
        found: list[str] = []
        advice = Advice(writer.state, house.clock, lambda: [SMALL], found.append, every=0, look=0)
        advice.start()
        beside = await _calls(house)
        await advice.stop()
        if not found or not advice.of(SMALL):
            raise RuntimeError("nothing was looked for meanwhile")
    figures = {"search_ms": 1000 * median(searched), "searches": float(len(found))}
    for name, took in (("alone", alone), ("beside", beside)):
        figures |= {
            f"{name}_p50_ms": 1000 * median(took),
            f"{name}_p99_ms": 1000 * quantiles(took, n=100)[98],
        }
    return figures | {"ratio": median(beside) / median(alone)}


async def _crowd(house: Inside) -> None:
    for counter in map(str, range(1, COUNTERS + 1)):
        profile = (("vehicle" if counter == str(COUNTERS) else "id-card", 1),)
        command = OpenCounter(counter, f"clerk-{counter}", profile)
        order = Order(hall=SMALL, command=command, actor="bench", reply=nothing)
        await house.server.site.writer.execute(order)
    for _ in range(PEOPLE):
        await house.take(service="vehicle")


async def _search(house: Inside) -> float:
    begun = perf_counter()
    await asyncio.to_thread(proposals, house.state(), house.clock.now())
    return perf_counter() - begun


async def _calls(house: Inside) -> list[float]:
    """One person after the other comes and is called at once, so that these lines stay calm."""
    took = []
    for _ in range(CALLS):
        ticket = (await house.take(service="id-card"))["id"]
        begun = perf_counter()
        answer = await house.done("sue", "next", "1")
        took.append(perf_counter() - begun)
        if answer["counter"]["ticket"] != ticket:
            raise RuntimeError("somebody else was called")
        for act in ("start", "finish"):
            await house.done("sue", act, "1", ticket=ticket)
        await asyncio.sleep(PAUSE)
    return took
