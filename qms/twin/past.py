"""Give a hall a past: days played by the simulator, put on record as if they had been lived."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from uuid_utils import uuid7

from qms.halls.rules import hours
from qms.halls.rules.model import BOOKED, Hall
from qms.kernel.event import Command
from qms.kernel.refusal import Refusal
from qms.ledger.orders import Order
from qms.ledger.writer import Writer
from qms.queue.rules import commands as c
from qms.queue.rules.state import Queue
from qms.twin.rules.sim.habits import scene
from qms.twin.rules.sim.model import Outcome, Scene
from qms.twin.rules.sim.run import Play
from qms.twin.rules.sim.usual import usual
from qms.web.edge import nothing

ACTOR = "past"


class Diary(Play):
    """A day being played, of which every command that was not refused is kept with its time.

    Whoever is booked takes a number with the booked time, since no calendar knows of them.
    """

    def __init__(self, scene: Scene) -> None:
        self.kept: list[tuple[datetime, Command]] = []
        super().__init__(scene)

    def _do(self, command: Command) -> Refusal | None:
        no = super()._do(command)
        if no is None:
            self.kept.append((self.now, command))
        return no

    def _takes_number(self, outcome: Outcome) -> Refusal | None:
        one = outcome.arrival
        if one.booked is None:
            return super()._takes_number(outcome)
        number = c.IssueTicket(
            ticket=one.id,
            service=one.service,
            segment=BOOKED,
            language=self.hall.languages[0],
            channel="booking",
            holder="",
            booked=self.scene.opens + timedelta(minutes=one.booked),
        )
        return self._joins(outcome, max(self.minute, one.booked), number)


async def live(writer: Writer[Queue], hall: Hall, days: Iterable[date], seed: int = 1) -> int:
    """Put on record what happened in a hall on some days before its log's present; returns how many came.

    Raises RuntimeError where the hall refuses what it did not refuse when the day was played.
    """
    came = 0
    for day in days:
        if not hours.openings(hall, day):
            continue
        diary = await asyncio.to_thread(_played, hall, day, seed)
        came += sum(outcome.ref is not None for outcome in diary.outcomes.values())
        names = {id: uuid7().hex for id in diary.outcomes}
        orders = [_order(hall.id, at, _lived(command, names)) for at, command in diary.kept]
        for outcome in await asyncio.gather(*(writer.execute(order) for order in orders)):
            if isinstance(outcome, Refusal):
                raise RuntimeError(f"{hall.id} {day}: the hall refused its own past: {outcome.code}")
    return came


def _played(hall: Hall, day: date, seed: int) -> Diary:
    chance = Random(f"{seed}/{hall.id}/{day}")  # noqa: S311
    diary = Diary(scene(usual(hall, day), hall, day, chance))
    diary.all()
    return diary


def _lived(command: Command, names: Mapping[str, str]) -> Command:
    """A command of the play with ids that are used once."""
    name = names.get(getattr(command, "ticket", None) or "")
    if name is None:
        return command
    changes: dict[str, Any] = {"ticket": name}
    if isinstance(command, c.IssueTicket):
        changes["holder"] = f"{ACTOR} {name}"
    lived: Command = replace(command, **changes)  # type: ignore[type-var]  # every command is a dataclass
    return lived


def _order(hall: str, at: datetime, command: Command) -> Order[Queue]:
    return Order(hall=hall, command=command, actor=ACTOR, reply=nothing, at=at)
