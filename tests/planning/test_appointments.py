"""What past visits say about appointments: no-shows, how full the day is, the grid of times."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from qms.halls.rules.booking import Bookings
from qms.planning.rules.appointments import appointments
from qms.planning.rules.slots import Measured
from qms.twin.rules.sim.habits import Habits
from qms.twin.rules.sim.model import Stand
from qms.twin.rules.sim.past import Stay
from tests.queue.make import changed, office

HALL = changed(office(), bookings=Bookings(slot=15))
MONDAY = date(2026, 11, 16)
MINUTES = {"id-card": Measured(18.0, 0.5, 400), "vehicle": Measured(9.0, 0.5, 30)}


def booked(day: date, count: int) -> list[Stay]:
    """So many booked visits of a day."""
    at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    return [Stay(f"{day}{n}", day, "id-card", "booked", at, booked=at) for n in range(count)]


def staffed(minutes: float) -> Habits:
    """Counters that are staffed for so long on Mondays."""
    return Habits(flows={}, minutes={}, staff={"mon": (Stand("1", 0, minutes),)})


def test_a_day_full_of_bookings_is_overbooked_by_its_no_shows() -> None:
    past = [*booked(MONDAY, 34), *booked(MONDAY + timedelta(7), 34)]
    found = appointments(HALL, MINUTES, staffed(34 * 18 / 0.9), past, not_shown=12)
    assert found is not None
    assert found.full == pytest.approx(0.9)
    assert (found.bookings, found.places, found.overbook) == (80, 40, True)
    assert found.no_show == pytest.approx(0.15)
    assert found.book == 43


def test_a_mixed_day_is_not() -> None:
    found = appointments(HALL, MINUTES, staffed(34 * 18 / 0.4), booked(MONDAY, 34), not_shown=6)
    assert found is not None
    assert (found.book, found.overbook) == (40, False)


def test_times_are_as_long_as_services_really_take() -> None:
    found = appointments(HALL, MINUTES, staffed(480), booked(MONDAY, 3), not_shown=0)
    assert found is not None
    assert [(each.service, each.grid, each.now) for each in found.times] == [
        ("id-card", 20, 15),
        ("vehicle", 10, 15),
    ]


def test_where_nobody_books_there_is_nothing_to_say() -> None:
    walk_ins = [replace(stay, booked=None, segment="walk-in") for stay in booked(MONDAY, 3)]
    assert appointments(HALL, MINUTES, staffed(480), walk_ins, not_shown=0) is None
    assert appointments(office(), MINUTES, staffed(480), booked(MONDAY, 3), not_shown=0) is None
