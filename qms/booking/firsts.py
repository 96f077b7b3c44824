"""The first free time of a service, found once a minute however many screens show it."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from qms.booking.acts import Acts
from qms.booking.rules.model import Wanted
from qms.booking.rules.period import barred, bookable
from qms.halls.rules.model import Hall
from qms.web.edge import Call
from qms.web.problems import Problem

STRIDE = timedelta(days=13)
"""The first free time is looked for in stretches of two weeks."""
KEPT = timedelta(minutes=1)


def offered_at(hall: str, service: str) -> str:
    """The path at which a service is booked, beginning with what the office asks first, if anything."""
    return f"/book/{hall}?{urlencode({'service': service})}"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at a moment for one version of a hall."""

    setup: Hall
    at: datetime
    start: datetime | None


class Firsts:
    """First free times, each good for a minute: an hour that has been taken since is no longer free when it is chosen."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts
        self._found: dict[tuple[str, str], Found] = {}
        self._turns: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def first(self, call: Call, hall: str, service: str) -> datetime | None:
        """The first time that people may book; None where there is none. Raises Problem where booking is barred."""
        wanted, key = (Wanted(service),), (hall, service)
        if code := barred(self._acts.room(hall).setup, wanted, public=True):
            raise Problem(code)
        async with self._turns[key]:
            setup, now = self._acts.room(hall).setup, call.site.clock.now()
            kept = self._found.get(key)
            if kept is None or kept.setup is not setup or not kept.at <= now < kept.at + KEPT:
                kept = Found(setup, now, await first_free(self._acts, call, hall, wanted))
                self._found[key] = kept
        return kept.start


async def first_free(acts: Acts, call: Call, hall: str, wanted: Sequence[Wanted]) -> datetime | None:
    """The first free time that people may book; None where there is none."""
    span = bookable(acts.room(hall).setup, tuple(wanted), call.site.clock.now(), public=True)
    day = span[0] if span is not None else None
    while span is not None and day is not None and day <= span[1]:
        found = await acts.days.free(call, hall, wanted, day, day + STRIDE)
        if found:
            return found[min(found)][0]
        day += STRIDE + timedelta(days=1)
    return None
