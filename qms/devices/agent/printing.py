"""Papers: one after the other to the printer, each once, however often it is asked for."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal, Protocol

import structlog
from PIL.Image import Image

from qms.devices.agent.journal import Journal, Printed, Unwritable
from qms.devices.paper.picture import draw
from qms.devices.paper.slip import slip_of
from qms.devices.printer.escpos import PrinterFailed, Status

log = structlog.get_logger("qms.agent")
POLLED = 2.0
"""Seconds between two looks at the printer."""
PATIENCE = 5.5
"""Seconds for which a person waits for the paper; then their number is on the screen alone."""
PRINTS = frozenset({"ok", "paper_low"})
AGAIN = 2
"""So often a ticket may be printed once more."""
COPIES = 5
Paper = Literal["printed", "none", "failed"]
Source = Callable[[], tuple[Mapping[str, Any], bytes | None] | None]
"""The hall's document and its logo, as they are known now; None where nothing is."""


class Device(Protocol):
    """A printer; both may block for as long as a printer is waited for."""

    def status(self) -> Status:
        """How it is."""
        ...

    def print(self, image: Image, copies: int = 1) -> None:
        """Print and cut; raises PrinterFailed, and then nothing counts as printed."""
        ...


class Papers:
    """The printer's queue. `dots` is the width of the paper; `status` is `none` where there is no printer.

    `changed` is called when the printer's state differs from before.
    """

    def __init__(
        self,
        device: Device | None,
        dots: int,
        journal: Journal,
        source: Source,
        now: Callable[[], datetime],
        changed: Callable[[], None],
    ) -> None:
        self.status: Status | Literal["none"] = "none" if device is None else "no_answer"
        self._device, self._dots, self._journal = device, dots, journal
        self._source, self._now, self._changed = source, now, changed
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[Paper]] = set()

    async def watch(self) -> None:
        """Look at the printer every other second, for ever, unless it prints just then."""
        if self._device is None:
            return
        while True:
            if not self._turn.locked():
                async with self._turn:
                    self._now_is(await asyncio.to_thread(_looked_at, self._device))
            await asyncio.sleep(POLLED)

    async def print(self, ticket: dict[str, Any], day: str, language: str, copies: int = 1) -> Paper:
        """Print a ticket that was just taken. Asked once more for the same ticket, it tells what came of it."""
        if self._device is None:
            return "none"
        kept = json.dumps(ticket, ensure_ascii=False)
        before: Printed | None = None
        with suppress(Unwritable):  # the number itself is safe with the server, or this disk took it
            before = await asyncio.to_thread(self._journal.begin_paper, ticket["id"], day, kept, language)
        if before is not None:
            return "printed" if before == "printed" else "failed"
        return await self._patiently(ticket, language, copies)

    async def again(self, id: str) -> Paper | None:
        """Print a ticket once more; None for one that is not known, or was printed again often enough."""
        if self._device is None:
            return "none"
        try:
            kept = await asyncio.to_thread(self._journal.once_more, id, AGAIN)
        except Unwritable:
            return "failed"
        return None if kept is None else await self._patiently(json.loads(kept[0]), kept[1], 1)

    async def close(self) -> None:
        """Let what is being printed come out."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _patiently(self, ticket: dict[str, Any], language: str, copies: int) -> Paper:
        """The print goes on where it takes longer than a person is kept waiting."""
        job = asyncio.create_task(self._carefully(ticket, language, copies))
        self._under_way.add(job)
        job.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.wait_for(asyncio.shield(job), PATIENCE)
        except TimeoutError:
            return "failed"

    async def _carefully(self, ticket: dict[str, Any], language: str, copies: int) -> Paper:
        try:
            paper = await self._carry_out(ticket, language, copies)
        except Exception:  # a paper that cannot be drawn leaves the number on the screen
            log.exception("a paper could not be made")
            paper = "failed"
        with suppress(Unwritable):
            await asyncio.to_thread(self._journal.end_paper, ticket["id"], paper)
        return paper

    async def _carry_out(
        self, ticket: dict[str, Any], language: str, copies: int
    ) -> Literal["printed", "failed"]:
        assert self._device is not None
        if (known := self._source()) is None:
            return "failed"
        card, logo = known
        slip = slip_of(card, ticket, language, logo, now=self._now())
        image = await asyncio.to_thread(draw, slip, self._dots)
        async with self._turn:
            try:
                await asyncio.to_thread(self._device.print, image, max(1, min(copies, COPIES)))
            except PrinterFailed as failed:
                self._now_is(failed.status)
                log.warning("a paper was not printed", printer=failed.status)
                return "failed"
        if self.status not in PRINTS:
            self._now_is("ok")
        return "printed"

    def _now_is(self, status: Status) -> None:
        if status != self.status:
            log.info("printer", state=status)
            self.status = status
            self._changed()


def _looked_at(device: Device) -> Status:
    """How a printer is; libraries of cables fail in ways of their own."""
    try:
        return device.status()
    except Exception:
        log.exception("the printer could not be asked")
        return "no_answer"
