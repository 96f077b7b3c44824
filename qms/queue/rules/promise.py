"""What an office promises, for a service and for a kind of client, and whether it keeps to it.

A service's own standard is for all who take a number for it. Elsewhere, and for whoever has an
appointment, that of the client's segment counts; where the office set neither, nothing is promised.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from qms.halls.rules.model import WALK_IN, Hall, Segment, Service, Standard

FEW = 5
"""With fewer people nothing is said: one of them would decide it."""
MINUTE = 60
_FINE = 1_000_000

Whom = tuple[Literal["services", "segments"], str]
"""To whom a promise is made: the people of a service, or those of a segment, by its id."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people the promise was kept to, of how many."""

    within: int = 0
    people: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.within + other.within, self.people + other.people)

    @property
    def reached(self) -> float:
        """The share it was kept to, in whole percents; cut, so that a target just missed does not look met."""
        return self.within * 100 // self.people / 100


class Promise(NamedTuple):
    """A standard, and the segment to which it applies; none: everybody who takes a number."""

    standard: Standard
    segment: str | None = None


class Stay(NamedTuple):
    """A person who came: `waited` so many seconds, and was `called` then or waits still.

    Who has an appointment waits from its hour on, or from their coming where that is later.
    """

    service: str
    segment: str
    booked: bool
    waited: float
    called: bool


def promise_to(setup: Hall, service: str, segment: str, *, booked: bool) -> Standard | None:
    """The standard for such a person."""
    own = None if booked else _of(setup.service(service))
    return own or _of(setup.segment(segment))


def promises(setup: Hall) -> Mapping[Whom, Promise]:
    """All that is promised now; at a service without a standard of its own, to walk-ins."""
    found: dict[Whom, Promise] = {}
    walk_ins = _of(setup.segment(WALK_IN))
    for service in setup.services:
        if not service.retired and (standard := service.standard or walk_ins):
            found["services", service.id] = Promise(standard, None if service.standard else WALK_IN)
    for segment in setup.segments:
        if not segment.retired and segment.standard:
            found["segments", segment.id] = Promise(segment.standard, segment.id)
    return found


def tallies(setup: Hall, stays: Iterable[Stay]) -> Mapping[Whom, Tally]:
    """To whom each promise was kept; not counted are those who may still be called in time."""
    found: dict[Whom, Tally] = defaultdict(Tally)
    for stay in stays:
        standard = promise_to(setup, stay.service, stay.segment, booked=stay.booked)
        if standard is None:
            continue
        within = stay.waited <= standard.minutes * MINUTE
        if stay.called or not within:
            for whom in _among(setup, stay):
                found[whom] += Tally(within, 1)
    return found


def _among(setup: Hall, stay: Stay) -> Iterator[Whom]:
    own = not stay.booked and _of(setup.service(stay.service)) is not None
    if own or stay.segment == WALK_IN:
        yield "services", stay.service
    if not own:
        yield "segments", stay.segment


def _of(part: Service | Segment | None) -> Standard | None:
    return part.standard if part is not None else None


def is_met(standard: Standard, tally: Tally) -> bool | None:
    """Whether the promised share was reached; None while there were too few people to say."""
    if tally.people < FEW:
        return None
    return tally.within * _FINE >= round(standard.share * _FINE) * tally.people


@dataclass(frozen=True, slots=True)
class Published:
    """A promise, and whether it was kept today and in thirty days, today among them."""

    promise: Promise
    today: Tally
    month: Tally

    @property
    def met(self) -> Mapping[str, bool | None]:
        """Met, missed, or too few people to say."""
        standard = self.promise.standard
        return {"today": is_met(standard, self.today), "month": is_met(standard, self.month)}
