"""Where a free time is worth offering beside a number."""

from dataclasses import dataclass
from datetime import datetime

from qms.halls.rules.model import Hall, Service


@dataclass(frozen=True, slots=True)
class Offer:
    """A free time: today (0), tomorrow (1) or later, and the path at which it is booked."""

    start: datetime
    in_days: int
    path: str


def offer_from(setup: Hall, service: Service) -> int:
    """The expected wait, in minutes, from which a free time is offered beside the number; 0: never."""
    settings = setup.bookings
    if settings is None or not settings.open or service.booking.open != "all" or service.retired:
        return 0
    return settings.offer_when_wait
