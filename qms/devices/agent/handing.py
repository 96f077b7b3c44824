"""Numbers given while the server was away are handed in: oldest first, each until the server has settled it."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import structlog

from qms.devices.agent.journal import Given, Journal, Unwritable
from qms.devices.agent.upstream import Unreached, Upstream
from qms.kernel.clock import instant

log = structlog.get_logger("qms.agent")
FOR_GOOD = frozenset({400, 409, 413, 415, 422})
"""Refusals that stay so however often it is tried; others, such as a device that is shut out, may pass."""
FAILURES = 5
"""After so many failures of the server over one number, those behind it no longer wait for it."""


class Handing:
    """Hands in what the journal holds. What is refused for good is set aside, counted and told, never dropped."""

    def __init__(self, hall: str, upstream: Upstream, journal: Journal) -> None:
        self._hall, self._upstream, self._journal = hall, upstream, journal
        self._failed: Counter[str] = Counter()
        self._turn = asyncio.Lock()

    async def drain(self) -> int:
        """Hand in all there is; how many were settled. Raises Unreached where the server does not take one now."""
        settled = 0
        async with self._turn:
            while self._upstream.paired:
                given = await asyncio.to_thread(self._journal.next_unsent, self._hall)
                if given is None:
                    break
                await self._hand_in(given)
                settled += 1
        return settled

    async def _hand_in(self, given: Given) -> None:
        try:
            path = f"/api/v1/halls/{given.hall}/handed-in"
            reply = await self._upstream.post(path, _line(given), key=given.id)
        except Unreached as lost:
            self._failed[given.id] += lost.code == "internal"
            if self._failed[given.id] < FAILURES:
                raise
            await self._settle(given, "internal")
            return
        if reply.ok:
            await self._settle(given, None)
        elif reply.status in FOR_GOOD:
            await self._settle(given, reply.code or str(reply.status))
        else:
            raise Unreached(f"not taken now: {reply.status}", reply.code)

    async def _settle(self, given: Given, code: str | None) -> None:
        """Raises Unreached where the disk does not take it: it is handed in once more, which changes nothing."""
        now = instant(datetime.now(UTC))
        if code is not None:
            log.error("a number was refused", number=given.written, ticket=given.id, code=code)
        try:
            await asyncio.to_thread(
                self._journal.settle, given.id, "handed" if code is None else "refused", code, now
            )
        except Unwritable as error:
            raise Unreached(f"the disk is full: {error}") from None


def _line(given: Given) -> dict[str, str | int]:
    line: dict[str, str | int] = {
        "id": given.id,
        "token": given.token,
        "service": given.service,
        "language": given.language,
        "number": given.number,
        "written": given.written,
        "taken_at": given.taken_at,
    }
    return line if given.segment is None else line | {"segment": given.segment}
