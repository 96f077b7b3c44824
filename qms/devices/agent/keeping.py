"""Keeps the agent ready: hands in what it owes, reads what it will need when the server is away, says how it is."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from qms.devices.agent.clock import HeardClock
from qms.devices.agent.copies import Copies
from qms.devices.agent.handing import Handing
from qms.devices.agent.journal import DAYS_KEPT, Journal, Unwritable
from qms.devices.agent.own import Own
from qms.devices.agent.pages import Pages
from qms.devices.agent.upstream import Unreached, Upstream
from qms.kernel.clock import instant

log = structlog.get_logger("qms.agent")
OFTEN, SELDOM = 2.0, 30.0
"""Seconds between two rounds: while the server is away, and while it is there."""
SHORT = 2.0
"""Seconds for an answer to 'are you there?'."""


class Keeping:
    """One round after the other; `wake` begins the next at once. `printer` tells the printer's state."""

    def __init__(
        self,
        hall: str,
        upstream: Upstream,
        copies: Copies,
        own: Own,
        journal: Journal,
        clock: HeardClock,
        pages: Pages,
        printer: Callable[[], str],
    ) -> None:
        self._hall, self._upstream, self._copies, self._own = hall, upstream, copies, own
        self._journal, self._clock, self._pages, self._printer = journal, clock, pages, printer
        self._handing = Handing(hall, upstream, journal)
        self._woken = asyncio.Event()
        self._complaint = ""

    def wake(self) -> None:
        """Something changed."""
        self._woken.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._woken.clear()
            try:
                await self.round()
                self._say("")
            except (Unreached, KeyError, TypeError, ValueError) as error:
                self._say(f"the server was not reached: {error}")
            except (OSError, Unwritable) as error:
                self._say(f"the disk does not take it: {error}")
            except Exception as error:  # whatever it was, what is owed is to be handed in some day
                self._say(f"{type(error).__name__} {error}")
            pause = SELDOM if self._upstream.online else OFTEN
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    def _say(self, complaint: str) -> None:
        """Log what is wrong once, not every other second; and that all is well again."""
        if complaint != self._complaint:
            self._complaint = complaint
            if complaint:
                log.warning(complaint)
            else:
                log.info("the server is there")

    async def round(self) -> None:
        """All that is to be done with the server; raises Unreached, and what came before it is done."""
        await self.look()
        if not self._upstream.paired:
            await self._pages.renew(self._upstream)
            return
        await self._handing.drain()
        await self._report()
        await self._read()
        await self._pages.renew(self._upstream)
        before = self._own.day() - timedelta(days=DAYS_KEPT)
        await asyncio.to_thread(self._journal.forget, before.isoformat())

    async def look(self) -> None:
        """Is the server there, and are we still its device? Raises Unreached, also where somebody else answers."""
        me = await self._upstream.document("GET", "/api/v1/me", timeout=SHORT)
        device = me.get("device")
        if "kind" not in me or not isinstance(device, dict | None):
            raise self._upstream.foreign()
        if device is not None and device.get("kind") == "kiosk" and device.get("hall") == self._hall:
            self._copies.keep("me", me)
        elif self._upstream.paired:
            self._upstream.shut_out()

    async def _read(self) -> None:
        """What is needed to go on without the server."""
        document, hall = self._upstream.document, f"/api/v1/halls/{self._hall}"
        read_at = instant(datetime.now(UTC))
        away = await document("GET", "/api/v1/devices/me/away")
        self._copies.keep("away", away | {"read_at": read_at})
        self._clock.hear(datetime.fromisoformat(away["at"]))
        self._copies.keep("clock", self._clock.kept())
        card = await document("GET", hall)
        self._copies.keep("card", card)
        if self._own.wanting(card):
            self._own.renew(await document("POST", f"{hall}/numbers", {}), card["version"])
        if logo := logo_path(card):
            await self._copies.file(self._upstream, logo)

    async def _report(self) -> None:
        """Tell how the printer is, and how many numbers are owed, when that changed and once in a while."""
        unsent, refused = await asyncio.to_thread(self._journal.counts)
        state: dict[str, Any] = {"unsent": unsent, "refused": refused}
        if (printer := self._printer()) != "none":
            state["printer"] = printer
        await self._upstream.document("POST", "/api/v1/devices/me/state", state)


def logo_path(card: Any) -> str | None:
    """Where the office's logo is, if it has one."""
    logo = card["office"].get("logo")
    return None if logo is None else f"/media/{card['id']}/{logo}"
