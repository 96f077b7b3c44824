"""What the rule of calling makes of a line: the terms by which its people are compared with others.

    points = rate * minutes waited + base          (walk-in minutes)

`accumulating`: affine accumulating priority, points = 30 (w / T + head), times an efficiency weight
    (Stanford, Taylor, Ziedins, "Waiting time distributions in the accumulating priority queue",
    Queueing Systems 77, 2014), with a guard.
`fcfs`: the minutes waited.
`strict`, `strict_ageing`: segments with a shorter target first, then the minutes waited; the second
    with the guard (ageing by promotion).
`longest_queue`: the service for which most people wait, then the minutes waited.
`cmu`: generalised c-mu, w / (T * (service + walk)): the marginal cost of waiting times the rate of
    service (Van Mieghem, "Dynamic scheduling with convex delay costs", Ann. Appl. Prob. 5, 1995).
"""

from dataclasses import dataclass
from math import inf

from qms.halls.rules.model import Hall, Segment

UNIT = 30
"""A walk-in with the usual target of 30 minutes gains one point a minute."""
ALPHA_MINUTES = 7.6
"""Service of this length is neither favoured nor put back by the efficiency weight."""
UNKNOWN = Segment(id="unknown", names={})
GUARDED = frozenset({"accumulating", "strict_ageing"})


@dataclass(frozen=True, slots=True)
class Terms:
    """Points grow by `rate` a minute from `base`; a smaller `rung` goes first whatever the points."""

    rate: float
    base: float = 0
    rung: float = 0


def terms(hall: Hall, service: str, segment: str) -> Terms:
    """The terms of a line, by the rule that acts in the hall."""
    key = ("terms", service, segment)
    found: Terms | None = hall.memo.get(key)
    if found is None:
        kind = hall.segment(segment) or UNKNOWN
        found = hall.memo[key] = _made(hall, service, kind)
    return found


def guard_of(hall: Hall) -> float:
    """Minutes of wait after which somebody goes before everybody else; infinite where the rule has no such thing."""
    return hall.conduct.guard if hall.conduct.rule in GUARDED else inf


def _made(hall: Hall, service: str, segment: Segment) -> Terms:
    conduct = hall.conduct
    if conduct.rule == "accumulating":
        weight = _weight(hall, service, conduct.alpha)
        return Terms(UNIT / segment.target * weight, UNIT * segment.head * weight)
    if conduct.rule == "cmu":
        return Terms(UNIT / segment.target * _weight(hall, service, 1))
    strict = conduct.rule in ("strict", "strict_ageing")
    return Terms(1, rung=segment.target if strict else 0)


def _weight(hall: Hall, service: str, alpha: float) -> float:
    part = hall.service(service) if alpha else None
    return (ALPHA_MINUTES / (part.minutes + hall.conduct.walk)) ** alpha if part else 1.0
