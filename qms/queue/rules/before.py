"""Who may still be called before me, and why: what a person who waits is told when they ask.

Of those who wait now and would be called before me, how many for which reason; no number, name or
group that tells who they are, since all priority groups are one. And what is promised to me by the
set-up alone (`fairness`), in instants, so that it does not change from minute to minute.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Literal

from qms.halls.rules.model import BOOKED, WALK_IN
from qms.queue.rules.fairness import promise
from qms.queue.rules.model import Ticket
from qms.queue.rules.shown import BeforeCause
from qms.queue.rules.state import Line, Place, Queue, line_of
from qms.queue.rules.terms import guard_of

Cause = BeforeCause
"""Waited over the guard; came before me; has an appointment that is due, or priority, or else more points."""
CAUSES: Sequence[Cause] = ("guard", "first", "appointment", "priority", "points")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Before:
    """How many are before me, by cause; and the promise, in whole minutes that are not too early.

    Whoever comes after `latest` is not called before me; from `until` on nobody is who came after me.
    Both None: `bound` says that nobody may be, or that there is no bound.
    """

    causes: Mapping[Cause, int]
    bound: Literal["nobody", "time", "none"]
    latest: datetime | None = None
    until: datetime | None = None


def before(state: Queue, mine: Ticket, ahead: Sequence[tuple[Line, int]], now: datetime) -> Before:
    """The answer for one who waits; `ahead` are the people of each line whom the rule would call before."""
    told: Counter[Cause] = Counter()
    for line, count in ahead:
        told.update(_of_line(state, mine, line, count, now))
    causes = {cause: told[cause] for cause in CAUSES if told[cause]}
    contract = promise(state.setup, mine.service, mine.segment)
    if not contract.passers:
        return Before(causes, "nobody")
    if not isfinite(contract.after):
        return Before(causes, "none")
    latest, until = (_whole(mine.ref + timedelta(minutes=n)) for n in (contract.within, contract.after))
    return Before(causes, "time", latest, until)


def _of_line(state: Queue, mine: Ticket, line: Line, count: int, now: datetime) -> Mapping[Cause, int]:
    """The causes of so many people at the head of a line, without a look at each of them."""
    places = state.lines[line]
    earlier = min(count, bisect_left(places, (mine.ref, mine.seq, mine.id)))
    guarded = min(earlier, _over_guard(state, mine, places, now))
    return {"guard": guarded, "first": earlier - guarded, _later(line, line_of(mine)): count - earlier}


def _over_guard(state: Queue, mine: Ticket, places: Sequence[Place], now: datetime) -> int:
    """How many have waited over the guard, where I have not."""
    guard = guard_of(state.setup)
    since = now - timedelta(minutes=guard) if isfinite(guard) else datetime.min.replace(tzinfo=UTC)
    return bisect_left(places, (since, 0, "")) if mine.ref >= since else 0


def _later(line: Line, mine: Line) -> Cause:
    """Why people of a line go first who came after me."""
    if line[1] == BOOKED != mine[1]:
        return "appointment"
    return "points" if line[1] in (mine[1], WALK_IN) else "priority"


def _whole(at: datetime) -> datetime:
    """The next whole minute, if it is none."""
    start = at.replace(second=0, microsecond=0)
    return start if start == at else start + MINUTE
