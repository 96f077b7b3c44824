"""Days as they were: what a served hall has on record of its visits, played anew.

One `Stay` is one wait with what came of it (a spell, or a wait that ended without a call): somebody
handed over to another service is somebody who comes there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from qms.halls.rules.model import Hall
from qms.kernel.clock import minutes
from qms.twin.rules.figures import percentile
from qms.twin.rules.sim import roster
from qms.twin.rules.sim.model import Arrival, End, Outcome, Scene, Stand
from qms.twin.rules.sim.scenes import wide

CUT = 0.99
"""Service times over this quantile are taken for it: somebody forgot to end them (SCIENCE A3)."""
BREAK = 12.0
"""Minutes without anybody at a counter, while somebody waited for it, that were a break."""
TO_THE_END = 60.0
"""A counter that served until so many minutes before closing was there until the end."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One wait, from `since`, and the time at a counter that followed, as instants; None: it did not."""

    id: str
    day: date
    service: str
    segment: str
    since: datetime
    booked: datetime | None = None
    called: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    counter: str | None = None
    outcome: End = "served"
    accurate: bool = True

    @property
    def minutes(self) -> float | None:
        """How long the service took, from the person's coming to the counter."""
        if self.outcome != "served" or self.ended is None or self.called is None or not self.accurate:
            return None
        return max(0.0, minutes(self.ended - (self.started or self.called)))


def capped(values: Sequence[float]) -> list[float]:
    """Measured service times, none of them over the quantile at which they are cut."""
    most = percentile(values, CUT) if values else 0.0
    return [min(value, most) for value in values]


def longest(stays: Iterable[Stay]) -> dict[str, float]:
    """The service time at which each service is cut."""
    found: dict[str, list[float]] = {}
    for stay in stays:
        if (minutes := stay.minutes) is not None:
            found.setdefault(stay.service, []).append(minutes)
    return {service: max(capped(values)) for service, values in found.items()}


def as_it_was(
    hall: Hall, day: date, stays: Sequence[Stay], cut: Mapping[str, float] | None = None
) -> tuple[Scene, tuple[Outcome, ...]]:
    """A day's scene, with who came, what they needed and who staffed the counters; and what came of them.

    Nobody is turned away who was not then. Whoever gave the number back has that patience and no
    more; of the others it is not known, so they stay. Needs at least one stay. `cut`: the `longest`
    service times of a longer stretch than this day.
    """
    opening = roster.opening_of(hall, day)
    opens = opening[0] if opening else min(stay.since for stay in stays)
    most, usual = cut or longest(stays), _usual(hall, stays)
    ordered = sorted(stays, key=lambda stay: (stay.since, stay.id))
    pairs = [_one(stay, opens, most, usual) for stay in ordered]
    arrivals, outcomes = tuple(one for one, _ in pairs), tuple(outcome for _, outcome in pairs)
    closes = opening[1] if opening else max(o.finished or 0.0 for o in outcomes)
    _count_passed(hall, outcomes)
    stands = staffing(outcomes, closes)
    return Scene(wide(hall), day.isoformat(), opens, closes, arrivals, stands), outcomes


def _usual(hall: Hall, stays: Sequence[Stay]) -> Callable[[str], float]:
    """The minutes of somebody whose service was not measured: the median of that service, else those set up."""
    found: dict[str, list[float]] = {}
    for stay in stays:
        if (minutes := stay.minutes) is not None:
            found.setdefault(stay.service, []).append(minutes)

    def minutes_of(service: str) -> float:
        part = hall.service(service)
        if values := found.get(service):
            return percentile(values, 0.5)
        return part.minutes if part is not None else 0.0

    return minutes_of


def _one(
    stay: Stay, opens: datetime, cut: Mapping[str, float], usual: Callable[[str], float]
) -> tuple[Arrival, Outcome]:
    def at(moment: datetime | None) -> float | None:
        return None if moment is None else minutes(moment - opens)

    since, booked, measured = at(stay.since), at(stay.booked), stay.minutes
    assert since is not None
    ended = at(stay.ended)
    left = stay.outcome == "left" and ended is not None
    one = Arrival(
        id=stay.id,
        service=stay.service,
        segment=stay.segment,
        booked=booked,
        arrives=since,
        minutes=usual(stay.service) if measured is None else min(measured, cut.get(stay.service, measured)),
        patience=max(0.0, ended - since) if left and ended is not None else None,
        comes=stay.outcome != "missed",
    )
    ref = since if booked is None else max(since, booked)
    called = at(stay.called)
    return one, Outcome(one, stay.segment, stay.outcome, ref, called, ended, stay.counter)


def _count_passed(hall: Hall, outcomes: Sequence[Outcome]) -> None:
    """For everybody who waited: how many who came later were called before them at a counter that may serve them."""
    for call in outcomes:
        part = hall.counter(call.counter or "")
        if part is None or call.called is None or call.ref is None:
            continue
        for other in outcomes:
            until = other.called if other.called is not None else other.finished
            if (
                other.ref is not None
                and other.ref < call.ref
                and (other.arrival.arrives or 0.0) <= call.called
                and (until is None or until > call.called)
                and other.arrival.service in part.services
            ):
                other.passed += 1


def staffing(outcomes: Sequence[Outcome], closes: float) -> tuple[Stand, ...]:
    """Who was there, as far as calls tell: each counter from its first call to its last end.

    A long gap in which somebody waited for a service that it gave was a break. One that served
    until shortly before closing was there until the end, however long people were served.
    """
    at: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.counter is not None and one.called is not None:
            at.setdefault(one.counter, []).append(one)
    return tuple(
        _stand(counter, sorted(own, key=lambda one: one.called or 0.0), outcomes, closes)
        for counter, own in sorted(at.items())
    )


def _stand(counter: str, own: Sequence[Outcome], everybody: Sequence[Outcome], closes: float) -> Stand:
    first, last = own[0].called or 0.0, max(one.finished or one.called or 0.0 for one in own)
    served = {one.arrival.service for one in own}
    gaps = ((a.finished or a.called or 0.0, b.called or 0.0) for a, b in pairwise(own))
    breaks = tuple(
        (begin, end - begin)
        for begin, end in gaps
        if end - begin >= BREAK
        and any(_waited(one, begin, end) for one in everybody if one.arrival.service in served)
    )
    until = max(last, closes) if last >= closes - TO_THE_END else last
    return Stand(counter, min(first, until), until, breaks)


def _waited(one: Outcome, begin: float, end: float) -> bool:
    """Whether somebody waited all through that time."""
    until = one.called if one.called is not None else one.finished
    return one.ref is not None and one.ref <= begin and (until is None or until >= end)
