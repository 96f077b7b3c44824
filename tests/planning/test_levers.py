"""The two strongest levers on waits, on a hall drawn here: more appointments, and clerks who can help each other.

SCIENCE tells of another hall (8 % booked: 12.5 min on average, 75 %: 4.6; chained skills 9.5, one
service per clerk 19.4); order and signs must be the same here, and nothing was tuned to an answer.
"""

from dataclasses import replace
from datetime import date
from random import Random

from qms.halls.rules.model import Hall
from qms.planning.rules.lab import Variant, booking, days_as_they_were, staged
from qms.twin.rules.sim.model import Arrival, Scene, Stand
from qms.twin.rules.sim.past import Stay
from qms.twin.rules.sim.roster import opening_of
from qms.twin.rules.sim.run import run
from qms.twin.rules.sim.scenes import wide
from tests.queue.make import office

SERVICES = ("id-card", "passport", "vehicle")
ALONE = {str(n): {service: 1} for n, service in enumerate(SERVICES)}
CHAINED = {str(n): {SERVICES[n]: 1, SERVICES[n - 1]: 2} for n in range(3)}
DAYS = [date(2026, 11, n) for n in (16, 17, 18, 19, 20)]


def day(hall: Hall, on: date) -> Scene:
    """Eight hours at three counters, a busy morning, errands of nine minutes that vary a lot; chance by the date."""
    draw = Random(f"{on}")
    opening = opening_of(hall, on)
    assert opening is not None
    people, at = list[Arrival](), 0.0
    while at < 440:
        people.append(
            Arrival(f"{len(people)}", draw.choice(SERVICES), "walk-in", None, at, draw.gammavariate(2, 4.5))
        )
        at += draw.expovariate(0.33 if at < 200 else 0.22)
    roster = tuple(Stand(counter.id, 0, opening[1]) for counter in hall.counters)
    return Scene(wide(hall), on.isoformat(), opening[0], opening[1], tuple(people), roster)


def mean_wait(scenes: list[Scene]) -> float:
    """Over everybody who was called."""
    waits = [one.wait for scene in scenes for one in run(scene) if one.wait is not None]
    return sum(waits) / len(waits)


def test_with_more_appointments_the_same_people_wait_less() -> None:
    days = [day(office(CHAINED), on) for on in DAYS]
    few, half, most = (mean_wait([booking(scene, share) for scene in days]) for share in (0.08, 0.4, 0.75))
    assert most < half < few
    assert most < 0.75 * few


def test_clerks_who_help_each_other_keep_waits_short() -> None:
    alone, chained = office(ALONE), office(CHAINED)
    days = [day(alone, on) for on in DAYS]
    linked = [replace(scene, hall=wide(chained)) for scene in days]
    assert mean_wait(linked) < 0.75 * mean_wait(days)


def test_who_books_comes_at_an_hour_of_the_opening_and_is_otherwise_the_same() -> None:
    before = day(office(ALONE), DAYS[0])
    after = booking(before, 0.5)
    pairs = list(zip(before.arrivals, after.arrivals, strict=True))
    booked = [(old, new) for old, new in pairs if new.booked is not None]
    assert len(booked) == len(pairs) // 2
    for old, new in booked:
        assert new.booked is not None
        assert 0 <= new.booked <= before.closes - 30
        assert (new.id, new.service, new.minutes, new.segment) == (
            old.id,
            old.service,
            old.minutes,
            "booked",
        )
    assert booking(before, 0.0) == before


def test_in_a_pooled_hall_every_counter_serves_everything_its_own_first() -> None:
    hall = office(ALONE)
    stay = Stay("1", DAYS[0], "id-card", "walk-in", day(hall, DAYS[0]).opens)
    stages, _ = staged(days_as_they_were(hall, [stay]), [Variant("own", pooled=True)])
    pooled = stages[1].plan.hall
    assert pooled is not None
    assert pooled.counters[0].services == {"id-card": 1, "passport": 2, "vehicle": 2}
