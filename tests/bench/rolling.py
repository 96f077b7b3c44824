"""How long a hall with 500 who wait, 20 counters and 20 bookings takes to be rolled forward, under each rule."""

from datetime import timedelta
from random import Random
from statistics import median, quantiles
from time import perf_counter
from typing import get_args

from qms.booking.rules.model import Wanted
from qms.halls.rules.model import Conduct, Counter, Hall, Rule
from qms.queue.rules.roll import roll
from qms.queue.rules.state import Queue
from tests.booking.make import book, booking
from tests.halls.make import service
from tests.queue.make import START, TUESDAY, Person, changed, hall_with, office

PEOPLE, COUNTERS, SERVICES, BOOKINGS, TIMES = 500, 20, 12, 20, 40
NOW = 120


def measure() -> dict[str, float]:
    """Milliseconds of one roll; `accumulating_p50_ms` by the rule of every hall, the rest over all six rules."""
    now = START + timedelta(minutes=NOW)
    took: dict[str, list[float]] = {}
    for rule in get_args(Rule):
        state = _crowd(rule)
        for _ in range(TIMES):
            begun = perf_counter()
            rolled = roll(state, now)
            took.setdefault(rule, []).append(perf_counter() - begun)
            if len(rolled.tickets) != PEOPLE or len(rolled.bookings) != BOOKINGS:
                raise RuntimeError(
                    f"{len(rolled.tickets)} people and {len(rolled.bookings)} bookings were told"
                )
    every = [each for ones in took.values() for each in ones]
    return {
        "accumulating_p50_ms": 1000 * median(took["accumulating"]),
        "p50_ms": 1000 * median(every),
        "p99_ms": 1000 * quantiles(every, n=100)[98],
    }


def _crowd(rule: Rule) -> Queue:
    rng = Random(1)
    names = [f"s{n}" for n in range(SERVICES)]
    segments = ("walk-in", "walk-in", "booked", "disabled")
    people = [
        Person(rng.choice(names), rng.choice(segments), rng.randrange(NOW), n + 1) for n in range(PEOPLE)
    ]
    state = hall_with(people, _hall(rng, names, rule))
    state.day = TUESDAY
    start = START + timedelta(minutes=NOW)
    comes = [(start + timedelta(minutes=4 * n), rng.choice(names)) for n in range(BOOKINGS)]
    state.calendar.days[TUESDAY] = book(
        *(booking(at, id=f"b{n}", services=(Wanted(name),)) for n, (at, name) in enumerate(comes))
    )
    return state


def _hall(rng: Random, names: list[str], rule: Rule) -> Hall:
    """Each counter serves four to eight of the services, at two levels; each service takes other minutes."""
    counters = tuple(
        Counter(
            id=str(n),
            names={"pl": str(n)},
            services={name: rng.randint(1, 2) for name in rng.sample(names, rng.randint(4, 8))},
            order=n,
        )
        for n in range(COUNTERS)
    )
    services = tuple(service(name, "documents", minutes=5 + n) for n, name in enumerate(names))
    return changed(office(), counters=counters, services=services, conduct=Conduct(rule=rule))
