"""A simulated clerk: signs in, sits at one counter, and does what `rules.clerk` says."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from qms.live.protocol import SIGN_IN
from qms.twin.business import NAP, Business
from qms.twin.feed import Feed
from qms.twin.hall import Hall
from qms.twin.interface import Interface, Refused
from qms.twin.rules.clerk import SETTLE, Act, Look, Mind, Shift, shift, step

LOCKED_OUT = 30.0
"""Machine seconds after which an account that was turned away tries again."""
LAG = 0.5
"""Machine seconds in which the screen shows what an act has done."""
ENDS = frozenset({"finish", "no-show", "next"})
"""Acts after which whoever was at the counter is done."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A clerk's account and counter."""

    name: str
    password: str
    hall: str
    counter: str


class Clerk:
    """One clerk, number `place` of `of` in the hall."""

    def __init__(
        self, account: SignIn, place: int, of: int, hall: Hall, api: Interface, random: Random
    ) -> None:
        self._account, self._place, self._of = account, place, of
        self._hall, self._api, self._random = hall, api, random
        self._clock: Business = hall.clock
        query = {"view": "clerk", "hall": account.hall, "counter": account.counter}
        self._feed = Feed(api.base_url, query, self._clock, random, lambda: {"Cookie": api.cookies})
        self._shift: Shift | None = None
        self._mind = Mind(account.counter)

    async def work(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            group.create_task(self._act())

    async def _watch(self) -> None:
        await self._sign_in()
        while True:
            if await self._feed.run() == SIGN_IN:
                await self._sign_in()
            else:
                await asyncio.sleep(LOCKED_OUT)

    async def _sign_in(self) -> None:
        """A fresh session; an account that is turned away tries again much later."""
        while True:
            try:
                await self._api.post(
                    "/api/v1/session", {"name": self._account.name, "password": self._account.password}
                )
                return
            except Refused:
                await asyncio.sleep(LOCKED_OUT)

    async def _act(self) -> None:
        await self._hall.ready()
        while True:
            view, seen = self._feed.view, self._feed.count
            if view is None:
                await self._feed.news(seen, NAP)
                continue
            self._hall.desks[self._account.counter] = view["offered"]
            now = self._clock.now()
            today = self._today(now)
            if today is None:
                await asyncio.sleep(NAP)
                continue
            look = Look(view, today, self._mind, self._hall.find, now, self._random)
            found = step(look)
            if isinstance(found, Act):
                await self._do(found, view["counter"].get("ticket"), seen)
            else:
                await self._feed.news(seen, self._clock.machine(found))

    def _today(self, now: datetime) -> Shift | None:
        """The shift of the day that goes on; a new day is begun with a fresh mind."""
        day = self._hall.day(now)
        if day is None:
            return None
        if self._shift is None or self._shift.day.date != day.date:
            self._mind = Mind(self._account.counter)
            self._shift = shift(day, self._place, self._of, self._random)
        return self._shift

    async def _do(self, act: Act, held: str | None, seen: int) -> None:
        path = f"/api/v1/counters/{self._account.hall}.{self._account.counter}/{act.name}"
        try:
            answer: Mapping[str, Any] = await self._api.post(path, act.body)
        except Refused as refused:
            if refused.status == 401:
                await self._sign_in()
            await asyncio.sleep(self._clock.machine(self._clock.now() + SETTLE))
            return
        if act.name == "open":
            self._mind.me = answer["counter"].get("clerk")
        if act.name in ENDS and held is not None:
            self._hall.people.pop(held, None)
        await self._feed.news(seen, LAG)
