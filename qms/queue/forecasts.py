"""The hall rolled forward, beside the path of commits: what is told of waits rests on the latest roll.

After each published state a hall is rolled in a thread, at most once a machine second, and anew when it
has stood still for half a minute of business. All that a roll rests on is in the log, so every process
that reads it tells the same. Where there is no roll (yet), waits are told by the formula.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from qms.kernel.clock import Clock
from qms.ledger.orders import Published
from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.roll import Rolled, roll
from qms.queue.rules.state import Queue

log = logging.getLogger(__name__)
GAP = 1.0
"""Machine seconds from one roll of a hall to the next."""
LASTS = timedelta(seconds=30)
"""Business time after which a hall in which nothing happens is rolled anew."""
STEP = 5
"""Minutes: delays are told in steps of so many, and none that is shorter."""
SECOND = timedelta(seconds=1)
RolledOf = Callable[[str], Rolled | None]
"""The latest roll of a hall; None where there is none."""
Listener = Callable[[str, Rolled], None]


def never(_hall: str) -> Rolled | None:
    """No hall is rolled: waits are told by the formula."""
    return None


def delay_of(rolled: Rolled | None, booking: str) -> int | None:
    """By how many minutes a booking will be called after its time, to the nearest five; None for less."""
    late = rolled.bookings.get(booking) if rolled is not None else None
    return None if late is None or late < STEP else STEP * round(late / STEP)


class Glance:
    """The outlooks of each hall's latest state and roll, worked out once for all who are answered from them."""

    def __init__(self, rolled_of: RolledOf = never) -> None:
        self._rolled_of = rolled_of
        self._seen: dict[str, tuple[Queue, Rolled | None, datetime, Outlooks]] = {}

    def of(self, state: Queue, now: datetime) -> Outlooks:
        """The outlooks of a published state, at a moment of the present second."""
        seen, rolled = self._seen.get(state.id), self._rolled_of(state.id)
        if (
            seen is None
            or seen[0] is not state
            or seen[1] is not rolled
            or not timedelta() <= now - seen[2] <= SECOND
        ):
            outlooks = Outlooks(state, now, seen[3] if seen is not None else None, rolled)
            seen = self._seen[state.id] = (state, rolled, now, outlooks)
        return seen[3]


class Forecasts:
    """The latest roll of each hall of one process. All methods are for the event loop.

    `state_of` gives a hall's published state; `speed` is business seconds per machine second.
    """

    def __init__(
        self,
        state_of: Callable[[str], Queue | None],
        clock: Clock,
        speed: float = 1.0,
        *,
        gap: float = GAP,
    ) -> None:
        self._state_of, self._clock = state_of, clock
        self._gap, self._pause = gap, max(gap, LASTS.total_seconds() / speed)
        self._listeners: list[Listener] = []
        self._found: dict[str, tuple[date, Rolled]] = {}
        self._begun: dict[str, float] = {}
        """Machine time at which a hall was last rolled."""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._rolling: dict[str, asyncio.Task[None]] = {}
        self._failing: set[str] = set()
        self._awake = False

    def of(self, hall: str) -> Rolled | None:
        """The latest roll of a hall on its present day; None before the first, or where it could not be rolled."""
        state, found = self._state_of(hall), self._found.get(hall)
        return found[1] if state is not None and found is not None and found[0] == state.day else None

    def follow(self, listener: Listener) -> None:
        """Have `listener` called on the event loop after every roll."""
        self._listeners.append(listener)

    def published(self, published: Published[Queue]) -> None:
        """Something happened in a hall: for `writer.watch`."""
        if published.hall not in self._rolling:
            self._wake(published.hall, self._gap)

    def start(self, halls: Sequence[str]) -> None:
        """Begin with these halls, and with whatever is published."""
        self._awake = True
        for hall in halls:
            self._wake(hall, self._gap)

    async def stop(self) -> None:
        """Roll no more; what is being rolled is waited for."""
        self._awake = False
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        await asyncio.gather(*self._rolling.values())

    def _wake(self, hall: str, after: float) -> None:
        """Roll the hall so long after it was last rolled, unless it is due sooner."""
        loop = asyncio.get_running_loop()
        at = max(loop.time(), self._begun.get(hall, 0) + after)
        timer = self._timers.get(hall)
        if not self._awake or (timer is not None and timer.when() <= at):
            return
        if timer is not None:
            timer.cancel()
        self._timers[hall] = loop.call_at(at, self._begin, hall)

    def _begin(self, hall: str) -> None:
        del self._timers[hall]
        state = self._state_of(hall)
        if state is not None and state.hall is not None and state.day is not None:
            self._begun[hall] = asyncio.get_running_loop().time()
            self._rolling[hall] = asyncio.create_task(self._roll(hall, state, state.day))

    async def _roll(self, hall: str, state: Queue, day: date) -> None:
        try:
            rolled = await asyncio.to_thread(roll, state, self._clock.now())
        except Exception:
            if hall not in self._failing:
                log.exception("hall %s cannot be rolled forward", hall)
            self._failing.add(hall)
            self._found.pop(hall, None)
        else:
            self._failing.discard(hall)
            self._found[hall] = (day, rolled)
            self._tell(hall, rolled)
        del self._rolling[hall]
        self._wake(hall, self._pause if self._state_of(hall) is state else self._gap)

    def _tell(self, hall: str, rolled: Rolled) -> None:
        for listener in self._listeners:
            try:
                listener(hall, rolled)
            except Exception:
                log.exception("who follows the rolls of %s fails", hall)
