"""How many people come for what: as many as keep the counters that are staffed busy, and no more."""

from collections.abc import Mapping, Set
from typing import Any

CYCLE = 1.5
"""Minutes between two people that are no service: the walk, a word with a colleague, somebody absent."""
BUSY = 0.96
"""Work that comes to a large pool, as a share of its clerks' time: over the day a little less is done,
for long waits put people off."""
ALONE = 0.17
"""How much less it is for a clerk who serves a line alone: waits would grow too long."""
TRICKLE = 1.5
"""People an hour for a service that nobody staffs just now: a clerk may open its counter any time."""
MOST = 400.0
"""People an hour in one hall at most, whatever its counters say."""

Desks = Mapping[str, Mapping[str, int]]
"""Staffed counters: the services of each, by level."""


def per_hour(card: Mapping[str, Any], desks: Desks, served: Set[str] = frozenset()) -> dict[str, float]:
    """Mean arrivals an hour by service, from the hall's card and the counters that are staffed.

    Each counter divides its hour evenly among the services it takes at its best level; a service is
    asked for as often as the minutes that its counters have for it allow.
    `served` are services for which some counter is open: those that no known desk takes count as
    the work of one more counter.
    """
    open_for = {
        id
        for id, service in card["services"].items()
        if service["open"] and service.get("closed_code") != "by_appointment"
    }
    first = {counter: _first(levels, open_for) for counter, levels in desks.items()}
    known = {service for levels in desks.values() for service in levels}
    if others := (open_for & served) - known:
        first["…"] = others
    rates: dict[str, float] = {}
    for service in sorted(open_for):
        mine = [services for services in first.values() if service in services]
        if not mine:
            rates[service] = TRICKLE
            continue
        minutes = sum(60 / len(services) for services in mine)
        cycle = card["services"][service]["minutes"] + CYCLE
        rates[service] = (BUSY - ALONE / len(mine)) * minutes / cycle
    total = max(MOST, sum(rates.values()))
    return {service: rate * MOST / total for service, rate in rates.items()}


def _first(levels: Mapping[str, int], open_for: set[str]) -> set[str]:
    """The services that a counter takes at its best level."""
    taken = {service: level for service, level in levels.items() if service in open_for}
    best = min(taken.values(), default=0)
    return {service for service, level in taken.items() if level == best}
