"""What could be proposed to those who run a hall, looked for in a thread while one of them watches."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from qms.kernel.clock import Clock
from qms.queue.rules.model import Opened
from qms.queue.rules.proposals import Proposal, proposals
from qms.queue.rules.state import Queue

log = logging.getLogger(__name__)
EVERY = 15.0
"""Machine seconds from one search to the next in a hall."""
LOOK = 1.0
"""Machine seconds after which it is looked again who watches."""
AdviceOf = Callable[[str], Sequence[Proposal] | None]
"""The latest proposals of a hall; None where none were looked for as its counters stand."""
Standing = tuple[date | None, tuple[tuple[str, str, tuple[Opened, ...]], ...]]
"""What proposals rest upon: a day, and which counters are open for what."""


def unadvised(_hall: str) -> None:
    """Nothing was looked for in any hall."""


def standing(state: Queue) -> Standing:
    """How a hall's counters stand: once that has changed, what was proposed before is no longer true."""
    desks = sorted(state.desks.items())
    return state.day, tuple((counter, desk.state, desk.opened) for counter, desk in desks)


class Advice:
    """The latest proposals of each hall that somebody watches. All methods are for the event loop.

    `watched` gives the halls that somebody who runs them looks at now, `found` is told which hall has
    new proposals.
    """

    def __init__(
        self,
        state_of: Callable[[str], Queue | None],
        clock: Clock,
        watched: Callable[[], Iterable[str]],
        found: Callable[[str], None],
        *,
        every: float = EVERY,
        look: float = LOOK,
    ) -> None:
        self._state_of, self._clock, self._watched, self._tell = state_of, clock, watched, found
        self._every, self._look = every, look
        self._found: dict[str, tuple[Standing, Sequence[Proposal]]] = {}
        self._begun: dict[str, float] = {}
        self._loop: asyncio.Task[None] | None = None

    def of(self, hall: str) -> Sequence[Proposal] | None:
        """The latest proposals of a hall; None before the first search since its counters stand as they do."""
        state, found = self._state_of(hall), self._found.get(hall)
        return found[1] if state is not None and found is not None and found[0] == standing(state) else None

    def start(self) -> None:
        """Begin to search, one hall after the other."""
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Search no more."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            for hall in dict.fromkeys(self._watched()):
                if loop.time() >= self._begun.get(hall, -self._every) + self._every:
                    self._begun[hall] = loop.time()
                    await self._search(hall)
            await asyncio.sleep(self._look)

    async def _search(self, hall: str) -> None:
        state = self._state_of(hall)
        if state is None or state.hall is None:
            return
        try:
            found = await asyncio.to_thread(proposals, state, self._clock.now())
        except Exception:
            log.exception("no proposals for hall %s", hall)
            self._found.pop(hall, None)
        else:
            self._found[hall] = (standing(state), found)
        self._tell(hall)
