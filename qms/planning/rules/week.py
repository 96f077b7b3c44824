"""A plan for the days to come, from who came on past ones.

The steps: count people by half hour of their reference time; measure the minutes of a clerk that
each took, from the call to the end of each spell; forecast; find clerks for each half hour.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from qms.halls.rules import hours
from qms.halls.rules.model import WALK_IN, Hall, Standard
from qms.planning.rules.cover import HALF, Half, Seats, cover, seats, stands
from qms.planning.rules.forecast import Accuracy, Day, Expected, Forecast, accuracy, learn
from qms.planning.rules.slots import Measured, measured
from qms.planning.rules.staffing import Demand, Goal
from qms.twin.rules.chance import Chance
from qms.twin.rules.sim.habits import Habits, scene
from qms.twin.rules.sim.model import Scene
from qms.twin.rules.sim.past import Stay
from qms.twin.rules.sim.roster import opening_of

HALVES = 48
HELD = 10
"""Days held back to see how good a forecast is."""
_MINUTE = timedelta(minutes=1)
_PROMISE = Standard()
"""What is aimed at where an office promises nothing."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What past days tell: the forecast and how good it is, a clerk's minutes for each person and by service,
    and how much work there was of each service."""

    first: date
    last: date
    forecast: Forecast
    accuracy: Accuracy | None
    minutes: Measured
    by_service: dict[str, Measured]
    work: dict[str, float]
    working: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day to come: who is expected over all, and its half hours."""

    day: date
    expected: Expected
    halves: tuple[Half, ...]


def learnt(hall: Hall, past: Sequence[Stay]) -> Learnt:
    """What is learnt from whole past days; raises ValueError where nobody came."""
    counted = _counted(hall, past)
    working = tuple(day.day for day in counted)
    minutes = _clerk_minutes(past)
    services = Counter(service for service, _ in minutes)
    spent = defaultdict[str, list[float]](list)
    for service, took in minutes:
        spent[service].append(took)
    configured = _configured(hall, services or Counter(each.service for each in past))
    return Learnt(
        first=min(working, default=date.max),
        last=max(working, default=date.min),
        forecast=learn(counted, working),
        accuracy=accuracy(counted, working, HELD),
        minutes=measured([took for _, took in minutes], configured),
        by_service={
            service: measured(took, _configured(hall, Counter([service])))
            for service, took in spent.items()
        },
        work={service: sum(took) for service, took in spent.items() if sum(took)},
        working=working,
    )


def promised(hall: Hall) -> Standard:
    """What the hall promises to people without an appointment."""
    segment = hall.segment(WALK_IN)
    return (segment.standard if segment else None) or _PROMISE


def plan(
    hall: Hall,
    known: Learnt,
    days: Sequence[date],
    goal: Goal,
    shrinkage: float,
    patience: float | None = None,
) -> tuple[DayPlan, ...]:
    """The days on which the hall opens, with clerks for each half hour; raises ValueError."""
    order = seating(hall, known)
    working = _working(hall, known, max(days, default=known.last))
    demand = Demand(1, known.minutes.mean, patience, known.minutes.cv)
    found = []
    for day in days:
        open_at = opening(hall, day)
        if open_at:
            expected = _within(open_at, known.forecast.of(day, working))
            halves = cover(expected, demand, goal, len(order.order), shrinkage, order.least)
            found.append(DayPlan(day, known.forecast.total(day, working), halves))
    return tuple(found)


def _working(hall: Hall, known: Learnt, until: date) -> list[date]:
    """The days on which people came, and those after them on which the hall opens: none is missing between."""
    ahead = (known.last + timedelta(n) for n in range(1, (until - known.last).days + 1))
    return [*known.working, *(day for day in ahead if opening(hall, day))]


def seating(hall: Hall, known: Learnt) -> Seats:
    """The order in which to staff the hall's counters for the work that there is."""
    serves = {counter.id: counter.services for counter in hall.counters if not counter.retired}
    return seats(serves, known.work)


def drawn(hall: Hall, known: Learnt, habits: Habits, each: DayPlan, chance: Chance) -> Scene | None:
    """A day as it may come, with as many people as are forecast and the plan's clerks.

    None where nothing is known of such a weekday.
    """
    weekday = hours.weekday(each.day)
    flows = habits.flows.get(weekday, ())
    usual = sum(sum(flow.people) for flow in flows)
    opening = opening_of(hall, each.day)
    if not usual or opening is None:
        return None
    factor = each.expected.mean / usual
    scaled = tuple(replace(flow, people=tuple(n * factor for n in flow.people)) for flow in flows)
    opens = opening[0].astimezone(ZoneInfo(hall.zone))
    roster = stands(each.halves, seating(hall, known).order, opens.hour * 60 + opens.minute, opening[1])
    return scene(replace(habits, flows={weekday: scaled}, staff={weekday: roster}), hall, each.day, chance)


def opening(hall: Hall, day: date) -> tuple[int, ...]:
    """The half hours from midnight at which the hall is open on a day, in their order; none: it is closed."""
    zone = ZoneInfo(hall.zone)
    found: dict[int, None] = {}
    for each in hours.business_openings(hall, day):
        opens = each.opens.astimezone(zone)
        start = (opens.hour * 60 + opens.minute) // int(HALF)
        length = (each.closes - each.opens) / _MINUTE + (opens.hour * 60 + opens.minute) % HALF
        found |= {(start + n) % HALVES: None for n in range(ceil(length / HALF))}
    return tuple(found)


def _within(open_at: Sequence[int], halves: Sequence[Expected]) -> list[tuple[int, Expected]]:
    """The half hours of an opening; who comes before one waits for it, who comes after the last is of it."""
    sums = {n: [halves[n]] for n in open_at}
    for n, each in enumerate(halves):
        if n not in sums and each.mean > 0:
            sums[next((later for later in open_at if later > n), open_at[-1])].append(each)
    return [
        (n, Expected(sum(e.low for e in all_), sum(e.mean for e in all_), sum(e.high for e in all_)))
        for n, all_ in sums.items()
    ]


def _visit(stay: Stay) -> str:
    """What the waits of one visit have in common: ids are `17`, `17-2`, …"""
    return stay.id.partition("-")[0]


def _counted(hall: Hall, past: Sequence[Stay]) -> list[Day]:
    """People by day and half hour from which they are due."""
    zone = ZoneInfo(hall.zone)
    days: dict[date, list[int]] = {}
    for each in past:
        counts = days.setdefault(each.day, [0] * HALVES)
        if each.id == _visit(each):
            due = each.since if each.booked is None else max(each.since, each.booked)
            at = due.astimezone(zone)
            counts[(at.hour * 60 + at.minute) // int(HALF)] += 1
    return [Day(day, tuple(counts)) for day, counts in sorted(days.items())]


def _clerk_minutes(past: Sequence[Stay]) -> list[tuple[str, float]]:
    """Service and minutes of a clerk, of everybody who was called and all of whose spells are known."""
    took = defaultdict[str, float](float)
    service: dict[str, str] = {}
    unknown = set[str]()
    for each in past:
        if each.called is not None:
            visit = _visit(each)
            service.setdefault(visit, each.service)
            if each.ended is None or not each.accurate:
                unknown.add(visit)
            else:
                took[visit] += (each.ended - each.called) / _MINUTE
    return [(service[visit], minutes) for visit, minutes in took.items() if visit not in unknown]


def _configured(hall: Hall, services: Counter[str]) -> float:
    """The minutes of a clerk for each person as the office set them up."""
    whole = 0.0
    for id, people in services.items():
        part = hall.service(id)
        whole += people * ((part.minutes if part else 15.0) + hall.conduct.cycle_minutes)
    return whole / max(1, services.total())
