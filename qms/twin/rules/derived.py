"""A hall made from a log: a counter and a service for each room, open as long as people were served."""

import re
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from datetime import time

from qms.halls.rules.model import (
    BOOKED,
    WALK_IN,
    Conduct,
    Counter,
    Group,
    Hall,
    Hours,
    Office,
    Segment,
    Service,
)
from qms.halls.rules.parts import WEEKDAYS, Span
from qms.twin.rules.visits import Visit

HALL, GROUP = "replay", "all"
LAST_MINUTE = 24 * 60 - 1


def slugs(rooms: Sequence[str]) -> dict[str, str]:
    """An id for each room: its name in small letters and hyphens, numbered where two would be alike."""
    named: dict[str, str] = {}
    for room in rooms:
        base = re.sub(r"[^a-z0-9]+", "-", room.lower()).strip("-")[:36].strip("-") or "room"
        taken = set(named.values())
        numbered = (base if n == 1 else f"{base}-{n}" for n in range(1, len(rooms) + 2))
        named[room] = next(slug for slug in numbered if slug not in taken)
    return named


def hall_of(visits: Sequence[Visit], rooms: Mapping[str, str], zone: str) -> Hall:
    """The set-up under which these visits can take place; `rooms` gives each room's id.

    One service a room, and hand picks by every clerk: a log says whom a room called, and the rule
    is not asked. Tickets are given from the first print on, and never refused for the time of day.
    """
    printed = min(visit.spells[0].arrive for visit in visits) // 60
    opens = min(spell.start for visit in visits for spell in visit.spells) // 60
    closes = min(max(visit.end for visit in visits) // 60 + 1, LAST_MINUTE)
    span = Span(opens=time(*divmod(opens, 60)), closes=time(*divmod(closes, 60)))
    busiest = max(Tally(visit.day for visit in visits).values())
    return Hall(
        id=HALL,
        names={"en": "Hall of the log"},
        office=Office(id=HALL, names={"en": "Office of the log"}, organisation=HALL),
        zone=zone,
        languages=("en",),
        groups=(Group(id=GROUP, names={"en": "All"}, letter="A", last=max(999, busiest), digits=4),),
        services=tuple(Service(id=slug, group=GROUP, names={"en": room}) for room, slug in rooms.items()),
        counters=tuple(
            Counter(id=slug, names={"en": room}, services={slug: 1}) for room, slug in rooms.items()
        ),
        segments=tuple(Segment(id=id, names={"en": id}) for id in (WALK_IN, BOOKED)),
        hours=Hours(
            week={WEEKDAYS[day]: (span,) for day in sorted({visit.day.weekday() for visit in visits})},
            tickets_before=max(0, opens - printed),
        ),
        conduct=Conduct(stop_at_closing=False),
    )
