"""Simulated people who book a time on the web and check in at the kiosk."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from qms.twin.business import Business
from qms.twin.hall import Crowd, Hall
from qms.twin.interface import Interface, Refused
from qms.twin.rules.persons import Person, person
from qms.twin.solving import solved

EVERY = 2.5
"""Minutes between two people who book, on average."""
AHEAD = timedelta(hours=5)
"""Most book for the next few hours: the hall is to be seen at once."""
STAYS_AWAY, CANCELS = 0.08, 0.05
PATIENCE = 60.0

Enter = Callable[[Person, dict[str, str]], Awaitable[None]]
"""What a person with a number does from then on."""


class Bookers:
    """Those of one hall; `enter` is how its citizens wait."""

    def __init__(
        self,
        hall: Hall,
        kiosk: Interface | None,
        web: Interface,
        crowd: Crowd,
        random: Random,
        enter: Enter,
    ) -> None:
        self._hall, self._kiosk, self._web = hall, kiosk, web
        self._crowd, self._random, self._enter = crowd, random, enter
        self._clock: Business = hall.clock
        self._named = 0

    async def come(self) -> None:
        """For ever: now and then somebody books, where the hall takes bookings."""
        await self._hall.ready()
        while True:
            await self._clock.until(
                self._clock.now() + timedelta(minutes=self._random.expovariate(1 / EVERY))
            )
            if self._kiosk is not None and self._hall.card.get("check_in_by"):
                self._crowd.add(self._visit())

    async def _visit(self) -> None:
        try:
            booking, start, service = await self._book()
        except Refused:
            return  # nothing was free, or somebody was quicker
        chance = self._random.random()
        if chance < CANCELS:
            await self._clock.until(start - (start - self._clock.now()) / 2)
            await self._quietly("DELETE", f"/api/v1/bookings/{booking['token']}")
            return
        if chance < CANCELS + STAYS_AWAY:
            return
        await self._clock.until(start - timedelta(minutes=self._random.uniform(2, 13)))
        taken = await self._check_in(booking["code"])
        if taken is None:
            return
        who = person(self._random, self._hall.card, {service: 1.0}, self._clock.now(), home=False)
        who.comes, who.segment = True, None
        await self._enter(who, taken)

    async def _book(self) -> tuple[Mapping[str, Any], datetime, str]:
        """A booking that stands, its time and its service; raises Refused."""
        hall = f"/api/v1/halls/{self._hall.id}"
        service = self._random.choice(sorted(self._hall.open_for()) or ["none"])
        free = (await self._web.get(f"{hall}/slots?service={service}"))["days"]
        until = self._clock.now() + AHEAD
        times = [datetime.fromisoformat(at) for day in sorted(free)[:2] for at in free[day]]
        soon = [at for at in times if at <= until]
        if not soon:
            raise Refused(409, "time_taken")
        start = self._random.choice(soon)
        task = await self._web.get(f"{hall}/challenge")
        held = await self._web.post(
            f"{hall}/bookings",
            {
                "services": [{"service": service}],
                "start": start.isoformat(),
                "eligible": True,
                "challenge": await asyncio.to_thread(solved, task),
            },
            PATIENCE,
        )
        self._named += 1
        fields = {
            "name": f"Osoba {self._named}",
            "email": f"osoba-{self._named}-{held['id'][-8:]}@demo.example",
        }
        body = {"fields": fields, "accepted": True}
        stands = await self._web.post(f"/api/v1/bookings/{held['token']}/confirm", body, PATIENCE)
        if "code" not in stands:
            raise Refused(409, "not_confirmed")
        return {**stands, "token": held["token"]}, start, service

    async def _check_in(self, code: str) -> dict[str, str] | None:
        assert self._kiosk is not None
        try:
            taken: dict[str, str] = await self._kiosk.post(
                f"/api/v1/halls/{self._hall.id}/check-in", {"code": code}, PATIENCE
            )
        except Refused:
            return None
        return taken

    async def _quietly(self, method: str, path: str) -> None:
        try:
            await self._web.call(method, path, patience=PATIENCE)
        except Refused:
            return
