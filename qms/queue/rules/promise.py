"""What an office promises for a service, and whether it keeps to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from qms.halls.rules.model import WALK_IN, Hall, Service, Standard

FEW = 5
"""With fewer people nothing is said: one of them would decide it."""
_FINE = 1_000_000


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people the promise was kept to, of how many."""

    within: int = 0
    people: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.within + other.within, self.people + other.people)


@dataclass(frozen=True, slots=True)
class Promise:
    """A standard, and the segment to which it applies; none: everybody who takes a number."""

    standard: Standard
    segment: str | None = None


def promise_of(setup: Hall, service: Service) -> Promise | None:
    """What is promised to those who take a number: the service's own standard, else that of walk-ins."""
    if service.standard is not None:
        return Promise(service.standard)
    walk_in = setup.segment(WALK_IN)
    return Promise(walk_in.standard, WALK_IN) if walk_in is not None else None


def is_met(standard: Standard, tally: Tally) -> bool | None:
    """Whether the promised share was reached; None while there were too few people to say."""
    if tally.people < FEW:
        return None
    return tally.within * _FINE >= round(standard.share * _FINE) * tally.people


@dataclass(frozen=True, slots=True)
class Published:
    """A service's standard, and whether it was met today and in thirty days, today among them."""

    standard: Standard
    today: Tally
    month: Tally

    @property
    def met(self) -> Mapping[str, bool | None]:
        """Met, missed, or too few people to say."""
        return {"today": is_met(self.standard, self.today), "month": is_met(self.standard, self.month)}
