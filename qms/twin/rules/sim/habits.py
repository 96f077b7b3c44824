"""When people come, for what, and how they behave: drawn person by person.

Arrivals are a Poisson process whose rate is constant within each half hour of a weekday (a
non-homogeneous one over the day). What differs from person to person is kept as quantiles, evenly
spaced from the least to the most, and drawn by inverting them in a straight line between two.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import exp, log, sqrt
from statistics import NormalDist
from zoneinfo import ZoneInfo

from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.kernel.clock import day_start, minutes
from qms.twin.rules.chance import Chance
from qms.twin.rules.sim import roster
from qms.twin.rules.sim.model import Arrival, Scene, Stand
from qms.twin.rules.sim.scenes import of_day

HALF_HOUR = 30.0
Quantiles = tuple[float, ...]
POINTS = 101
"""Quantiles that are kept of a distribution that is given by a formula."""


@dataclass(frozen=True, slots=True)
class Flow:
    """People of one kind: how many are expected in each half hour of the business day (from its start)."""

    service: str
    segment: str
    booked: bool
    people: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Habits:
    """How a hall is visited, and how its counters start.

    `flows` by weekday; bookings lie in the half hour of the booked time, on the grid of `slot`
    minutes. `minutes`: service times by service. `patience`: minutes; `stays`: the share that never
    gives up. `absent`: the share that takes a number and goes away; `shows`: the share of bookings
    that come, `punctual`: minutes after the booked time (mostly negative). `late`: minutes after
    its time at which a counter opens.
    """

    flows: Mapping[str, tuple[Flow, ...]]
    minutes: Mapping[str, Quantiles]
    patience: Quantiles = ()
    stays: float = 1.0
    absent: float = 0.0
    shows: float = 1.0
    punctual: Quantiles = (0.0,)
    late: Quantiles = (0.0,)
    slot: float = 5.0
    staff: Mapping[str, tuple[Stand, ...]] = field(default_factory=dict)
    """Who staffed the counters, by weekday; where a weekday is missing, the hall's shifts say."""


def draw(chance: Chance, values: Quantiles) -> float:
    """A draw from a distribution that is known by its quantiles."""
    place = chance.random() * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def quantiles(values: Sequence[float], points: int = POINTS) -> Quantiles:
    """The quantiles of measured values: the values themselves, where they are few."""
    ordered = sorted(values)
    if len(ordered) <= points:
        return tuple(ordered)
    places = (n * (len(ordered) - 1) / (points - 1) for n in range(points))
    return tuple(
        ordered[int(p)] + (ordered[min(int(p) + 1, len(ordered) - 1)] - ordered[int(p)]) * (p % 1)
        for p in places
    )


def lognormal(mean: float, spread: float, most: float) -> Quantiles:
    """A log-normal distribution with this mean, cut at `most`; `spread` is its deviation over the mean."""
    sigma = sqrt(log(1 + spread * spread))
    normal = NormalDist(log(mean) - sigma * sigma / 2, sigma)
    return tuple(min(most, exp(normal.inv_cdf((n + 0.5) / POINTS))) for n in range(POINTS))


def scene(habits: Habits, hall: Hall, day: date, chance: Chance) -> Scene:
    """A day of a hall as these habits make it; LookupError where it is closed."""
    staff = habits.staff.get(hours.weekday(day)) or roster.of_day(hall, day)
    late = [replace(s, opens=min(s.closes, s.opens + max(0.0, draw(chance, habits.late)))) for s in staff]
    return of_day(hall, day, people(habits, hall, day, chance), late)


def people(habits: Habits, hall: Hall, day: date, chance: Chance) -> tuple[Arrival, ...]:
    """Who comes on a day, in the order in which they come."""
    opening = roster.opening_of(hall, day)
    if opening is None:
        return ()
    start = day_start(day, ZoneInfo(hall.zone), hall.conduct.day_begins)
    before = minutes(opening[0] - start)
    found: list[Arrival] = []
    for flow in habits.flows.get(hours.weekday(day), ()):
        for n, expected in enumerate(flow.people):
            for at in _moments(chance, expected):
                found.append(_person(habits, flow, n * HALF_HOUR + at - before, chance))
    found.sort(key=lambda one: one.arrives if one.arrives is not None else one.booked or 0.0)
    return tuple(replace(one, id=f"{n:04}") for n, one in enumerate(found, 1))


def _moments(chance: Chance, expected: float) -> Iterator[float]:
    """When people come within a half hour in which so many are expected: gaps are exponential."""
    at = 0.0
    while expected > 0:
        at += chance.expovariate(expected / HALF_HOUR)
        if at >= HALF_HOUR:
            return
        yield at


def _person(habits: Habits, flow: Flow, at: float, chance: Chance) -> Arrival:
    """Somebody who comes, or is booked, at about that minute; every draw is made whatever the others say."""
    minutes = draw(chance, habits.minutes[flow.service])
    shows, punctual = chance.random() < habits.shows, draw(chance, habits.punctual)
    patience = draw(chance, habits.patience) if habits.patience else None
    stays, comes = chance.random() < habits.stays, chance.random() >= habits.absent
    booked = at // habits.slot * habits.slot if flow.booked else None
    arrives: float | None = at
    if booked is not None:
        arrives = booked + punctual if shows else None
    return Arrival(
        id="",
        service=flow.service,
        segment=flow.segment,
        booked=booked,
        arrives=arrives,
        minutes=minutes,
        patience=None if stays else patience,
        comes=comes,
    )
