"""What time wakes in the queue: each night the estimate learns from the days that are over."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from datetime import date

import structlog

from qms.ledger.fold import CLOCK
from qms.ledger.orders import Order
from qms.queue.nightly import ANSWER, LEAST_DAYS, QUESTION, Question, closed_days
from qms.queue.rules.commands import AdoptFit
from qms.queue.rules.fit import Fit
from qms.queue.rules.state import Queue
from qms.web.edge import nothing
from qms.web.site import Site

log = structlog.get_logger("qms.queue")
PATIENCE = 3600
"""Seconds within which a hall must be learnt."""


class Nights:
    """The nights of one server, one hall after the other.

    A hall is looked at when its day has ended or begun. Whatever the fit in force has not seen is learnt, in a
    process of its own so that nobody waits; the fit is adopted once a day is open, for it would open one.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._looked: dict[str, date | None] = {}
        """The open day of a hall when it was last looked at."""
        self._tried: dict[str, date] = {}
        """The last day that was learnt from, with or without a fit."""
        self._ready: dict[str, Fit] = {}
        self._child: Process | None = None
        self._stopped = False

    async def learn(self) -> None:
        """Learn what there is to learn, and adopt it; does nothing while it is at it. Raises LedgerUnavailable."""
        if self._child is not None or self._stopped:
            return
        for hall in self._site.writer.halls():
            state: Queue | None = self._site.writer.state(hall)
            if state is None or state.hall is None:
                continue
            if hall not in self._looked or self._looked[hall] != state.day:
                await self._look(hall, state)
            await self._adopt(hall)

    async def stop(self) -> None:
        """What is being learnt is given up."""
        self._stopped = True
        if (child := self._child) is not None:
            _kill(child)
            await child.wait()

    async def _look(self, hall: str, state: Queue) -> None:
        days = await self._site.read(lambda conn: closed_days(conn, hall, state.day))
        self._looked[hall] = state.day
        seen = state.fit.learnt if state.fit is not None else date.min
        if len(days) < LEAST_DAYS or days[0] <= max(seen, self._tried.get(hall, date.min)):
            return
        fit = await self._ask(Question(self._site.settings.database_url, hall, tuple(days)))
        self._tried[hall] = days[0]
        if fit is not None:
            self._ready[hall] = fit

    async def _ask(self, question: Question) -> Fit | None:
        """None too where it went wrong, which is logged: waits are told by the older fit."""
        self._child = child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "qms.queue.nightly", stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        too_long = asyncio.get_running_loop().call_later(PATIENCE, _kill, child)
        # The address of the database goes by standard input: arguments can be seen by every user.
        out, err = await child.communicate(QUESTION.dump_json(question))
        too_long.cancel()
        self._child = None
        if child.returncode == 0:
            return ANSWER.validate_json(out)
        if not self._stopped:
            said = err.decode(errors="replace").strip().splitlines()[-1:]
            log.error("nothing was learnt", hall=question.hall, code=child.returncode, said=said)
        return None

    async def _adopt(self, hall: str) -> None:
        state: Queue | None = self._site.writer.state(hall)
        fit = self._ready.get(hall)
        if fit is None or state is None or state.day is None:
            return
        del self._ready[hall]
        if state.fit is not None and state.fit.learnt >= fit.learnt:
            return  # another process was faster
        await self._site.writer.execute(Order(hall=hall, command=AdoptFit(fit), actor=CLOCK, reply=nothing))
        log.info("learnt", hall=hall, until=fit.learnt.isoformat(), tickets=fit.tickets, gain=fit.gain)


def _kill(child: Process) -> None:
    with suppress(ProcessLookupError):
        child.kill()
