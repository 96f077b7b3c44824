"""The fairness contract: what a hall's parameters promise to somebody who waits, before anybody has come.

Somebody passes me where a call by the rule takes them though their reference time is later than mine,
at a counter that could have called me. Say mine is d minutes before theirs: when I have waited x they
have waited y = x - d. With my points r x + b and theirs R y + B (`terms`), both of one level, they pass iff

    f(x) = R (x - d) + B - r x - b > 0      for some x with d <= x <= guard,

for past the guard nobody passes but longer waits (at the guard itself they still may: it is `>`), and
before their time (y < 0) they go after everybody who is due. Since f is linear in x, one of the ends
decides, and those who may pass are those of

    d < within = max(((R - r) guard + B - b) / R, (B - b) / r),  at most the guard.

Where they grow no slower (R >= r), they may do so until I have waited as long as the guard; where they
grow slower, only their head start helps them, and it is used up at x = (B - b) / (r - R). With targets
of 30 and 10 minutes, a head start of 0.5 and a guard of 60 this is the bound of SCIENCE B2: a booked
visit may pass a walk-in where its time comes less than (120 + 15) / 3 = 45 minutes later.

Levels and rungs come before points. A counter that takes another service at a better level than mine,
or may do so where the hall lets counters help (`overflow`: any lower level may become the first),
takes anybody of it who is due, until the guard. So does a rung of `strict` and `strict_ageing`. What
holds by each rule, among equal levels: `fcfs` nobody passes; `strict` has no bound; `strict_ageing` the
guard; `cmu` no guard, but they must have waited more than r / R of my wait; by `longest_queue` nobody
of my service passes, anybody of another one may, without a bound.

How many they are at the most: `caps`.

Not part of it, and counted beside it: people picked by hand, resumed, sent back to waiting, let pass
or handed to a counter; counters that are lent, or signed on with other levels than the set-up's;
numbers that a kiosk gave while it was cut off, past a cap; what another set-up had promised before.
Transfers and recalls keep their first reference time, so they are where they were. All of it is said
for lines whose counters are open.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

from qms.halls.rules.model import BOOKED, Counter, Hall, Rule
from qms.queue.rules.caps import most
from qms.queue.rules.routing import orphaned
from qms.queue.rules.terms import Terms, guard_of, terms

By = Literal["points", "rung", "level", "queue"]
"""Why somebody may pass: points that grow faster or began higher; a segment before mine; a better
level of their service at the counter; more people who wait for it."""
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Passing:
    """Who may pass: those whose reference is at most `within` minutes after mine, until I have waited
    `until` minutes; infinite: without a bound. `share`: they must have waited more than so much of my wait.
    """

    within: float
    until: float
    by: By = "points"
    share: float = 0


@dataclass(frozen=True, slots=True)
class Passer:
    """People of some segments who may pass (none named: of any), who come for some services (none: for any).

    `most`: so many of them at the most; None: there is no limit.
    """

    segments: tuple[str, ...]
    services: tuple[str, ...]
    passing: Passing
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised to people of some segments (none named: of any) and services (none: of any).

    After `after` minutes of waiting nobody passes; who comes more than `within` minutes later never does.
    """

    segments: tuple[str, ...]
    services: tuple[str, ...]
    passers: tuple[Passer, ...]

    @property
    def after(self) -> float:
        return max((one.passing.until for one in self.passers), default=0)

    @property
    def within(self) -> float:
        return max((one.passing.within for one in self.passers), default=0)


@dataclass(frozen=True, slots=True)
class Contract:
    """What a hall promises: its rule, the guard in minutes (infinite: none), and the promises by segment.

    `yields`: services whose people, of whatever segment, are also passed by people of other services,
    since some counter takes those first (or, for the longest queue, more may wait for them).
    """

    rule: Rule
    guard: float
    promises: tuple[Promise, ...]
    yields: tuple[Promise, ...]


def contract(hall: Hall) -> Contract:
    """The contract of a set-up. Whoever has the same promise shares it."""
    services = tuple(each.id for each in hall.services if not each.retired)
    lines = [
        promise(hall, service, segment.id)
        for segment in hall.segments
        if not segment.retired
        for service in services
    ]
    by_segment = [replace(each, passers=tuple(p for p in each.passers if p.segments)) for each in lines]
    by_service = [
        replace(each, segments=(), passers=passers)
        for each in lines[: len(services)]
        if (passers := tuple(p for p in each.passers if not p.segments))
    ]
    segments = [
        _shared(by_segment[n : n + len(services)], services) for n in range(0, len(lines), len(services))
    ]
    promises = _alike([each for one in segments for each in one])
    return Contract(hall.conduct.rule, guard_of(hall), promises, _shared(by_service, services))


def promise(hall: Hall, service: str, segment: str) -> Promise:
    """What is promised to people of one line; worked out once."""
    key = ("promise", service, segment)
    found: Promise | None = hall.memo.get(key)
    if found is None:
        found = hall.memo[key] = Promise((segment,), (service,), tuple(_passers(hall, service, segment)))
    return found


def passing(mine: Terms, theirs: Terms, guard: float) -> Passing | None:
    """How people with `theirs` may pass me at a counter that takes us at one level; None: they never do."""
    if theirs.rung != mine.rung:
        return Passing(guard, guard, "rung") if theirs.rung < mine.rung else None
    gain, ahead = theirs.rate - mine.rate, theirs.base - mine.base
    last = gain * guard if gain else 0
    within = min(max(ahead / mine.rate, (last + ahead) / theirs.rate), guard)
    if within <= ROUNDING:
        return None
    until = guard if gain >= 0 else min(ahead / -gain, guard)
    return Passing(within, until, "points", mine.rate / theirs.rate if within == inf else 0)


def _passers(hall: Hall, service: str, segment: str) -> Iterator[Passer]:
    """Who may pass people of a line, those who may do so in the same way together; the booked by themselves."""
    mine, guard = terms(hall, service, segment), guard_of(hall)
    others: dict[By, list[str]] = {}
    for other, by in _meets(hall, service).items():
        others.setdefault(by, []).append(other)
    found: dict[tuple[bool, Passing], list[str]] = {}
    for kind in hall.segments:
        if not kind.retired and (how := _worst(hall, mine, others.get("points", ()), kind.id, guard)):
            found.setdefault((kind.id != BOOKED, how), []).append(kind.id)
    for (_, how), kinds in sorted(found.items(), key=lambda each: (each[0][0], -each[0][1].within)):
        yield Passer(tuple(kinds), (), how, most(hall, kinds, others["points"], how.within))
    for by in ("level", "queue"):
        if who := others.get(by):
            yield Passer((), tuple(who), Passing(guard, guard, by), most(hall, (), who, guard))


def _worst(hall: Hall, mine: Terms, services: Sequence[str], segment: str, guard: float) -> Passing | None:
    """How people of a segment may pass me, whichever of the services they come for."""
    found = [how for each in services if (how := passing(mine, terms(hall, each, segment), guard))]
    return (
        Passing(
            max(how.within for how in found),
            max(how.until for how in found),
            found[0].by,
            min(how.share for how in found),
        )
        if found
        else None
    )


def _meets(hall: Hall, service: str) -> Mapping[str, By]:
    """The services whose people may pass mine at some counter, and what decides there."""
    among: By = "queue" if hall.conduct.rule == "longest_queue" else "points"
    found: dict[str, By] = {}
    for counter in hall.counters:
        mine = _levels(hall, counter, service)
        if counter.retired or not mine:
            continue
        for other in hall.services:
            theirs = _levels(hall, counter, other.id)
            if other.id == service:
                if among == "points":
                    found.setdefault(service, among)
            elif theirs and min(theirs) < max(mine):
                found[other.id] = "level"
            elif theirs & mine:
                found.setdefault(other.id, among)
    return found


def _levels(hall: Hall, counter: Counter, service: str) -> frozenset[int]:
    """The levels at which a counter may take a service: its own, and the first where counters help.

    A service that no counter has any more is taken like the best of its group.
    """
    own = counter.services.get(service)
    if own is None and orphaned(hall, service):
        part = hall.service(service)
        others = ((hall.service(id), level) for id, level in counter.services.items())
        own = min(
            (level for other, level in others if part and other and other.group == part.group), default=None
        )
    if own is None:
        return frozenset()
    return frozenset({own, 1}) if hall.conduct.overflow is not None else frozenset({own})


def _shared(promises: Sequence[Promise], services: Sequence[str]) -> tuple[Promise, ...]:
    """One promise for all services that have the same; how many may pass is the most of any of them."""
    found: dict[tuple[Passer, ...], list[Promise]] = {}
    for each in promises:
        found.setdefault(tuple(replace(one, most=None) for one in each.passers), []).append(each)
    shared = []
    for same in found.values():
        who = tuple(service for each in same for service in each.services)
        passers = tuple(
            replace(one, most=_largest([each.passers[n].most for each in same]))
            for n, one in enumerate(same[0].passers)
        )
        shared.append(Promise(same[0].segments, () if len(who) == len(services) else who, passers))
    return tuple(shared)


def _alike(promises: Sequence[Promise]) -> tuple[Promise, ...]:
    """One promise for all segments that have the same."""
    found: dict[tuple[tuple[str, ...], tuple[Passer, ...]], Promise] = {}
    for each in promises:
        known = found.get((each.services, each.passers))
        segments = (*known.segments, *each.segments) if known else each.segments
        found[each.services, each.passers] = replace(each, segments=segments)
    return tuple(found.values())


def _largest(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return max(known) if len(known) == len(counts) else None
