"""The days of a log of another system (`twin.rules.legs`), in the hall that the log makes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from qms.halls.rules.model import WALK_IN, Hall
from qms.twin.rules.derived import hall_of, slugs
from qms.twin.rules.legs import Leg, LogError, sort_out
from qms.twin.rules.sim.past import Stay
from qms.twin.rules.visits import Visit, join


def days_of(legs: Sequence[Leg]) -> tuple[Hall, dict[date, list[Stay]]]:
    """The hall, and the waits of each day; raises LogError where none of the legs can be taken.

    A room is a service with one counter. A service lasts from the call on, walk and all.
    """
    taken, _ = sort_out(legs)
    if not taken:
        raise LogError(f"none of its {len(legs)} legs can be taken")
    visits, _ = join(taken)
    rooms = slugs(sorted({spell.room for visit in visits for spell in visit.spells}))
    hall = hall_of(visits, rooms, "UTC")
    hall = hall.model_copy(update={"conduct": hall.conduct.model_copy(update={"walk": 0.0})})
    stays = sorted((stay for visit in visits for stay in _stays(visit, rooms)), key=lambda stay: stay.day)
    return hall, {day: list(own) for day, own in groupby(stays, key=lambda stay: stay.day)}


def _stays(visit: Visit, rooms: Mapping[str, str]) -> list[Stay]:
    midnight = datetime.combine(visit.day, time(), UTC)

    def at(seconds: int) -> datetime:
        return midnight + timedelta(seconds=seconds)

    return [
        Stay(
            id=f"{visit.id}-{n}",
            day=visit.day,
            service=rooms[spell.room],
            segment=WALK_IN,
            since=at(spell.arrive),
            called=at(spell.start),
            ended=at(spell.end),
            counter=rooms[spell.room],
        )
        for n, spell in enumerate(visit.spells, 1)
    ]
