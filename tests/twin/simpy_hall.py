"""The same hall written in SimPy, as one would without this product: an oracle, and a measure of speed.

Everybody who comes and every counter is a process. A counter that is free takes the person with the
most points of those it serves; the points are worked out here, not by the product's rules.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy

from qms.halls.rules.model import Hall
from qms.twin.rules.sim.model import Arrival, Scene, Stand

Process = Generator[simpy.Event, Any, None]


@dataclass(slots=True)
class Waiting:
    """Somebody in the hall. `target` and `head` are those of the segment."""

    arrival: Arrival
    number: int
    ref: float
    target: float
    head: float
    called: simpy.Event


@dataclass(slots=True)
class Counter:
    """A counter; `wake` is there while it is free and nobody is there for it."""

    stand: Stand
    serves: frozenset[str]
    wake: simpy.Event | None = None
    free_since: float = 0.0


class SimpyHall:
    """A day in it. `calls`: whom it called, when, and at which counter."""

    def __init__(self, scene: Scene) -> None:
        self.env = simpy.Environment(
            min([0.0, *(one.arrives for one in scene.arrivals if one.arrives is not None)])
        )
        self.scene, self.hall = scene, scene.hall
        self.waiting: list[Waiting] = []
        self.calls: dict[str, tuple[float, str]] = {}
        self.segments = {s.id: s for s in self.hall.segments}
        own = {c.id: frozenset(c.services) for c in self.hall.counters}
        self.counters = [Counter(stand, own[stand.counter]) for stand in scene.roster]
        self.here = 0

    def run(self) -> dict[str, tuple[float, str]]:
        for one in self.scene.arrivals:
            if one.arrives is not None:
                self.env.process(self.person(one, one.arrives))
        for counter in self.counters:
            self.env.process(self.serve(counter))
        self.env.run()
        return self.calls

    def person(self, one: Arrival, arrives: float) -> Process:
        """Comes, waits to be called, and may lose patience."""
        yield self.env.timeout(arrives - self.env.now)
        late = one.booked is not None and arrives - one.booked >= grace(self.hall)
        segment = self.segments["walk-in" if late else one.segment]
        ref = arrives if one.booked is None or late else max(arrives, one.booked)
        self.here += 1
        me = Waiting(one, self.here, ref, segment.target, segment.head, self.env.event())
        self.waiting.append(me)
        self.rouse(me)
        if one.patience is None:
            return
        yield me.called | self.env.timeout(one.patience)
        if not me.called.triggered:
            self.waiting.remove(me)

    def rouse(self, who: Waiting) -> None:
        """Wake the counter that has been free for longest of those that serve a newcomer."""
        free = [c for c in self.counters if c.wake is not None and who.arrival.service in c.serves]
        if free:
            chosen = min(free, key=lambda c: c.free_since)
            wake, chosen.wake = chosen.wake, None
            assert wake is not None
            wake.succeed()

    def serve(self, counter: Counter) -> Process:
        """A counter's day: call, wait for the walk, serve; past its time only those who are there."""
        yield self.env.timeout(counter.stand.opens - self.env.now)
        while True:
            who = self.best(counter)
            if who is None:
                if self.env.now >= counter.stand.closes:
                    return
                counter.wake, counter.free_since = self.env.event(), self.env.now
                yield counter.wake | self.env.timeout(counter.stand.closes - self.env.now)
                counter.wake = None
                continue
            self.waiting.remove(who)
            who.called.succeed()
            self.calls[who.arrival.id] = (self.env.now, counter.stand.counter)
            yield self.env.timeout(self.hall.conduct.walk)
            yield self.env.timeout(who.arrival.minutes)

    def best(self, counter: Counter) -> Waiting | None:
        able = [who for who in self.waiting if who.arrival.service in counter.serves]
        return min(able, key=self.rank) if able else None

    def rank(self, who: Waiting) -> tuple[float, float, float, int]:
        """Over the guard first, then by points, before the booked time last."""
        waited = self.env.now - who.ref
        if waited < 0:
            return (2, 0, who.ref, who.number)
        if waited > self.hall.conduct.guard:
            return (0, 0, who.ref, who.number)
        return (1, -round(30 * (waited / who.target + who.head), 4), who.ref, who.number)


def grace(hall: Hall) -> float:
    """From how late on a booking is none any more."""
    assert hall.bookings is not None
    return float(hall.bookings.check_in_closes)
