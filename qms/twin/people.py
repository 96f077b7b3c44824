"""The demo's people, in a process of their own: simulated citizens and clerks of a running server.

They know it only by its public HTTP and WebSocket interfaces. `python -m qms.twin.people` reads one
line of JSON, so that no secret stands on a command line, and ends with its input or by SIGTERM:

    {"base_url": "http://localhost:8000", "speed": 20,
     "clerks": [{"name": …, "password": …, "hall": …, "counter": …}], "kiosks": {HALL: device token}}

They outlive restarts of the server: whoever cannot reach it tries again.
"""

import asyncio
import json
import logging
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from qms.twin.bookers import Bookers
from qms.twin.business import Business
from qms.twin.citizens import Citizens
from qms.twin.clerks import Clerk, SignIn
from qms.twin.feed import Feed
from qms.twin.hall import Crowd, Hall
from qms.twin.interface import Interface

SEED = 20260901
log = logging.getLogger("qms.twin")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be simulated. `speed` (business seconds a second) holds until the server says its own."""

    base_url: str
    clerks: Sequence[SignIn]
    kiosks: Mapping[str, str]
    speed: float = 20.0
    seed: int = SEED

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Job":
        """From JSON; raises KeyError, TypeError or ValueError."""
        return cls(
            base_url=str(given["base_url"]),
            clerks=[
                SignIn(**{k: clerk[k] for k in SignIn.__dataclass_fields__}) for clerk in given["clerks"]
            ],
            kiosks=dict(given["kiosks"]),
            speed=float(given.get("speed", 20.0)),
            seed=int(given.get("seed", SEED)),
        )

    @property
    def halls(self) -> list[str]:
        return sorted({clerk.hall for clerk in self.clerks} | set(self.kiosks))


async def people(job: Job, stop: asyncio.Event) -> None:
    """Simulate until `stop`."""
    random = Random(job.seed)  # noqa: S311 - a simulation that can be repeated
    clock, crowd = Business(job.speed), Crowd()
    web = Interface(job.base_url, random)
    doors: list[Interface] = [web]
    halls: dict[str, Hall] = {}
    for id in job.halls:
        feed = Feed(web.base_url, {"view": "queue", "hall": id}, clock, random)
        hall = halls[id] = Hall(id, web, feed, clock)
        token = job.kiosks.get(id)
        kiosk = Interface(job.base_url, random, token) if token else None
        doors += [kiosk] if kiosk else []
        crowd.add(hall.follow())
        citizens = Citizens(hall, kiosk, web, crowd, random)
        crowd.add(citizens.come())
        crowd.add(Bookers(hall, kiosk, web, crowd, random, citizens.enter).come())
    of = Counter(account.hall for account in job.clerks)
    place: Counter[str] = Counter()
    for account in job.clerks:
        api = Interface(job.base_url, random)
        doors.append(api)
        clerk = Clerk(account, place[account.hall], of[account.hall], halls[account.hall], api, random)
        place[account.hall] += 1
        crowd.add(clerk.work())
    try:
        await stop.wait()
    finally:
        await crowd.end()
        await asyncio.gather(*(door.close() for door in doors))


async def _main() -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    reader = asyncio.StreamReader(limit=2**20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    line = await reader.readline()
    if not line:
        return 0
    try:
        job = Job.of(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.error("this is not a job: %s", type(error).__name__)
        return 2

    async def until_input_ends() -> None:
        await reader.read()
        stop.set()

    ends = asyncio.create_task(until_input_ends())
    await people(job, stop)
    ends.cancel()
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="people: %(message)s")
    sys.exit(asyncio.run(_main()))
