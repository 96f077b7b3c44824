"""Counters help by the hall's rule: what it asks for upon each new roll is put to the writer.

The decision is the core's (`levels`), which goes by the present state and by the waits that come
along: a roll that is late, or two processes that ask for the same, do no harm.
"""

import asyncio
import logging

from qms.kernel.clock import Clock
from qms.ledger.orders import LedgerUnavailable, Order
from qms.ledger.writer import Writer
from qms.queue.rules.overflow import Step, step
from qms.queue.rules.roll import Rolled
from qms.queue.rules.state import Queue
from qms.web.edge import nothing

log = logging.getLogger(__name__)
ACTOR = "rule"


class Balance:
    """Puts one step at a time for each hall, and none where nothing would follow. For the event loop."""

    def __init__(self, writer: Writer[Queue], clock: Clock) -> None:
        self._writer, self._clock = writer, clock
        self._putting: dict[str, asyncio.Task[None]] = {}

    def rolled(self, hall: str, rolled: Rolled) -> None:
        """A hall was rolled forward: for `Forecasts.follow`."""
        state = self._writer.state(hall)
        if state is None or hall in self._putting:
            return
        one = step(state, rolled, self._clock.now())
        if one is not None:
            self._putting[hall] = asyncio.create_task(self._put(hall, one))

    async def stop(self) -> None:
        """Wait for what is being put."""
        await asyncio.gather(*self._putting.values())

    async def _put(self, hall: str, one: Step) -> None:
        try:
            await self._writer.execute(Order(hall=hall, command=one, actor=ACTOR, reply=nothing))
        except LedgerUnavailable:
            log.warning("no counter helps in %s: the ledger is not available", hall)
        except Exception:
            log.exception("what the rule asks for in %s cannot be put", hall)
        finally:
            del self._putting[hall]
