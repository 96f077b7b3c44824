"""The hub: computes each watched view once a change, whatever the number of its sockets.

All of it runs on the event loop; no method but `start`, `stop`, `recheck` and the loops awaits,
so a state and the subscription to what follows it can never have a change between them.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from qms.kernel.clock import Clock, instant
from qms.kernel.event import Recorded
from qms.live.pace import Pacer, Rhythm
from qms.live.protocol import SERVER_STOPS, UNKNOWN
from qms.live.topic import Message, Topic, Watcher
from qms.live.view import Concern, Subject, View

log = logging.getLogger(__name__)

GOLDEN = 0.6180339887
"""Steps of this share of a pace spread any number of topics evenly over it."""


class Hub:
    """Views, topics and sockets of one process.

    `speed` is business seconds per machine second; `version` that of the running program.
    """

    def __init__(
        self, clock: Clock, *, speed: float = 1.0, version: str = "", rhythm: Rhythm | None = None
    ) -> None:
        self.rhythm = rhythm or Rhythm()
        self.watchers: dict[Watcher, None] = {}
        self.stopping = False
        self.rechecks = 0
        """How often rights were reported to have changed."""
        self._clock = clock
        self._speed = speed
        self._version = version
        self._process = secrets.token_hex(6)
        self._born = 0
        self._views: dict[str, View] = {}
        self._states: dict[str, Any] = {}
        self._seqs: dict[str, int] = {}
        self._topics: dict[Subject, Topic] = {}
        self._by_hall: dict[str, dict[Topic, None]] = {}
        self._slots: list[dict[Watcher, None]] = [{} for _ in range(self.rhythm.slots)]
        self._pacer = Pacer(self.rhythm, self._renew)
        self._loops: list[asyncio.Task[None]] = []
        self._empty = asyncio.Event()

    # -- for slices and their composition

    def register(self, view: View) -> None:
        """Offer a view; its name is what `?view=` asks for."""
        if view.name in self._views:
            raise ValueError(f"view {view.name} is already registered")
        self._views[view.name] = view

    def view(self, name: str) -> View | None:
        return self._views.get(name)

    def topics(self) -> Sequence[Subject]:
        """What is being watched, for the figures of operations."""
        return tuple(self._topics)

    def publish(
        self,
        hall: str,
        state: Any,
        events: Sequence[Recorded] = (),
        urgent: bool = False,
        seq: int | None = None,
    ) -> None:
        """Take a hall's new state; call it on the event loop after each commit.

        `seq` is the hall's sequence number where no event tells it (at start).
        """
        self._states[hall] = state
        if seq is not None or events:
            self._seqs[hall] = events[-1].seq if seq is None else seq
        otherwise = Concern.NOW if urgent else Concern.SOON
        for topic in self._by_hall.get(hall, ()):
            concern = topic.concern(events, otherwise)
            if concern is Concern.NOW:
                self._pacer.now(topic)
            elif concern is Concern.SOON:
                self._pacer.soon(topic)

    def renew(self, hall: str, views: Collection[str]) -> None:
        """Compute these views of a hall again, each at its next moment: they rest on more than the state."""
        for topic in self._by_hall.get(hall, ()):
            if topic.subject.view in views:
                self._pacer.soon(topic)

    async def recheck(self, match: Callable[[Any], bool] | None = None) -> None:
        """Look up again the rights behind every socket whose principal matches; close those without."""
        self.rechecks += 1
        for watcher in list(self.watchers):
            if match is None or match(watcher.principal):
                await watcher.check()

    def start(self) -> None:
        """Begin heartbeats, renewals and the patrol of rights."""
        self._loops = [
            asyncio.create_task(loop()) for loop in (self._beat_loop, self._tick_loop, self._patrol_loop)
        ]

    async def stop(self, patience: float = 2.0) -> None:
        """Close every socket with 1012, wait for them up to `patience` seconds, and be still."""
        self.stopping = True
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        for watcher in list(self.watchers):
            watcher.close(SERVER_STOPS)
        if self.watchers:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), patience)

    # -- for sockets

    def subscribe(self, watcher: Watcher, subject: Subject) -> Topic | int:
        """Let a socket watch; the topic's present revision is what it is given first.

        Gives the code with which to close where the subject is not known.
        """
        view = self._views.get(subject.view)
        if view is None or not subject.halls or any(hall not in self._states for hall in subject.halls):
            return UNKNOWN
        topic = self._topics.get(subject)
        if topic is None:
            state = self._computed(view, subject)
            if state is None:
                return UNKNOWN
            topic = self._open(view, subject, state)
        topic.watchers[watcher] = None
        self.watchers[watcher] = None
        min(self._slots, key=len)[watcher] = None
        return topic

    def leave(self, watcher: Watcher, topic: Topic) -> None:
        """Forget a socket, and its topic where it was the last one."""
        topic.watchers.pop(watcher, None)
        self.watchers.pop(watcher, None)
        for slot in self._slots:
            slot.pop(watcher, None)
        if self.stopping and not self.watchers:
            self._empty.set()
        if not topic.watchers and self._topics.get(topic.subject) is topic:
            del self._topics[topic.subject]
            for hall in topic.subject.halls:
                self._by_hall[hall].pop(topic, None)

    def full(self, topic: Topic) -> Message:
        return topic.full(instant(self._clock.now()), self._speed, self._version)

    def beat(self, topic: Topic) -> Message:
        return topic.beat(instant(self._clock.now()), self._speed)

    # -- within

    def _open(self, view: View, subject: Subject, state: Mapping[str, Any]) -> Topic:
        self._born += 1
        topic = Topic(
            view,
            subject,
            f"{self._process}-{self._born}",
            state,
            self._heads(subject),
            asyncio.get_running_loop().time(),
            self._born * GOLDEN % 1 * view.pace,
        )
        self._topics[subject] = topic
        for hall in subject.halls:
            self._by_hall.setdefault(hall, {})[topic] = None
        return topic

    def _computed(self, view: View, subject: Subject) -> Mapping[str, Any] | None:
        states = {hall: self._states[hall] for hall in subject.halls}
        return view.compute(states, subject, self._clock.now())

    def _heads(self, subject: Subject) -> dict[str, int]:
        return {hall: self._seqs.get(hall, 0) for hall in subject.halls}

    def _renew(self, topic: Topic) -> None:
        """Compute the topic and wake its sockets if it changed. A view that fails keeps its last state."""
        if not topic.watchers or self.stopping:
            return
        topic.at = asyncio.get_running_loop().time()
        try:
            state = self._computed(topic.view, topic.subject)
            changed = topic.advance(state, self._heads(topic.subject), instant(self._clock.now()))
        except Exception:
            if not topic.failing:
                log.exception("view %s of %s fails", topic.subject.view, ", ".join(topic.subject.halls))
            topic.failing = True
            return
        topic.failing = False
        if changed:
            self._reach(iter(tuple(topic.watchers)))

    def _reach(self, watchers: Iterator[Watcher]) -> None:
        """Wake them, some in each round of the loop. Who has left meanwhile has nothing to send."""
        some = tuple(islice(watchers, self.rhythm.at_once))
        for watcher in some:
            watcher.wake()
        if len(some) == self.rhythm.at_once:
            asyncio.get_running_loop().call_soon(self._reach, watchers)

    async def _beat_loop(self) -> None:
        pause = self.rhythm.beat / len(self._slots)
        while True:
            for slot in self._slots:
                for watcher in slot:
                    watcher.beat()
                await asyncio.sleep(pause)

    async def _tick_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self.rhythm.tick)
            now = loop.time()
            for topic in self._topics.values():
                if now - topic.at >= topic.view.renew:
                    self._pacer.soon(topic)

    async def _patrol_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self.rhythm.tick)
            before = loop.time() - self.rhythm.recheck
            for watcher in [w for w in self.watchers if w.checked <= before]:
                await watcher.check()
