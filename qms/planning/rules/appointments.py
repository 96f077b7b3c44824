"""What past visits say about appointments: the grid of times for each service, and whether to overbook."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.planning.rules.overbooking import FULL, advised
from qms.planning.rules.slots import USE, Measured, grid
from qms.twin.rules.sim.habits import Habits
from qms.twin.rules.sim.past import Stay


@dataclass(frozen=True, slots=True)
class Times:
    """A service that is booked: a clerk's minutes for it, the grid that these advise, and what its times take now."""

    service: str
    measured: Measured
    grid: int
    now: int


@dataclass(frozen=True, slots=True)
class Appointments:
    """`no_show`: the share of bookings that did not come. `full`: the share of the staffed time that booked visits
    took. `places`: bookings of a day on average; `book`: how many to book for so many places."""

    bookings: int
    no_show: float
    full: float
    places: int
    book: int
    times: tuple[Times, ...]

    @property
    def overbook(self) -> bool:
        """Whether more should be booked than there are places."""
        return self.full > FULL and self.book > self.places


def appointments(
    hall: Hall,
    minutes: Mapping[str, Measured],
    habits: Habits,
    past: Sequence[Stay],
    not_shown: int,
) -> Appointments | None:
    """The advice; None where nobody booked or the hall takes no bookings."""
    booked = [stay for stay in past if stay.booked is not None]
    if not booked or hall.bookings is None:
        return None
    days = Counter(hours.weekday(day) for day in {stay.day for stay in past})
    staffed = sum(
        count * sum(stand.closes - stand.opens for stand in habits.staff.get(weekday, ()))
        for weekday, count in days.items()
    )
    work = sum(minutes[stay.service].mean for stay in booked if stay.service in minutes)
    full = work / staffed if staffed else 0.0
    bookings = len(booked) + not_shown
    no_show, places = not_shown / bookings, max(1, min(1000, round(bookings / days.total())))
    return Appointments(
        bookings=bookings,
        no_show=no_show,
        full=full,
        places=places,
        book=advised(places, full, min(0.9, no_show)),
        times=_times(hall, minutes),
    )


def _times(hall: Hall, minutes: Mapping[str, Measured]) -> tuple[Times, ...]:
    slot = hall.bookings.slot if hall.bookings is not None else 5
    found = []
    for part in hall.services:
        known = minutes.get(part.id)
        if known is not None and not part.retired and part.booking.open != "none":
            taken = part.booking.slots or -(-part.minutes // slot)
            found.append(Times(part.id, known, grid(known.mean, USE), int(taken) * slot))
    return tuple(found)
