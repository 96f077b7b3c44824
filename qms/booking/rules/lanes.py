"""Counters that are on duty, with what they may serve, as lanes that bookings are matched to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qms.halls.rules.model import Counter

Duty = tuple[tuple[tuple[str, ...], int], ...]
"""A counter's time on duty in a day: services (none named: all that it serves), and the minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """A counter in a day.

    `skills`: the minutes in which it may serve a service, `on`: any; `kind`: the same number for
    counters that can stand in for each other all day long.
    """

    counter: str
    skills: Mapping[str, int]
    kind: int
    on: int


def on_duty(counters: Sequence[Counter], duty: Sequence[Duty], opens: int) -> tuple[Lane, ...]:
    """The counters that may serve at some minute of `opens`; those that can do the least come first.

    `duty` belongs to `counters`, one by one. Retired counters are never on duty.
    """
    found = []
    for counter, own in zip(counters, duty, strict=False):
        skills = {} if counter.retired else _skills(counter, own, opens)
        if skills:
            found.append((counter, skills))
    found.sort(key=lambda each: (len(each[1]), each[0].order, each[0].id))
    kinds: dict[frozenset[tuple[str, int]], int] = {}
    lanes = []
    for counter, skills in found:
        kind = kinds.setdefault(frozenset(skills.items()), len(kinds))
        on = 0
        for minutes in skills.values():
            on |= minutes
        lanes.append(Lane(counter.id, skills, kind, on))
    return tuple(lanes)


def _skills(counter: Counter, duty: Duty, opens: int) -> dict[str, int]:
    skills: dict[str, int] = {}
    for services, minutes in duty:
        for service in counter.services:
            if not services or service in services:
                skills[service] = skills.get(service, 0) | minutes & opens
    return {service: minutes for service, minutes in skills.items() if minutes}


def serves_all(counters: Sequence[Counter], services: Sequence[str]) -> bool:
    """Whether some counter may serve all of these, so that one visit to it is enough."""
    return any(not each.retired and all(s in each.services for s in services) for each in counters)
