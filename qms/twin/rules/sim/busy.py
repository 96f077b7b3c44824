"""A made-up busy hall, on which rules are compared: some 391 people a day, nine counters, three services.

Nothing in it is fitted to an outcome. Each service is a third of the work, so that three counters
apiece suffice. Walk-ins come most in the morning; bookings are spread evenly over the day on a grid,
and nine in ten of them come.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from qms.halls.rules.booking import Bookings
from qms.halls.rules.model import (
    BOOKED,
    WALK_IN,
    Counter,
    Group,
    Hall,
    Hours,
    Office,
    Segment,
    Service,
    Standard,
)
from qms.halls.rules.parts import WEEKDAYS
from qms.twin.rules.chance import Chance, around, pick
from qms.twin.rules.sim import roster
from qms.twin.rules.sim.model import Arrival, Scene
from qms.twin.rules.sim.scenes import wide

PEOPLE, COUNTERS, LENGTH = 391, 9, 480.0
WALK = 0.6
MINUTES: Mapping[str, float] = {"collect": 7.0, "register": 10.0, "advice": 14.0}
WEIGHTS: Mapping[str, float] = {id: 1 / (minutes + WALK) for id, minutes in MINUTES.items()}
"""How common each service is."""
SPREAD = 0.55
SHAPE = (1.3, 1.6, 1.6, 1.5, 1.3, 1.1, 0.9, 0.8, 0.7, 0.8, 0.9, 1.0, 0.9, 0.7, 0.6, 0.3)
"""How busy each half hour is, as far as people come by themselves; the mean is 1."""
GRID, SHOWS, EARLY, APART = 10.0, 0.9, 6.0, 4.0
"""Bookings: minutes of the grid, share that comes, and how early, on average and give or take."""
PRIORITY = "priority"
Skills = Literal["all", "chained", "single"]
FIRST_DAY = date(2026, 1, 5)


def hall(skills: Skills = "chained") -> Hall:
    """The hall: every counter takes every service, two of them in a chain, or one."""
    services, taken = list(MINUTES), {"all": 3, "chained": 2, "single": 1}[skills]
    return wide(
        Hall(
            id="busy",
            names={"en": "A busy hall"},
            office=Office(id="busy", names={"en": "An office"}, organisation="busy"),
            zone="UTC",
            languages=("en",),
            groups=(Group(id="all", names={"en": "All"}, letter="A"),),
            services=tuple(
                Service(id=id, group="all", names={"en": id}, minutes=minutes)
                for id, minutes in MINUTES.items()
            ),
            counters=tuple(
                Counter(
                    id=str(n + 1),
                    names={"en": str(n + 1)},
                    services={services[(n + k) % len(services)]: 1 for k in range(taken)},
                )
                for n in range(COUNTERS)
            ),
            segments=(
                _segment(WALK_IN, 30, 0, Standard(minutes=20, share=0.8)),
                _segment(BOOKED, 10, 0.5, Standard(minutes=10, share=0.9)),
                _segment(PRIORITY, 10, 0.5, Standard(minutes=10, share=0.9)),
            ),
            hours=Hours(week=dict.fromkeys(WEEKDAYS, ())),
            bookings=Bookings(check_in_closes=15),
        )
    )


def _segment(id: str, target: float, head: float, standard: Standard) -> Segment:
    return Segment(id=id, names={"en": id}, target=target, head=head, standard=standard)


def day(
    setup: Hall,
    number: int,
    chance: Chance,
    booked: float = 0.3,
    priority: float = 0.08,
    counters: int = COUNTERS,
) -> Scene:
    """One day of it: `booked` is the share of all who come that has booked."""
    found = [_walk_in(chance, at, priority) for at in _moments(chance, PEOPLE * (1 - booked))]
    found += [_booked(chance, at) for at in _grid(round(PEOPLE * booked / SHOWS))]
    found.sort(key=lambda one: (one.arrives if one.arrives is not None else one.booked) or 0.0)
    people = tuple(
        Arrival(f"{n:03}", one.service, one.segment, one.booked, one.arrives, one.minutes)
        for n, one in enumerate(found, 1)
    )
    on = FIRST_DAY + timedelta(days=number)
    opens = datetime(on.year, on.month, on.day, 8, tzinfo=UTC)
    return Scene(setup, str(number), opens, LENGTH, people, roster.all_day(setup, LENGTH, counters))


def _moments(chance: Chance, people: float) -> list[float]:
    """A Poisson stream with the day's shape, half hour by half hour."""
    length, found = LENGTH / len(SHAPE), list[float]()
    for n, height in enumerate(SHAPE):
        rate, at = people * height / sum(SHAPE) / length, 0.0
        while (at := at + chance.expovariate(rate)) < length:
            found.append(n * length + at)
    return found


def _grid(bookings: int) -> list[float]:
    """Booked times: as evenly over the day, less its last half hour, as the grid allows."""
    places = int((LENGTH - 30) / GRID)
    return [int(n * places / bookings) * GRID for n in range(bookings)]


def _walk_in(chance: Chance, at: float, priority: float) -> Arrival:
    segment = PRIORITY if chance.random() < priority else WALK_IN
    service = pick(chance, WEIGHTS)
    return Arrival("", service, segment, None, at, around(chance, MINUTES[service], SPREAD))


def _booked(chance: Chance, at: float) -> Arrival:
    service, shows = pick(chance, WEIGHTS), chance.random() < SHOWS
    arrives, minutes = at + chance.gauss(-EARLY, APART), around(chance, MINUTES[service], SPREAD)
    return Arrival("", service, BOOKED, at, arrives if shows else None, minutes)
