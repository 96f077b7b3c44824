"""Lending a counter to a service for a while, and taking it back: for those who run the hall."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from starlette.routing import BaseRoute

from qms.kernel.event import Command, Recorded
from qms.queue.advice import AdviceOf
from qms.queue.forecasts import RolledOf
from qms.queue.http.desk import hall_of, order
from qms.queue.rules.commands import CloseLevel, OpenLevel
from qms.queue.rules.levels import LONGEST, SHORTEST
from qms.queue.rules.overflow import own_wait
from qms.queue.rules.pressure import pressures
from qms.queue.rules.shown import DeskAnswer, ManagerView
from qms.queue.rules.state import Queue
from qms.queue.views.desk import desk_answer
from qms.queue.views.manager import manager
from qms.web.edge import Call, json_route
from qms.web.wire import Name, Wire


class TakeBackIn(Wire):
    """The service to which the counter is lent, or with which it helps."""

    service: Name


class LendIn(TakeBackIn):
    """A service of the counter's set-up, and for how many minutes the counter takes it before all else."""

    minutes: Annotated[int, Field(ge=SHORTEST, le=LONGEST)]


class Lending:
    """The routes. `rolled_of` and `advice_of` give the latest roll of a hall and what is proposed there."""

    def __init__(self, rolled_of: RolledOf, advice_of: AdviceOf) -> None:
        self._rolled_of, self._advice_of = rolled_of, advice_of

    def routes(self) -> list[BaseRoute]:
        refusals = ("unknown_counter", "key_reused")
        return [
            json_route(
                "POST",
                "/api/v1/counters/{counter}/lend",
                self.lend,
                body=LendIn,
                answer=DeskAnswer,
                right="hall.run",
                summary="Lend a counter to a service for some minutes",
                refusals=(
                    *refusals,
                    "already_lent",
                    "counter_not_open",
                    "counter_retired",
                    "not_served_here",
                ),
            ),
            json_route(
                "POST",
                "/api/v1/counters/{counter}/take-back",
                self.take_back,
                body=TakeBackIn,
                answer=DeskAnswer,
                right="hall.run",
                summary="Let a counter take a service at its usual level again",
                refusals=refusals,
            ),
            json_route(
                "GET",
                "/api/v1/halls/{hall}/pressure",
                self.pressure,
                answer=ManagerView,
                right="hall.run",
                summary="How a hall stands: its lines, worst first, its counters, and what could be done",
            ),
        ]

    async def lend(self, call: Call, body: LendIn) -> dict[str, Any]:
        """The expected waits on which it was decided go on record with it."""
        hall, counter = _named(call)
        wait, own = self._expected(hall_of(call, hall), counter, body.service)
        command = OpenLevel(counter, body.service, by_rule=False, minutes=body.minutes, wait=wait, own=own)
        return await _done(call, hall, counter, command)

    async def take_back(self, call: Call, body: TakeBackIn) -> dict[str, Any]:
        hall, counter = _named(call)
        wait, own = self._expected(hall_of(call, hall), counter, body.service)
        command = CloseLevel(counter, body.service, by_rule=False, wait=wait, own=own)
        return await _done(call, hall, counter, command)

    async def pressure(self, call: Call, _body: None) -> ManagerView:
        """What is proposed is looked for while somebody watches the supervisor's page."""
        hall = call.param("hall")
        state = hall_of(call, hall)
        return manager(state, self._rolled_of(hall), self._advice_of(hall), call.site.clock.now())

    def _expected(self, state: Queue, counter: str, service: str) -> tuple[float | None, float | None]:
        """The longest expected waits of a service and in a counter's own lines, where the hall could be rolled forward."""
        rolled = self._rolled_of(state.id)
        if rolled is None:
            return None, None
        waits = {one.service: one.longest for one in pressures(state, rolled)}
        return round(waits.get(service, 0.0), 2), round(own_wait(state.desk(counter), waits), 2)


def _named(call: Call) -> tuple[str, str]:
    """The hall and the counter that the path names."""
    hall, _, counter = call.param("counter").partition(".")
    return hall, counter


async def _done(call: Call, hall: str, counter: str, command: Command) -> dict[str, Any]:
    def reply(state: Queue, _events: Sequence[Recorded]) -> dict[str, Any]:
        return dict(desk_answer(state, counter))

    return (await order(call, hall, command, reply, fresh=counter)).body
