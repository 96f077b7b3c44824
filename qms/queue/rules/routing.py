"""Who is called next: affine accumulating priority with levels and a guard.

    points = 30 (w / T + head)

in walk-in minutes, where w is the wait since the reference time and T and head are the
segment's target and head start. One function scores for the router, the why-sentence, the
waiting list and the estimate. Source: Stanford, Taylor, Ziedins, "Waiting time distributions
in the accumulating priority queue", Queueing Systems 77 (2014), in its affine form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from qms.halls.rules.model import Hall, Segment
from qms.queue.rules.model import Desk, Score, Ticket
from qms.queue.rules.state import Queue

UNIT = 30
"""A walk-in with the usual target of 30 minutes gains one point a minute."""
ALPHA_MINUTES = 7.6
"""Service of this length is neither favoured nor put back by the efficiency weight."""
UNKNOWN = Segment(id="unknown", names={})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that a counter may call, with its score and the counter's level for it."""

    ticket: Ticket
    score: Score
    level: int
    due: bool

    @property
    def rank(self) -> tuple[int, float, float, datetime, int]:
        """Smaller is called sooner: over the guard, then due by level and points, then not yet due."""
        if self.score.guarded:
            return (0, 0, 0, self.ticket.ref, self.ticket.seq)
        if self.due:
            return (1, self.level, -self.score.points, self.ticket.ref, self.ticket.seq)
        return (2, 0, 0, self.ticket.ref, self.ticket.seq)


def segment_of(hall: Hall, ticket: Ticket) -> Segment:
    return hall.segment(ticket.segment) or UNKNOWN


def points(hall: Hall, service: str, segment: Segment, waited: float) -> float:
    """Priority after `waited` minutes since the reference time, in walk-in minutes."""
    value = UNIT * (waited / segment.target + segment.head)
    conduct = hall.conduct
    if conduct.alpha and (part := hall.service(service)):
        value *= (ALPHA_MINUTES / (part.minutes + conduct.walk)) ** conduct.alpha
    return value


def score(hall: Hall, ticket: Ticket, now: datetime) -> Score:
    """The score of one ticket, with all terms of its why-sentence."""
    segment = segment_of(hall, ticket)
    waited = (now - ticket.ref).total_seconds() / 60
    return Score(
        ticket=ticket.id,
        number=ticket.number,
        segment=ticket.segment,
        waited=round(waited, 4),
        target=segment.target,
        head=segment.head,
        points=round(points(hall, ticket.service, segment, waited), 4),
        guarded=waited > hall.conduct.guard,
        booked=ticket.booked,
    )


def orphaned(hall: Hall, service: str) -> bool:
    """Whether the set-up has no counter for a service: it was retired, or taken from the last one."""
    key = ("orphaned", service)
    if key not in hall.memo:
        served = any(service in counter.services for counter in hall.counters if not counter.retired)
        hall.memo[key] = not served
    found: bool = hall.memo[key]
    return found


def level_of(hall: Hall, desk: Desk, service: str, only: str | None) -> int | None:
    """The level at which a counter takes people of a line; None: not at all.

    Those handed to this very counter are of level 1. Those whose service has no counter any more
    are taken like the best of their group, so that a change of set-up leaves nobody uncalled.
    """
    if only:
        return 1 if only == desk.counter else None
    profile = dict(desk.profile)
    part = hall.service(service)
    if service in profile or part is None or not orphaned(hall, service):
        return profile.get(service)
    others = ((hall.service(other), level) for other, level in desk.profile)
    return min((level for other, level in others if other and other.group == part.group), default=None)


def heads(state: Queue, desk: Desk, now: datetime, depth: int) -> Iterator[tuple[Ticket, int]]:
    """The first `depth` callable tickets of every line that the counter serves, with its level."""
    for (service, _, only), places in state.lines.items():
        level = level_of(state.setup, desk, service, only)
        if level is None:
            continue
        found = 0
        for _, _, name in places:
            ticket = state.tickets[name]
            if ticket.not_before is not None and ticket.not_before > now:
                continue
            yield ticket, level
            found += 1
            if found == depth:
                break


def candidate(hall: Hall, ticket: Ticket, level: int, now: datetime) -> Candidate:
    return Candidate(ticket, score(hall, ticket, now), level, ticket.ref <= now)


def choose(state: Queue, desk: Desk, now: datetime) -> tuple[Candidate, Candidate | None] | None:
    """The ticket that the rule calls to a counter now, and the runner-up; None when nobody waits.

    Within a line nobody is passed; a lower level waits while a due ticket of a higher one is there;
    over the guard the longest wait goes first; people before their booked time go last.
    """
    hall = state.setup
    found = [candidate(hall, ticket, level, now) for ticket, level in heads(state, desk, now, 2)]
    if not found:
        return None
    found.sort(key=lambda c: c.rank)
    return found[0], found[1] if len(found) > 1 else None


def ranking(state: Queue, desk: Desk, now: datetime) -> list[Candidate]:
    """All that a counter may call, in the order in which the rule would call them at this moment."""
    hall = state.setup
    everyone = heads(state, desk, now, len(state.tickets))
    return sorted((candidate(hall, t, level, now) for t, level in everyone), key=lambda c: c.rank)
