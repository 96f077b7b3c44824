"""When a topic is computed: at its own pace, or at once where somebody waits for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from qms.live.topic import Topic


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Intervals in machine seconds."""

    beat: float = 5.0
    """Each socket gets a heartbeat so often; a screen that misses two says that it is not current."""
    slots: int = 20
    """The heartbeats of all sockets are spread over so many moments of that time."""
    urgent_gap: float = 0.005
    """Even urgent news of one topic are this far apart,"""
    urgent_gap_each: float = 15e-6
    """and so much further for each of its sockets: about what it takes to write to one."""
    at_once: int = 200
    """Sockets written to in one round of the loop; requests are heard in between."""
    tick: float = 1.0
    """How often views are looked through for those that are to be computed again."""
    recheck: float = 60.0
    """Rights of every socket are looked up again so often, even if nobody reports a change."""


class Pacer:
    """Calls `renew` for each topic at its moment; all on the event loop."""

    def __init__(self, rhythm: Rhythm, renew: Callable[[Topic], None]) -> None:
        self._rhythm = rhythm
        self._renew = renew
        self._hurry: dict[Topic, None] = {}

    def soon(self, topic: Topic) -> None:
        """Renew at the topic's next own moment, unless it is already to be renewed."""
        if topic.due is not None:
            return
        loop = asyncio.get_running_loop()
        now, pace = loop.time(), topic.view.pace
        # A timer may come a little early, and would then find its own moment still ahead.
        earliest = max(now, topic.at + pace / 2)
        topic.due = earliest + pace - (earliest - topic.phase) % pace if pace > 0 else now
        loop.call_at(topic.due, self._come_due, topic, topic.due)

    def now(self, topic: Topic) -> None:
        """Renew in this round of the loop, or as soon as the gap to the last time allows."""
        loop = asyncio.get_running_loop()
        gap = self._rhythm.urgent_gap + self._rhythm.urgent_gap_each * len(topic.watchers)
        earliest = topic.at + gap
        if loop.time() < earliest:
            if topic.due is None or topic.due > earliest:
                topic.due = earliest
                loop.call_at(earliest, self._come_due, topic, earliest)
            return
        if not self._hurry:
            loop.call_soon(self._next_hurried)
        self._hurry[topic] = None

    def _next_hurried(self) -> None:
        """One topic a round: the sockets of the first are written to while the next is computed."""
        topic = next(iter(self._hurry))
        del self._hurry[topic]
        if self._hurry:
            asyncio.get_running_loop().call_soon(self._next_hurried)
        topic.due = None
        self._renew(topic)

    def _come_due(self, topic: Topic, due: float) -> None:
        if topic.due == due:
            topic.due = None
            self._renew(topic)
