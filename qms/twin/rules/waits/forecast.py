"""Waits told for a log's legs as they arrive, each from nothing but what was known by then.

`mid` is what the wait is expected to be in the mean (not its median): the roll, corrected where a
correction has proved itself on days past (`queue/rules/learn`). `low` and `high` hold it in 80 of 100
cases, by how wrong such estimates were so far (`queue/rules/conformal`): of the same line and likewise
short or long; until 30 of those were called, of all lines.
Nights learn from the 60 days before; what is known of a day grows from second to second.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from qms.queue.rules import conformal, learn
from qms.queue.rules.features import LAST, corrected, features
from qms.queue.rules.fit import Correction, Trail
from qms.queue.rules.model import Expected
from qms.twin.rules.waits.floor import Floor, Waiter
from qms.twin.rules.waits.learnt import DAYS, Learnt, Past
from qms.twin.rules.waits.log import Stage
from qms.twin.rules.waits.roll import Guess, roll

LEAST_HIGH = 0.01
"""A range that is learnt from is never told as no wait at all."""
SIZES = (15.0,)
"""Minutes from which on a wait is long: an error grows otherwise there."""
Group = tuple[str, int]
"""Of whom ranges are learnt together: a line, or one of those below, and the size of the wait."""
ALL, FREE, BACK = "", " free", " back"
"""All lines; who finds a counter free; who returns to the same line. No line begins with a blank."""
ANY_SIZE = len(SIZES) + 1
ENDED, ARRIVED, STARTED, OVER = range(4)


@dataclass(frozen=True, slots=True)
class Told:
    """What a leg was told when it arrived; minutes."""

    stage: Stage
    mid: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What was made of a leg when it arrived: kept until it is called."""

    told: Told
    groups: tuple[Group, ...] = ()
    features: dict[str, float] | None = None


class Forecast:
    """Feed it days in order."""

    def __init__(self) -> None:
        self._past: list[Past] = []
        self._samples: list[learn.Sample] = []
        self._trails: dict[Group, Trail] = {}
        self._ends: dict[Group, tuple[float, float]] = {}
        self._learnt = Learnt([])
        self._correction: Correction | None = None
        self._usual: str | None = None

    def day(self, day: date, stages: Sequence[Stage]) -> list[Told]:
        """What the legs of a day (in the order of `Stage.order`) were told, in their order; then learn from it."""
        floor, asked = Floor(day, self._learnt), dict[int, Asked]()
        for now, acts in groupby(_acts(stages), key=lambda act: act[0]):
            self._second(floor, now, [(kind, n, stages[n]) for _, kind, n in acts], asked)
        self._night(floor.over())
        return [asked[n].told for n in range(len(stages))]

    def _second(
        self, floor: Floor, now: int, acts: Sequence[tuple[int, int, Stage]], asked: dict[int, Asked]
    ) -> None:
        """All that happens within one second. Who comes is told by what was before, not by what else it brings;
        only, who comes anew has left the counter where they were."""
        coming = [(n, stage) for kind, n, stage in acts if kind == ARRIVED]
        for _, stage in coming:
            floor.left(stage.ticket, now)
        for n, stage in coming:
            asked[n] = self.ask(floor, stage, now)
        for kind, n, stage in acts:
            if kind == ARRIVED:
                floor.arrived(n, stage)
            elif kind == STARTED:
                floor.started(n, stage, now)
                self._called(asked[n])
            else:
                floor.left(stage.ticket, now)

    def ask(self, floor: Floor, stage: Stage, now: int) -> Asked:
        """What to tell somebody who comes now; of whom it is not known for what, as if for what most come."""
        line = stage.line or self._usual
        if line is None:
            return Asked(Told(stage, 0.0, 0.0, 0.0))
        me = floor.waiter(stage, line)
        guess = roll(floor, me, now)
        of = None if me.returns or me.free else _features(floor, me, guess, now)
        mid = guess.roll
        if me.returns:
            mid *= 1 - self._learnt.at_once
        elif of is not None and self._correction is not None:
            mid = corrected(self._correction, of)
        size = bisect_right(SIZES, mid)
        if me.returns:
            groups: tuple[Group, ...] = ((BACK, size),)
        else:
            groups = ((FREE if me.free else line, size), (ALL, size), (ALL, ANY_SIZE))
        low, high = self._band(groups, mid)
        if me.returns and self._learnt.at_once > conformal.LEFT_OUT:
            low = 0.0
        return Asked(Told(stage, mid, low, high), groups, of)

    def _band(self, groups: Sequence[Group], mid: float) -> tuple[float, float]:
        """By the first trail that says anything."""
        for group in groups:
            if conformal.measured(self._trails.get(group)):
                if group not in self._ends:
                    self._ends[group] = conformal.ends(self._trails[group])
                return conformal.around(mid, self._ends[group])
        return conformal.assumed(mid, 0)

    def _called(self, asked: Asked) -> None:
        """Learn how wrong it was, now that the wait is over."""
        told, waited = asked.told, asked.told.stage.waited
        if told.stage.line is None or waited is None:
            return
        seen = Expected(told.low, told.mid, max(told.high, LEAST_HIGH))
        for group in asked.groups:
            trail = self._trails.get(group) or Trail(f"{group[0]} {group[1]}")
            self._trails[group] = conformal.learn(trail, seen, waited)
            self._ends.pop(group, None)
        if asked.features is not None:
            self._samples.append(learn.Sample(told.stage.day, asked.features, waited))

    def _night(self, past: Past) -> None:
        self._past = [*self._past[1 - DAYS :], past]
        self._samples = [sample for sample in self._samples if sample.day >= self._past[0].day]
        self._learnt = Learnt(self._past)
        self._correction, _ = learn.correction(self._samples)
        came: Counter[str] = Counter()
        for each in self._past:
            for (line, _), legs in each.called.items():
                came[line] += legs
        self._usual = max(sorted(came), key=lambda line: came[line], default=None)


def _features(floor: Floor, me: Waiter, guess: Guess, now: int) -> dict[str, float]:
    delays = floor.delays.get((me.line, me.stage.segment), [])[-LAST:]
    mean = sum(delays) / len(delays) if delays else None
    booking = 0.0 if me.stage.booked is None else (me.stage.booked - now) / 60
    return dict(features(guess.roll, guess.qlc, mean, booking, me.line, me.stage.segment))


def _acts(stages: Sequence[Stage]) -> list[tuple[int, int, int]]:
    """(second, what, place of the leg), in order; a counter ends one before it calls the next."""
    acts = []
    for n, stage in enumerate(stages):
        acts.append((stage.arrived, ARRIVED, n))
        if stage.started is not None:
            called = max(stage.started, stage.arrived)
            acts.append((called, STARTED, n))
            if stage.ended is not None:
                acts.append((max(stage.ended, called), ENDED if stage.ended > called else OVER, n))
    return sorted(acts)


def by_day(stages: Iterable[Stage]) -> Iterator[tuple[date, list[Stage]]]:
    """The legs of each day, days in order."""
    for day, found in groupby(stages, key=lambda stage: stage.day):
        yield day, list(found)
