"""How long the rule takes to choose among 500 who wait, at each of 20 counters."""

from datetime import timedelta
from random import Random
from statistics import median, quantiles
from time import perf_counter

from qms.queue.rules import commands as c
from qms.queue.rules.decide import decide
from tests.queue.make import START, Person, hall_with, office

PEOPLE, COUNTERS, TIMES = 500, 20, 200
NOW = 120


def measure() -> dict[str, float]:
    """Milliseconds of one decision, and its ratio to sorting as many numbers."""
    rng = Random(1)
    services = ("id-card", "passport", "vehicle")
    people = [
        Person(
            rng.choice(services), rng.choice(("walk-in", "booked", "disabled")), rng.randrange(NOW), n + 1
        )
        for n in range(PEOPLE)
    ]
    levels = {str(n): {service: rng.randint(1, 2) for service in services} for n in range(COUNTERS)}
    state, now = hall_with(people, office(levels)), START + timedelta(minutes=NOW)
    took, sorts = [], []
    numbers = [rng.random() for _ in range(PEOPLE)]
    for _ in range(TIMES):
        begun = perf_counter()
        sorted(numbers)
        sorts.append(perf_counter() - begun)
        for counter in levels:
            begun = perf_counter()
            decided = decide(state, c.CallNext(counter, None), now)
            took.append(perf_counter() - begun)
            if not decided:
                raise RuntimeError(f"counter {counter} called nobody")
    return {
        "p50_ms": 1000 * median(took),
        "p99_ms": 1000 * quantiles(took, n=100)[98],
        "ratio": median(took) / median(sorts),
    }
