"""What somebody who runs the hall could do about long waits, with what would come of it.

Every proposal is tried on the hall's present state: the hall is rolled forward as it stands and as
it would stand (`roll`), and both are compared by the longest expected wait of each line
(`pressure`). Only what helps clearly is proposed, and nothing that would push another line over
what its people may expect. Source: SCIENCE B2 ("Moving clerks").
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf
from typing import Literal

from qms.halls.rules import hours
from qms.queue.rules.levels import HELPS, LENT, lent
from qms.queue.rules.model import Desk, Opened
from qms.queue.rules.pressure import Pressure, pressures
from qms.queue.rules.roll import roll
from qms.queue.rules.routing import levels_of
from qms.queue.rules.seats import as_planned
from qms.queue.rules.state import Queue

MOST, OF_A_LINE = 5, 2
"""So many proposals in all, and for one line."""
ROLLS = 24
"""The state is rolled forward so often at the most."""
LINES, COUNTERS = 3, 3
"""So many of the most pressed lines are looked at, and for each so many of the calmest counters."""
USUAL, LONG = (20, 40), 60
"""Minutes for which a counter is lent: tried first, and then with what helped."""
LESS, SOONER = 0.15, 5.0
"""It helps clearly by so great a part of the pressure, or so many minutes of the longest wait."""
SAME, TOLD = 1.0, 1.0
"""Minutes in which two waits hardly differ, and from which on somebody is said to wait longer."""

Kind = Literal["lend", "back", "open"]
"""Lend an open counter, take a lent one back, or open a closed one (which is advice: somebody has to sit there)."""


@dataclass(frozen=True, slots=True)
class Change:
    """The longest expected wait of a service's people in minutes; None: nobody serves them."""

    service: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to do. `service` is what the counter would be lent to, opened for, or taken back from.

    `line` is the line that it helps; `longest` the longest wait in the hall and `pressure` the greatest
    one (None: people wait whom nobody serves), before and after; `longer` who would wait longer then.
    """

    kind: Kind
    counter: str
    service: str
    minutes: int
    line: Change
    longest: tuple[float, float]
    pressure: tuple[float | None, float | None]
    longer: tuple[Change, ...] = ()


Lines = Mapping[str, Pressure]


@dataclass(frozen=True, slots=True)
class _Trial:
    """Something to try for a line: a state, and what is opened in place of what its desks have."""

    kind: Kind
    counter: str
    service: str
    line: str
    state: Queue
    opened: Mapping[str, tuple[Opened, ...]]
    minutes: int = 0


class _Bench:
    """Where things are tried: what they are compared with, and how many rolls are left."""

    def __init__(self, state: Queue, now: datetime) -> None:
        self.state, self.now, self.left = state, now, ROLLS - 1
        self.ranked = pressures(state, roll(state, now))
        self.before: Lines = {one.service: one for one in self.ranked}

    def tried(self, trials: Iterator[_Trial]) -> Iterator[Proposal]:
        """Those of the trials that help clearly, while there are rolls left."""
        for trial in trials:
            if not self.left:
                return
            self.left -= 1
            rolled = roll(trial.state, self.now, trial.opened)
            after = {one.service: one for one in pressures(trial.state, rolled)}
            if helps(self.before, after, trial.line):
                yield _proposal(trial, self.before, after)


def proposals(state: Queue, now: datetime) -> tuple[Proposal, ...]:
    """The best few things to do at `now`, what helps most first; none where all is well."""
    if state.hall is None or state.day is None or state.suspended is not None:
        return ()
    bench = _Bench(state, now)
    found = [*bench.tried(_backs(bench))]
    for counter, service in _loans(bench):
        tried = list(bench.tried(_lend(bench, counter, service, minutes) for minutes in USUAL))
        found += _shortest(tried)
    few = _few(sorted(found, key=_order), _line, OF_A_LINE)
    found = [better for one in few for better in _longer(bench, one)]
    opens = sorted(bench.tried(_opens(bench, {_line(one) for one in found})), key=_order)
    advice = _few(_few(opens, lambda one: one.counter, 1), _line, 1)
    return tuple(sorted((*found, *advice), key=_order)[:MOST])


def helps(before: Lines, after: Lines, line: str) -> bool:
    """Whether a line is helped clearly, the hall is not worse off, and nobody else is pushed over what they may expect."""
    was, now = before[line], after[line]
    if now.degree == inf or _worst(after) > _worst(before):
        return False
    if was.degree < inf:
        less = now.degree <= was.degree * (1 - LESS)
        sooner = now.longest <= was.longest - SOONER
        if not (less or sooner) or now.degree > was.degree:
            return False
    return not any(_harmed(before[id], one) for id, one in after.items() if id != line)


def _harmed(before: Pressure, after: Pressure) -> bool:
    """Whether people would wait too long who do not now, or nobody would call them."""
    over = not before.unserved and before.degree <= 1 < after.degree
    return over or after.untold > before.untold


def _worst(lines: Lines) -> float:
    return max((one.degree for one in lines.values()), default=0.0)


def _longest(lines: Lines) -> float:
    return max((one.longest for one in lines.values()), default=0.0)


# -- what could be tried


def _pressed(bench: _Bench) -> list[Pressure]:
    return [one for one in bench.ranked if one.waiting and one.degree > 1][:LINES]


def _own(bench: _Bench, desk: Desk, but: str) -> float:
    """The greatest pressure in the lines that a counter takes as its first choice, but for one."""
    own = (id for id, level in desk.profile if level <= HELPS and id != but)
    return max((bench.before[id].degree for id in own if id in bench.before), default=0.0)


def _loans(bench: _Bench) -> Iterator[tuple[str, str]]:
    """The calmest open counters that may serve a pressed line and do not do so before all else."""
    state = bench.state
    for one in _pressed(bench):
        able = []
        for part in state.setup.counters:
            desk = state.desk(part.id)
            if part.retired or desk.state != "open" or lent(desk):
                continue
            if one.service in part.services:
                own = _own(bench, desk, one.service)
                if own < 1 and not _first(state, desk, one.service):
                    able.append((own, part.order, part.id))
        for _, _, counter in sorted(able)[:COUNTERS]:
            yield counter, one.service


def _first(state: Queue, desk: Desk, service: str) -> bool:
    """Whether a counter takes a service before all others already."""
    levels = levels_of(state.setup, desk)
    mine = levels.get(service)
    return mine is not None and all(level > mine for id, level in levels.items() if id != service)


def _lend(bench: _Bench, counter: str, service: str, minutes: int) -> _Trial:
    until = bench.now + timedelta(minutes=minutes)
    loan = Opened(service, LENT, "hand", bench.now, until)
    others = (o for o in bench.state.desk(counter).opened if o.service != service)
    return _Trial("lend", counter, service, service, bench.state, {counter: (*others, loan)}, minutes)


def _backs(bench: _Bench) -> Iterator[_Trial]:
    """Lent counters whose own people wait too long meanwhile."""
    for desk in bench.state.desks.values():
        loan = lent(desk)
        if loan is None:
            continue
        own = (id for id, level in desk.profile if level <= HELPS and id != loan.service)
        stands = [one for id in own if (one := bench.before.get(id)) is not None and one.waiting]
        worst = max(stands, key=lambda one: one.degree, default=None)
        if worst is not None and worst.degree > 1:
            opened = {desk.counter: tuple(other for other in desk.opened if other != loan)}
            yield _Trial("back", desk.counter, loan.service, worst.service, bench.state, opened)


def _opens(bench: _Bench, helped: set[str]) -> Iterator[_Trial]:
    """Closed counters for the pressed lines that nothing else helps, while the hall is open."""
    state, now = bench.state, bench.now
    if not hours.is_open(state.setup, now):
        return
    for one in _pressed(bench):
        for part in state.setup.counters if one.service not in helped else ():
            if part.retired or state.desk(part.id).state != "closed" or one.service not in part.services:
                continue
            desk = replace(as_planned(part), state="open", since=now, idle_since=now)
            manned = replace(state, desks=state.desks | {part.id: desk})
            yield _Trial("open", part.id, one.service, one.service, manned, {})


def _longer(bench: _Bench, one: Proposal) -> list[Proposal]:
    """A loan, for longer where that helps more."""
    if one.kind != "lend":
        return [one]
    return _shortest([one, *bench.tried(iter([_lend(bench, one.counter, one.service, LONG)]))])


def _shortest(loans: Sequence[Proposal]) -> list[Proposal]:
    """The shortest of one counter's loans that helps as much as any; none of none."""
    best = min((_minutes(each.line.after) for each in loans), default=0.0)
    return [each for each in loans if _minutes(each.line.after) <= best + SAME][:1]


# -- what is said of them


def _proposal(trial: _Trial, before: Lines, after: Lines) -> Proposal:
    changes = [Change(id, _wait(before[id]), _wait(one)) for id, one in after.items()]
    longer = [one for one in changes if one.service != trial.line and _loses(one)]
    longer.sort(key=lambda one: _minutes(one.before) - _minutes(one.after))
    return Proposal(
        trial.kind,
        trial.counter,
        trial.service,
        trial.minutes,
        next(one for one in changes if one.service == trial.line),
        (_longest(before), _longest(after)),
        (_finite(_worst(before)), _finite(_worst(after))),
        tuple(longer),
    )


def _loses(one: Change) -> bool:
    return one.before is not None and one.after is not None and one.after >= one.before + TOLD


def _wait(one: Pressure) -> float | None:
    return None if one.unserved else one.longest


def _minutes(wait: float | None) -> float:
    return inf if wait is None else wait


def _finite(degree: float) -> float | None:
    return None if degree == inf else degree


def _order(one: Proposal) -> tuple[float, float, float]:
    """What leaves the hall best off goes first, then what helps its line most."""
    before, after = _minutes(one.line.before), _minutes(one.line.after)
    return _minutes(one.pressure[1]), after - before, one.minutes


def _line(one: Proposal) -> str:
    return one.line.service


def _few(found: Sequence[Proposal], of: Callable[[Proposal], str], most: int) -> list[Proposal]:
    """The first `most` of each kind, at most `MOST` in all."""
    counted = Counter[str]()
    kept = []
    for one in found:
        counted[of(one)] += 1
        if counted[of(one)] <= most:
            kept.append(one)
    return kept[:MOST]
