"""The policy lab: past days played anew under other rules or with other counters, beside what really happened.

People, their errands and how long each took are those of the day as it was (`twin…past`), so what
differs between two plans is the plan. Differences are taken day by day over the same days; their
uncertainty is Student's t over the days.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from qms.halls.rules.model import BOOKED, WALK_IN, Hall, Rule
from qms.kernel.clock import local_instant, minutes
from qms.planning.rules.cover import HALF, seats
from qms.twin.rules.sim import tuning
from qms.twin.rules.sim.figures import Difference, Table, against, table
from qms.twin.rules.sim.model import Arrival, Plan, Played, Scene, Stand
from qms.twin.rules.sim.past import Stay, as_it_was

REAL, PRESENT, OWN = "real", "present", "own"
"""Names of what happened, of the hall's own rules played, and of the manager's plan; other plans bear their rule's."""
STUDENT = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13)
"""Quantiles (.975) of t for 1, 2, … degrees of freedom; beyond them `_MANY` is near enough."""
_MANY = 2.12
EARLY, LAST, SLOT = 4.0, 30.0, 5.0
"""Minutes that people come before their hour, before closing of the last hour, and from one hour to the next."""
WAITS = tuple(range(0, 91, 2))
"""Minutes at which it is told how many were called by then."""


@dataclass(frozen=True, slots=True)
class Move:
    """So many counters more (or fewer) from one half hour of the day to before another, counted from midnight."""

    more: int
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Variant:
    """What a plan changes: the rule of calling, its values, who staffs counters. None or empty: as it is.

    `booked`: the share of people without an appointment who book a time instead. `pooled`: every
    counter also serves what it does not now, where nobody of its own waits.
    """

    name: str
    rule: Rule | None = None
    guard: float | None = None
    targets: Mapping[str, float] = field(default_factory=dict)
    heads: Mapping[str, float] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    booked: float = 0.0
    pooled: bool = False


@dataclass(frozen=True, slots=True)
class Staged:
    """A plan with the days that it is played on: those that were, or with other people booked."""

    plan: Plan
    scenes: Sequence[Scene]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it: figures by plan, how each played plan differs from the present rules played, waits
    by half hour from midnight and the share called by `WAITS`. `undone`: half hours for which no counter
    was to be had, or none left to be spared, by plan."""

    days: tuple[date, ...]
    tables: tuple[Table, ...]
    differences: Mapping[str, tuple[Difference, ...]]
    by_half: Mapping[str, Mapping[int, float]]
    called_by: Mapping[str, tuple[float, ...]]
    undone: Mapping[str, int]


def days_as_they_were(hall: Hall, stays: Sequence[Stay]) -> Played:
    """The scenes of the days and what really came of everybody."""
    days: dict[date, list[Stay]] = {}
    for stay in stays:
        days.setdefault(stay.day, []).append(stay)
    pairs = [as_it_was(hall, day, own) for day, own in sorted(days.items())]
    return Played(REAL, [scene for scene, _ in pairs], [outcomes for _, outcomes in pairs])


def staged(real: Played, variants: Sequence[Variant]) -> tuple[tuple[Staged, ...], dict[str, int]]:
    """The present rules and every variant as plans for those days; and what each could not have."""
    found, undone = [Staged(Plan(PRESENT), real.scenes)], dict[str, int]()
    for each in variants:
        setup = _changed(real.scenes[0].hall, each)
        rosters = {}
        for scene in real.scenes:
            rosters[scene.day], missing = moved(scene, each.moves)
            undone[each.name] = undone.get(each.name, 0) + missing
        scenes = [booking(scene, each.booked) for scene in real.scenes] if each.booked else real.scenes
        found.append(Staged(Plan(each.name, hall=setup, rosters=rosters), scenes))
    return tuple(found), undone


def _changed(hall: Hall, variant: Variant) -> Hall:
    if variant.rule is not None:
        hall = tuning.ruled(hall, variant.rule)
    values = [] if variant.guard is None else [f"guard={variant.guard}"]
    values += [f"{segment}.target={minutes}" for segment, minutes in variant.targets.items()]
    values += [f"{segment}.head={head}" for segment, head in variant.heads.items()]
    hall = tuning.tuned(hall, " ".join(values))
    return _pooled(hall) if variant.pooled else hall


def _pooled(hall: Hall) -> Hall:
    """Every counter serves everything: what is new to it on its last level."""
    every = {service.id for service in hall.services if not service.retired}
    last = {counter.id: min(9, max(counter.services.values(), default=0) + 1) for counter in hall.counters}
    counters = tuple(
        counter.model_copy(
            update={"services": dict.fromkeys(sorted(every), last[counter.id]) | counter.services}
        )
        for counter in hall.counters
    )
    return hall.model_copy(update={"counters": counters})


def booking(scene: Scene, share: float) -> Scene:
    """The day with that share of its people without an appointment booked instead.

    Their hours lie where counters are staffed, as evenly as that goes for each service; they come
    a little early.
    """
    walk_ins = [one for one in scene.arrivals if one.segment == WALK_IN and one.arrives is not None]
    # Every so manieth of them, in the order in which they came: no chance, and all of the day's hours.
    chosen = [one for n, one in enumerate(walk_ins) if int((n + 1) * share) > int(n * share)]
    moved_to: dict[str, Arrival] = {}
    for service in sorted({one.service for one in chosen}):
        own = [one for one in chosen if one.service == service]
        for one, hour in zip(own, _even_hours(scene, service, len(own)), strict=True):
            moved_to[one.id] = replace(one, segment=BOOKED, booked=hour, arrives=hour - EARLY)
    return replace(scene, arrivals=tuple(moved_to.get(one.id, one) for one in scene.arrivals))


def _even_hours(scene: Scene, service: str, count: int) -> list[float]:
    """So many minutes of the day between which counters for a service work equally long."""
    able = {counter.id for counter in scene.hall.counters if service in counter.services}
    stands = [s for s in scene.roster if s.counter in able] or list(scene.roster)
    grid = [SLOT * n for n in range(max(1, int((scene.closes - LAST) // SLOT)))]
    there = [sum(s.opens <= at < s.closes for s in stands) for at in grid]
    sums = list(accumulate(there)) if any(there) else list(range(1, len(grid) + 1))
    return [grid[bisect_left(sums, (n + 0.5) / count * sums[-1])] for n in range(count)]


def moved(scene: Scene, moves: Sequence[Move]) -> tuple[tuple[Stand, ...], int]:
    """The day's roster with counters added and taken away; and for how many half hours that could not be."""
    roster, missing = list(scene.roster), 0
    order = _order(scene)
    for move in moves:
        edges = [(_minute(scene, n), _minute(scene, n + 1)) for n in range(move.since, move.until)]
        edges = [(max(0.0, a), min(scene.closes, b)) for a, b in edges if b > 0 and a < scene.closes]
        for _ in range(abs(move.more)):
            for opens, closes in edges:
                change = _add if move.more > 0 else _take
                missing += not change(roster, order, opens, closes)
    return tuple(_joined(roster)), missing


def _order(scene: Scene) -> tuple[str, ...]:
    work = dict[str, float]()
    for one in scene.arrivals:
        work[one.service] = work.get(one.service, 0.0) + one.minutes
    serves = {counter.id: counter.services for counter in scene.hall.counters if not counter.retired}
    return seats(serves, work).order


def _minute(scene: Scene, half: int) -> float:
    """A half hour of the local day, in minutes from the scene's opening."""
    zone = ZoneInfo(scene.hall.zone)
    day = scene.opens.astimezone(zone).date() + timedelta(days=half // 48)
    at = local_instant(day, time(half % 48 // 2, half % 2 * 30), zone)
    return minutes(at - scene.opens)


def _add(roster: list[Stand], order: Sequence[str], opens: float, closes: float) -> bool:
    """Staff the first counter that nobody sits at for any of that time."""
    taken = {s.counter for s in roster if s.opens < closes and opens < s.closes}
    free = next((counter for counter in order if counter not in taken), None)
    if free is not None:
        roster.append(Stand(free, opens, closes))
    return free is not None


def _take(roster: list[Stand], order: Sequence[str], opens: float, closes: float) -> bool:
    """Close the last counter that is staffed all that time, unless it is the only one."""
    there = [s for s in roster if s.opens <= opens and s.closes >= closes]
    if len({s.counter for s in there}) < 2:
        return False
    gone = max(there, key=lambda s: order.index(s.counter) if s.counter in order else len(order))
    roster.remove(gone)
    if gone.opens < opens:
        roster.append(replace(gone, closes=opens, breaks=_within(gone, gone.opens, opens)))
    if gone.closes > closes:
        roster.append(replace(gone, opens=closes, breaks=_within(gone, closes, gone.closes)))
    return True


def _within(stand: Stand, opens: float, closes: float) -> tuple[tuple[float, float], ...]:
    return tuple(each for each in stand.breaks if opens <= each[0] < closes)


def _joined(roster: Sequence[Stand]) -> list[Stand]:
    """Stretches of one counter that follow each other, as one."""
    found: list[Stand] = []
    for each in sorted(roster, key=lambda stand: (stand.counter, stand.opens)):
        last = found[-1] if found else None
        if (
            last
            and last.counter == each.counter
            and last.closes == each.opens
            and last.services == each.services
        ):
            found[-1] = replace(last, closes=each.closes, breaks=last.breaks + each.breaks)
        else:
            found.append(each)
    return found


def compared(real: Played, played: Sequence[Played], undone: Mapping[str, int]) -> Compared:
    """The figures of what happened and of the plans; the first of `played` is the present rules'."""
    everything = [real, *played]
    return Compared(
        days=tuple(date.fromisoformat(scene.day) for scene in real.scenes),
        tables=tuple(table(each) for each in everything),
        differences={each.plan: against(played[0], each) for each in played[1:]},
        by_half={each.plan: by_half(each) for each in everything},
        called_by={each.plan: called_by(each) for each in everything},
        undone={name: count for name, count in undone.items() if count},
    )


def by_half(played: Played) -> dict[int, float]:
    """The mean wait of those who were due in each half hour from midnight, where there were some."""
    sums: dict[int, list[float]] = {}
    for scene, outcomes in zip(played.scenes, played.outcomes, strict=True):
        opens = scene.opens.astimezone(ZoneInfo(scene.hall.zone))
        start = opens.hour * 60 + opens.minute
        for one in outcomes:
            if one.wait is not None and one.ref is not None and one.outcome == "served":
                sums.setdefault(int((start + max(0.0, one.ref)) // HALF) % 48, []).append(one.wait)
    return {half: sum(waits) / len(waits) for half, waits in sorted(sums.items())}


def called_by(played: Played) -> tuple[float, ...]:
    """The share of those served who had been called after each of `WAITS`."""
    waits = sorted(
        one.wait
        for outcomes in played.outcomes
        for one in outcomes
        if one.wait is not None and one.outcome == "served"
    )
    found, n = [], 0
    for within in WAITS:
        while n < len(waits) and waits[n] <= within:
            n += 1
        found.append(n / len(waits) if waits else 0.0)
    return tuple(found)


def margin(error: float | None, days: int) -> float | None:
    """Half the width of the range that holds the true difference 95 of 100 times; None with a single day."""
    if error is None or days < 2:
        return None
    return error * (STUDENT[days - 2] if days - 2 < len(STUDENT) else _MANY)
