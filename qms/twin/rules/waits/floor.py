"""A day's hall as its log shows it up to one moment: who waits for what, which counter serves whom.

Lines that share a counter, on past days or today, are one pool: their people wait for the same
counters. Where a room stands for the service, each room is a pool of its own.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from qms.twin.rules.waits.learnt import LONGEST, Gap, Kind, Learnt, Past
from qms.twin.rules.waits.log import Stage

SPLIT = 90
"""Seconds within which the same ticket at the same counter again is still the same spell."""
PRIOR_PACE = 30
"""Gaps of past days against which today's weigh: a day has a pace of its own, but shows it late."""
Ref = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody in a line. `ref` orders them: the first print, or the booked time if that is later.

    `returns`: they come back to the line in which they were served last.
    """

    ref: Ref
    stage: Stage
    line: str
    kind: Kind
    returns: bool
    free: bool
    """Whether nobody waited, and a counter was open that served nobody."""

    @property
    def handed(self) -> bool:
        """Whether they come from another line."""
        return self.kind[1]


@dataclass(slots=True)
class Desk:
    """A counter and whom it called last, at second `since`; `until` is None while it serves."""

    waiter: Waiter
    since: int
    until: int | None = None


@dataclass(slots=True)
class Pool:
    """Lines that share counters. `paid` and `due`: minutes that today's gaps took, and would on other days."""

    lines: set[str] = field(default_factory=set)
    counters: set[str] = field(default_factory=set)
    desks: dict[str, Desk] = field(default_factory=dict)
    queue: list[tuple[Ref, int, Waiter]] = field(default_factory=list)
    paid: float = 0.0
    due: float = 0.0
    gaps: int = 0

    @property
    def pace(self) -> float:
        """How many times as long as on other days a gap takes today."""
        if not self.gaps:
            return 1.0
        prior = PRIOR_PACE * self.due / self.gaps
        return (self.paid + prior) / (self.due + prior)

    @property
    def free(self) -> bool:
        """Whether nobody waits, and a counter is open that serves nobody."""
        return not self.queue and any(desk.until is not None for desk in self.desks.values())

    def take(self, other: "Pool") -> None:
        """Become one with another pool."""
        self.lines |= other.lines
        self.counters |= other.counters
        self.desks |= other.desks
        self.queue = sorted([*self.queue, *other.queue], key=lambda each: each[:2])
        self.paid, self.due, self.gaps = (
            self.paid + other.paid,
            self.due + other.due,
            self.gaps + other.gaps,
        )


class Floor:
    """The hall of one day. Its legs are told as they arrive, start and end, each by its place `n` in the day."""

    def __init__(self, day: date, learnt: Learnt) -> None:
        self.learnt = learnt
        self.pools: dict[str, Pool] = {}
        """By line; lines of one pool have the same one."""
        self.seen: frozenset[str] = frozenset()
        """Lines to which somebody came today."""
        self.delays: dict[tuple[str, str], list[float]] = defaultdict(list)
        """Minutes until the call of those called today, by line and segment."""
        self._past = Past(day)
        self._printed: dict[str, int] = {}
        self._served: dict[str, list[str]] = defaultdict(list)
        """Lines in which a ticket was served, in order."""
        self._desk_of: dict[str, Desk] = {}
        self._waiting: dict[int, Waiter] = {}
        for line, counter in sorted(learnt.served):
            self._join(line, counter)

    def pool(self, line: str) -> Pool:
        """The pool of a line; one that was never seen is a pool by itself."""
        return self.pools.setdefault(line, Pool({line}))

    def others(self, mine: Pool) -> Iterable[Pool]:
        """Every other pool in which somebody waits or is served, once."""
        found = {id(pool): pool for pool in self.pools.values() if pool.queue or pool.desks}
        found.pop(id(mine), None)
        return found.values()

    def waiter(self, stage: Stage, line: str) -> Waiter:
        """Somebody who comes to a line, by what is known of the ticket until then."""
        printed = self._printed.get(stage.ticket, stage.arrived)
        before = self._served[stage.ticket][-1] if stage.ticket in self._served else None
        ref = max(printed, stage.booked or 0), len(stage.ticket), stage.ticket
        handed = before is not None and before != line
        return Waiter(ref, stage, line, (stage.segment, handed), before == line, self.pool(line).free)

    def left(self, ticket: str, now: int) -> None:
        """Who comes anew, or has ended, is at no counter any more."""
        desk = self._desk_of.get(ticket)
        if desk is not None and desk.until is None:
            desk.until = now

    def arrived(self, n: int, stage: Stage) -> None:
        """Somebody comes; where it is not known for what, only the first print is kept."""
        if stage.line is not None:
            if stage.line == stage.room:
                self._join(stage.line, stage.room)
            waiter = self.waiter(stage, stage.line)
            insort(self.pool(stage.line).queue, (waiter.ref, n, waiter), key=lambda each: each[:2])
            self._waiting[n] = waiter
            self.seen |= {stage.line}
        self._printed.setdefault(stage.ticket, stage.arrived)

    def started(self, n: int, stage: Stage, now: int) -> None:
        """Somebody is called, or leaves the line without a room to go to."""
        waiter = self._waiting.pop(n, None)
        if waiter is None:
            return
        if stage.room:
            self._join(waiter.line, stage.room)
            self._call(n, waiter, now)
        else:
            self._past.called[waiter.line, False] += 1
        pool = self.pool(waiter.line)
        pool.queue = [each for each in pool.queue if each[1] != n]

    def _call(self, n: int, waiter: Waiter, now: int) -> None:
        stage, pool = waiter.stage, self.pool(waiter.line)
        self._past.called[waiter.line, True] += 1
        if waiter.returns:
            self._past.back[now == stage.arrived] += 1
        desk = pool.desks.get(stage.room)
        if desk is not None and _goes_on(desk, stage.ticket, now):
            desk.until = None
            return
        if desk is not None:
            self._gap(pool, desk, now)
        if now > stage.arrived:
            self._order(pool, n, waiter, now)
        if not waiter.returns:
            if waiter.free:
                self._past.idle.append((now - stage.arrived) / 60)
            self.delays[waiter.line, stage.segment].append((now - stage.arrived) / 60)
        self._past.opened.setdefault(stage.room, now)
        self._past.served.add((waiter.line, stage.room))
        if self._served[stage.ticket][-1:] != [waiter.line]:
            self._served[stage.ticket].append(waiter.line)
        pool.desks[stage.room] = self._desk_of[stage.ticket] = Desk(waiter, now)

    def _gap(self, pool: Pool, desk: Desk, now: int) -> None:
        """Measure the time since the counter's last call, if there was always somebody to call."""
        ready = now if desk.until is None else desk.until
        waiting = sum(each[2].stage.arrived <= ready for each in pool.queue) / len(pool.desks)
        if waiting and now > desk.since:
            was = desk.waiter
            gap = Gap(was.line, was.handed, waiting, (now - desk.since) / 60)
            self._past.gaps.append(gap)
            pool.paid += min(gap.minutes, LONGEST)
            pool.due += self.learnt.cycle(gap.line, gap.waiting, gap.handed)
            pool.gaps += 1

    def _order(self, pool: Pool, n: int, called: Waiter, now: int) -> None:
        """Learn of each who stayed behind whether they had come before who is called."""
        for ref, other, waiter in pool.queue:
            if other != n and waiter.stage.arrived < now:
                first = called.ref < ref
                pair = (called.kind, waiter.kind) if first else (waiter.kind, called.kind)
                self._past.pairs[*pair, first] += 1

    def over(self) -> Past:
        """What this day teaches, now that it is over."""
        for waiter in self._waiting.values():
            self._past.called[waiter.line, False] += 1
        for lines in self._served.values():
            self._past.ways.update(zip(lines, [*lines[1:], None], strict=True))
        return self._past

    def _join(self, line: str, counter: str) -> None:
        """A counter serves a line: they, and what else either has to do with, are one pool."""
        mine = self.pool(line)
        if counter in mine.counters:
            return
        other = next((pool for pool in self.pools.values() if counter in pool.counters), None)
        mine.counters.add(counter)
        if other is not None:
            mine.take(other)
            for each in other.lines:
                self.pools[each] = mine


def _goes_on(desk: Desk, ticket: str, now: int) -> bool:
    """Whether a call is but another leg of the spell at the counter."""
    return desk.waiter.stage.ticket == ticket and (desk.until is None or now - desk.until < SPLIT)
