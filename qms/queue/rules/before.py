"""Who may still be called before me, and why: what a person who waits is told when they ask.

Of those who wait now and would be called before me, how many for which reason; no number, name or
group that tells who they are, since all priority groups are one. And what is promised to me by the
set-up alone (`fairness`), in instants, so that it does not change from minute to minute.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Literal

from qms.halls.rules.model import BOOKED, WALK_IN
from qms.queue.rules.fairness import promise
from qms.queue.rules.model import Ticket
from qms.queue.rules.shown import BeforeCause
from qms.queue.rules.state import Line, Queue, line_of
from qms.queue.rules.terms import guard_of

Cause = BeforeCause
"""Waited over the guard; came before me; has an appointment that is due, or priority, or else more points."""
CAUSES: Sequence[Cause] = ("guard", "first", "appointment", "priority", "points")
MINUTE = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)


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
    told: dict[Cause, int] = dict.fromkeys(CAUSES, 0)
    own, place, since = line_of(mine), (mine.ref, mine.seq, mine.id), _guarded_since(state, mine, now)
    for line, count in ahead:
        if count:
            places = state.lines[line]
            earlier = min(count, bisect_left(places, place))
            guarded = min(earlier, bisect_left(places, (since, 0, "")))
            told["guard"] += guarded
            told["first"] += earlier - guarded
            told[_later(line, own)] += count - earlier
    causes = {cause: n for cause, n in told.items() if n}
    contract = promise(state.setup, mine.service, mine.segment)
    if not contract.passers:
        return Before(causes, "nobody")
    if not isfinite(contract.after):
        return Before(causes, "none")
    latest, until = (_whole(mine.ref + timedelta(minutes=n)) for n in (contract.within, contract.after))
    return Before(causes, "time", latest, until)


def _guarded_since(state: Queue, mine: Ticket, now: datetime) -> datetime:
    """Whoever came before this goes first for the wait alone; nobody did where I have waited so long myself."""
    guard = guard_of(state.setup)
    since = now - timedelta(minutes=guard) if isfinite(guard) else NEVER
    return since if mine.ref >= since else NEVER


def _later(line: Line, mine: Line) -> Cause:
    """Why people of a line go first who came after me."""
    if line[1] == BOOKED != mine[1]:
        return "appointment"
    return "points" if line[1] in (mine[1], WALK_IN) else "priority"


def _whole(at: datetime) -> datetime:
    """The next whole minute, if it is none."""
    start = at.replace(second=0, microsecond=0)
    return start if start == at else start + MINUTE
