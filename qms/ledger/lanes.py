"""Lanes: what must happen in order waits in one lane; a few threads serve whichever lane has work."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Condition, Thread
from typing import Generic, TypeVar

J = TypeVar("J")


class Lanes(Generic[J]):
    """Hands every lane's jobs to `run`, all that have gathered at once, never two batches of a lane together.

    `run(lane, jobs)` must not raise. Closing drains: what was put before is still run.
    """

    def __init__(self, threads: int, run: Callable[[str, list[J]], None]) -> None:
        self._run = run
        self._waiting: dict[str, list[J]] = {}
        self._busy: set[str] = set()
        self._ready: SimpleQueue[str | None] = SimpleQueue()
        self._changed = Condition()
        self._closed = False
        self._threads = [
            Thread(target=self._serve, name=f"ledger-{n}", daemon=True) for n in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def put(self, lane: str, job: J) -> bool:
        """Line a job up; False when closed."""
        with self._changed:
            if self._closed:
                return False
            jobs = self._waiting.get(lane)
            if jobs is not None:
                jobs.append(job)
                return True
            self._waiting[lane] = [job]
            if lane not in self._busy:
                self._ready.put(lane)
            return True

    def close(self) -> None:
        """Take no more, finish what is there, end the threads. Blocks."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._waiting and not self._busy)
        for _ in self._threads:
            self._ready.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while (lane := self._ready.get()) is not None:
            with self._changed:
                jobs = self._waiting.pop(lane)
                self._busy.add(lane)
            try:
                self._run(lane, jobs)
            finally:
                with self._changed:
                    self._busy.discard(lane)
                    if lane in self._waiting:
                        self._ready.put(lane)
                    self._changed.notify_all()
