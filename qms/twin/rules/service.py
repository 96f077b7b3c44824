"""How a call and a service turn out: drawn once when they begin, from who the person is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from qms.queue.rules.shown import ClerkTicket
from qms.twin.rules.chance import Chance, around
from qms.twin.rules.persons import Person

Ending = Literal["start", "recall", "requeue", "finish", "not_provided", "park", "transfer"]
REQUEUES = 0.3
"""Share of people absent again who are sent back to waiting rather than called to the end."""
NOT_PROVIDED = 0.02
SHORTEST = 40.0
"""Seconds that any service takes."""
Key = tuple[str, bool, int]
"""A ticket, whether it is being served, and how often it was called."""


@dataclass(frozen=True, slots=True)
class Case:
    """What will be done with a ticket, and when."""

    key: Key
    ending: Ending
    due: datetime


def called(key: Key, person: Person | None, now: datetime, random: Chance) -> Case:
    """Somebody was called: comes to the counter, or is called again after a while.

    Strangers, such as a visitor of the demo who took a number, are believed to come.
    """
    if person is None:
        return Case(key, "start", now + timedelta(seconds=around(random, 30, 0.4)))
    if person.here(now):
        return Case(key, "start", now + timedelta(seconds=person.walk))
    _, _, calls = key
    back = calls > 1 and random.random() < REQUEUES
    return Case(key, "requeue" if back else "recall", now + timedelta(seconds=around(random, 50, 0.25)))


def serving(
    key: Key, person: Person | None, ticket: ClerkTicket, minutes: float, now: datetime, random: Chance
) -> Case:
    """Service began: how it will end, and when. Somebody who comes back has half of it behind them."""
    work = person.work if person is not None else around(random, 1, 0.5)
    if ticket["served_seconds"] > 0:
        work *= 0.5
    ending: Ending = "not_provided" if random.random() < NOT_PROVIDED else "finish"
    if person is not None:
        person.served = True
        if person.lacks_paper:
            ending, work = "park", work * 0.35
        elif person.other is not None:
            ending = "transfer"
    return Case(key, ending, now + timedelta(seconds=max(SHORTEST, work * minutes * 60)))
