"""A process beside the server for work that takes seconds: one piece at a time, and gone when nobody needs it.

It starts when somebody looks at a page that will want it, so that it is warm by then.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

from qms.twin import helper

T = TypeVar("T")
LONGEST = 120.0
"""Seconds (of the machine) after which a piece of work is given up."""
IDLE = 600.0
"""Seconds after which an idle process ends."""


class Busy(Exception):  # noqa: N818
    """Somebody else's work is being done."""


class GivenUp(Exception):  # noqa: N818
    """The work took too long, or its process died."""


class Workbench:
    """The process. Made within a running server or not; it begins with the first `warm` or `turn`."""

    def __init__(self, prepare: Callable[[], None], longest: float = LONGEST) -> None:
        self._prepare, self._longest = prepare, longest
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None

    def warm(self) -> None:
        """See to it that the process is there, without waiting for it."""
        if self._turn.locked():
            return
        try:
            self._begin().submit(int)
        except BrokenProcessPool:  # it died while nobody looked
            self.stop()
            self._begin().submit(int)
        self._rest()

    def turn(self) -> "Turn":
        """`async with workbench.turn() as do: await do(work, …)`; raises Busy when it is somebody else's."""
        return Turn(self)

    async def _do(self, work: Callable[..., T], *args: Any) -> T:
        pool = self._begin()
        try:
            async with asyncio.timeout(self._longest):
                return await asyncio.get_running_loop().run_in_executor(pool, work, *args)
        except (TimeoutError, BrokenProcessPool):
            self.stop()
            raise GivenUp from None

    def _begin(self) -> ProcessPoolExecutor:
        if self._idle is not None:
            self._idle.cancel()
        if self._pool is None:
            # Not a fork: other threads of the server hold locks.
            self._pool = ProcessPoolExecutor(
                1, get_context("spawn"), initializer=_begun, initargs=(self._prepare,)
            )
        return self._pool

    def _rest(self) -> None:
        self._idle = asyncio.get_running_loop().call_later(IDLE, self.stop)

    def stop(self) -> None:
        """End the process, also in the middle of its work."""
        if self._idle is not None:
            self._idle.cancel()
        pool, self._pool = self._pool, None
        if pool is not None:
            processes = list((pool._processes or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()


class Turn:
    """The bench for as long as one question takes."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    async def __aenter__(self) -> Callable[..., Any]:
        if self._bench._turn.locked():
            raise Busy
        await self._bench._turn.acquire()
        return self._bench._do

    async def __aexit__(self, *_: object) -> None:
        self._bench._turn.release()
        self._bench._rest()


def _begun(prepare: Callable[[], None]) -> None:
    helper.begin()
    prepare()
