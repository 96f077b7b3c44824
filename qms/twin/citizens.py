"""Simulated citizens of one hall: they come through the day, take numbers, wait, and are served or leave."""

import asyncio
from datetime import datetime, timedelta
from random import Random

from qms.twin.business import NAP, Business
from qms.twin.feed import Feed
from qms.twin.hall import Crowd, Hall
from qms.twin.interface import Interface, Refused
from qms.twin.rules.arrivals import Stream
from qms.twin.rules.chance import around
from qms.twin.rules.day import LINGER, Day
from qms.twin.rules.demand import per_hour
from qms.twin.rules.persons import Person, person, puts_off
from qms.twin.solving import solved

PATIENCE = 60.0
"""Machine seconds for which a person tries a kiosk that does not answer."""
STALE = timedelta(minutes=15)
"""An arrival that is so late, because time jumped or the server was away, does not take place."""
PRESENT = 2.0
"""People per counter who stand there already when the simulation joins a day that goes on."""
FOLLOW = 0.12
"""Share of people with a paper number who follow it on the phone."""
FOLLOWERS = 20
"""Phones that follow a number at the same time, at most."""
OVER = frozenset({"finished", "missed", "cancelled", "lapsed"})


class Citizens:
    """The people of one hall; `kiosk` is its kiosk, `web` everybody's phone."""

    def __init__(
        self, hall: Hall, kiosk: Interface | None, web: Interface, crowd: Crowd, random: Random
    ) -> None:
        self._hall, self._kiosk, self._web = hall, kiosk, web
        self._crowd, self._random = crowd, random
        self._clock: Business = hall.clock
        self._following = 0

    async def come(self) -> None:
        """For ever, day after day."""
        await self._hall.ready()
        await self._clock.until(self._clock.now() + timedelta(minutes=1))  # the clerks sit down
        self._join()
        while True:
            day = self._hall.day(self._clock.now())
            if day is None:
                await self._clock.until(self._clock.now() + STALE)
                continue
            await self._clock.until(day.opens - timedelta(hours=1))
            self._hall.people.clear()
            await self._all_day(day, around(self._random, 1, 0.08))
            await self._clock.until(day.closes + LINGER)

    def _join(self) -> None:
        """A day that goes on already has people in the hall."""
        day = self._hall.day(self._clock.now())
        if day is None or not day.open_at(self._clock.now()):
            return
        for _ in range(round(PRESENT * len(self._hall.desks))):
            self._crowd.add(self._soon(timedelta(minutes=self._random.uniform(0, 4))))

    async def _soon(self, later: timedelta) -> None:
        await self._clock.until(self._clock.now() + later)
        await self._visit(self._weights())

    async def _all_day(self, day: Day, mood: float) -> None:
        """Send people until nobody comes any more; `mood` makes a day busier or quieter than another."""
        at: datetime | None = self._clock.now()
        while at is not None:
            weights = self._weights()
            at = Stream(day, mood * sum(weights.values())).next(at, self._random)
            if at is None:
                return
            await self._clock.until(at)
            late = self._clock.now() - at
            if late < STALE:
                self._crowd.add(self._visit(weights))
            else:
                at += late

    def _weights(self) -> dict[str, float]:
        return per_hour(self._hall.card, self._hall.desks, self._hall.open_for())

    async def _visit(self, weights: dict[str, float]) -> None:
        """One person's visit."""
        if not weights:
            return
        hall, now = self._hall, self._clock.now()
        home = hall.home or self._kiosk is None
        who = person(self._random, hall.card, weights, now, home=home)
        if self._put_off(who):
            if self._random.random() < 0.5:
                return
            who.patience = self._random.uniform(1, 6)  # takes a number, and thinks better of it
        if who.service not in hall.open_for():  # nobody at that counter: they ask, and do not wait long
            who.comes = who.gives_back = True
            who.patience = min(who.patience, self._random.uniform(10, 35))
        taken = await self._take(who)
        if taken is None:
            return
        hall.people[taken["id"]] = who
        if who.from_home:  # people set out so that they are there in time, most of the time
            trip = min(self._random.uniform(3, 15), 1 + 0.7 * (hall.expected(who.service) or 0))
            who.arrives = now + timedelta(minutes=trip)
        if who.from_home or self._random.random() < FOLLOW:
            self._crowd.add(self._follow(taken["token"]))
        await self._wait(who, taken["id"], taken["token"])

    async def enter(self, who: Person, taken: dict[str, str]) -> None:
        """Somebody who checked in joins the others in the hall."""
        self._hall.people[taken["id"]] = who
        await self._wait(who, taken["id"], taken["token"])

    def _put_off(self, who: Person) -> bool:
        expected = self._hall.expected(who.service)
        return expected is not None and puts_off(self._random, expected)

    async def _take(self, who: Person) -> dict[str, str] | None:
        """Take a number; None where the hall gives none."""
        body = {"service": who.service, "language": who.language}
        if who.segment is not None:
            body["segment"] = who.segment
        source = self._web if who.from_home or self._kiosk is None else self._kiosk
        if (
            source is self._web and "check_in_by" in self._hall.card
        ):  # it may ask for the task against robots
            task = await self._web.get(f"/api/v1/halls/{self._hall.id}/challenge")
            body["challenge"] = await asyncio.to_thread(solved, task)
        try:
            taken: dict[str, str] = await source.post(
                f"/api/v1/halls/{self._hall.id}/tickets", body, PATIENCE
            )
        except Refused as refused:
            if source is self._web and refused.status in (401, 403):
                self._hall.home = False
            return None
        return taken

    async def _wait(self, who: Person, ticket: str, token: str) -> None:
        """Wait to be called, until patience ends."""
        leaves = self._clock.now() + timedelta(minutes=who.patience)
        while not who.served and ticket in self._hall.people:
            now = self._clock.now()
            if now >= leaves:
                who.gone = True
                break
            await self._clock.until(min(leaves, now + timedelta(minutes=2)))
        if who.gone and who.comes and who.gives_back:
            await self._leave(who, ticket, token)

    async def _leave(self, who: Person, ticket: str, token: str) -> None:
        """Give the number back; somebody who is called just then stays."""
        try:
            await self._web.call("DELETE", f"/api/v1/tickets/{token}", patience=PATIENCE)
        except Refused as refused:
            who.gone = refused.code != "wrong_state"
        else:
            self._hall.people.pop(ticket, None)

    async def _follow(self, token: str) -> None:
        """Look at the phone until the visit is over."""
        if self._following >= FOLLOWERS:
            return
        query = {"view": "ticket", "token": token}
        phone = Feed(self._web.base_url, query, self._clock, self._random)
        self._following += 1
        watching = asyncio.create_task(phone.run())
        try:
            while not watching.done() and (phone.view or {}).get("state") not in OVER:
                await phone.news(phone.count, NAP)
        finally:
            watching.cancel()
            self._following -= 1
