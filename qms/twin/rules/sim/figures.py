"""What a plan came to: waits by segment and by service, and how busy the counters were.

Waits run from the reference time to the first call, of everybody who was called and came. The
percentile is that of `twin.rules.figures` (type 7). Two plans are compared day by day: they had the
same people, so most of what chance does falls out of the difference.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, get_args

from qms.halls.rules.model import Hall, Standard
from qms.queue.rules.promise import promise_to
from qms.queue.rules.terms import UNKNOWN
from qms.twin.rules.figures import percentile
from qms.twin.rules.sim.model import End, Outcome, Played, Scene

Kind = Literal["segment", "service", "all"]
ENDS: tuple[End, ...] = get_args(End)


@dataclass(frozen=True, slots=True)
class Row:
    """Those of one segment, or for one service. Minutes; shares from 0 to 1; None where nobody was served.

    `standard`: the minutes that are promised, `goal`: to what share of them (None: it differs).
    `passed`: how many who came later were called before one of these, on average and at most.
    """

    kind: Kind
    name: str
    people: int
    ends: Mapping[End, int]
    standard: float | None
    goal: float | None
    within: float | None
    mean: float | None
    p50: float | None
    p90: float | None
    longest: float | None
    passed: float | None
    most_passed: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """What a plan came to over all its days.

    `occupancy`: time with somebody called or served, of the time that counters were staffed.
    `overtime`: minutes a day that counters went on past their time, all together; `latest`: the
    most for one counter.
    """

    plan: str
    days: int
    rows: tuple[Row, ...]
    occupancy: float
    overtime: float
    latest: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How another plan differs from the first, on the same days: mean and standard error (None: one day)."""

    kind: Kind
    name: str
    mean: float
    mean_error: float | None
    within: float
    within_error: float | None


def standard_of(hall: Hall, one: Outcome) -> Standard:
    """What is promised to somebody; where nothing is, the target of their segment stands in."""
    booked = one.arrival.booked is not None and one.segment == one.arrival.segment
    promised = promise_to(hall, one.arrival.service, one.segment, booked=booked)
    return promised or Standard(minutes=(hall.segment(one.segment) or UNKNOWN).target)


def table(played: Played) -> Table:
    """The figures of a plan."""
    groups = _groups(played)
    work = [_work(s, own) for s, own in zip(played.scenes, played.outcomes, strict=True)]
    staffed, busy = sum(w.staffed for w in work), sum(w.busy for w in work)
    return Table(
        plan=played.plan,
        days=len(played.scenes),
        rows=tuple(_row(kind, name, people) for (kind, name), people in groups.items()),
        occupancy=busy / staffed if staffed else 0.0,
        overtime=sum(w.overtime for w in work) / max(1, len(work)),
        latest=max((w.latest for w in work), default=0.0),
    )


def against(first: Played, other: Played) -> tuple[Difference, ...]:
    """How another plan of the same days differs from the first, for every row of the first."""
    mine, theirs = _groups(first), _groups(other)
    return tuple(
        _difference(key, mine[key], theirs.get(key, []), len(first.scenes))
        for key in mine
        if any(one.wait is not None for one in mine[key])
    )


@dataclass(frozen=True, slots=True)
class _One:
    """Somebody, as the figures see them."""

    day: int
    outcome: Outcome
    wait: float | None
    standard: Standard

    @property
    def within(self) -> bool:
        return self.wait is not None and self.wait <= self.standard.minutes


def _groups(played: Played) -> dict[tuple[Kind, str], list[_One]]:
    """Everybody by segment, by service, and all, in the order of the set-up."""
    found: dict[tuple[Kind, str], list[_One]] = {}
    for scene in played.scenes:
        found |= {
            ("segment", one.id): [] for one in scene.hall.segments if ("segment", one.id) not in found
        }
    for scene in played.scenes:
        found |= {
            ("service", one.id): [] for one in scene.hall.services if ("service", one.id) not in found
        }
    everybody = found["all", ""] = []
    for day, (scene, outcomes) in enumerate(zip(played.scenes, played.outcomes, strict=True)):
        for one in outcomes:
            wait = one.wait if one.outcome == "served" else None
            seen = _One(day, one, wait, standard_of(scene.hall, one))
            found["segment", one.segment].append(seen)
            found["service", one.arrival.service].append(seen)
            everybody.append(seen)
    return {key: people for key, people in found.items() if people}


def _row(kind: Kind, name: str, people: Sequence[_One]) -> Row:
    ends = Counter(one.outcome.outcome for one in people)
    served = [one for one in people if one.wait is not None]
    waits = [one.wait for one in served if one.wait is not None]
    passed = [one.outcome.passed for one in served]
    promises = {(one.standard.minutes, one.standard.share) for one in people}
    standard, goal = promises.pop() if len(promises) == 1 else (None, None)
    return Row(
        kind=kind,
        name=name,
        people=len(people),
        ends={end: ends[end] for end in ENDS if ends[end]},
        standard=standard,
        goal=goal,
        within=_mean([one.within for one in served]),
        mean=_mean(waits),
        p50=percentile(waits, 0.5) if waits else None,
        p90=percentile(waits, 0.9) if waits else None,
        longest=max(waits, default=None),
        passed=_mean(passed),
        most_passed=max(passed, default=None),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _difference(
    key: tuple[Kind, str], mine: Sequence[_One], theirs: Sequence[_One], days: int
) -> Difference:
    waits = _paired(mine, theirs, days, lambda one: one.wait or 0.0)
    shares = _paired(mine, theirs, days, lambda one: float(one.within))
    return Difference(*key, *_with_error(waits), *_with_error(shares))


def _paired(
    mine: Sequence[_One], theirs: Sequence[_One], days: int, value: Callable[[_One], float]
) -> list[float]:
    """The other plan's mean less the first's, on every day on which both served somebody."""
    before, after = _by_day(mine, days, value), _by_day(theirs, days, value)
    return [b - a for a, b in zip(before, after, strict=True) if a is not None and b is not None]


def _by_day(people: Sequence[_One], days: int, value: Callable[[_One], float]) -> list[float | None]:
    found: list[list[float]] = [[] for _ in range(days)]
    for one in people:
        if one.wait is not None:
            found[one.day].append(value(one))
    return [_mean(values) for values in found]


def _with_error(values: Sequence[float]) -> tuple[float, float | None]:
    """Mean and standard error."""
    if not values:
        return 0.0, None
    mean = sum(values) / len(values)
    if len(values) < 2:
        return mean, None
    return mean, sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))


@dataclass(slots=True)
class _Work:
    """Minutes of the counters of one day."""

    staffed: float = 0.0
    busy: float = 0.0
    overtime: float = 0.0
    latest: float = 0.0


def _work(scene: Scene, outcomes: Iterable[Outcome]) -> _Work:
    """Each shift counts from its start to its end or, where that was later, to the last service; less its breaks."""
    found, last = _Work(), dict[str, float]()
    for one in outcomes:
        if one.called is not None and one.finished is not None and one.counter is not None:
            found.busy += one.finished - one.called
            last[one.counter] = max(one.finished, last.get(one.counter, 0.0))
    ends: dict[str, float] = {}
    for stand in scene.roster:
        found.staffed += stand.closes - stand.opens - sum(minutes for _, minutes in stand.breaks)
        ends[stand.counter] = max(stand.closes, ends.get(stand.counter, stand.closes))
    over = [max(0.0, last.get(counter, end) - end) for counter, end in ends.items()]
    found.overtime, found.latest = sum(over), max(over, default=0.0)
    found.staffed += found.overtime
    return found
