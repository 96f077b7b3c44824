"""`make soak`: random acts, a board's long days and random kills for hours; prints seed, duration and counts.

    python -m tests.soak --hours 8 [--seed 1]

Ends at the first fault with the seed that found it, which finds it again.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom
from time import monotonic

from qms.ledger.engine import connect
from qms.ledger.schema import upgrade
from tests.postgres import Cluster
from tests.queue.kills import kill_once, prepare
from tests.queue.machine import hunt, walk
from tests.soak.cut import cut

KILLS = 50
"""So many kills on one database, then a fresh one: each reads the whole log again."""
WALKS, STEPS = 10, 2_000
BOARD_CALLS = 20_000
"""So many calls through one page of a board, which is to hold no more at the end."""


def main() -> None:
    """Until the time is over, or a fault is found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(2**31))
    given = parser.parse_args()
    print(f"seed {given.seed}, {given.hours:g} h", flush=True)
    began, counts, random = monotonic(), Counter[str](), Random(given.seed)
    cluster = Cluster()
    try:
        while monotonic() - began < given.hours * 3600:
            turn(cluster, random, counts)
            print(f"{(monotonic() - began) / 3600:6.2f} h  {json.dumps(counts)}", flush=True)
    finally:
        cluster.remove()


def turn(cluster: Cluster, random: Random, counts: Counter[str]) -> None:
    """One turn: ways and hunts in memory, long days of a board, then kills on each database."""
    for _ in range(WALKS):
        number = random.randrange(2**31)
        print(f"walk {number}", end="\r", flush=True)
        counts["events_walked"] += sum(walk(number, STEPS).values())
    number = random.randrange(2**31)
    hunt(number, examples=100)
    counts["hunts"] += 1
    print("board", end="\r", flush=True)
    subprocess.run(
        [sys.executable, "-m", "tests.browser.uptime", "--calls", str(BOARD_CALLS)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    counts["board_calls"] += BOARD_CALLS
    with tempfile.TemporaryDirectory() as folder:
        number = random.randrange(2**31)
        print(f"cut {number}", end="\r", flush=True)
        counts["papers_over_cuts"] += asyncio.run(cut(Path(folder) / "cut", number))
    with tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:///{Path(folder) / 'soak.db'}", cluster.url(cluster.create())):
            first = random.randrange(2**31)
            counts["answers_before_kills"] += asyncio.run(kills(url, first))
            counts[f"kills_{url.split(':')[0].split('+')[0]}"] += KILLS


async def kills(url: str, first: int) -> int:
    """Kills in a row on one fresh database; how many commands were answered before them."""
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    await prepare(url)
    answered = 0
    for seed in range(first, first + KILLS):
        print(f"kill {seed} on {url.split(':')[0]}", end="\r", flush=True)
        answered += await kill_once(url, seed)
    return answered


if __name__ == "__main__":
    main()
