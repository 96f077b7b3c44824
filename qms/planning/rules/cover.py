"""Clerks for each half hour of a day: as many as the goal takes, as far as there are counters.

The number for each half hour is first that of (lag) SIPP, see `periods`; then the hall is
followed through the day, and where what came before leaves too much over, clerks are added until
both goals, calls in time and clerks not too busy, hold in that half hour as well. What even all counters cannot keep is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qms.planning.rules.forecast import Expected
from qms.planning.rules.periods import Following, Period, effective
from qms.planning.rules.staffing import Demand, Goal, Missed, first, missed, rostered
from qms.twin.rules.sim.model import Stand

HALF, DAY = 30.0, 24 * 60.0
"""Minutes of a period, and of a day."""
_NOBODY = 1e-3
"""With fewer arrivals a minute than this over a half hour, nobody is expected."""


@dataclass(frozen=True, slots=True)
class Half:
    """A half hour of a day, `n` from midnight: who is expected, the clerks for them and what comes of it.

    `wanted`: clerks that the goals would take; more than `clerks` where there are no more counters,
    and `missed` then says what that costs.
    """

    n: int
    expected: Expected
    clerks: int
    wanted: int
    rostered: int
    met: Period
    missed: tuple[Missed, ...]


def cover(
    expected: Sequence[tuple[int, Expected]],
    demand: Demand,
    goal: Goal,
    counters: int,
    shrinkage: float,
    least: int = 1,
) -> tuple[Half, ...]:
    """The half hours of an opening, in order; `demand.rate` says nothing. Raises ValueError.

    There are always `least` clerks: so many as it takes for every service to be given.
    """
    rates = [each.mean / HALF for _, each in expected]
    wanted = [max(least, _least(rate, demand, goal)) for rate in effective(rates, HALF, demand.minutes)]
    hall = Following(
        rates,
        HALF,
        demand.minutes,
        [min(counters, max(wanted, default=1))] * len(rates),
        goal.within,
        demand.patience,
    )
    halves = []
    for (n, each), rate, at_least in zip(expected, rates, wanted, strict=True):
        clerks = min(at_least, counters)
        need = at_least
        while rate > _NOBODY and _lacks(hall.would(rate, clerks), goal):
            need = max(need, clerks + 1)
            if clerks == counters:
                break
            clerks += 1
        met = hall.through(rate, clerks)
        lacks = _lacks(met, goal) if need > clerks and rate > _NOBODY else ()
        need = need if lacks else clerks
        halves.append(Half(n, each, clerks, need, rostered(clerks, shrinkage), met, lacks))
    return tuple(halves)


def _least(rate: float, demand: Demand, goal: Goal) -> int:
    """The least number of clerks for a period by itself; one where nobody is expected, for whoever comes."""
    if rate <= _NOBODY:
        return 1
    line = Demand(rate, demand.minutes, demand.patience, demand.cv)
    return first(lambda clerks: not missed(line.line(clerks), goal), 10_000) or 10_000


def _lacks(met: Period, goal: Goal) -> tuple[Missed, ...]:
    """What a half hour misses as it comes out; whether its line would settle is not asked."""
    found: list[Missed] = []
    if met.level < goal.share:
        found.append(Missed("service_level", goal.share, met.level))
    if met.occupancy > goal.busy:
        found.append(Missed("occupancy", goal.busy, met.occupancy))
    return tuple(found)


def short(halves: Sequence[Half]) -> tuple[Half, ...]:
    """The half hours that miss a goal though every counter is staffed, worst first."""
    lacking = [half for half in halves if half.missed and half.expected.mean >= 0.5]
    return tuple(sorted(lacking, key=lambda half: (half.met.level, -half.met.occupancy)))


@dataclass(frozen=True, slots=True)
class Seats:
    """The counters in the order in which to staff them; with the first `least` of them nothing is left undone."""

    order: tuple[str, ...]
    least: int


def seats(serves: Mapping[str, Mapping[str, int]], work: Mapping[str, float]) -> Seats:
    """The order in which to staff counters.

    `serves` gives each counter's services with their levels, `work` how much there is of each
    service. First those without which a service is done by nobody, then always the one whose
    services have most work left for each clerk who does them; first choices count most.
    """
    able = {service for own in serves.values() for service in own}
    left, order = dict(serves), list[str]()
    done = dict.fromkeys((service for service in work if service in able), 0.0)
    least = 0
    while left:
        undone = {service: work[service] for service, clerks in done.items() if not clerks}
        least = len(order) + 1 if undone else least
        wanted = undone or {service: work[service] / clerks for service, clerks in done.items()}
        best = max(left, key=lambda counter: _gain(left[counter], wanted))
        whole = _gain(left[best], work)
        for service, level in left.pop(best).items():
            if whole and work.get(service):
                done[service] += work[service] / level / whole
        order.append(best)
    return Seats(tuple(order), least)


def _gain(own: Mapping[str, int], work: Mapping[str, float]) -> float:
    return sum(work.get(service, 0.0) / level for service, level in own.items())


def stands(halves: Sequence[Half], order: Sequence[str], opens: int, closes: float) -> tuple[Stand, ...]:
    """The roster that has so many clerks in each half hour; `opens`: the opening, in minutes from midnight."""
    edges = [max(0.0, (half.n * HALF - opens) % DAY if n else 0.0) for n, half in enumerate(halves)]
    found = []
    for place, counter in enumerate(order):
        since: float | None = None
        for half, edge in zip([*halves, None], [*edges, closes], strict=True):
            there = half is not None and half.clerks > place
            if there and since is None:
                since = edge
            elif not there and since is not None:
                found.append(Stand(counter, since, edge))
                since = None
    return tuple(found)
