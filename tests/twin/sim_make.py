"""Halls and days for the simulator's tests."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from qms.halls.rules.model import Conduct, Counter, Hall, Hours
from qms.halls.rules.parts import WEEKDAYS
from qms.twin.rules.sim.model import Arrival, Outcome, Scene, Stand
from qms.twin.rules.sim.scenes import wide
from tests.halls.make import hall, segment, service, span

OPENS = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""Minute 0."""


def open_hall(
    counters: int = 1,
    serves: Sequence[str] = ("ab",) * 99,
    conduct: dict[str, Any] | None = None,
    **more: Any,
) -> Hall:
    """A hall that turns nobody away; `serves` names the services of each counter, all of them as first ones."""
    fields: dict[str, Any] = {
        "zone": "UTC",
        "services": tuple(service(id, minutes=10) for id in "ab"),
        "counters": tuple(
            Counter(id=str(n), names={"pl": str(n)}, services=dict.fromkeys(serves[n - 1], 1))
            for n in range(1, counters + 1)
        ),
        "segments": (segment("walk-in", target=30), segment("booked", target=10, head=0.5)),
        "hours": Hours(week=dict.fromkeys(WEEKDAYS, (span("08:00", "16:00"),))),
        "conduct": Conduct(**({"walk": 0.0} | (conduct or {}))),
    }
    return wide(hall(**(fields | more)))


def come(id: str, at: float | None, minutes: float = 10.0, **more: Any) -> Arrival:
    fields: dict[str, Any] = {"service": "a", "segment": "walk-in", "booked": None}
    return Arrival(id=id, arrives=at, minutes=minutes, **(fields | more))


def scene(
    setup: Hall, people: Iterable[Arrival], roster: Sequence[Stand] | None = None, closes: float = 480.0
) -> Scene:
    stands = tuple(Stand(c.id, 0.0, closes) for c in setup.counters) if roster is None else tuple(roster)
    return Scene(setup, "day", OPENS, closes, tuple(people), stands)


def crowd(random: Random, count: int, gap: float, minutes: float, **more: Any) -> list[Arrival]:
    """So many who come by chance, each with a service and a segment by chance."""
    at, found = 0.0, []
    for n in range(count):
        at += random.expovariate(1 / gap)
        booked = random.random() < 0.4
        found.append(
            come(
                f"p{n}",
                at,
                random.uniform(0.2, 1.8) * minutes,
                service=random.choice("ab"),
                segment="booked" if booked else "walk-in",
                booked=at + random.uniform(-8, 12) if booked else None,
                **more,
            )
        )
    return found


def of(outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    """Outcomes by id."""
    return {one.arrival.id: one for one in outcomes}


def calls(outcomes: Iterable[Outcome]) -> list[str]:
    """Who was called, in that order."""
    return [o.arrival.id for o in sorted(outcomes, key=lambda o: o.called or 0.0) if o.called is not None]
