"""A hall rolled forward from one moment, as far as its log shows it, until somebody who comes is called.

Counters become free one after the other and call by reference. Chances are carried as parts of a
person: one who is before me with share 0.3 takes 0.3 of a cycle, and so does one who is still in
another line and comes to mine with share 0.3, from the minute on at which their turn there ends.
"""

from dataclasses import dataclass
from heapq import heapify, heapreplace

from qms.twin.rules.waits.floor import Floor, Pool, Waiter
from qms.twin.rules.waits.learnt import Kind

WAYS = 0.05
"""A way that fewer take is left out."""
NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Guess:
    """Minutes: the roll, and queue length times cycle (QLc)."""

    roll: float
    qlc: float


def roll(floor: Floor, me: Waiter, now: int) -> Guess:
    """What somebody may expect who comes at second `now`; `floor` does not hold them yet."""
    pool = floor.pool(me.line)
    free = _free(floor, pool, now)
    if me.free:
        return Guess(min(free), min(free))
    before = [(waiter, _before(floor, me, waiter, waiter.kind)) for _, _, waiter in pool.queue]
    ahead = sum(share for _, share in before)
    others = len(pool.queue) - ahead + 1
    qlc = min(free) + ahead * floor.learnt.mean(me.line) / len(free)
    minutes = _drained(floor, me.line, free, before, _coming(floor, me, pool, now), others)
    if me.stage.booked is not None:
        minutes = max(minutes, (me.stage.booked - now) / 60)
    return Guess(minutes, qlc)


def _before(floor: Floor, me: Waiter, other: Waiter, kind: Kind) -> float:
    """The share with which another, then of that kind, is called before me and comes."""
    learnt = floor.learnt
    first = learnt.first(kind, me.kind) if other.ref < me.ref else 1 - learnt.first(me.kind, kind)
    return first * learnt.comes(other.line)


def _drained(
    floor: Floor,
    line: str,
    free: list[float],
    before: list[tuple[Waiter, float]],
    coming: list[tuple[float, float]],
    others: float,
) -> float:
    """Minutes until a counter is free and nobody is before me any more."""
    cycle, pace, counters, nexts = floor.learnt.cycle, floor.pool(line).pace, len(free), 0
    left, arrived = sum(share for _, share in before), 0.0
    heapify(free)
    for waiter, share in before:
        while nexts < len(coming) and coming[nexts][0] <= free[0]:
            arrived += coming[nexts][1]
            nexts += 1
        left -= share
        load = (left + others + arrived) / counters
        heapreplace(free, free[0] + share * cycle(waiter.line, load, waiter.kind[1]) * pace)
    while True:
        while nexts < len(coming) and coming[nexts][0] <= free[0]:
            arrived += coming[nexts][1]
            nexts += 1
        if arrived <= NOTHING:
            return free[0]
        part = min(1.0, arrived)
        heapreplace(free, free[0] + part * cycle(line, (others + arrived) / counters, True) * pace)
        arrived -= part


def _coming(floor: Floor, me: Waiter, mine: Pool, now: int) -> list[tuple[float, float]]:
    """The minutes at which people from other lines may come who would be before me, with their shares."""
    lines = floor.seen | {me.line}
    found = []
    for pool in floor.others(mine):
        ways = {line: floor.learnt.way(line, me.line, lines) for line in pool.lines}
        if max(ways.values()) < WAYS:
            continue
        for minute, waiter in _leaving(floor, pool, now):
            share = ways[waiter.line]
            if share >= WAYS:
                handed = waiter.kind[0], True
                found.append((minute, share * _before(floor, me, waiter, handed)))
    return sorted(found)


def _leaving(floor: Floor, pool: Pool, now: int) -> list[tuple[float, Waiter]]:
    """Everybody of a pool with the minutes until they have been served there."""
    free = _free(floor, pool, now)
    leaving = [
        (at, desk.waiter) for desk, at in zip(pool.desks.values(), free, strict=False) if desk.until is None
    ]
    heapify(free)
    cycle, pace, counters = floor.learnt.cycle, pool.pace, len(free)
    for n, (_, _, waiter) in enumerate(pool.queue):
        load = (len(pool.queue) - n) / counters
        at = free[0] + cycle(waiter.line, load, waiter.kind[1]) * pace
        leaving.append((at, waiter))
        heapreplace(free, at)
    return leaving


def _free(floor: Floor, pool: Pool, now: int) -> list[float]:
    """Minutes until each counter calls: first those that called somebody today, in the order of `desks`."""
    learnt, pace = floor.learnt, pool.pace
    load = len(pool.queue) / max(1, len(pool.desks))
    free = []
    for desk in pool.desks.values():
        if desk.until is not None and not pool.queue:
            free.append(learnt.idle)
            continue
        line = desk.waiter.line
        usual = learnt.cycle(line, load, desk.waiter.kind[1]) * pace / learnt.mean(line)
        free.append(learnt.remaining(line, (now - desk.since) / 60, usual))
    closed = sorted(pool.counters - pool.desks.keys())
    expected = [counter for counter in closed if learnt.expected(counter)]
    if not free and not expected:
        expected = closed
    return free + [learnt.opens(counter, now) for counter in expected] or [0.0]
