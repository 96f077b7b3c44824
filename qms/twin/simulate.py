"""Play days under several plans, on all cores: everybody does the same under each of them."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from qms.twin import helper
from qms.twin.rules.sim.model import Outcome, Plan, Played, Scene
from qms.twin.rules.sim.run import run

CHUNK = 4
"""Scenes that a process is given at once."""
Progress = Callable[[int, int], None]
"""Told how many of how many days have been played."""
Fact = tuple[object, ...]


def play(
    scenes: Sequence[Scene],
    plans: Sequence[Plan],
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Played, ...]:
    """What comes of everybody on every day under every plan; the same whatever the number of workers."""
    played = [[plan.of(scene) for scene in scenes] for plan in plans]
    jobs = [(n, at) for n in range(len(plans)) for at in range(0, len(scenes), CHUNK)]
    count = min(len(jobs), workers or os.cpu_count() or 1)
    found: dict[tuple[int, int], list[list[Fact]]] = {}
    done, total = 0, len(plans) * len(scenes)
    for (n, at), facts in _work(played, jobs, count):
        found[n, at] = facts
        done += len(facts)
        if progress is not None:
            progress(done, total)
    return tuple(
        Played(
            plan.name,
            played[n],
            [
                tuple(Outcome(one, *fact) for one, fact in zip(scene.arrivals, facts, strict=True))  # type: ignore[arg-type]
                for at in range(0, len(scenes), CHUNK)
                for scene, facts in zip(played[n][at : at + CHUNK], found[n, at], strict=True)
            ],
        )
        for n, plan in enumerate(plans)
    )


def _work(
    played: Sequence[Sequence[Scene]], jobs: Sequence[tuple[int, int]], count: int
) -> Iterator[tuple[tuple[int, int], list[list[Fact]]]]:
    if count <= 1:
        for n, at in jobs:
            yield (n, at), _facts(played[n][at : at + CHUNK])
        return
    # A fork is the quicker start, and safe only where nothing else runs in this process.
    context = get_context("fork" if threading.active_count() == 1 else "spawn")
    with ProcessPoolExecutor(count, context, initializer=helper.begin) as pool:
        try:
            futures: dict[Future[list[list[Fact]]], tuple[int, int]] = {
                pool.submit(_facts, played[n][at : at + CHUNK]): (n, at) for n, at in jobs
            }
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _facts(scenes: Sequence[Scene]) -> list[list[Fact]]:
    """What came of everybody, without what the caller has already."""
    return [
        [
            (o.segment, o.outcome, o.ref, o.called, o.finished, o.counter, o.passed, o.code)
            for o in run(scene)
        ]
        for scene in scenes
    ]
