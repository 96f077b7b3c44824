"""Which counter the hall's rule would have help another line now, or let go: one step at a time.

One step for each roll: the next roll tells what it made of the waits. `levels` decides, and goes
by the waits that come with the command.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from qms.kernel.refusal import Refusal
from qms.queue.rules.commands import CloseLevel, OpenLevel
from qms.queue.rules.levels import HELPS, close_level, open_level
from qms.queue.rules.model import Desk
from qms.queue.rules.pressure import Pressure, pressures
from qms.queue.rules.roll import Rolled
from qms.queue.rules.state import Queue

Step = OpenLevel | CloseLevel
"""What the rule may ask for."""


def step(state: Queue, rolled: Rolled, now: datetime) -> Step | None:
    """The first thing that the rule would do upon a roll; None: nothing.

    A counter is let go before another one helps. Of those that could help the most pressed line,
    the one whose own lines wait least does. A roll from before the last opening says nothing of it.
    """
    if state.hall is None or state.hall.conduct.overflow is None or state.suspended is not None:
        return None
    desks = [state.desk(part.id) for part in state.setup.counters if not part.retired]
    if any(opened.since >= rolled.at for desk in desks for opened in desk.opened):
        return None
    ranked = pressures(state, rolled)
    waits = {one.service: one.longest for one in ranked}
    return next(
        (
            one
            for one in (*_ends(desks, waits), *_begins(desks, ranked, waits))
            if _follows(state, one, now)
        ),
        None,
    )


def own_wait(desk: Desk, waits: Mapping[str, float]) -> float:
    """The longest wait that is expected in the lines that a counter takes as its first choice."""
    return max((waits.get(service, 0.0) for service, level in desk.profile if level <= HELPS), default=0.0)


def _ends(desks: list[Desk], waits: Mapping[str, float]) -> Iterator[Step]:
    for desk in desks:
        for opened in desk.opened:
            wait, own = round(waits.get(opened.service, 0.0), 2), round(own_wait(desk, waits), 2)
            yield CloseLevel(desk.counter, opened.service, by_rule=True, wait=wait, own=own)


def _begins(desks: list[Desk], ranked: tuple[Pressure, ...], waits: Mapping[str, float]) -> Iterator[Step]:
    able = [desk for desk in desks if desk.state == "open"]
    able.sort(key=lambda desk: own_wait(desk, waits))
    for one in ranked:
        for desk in able if one.waiting else ():
            wait, own = round(one.longest, 2), round(own_wait(desk, waits), 2)
            yield OpenLevel(desk.counter, one.service, by_rule=True, wait=wait, own=own)


def _follows(state: Queue, one: Step, now: datetime) -> bool:
    """Whether anything would follow from it."""
    decision = open_level(state, one, now) if isinstance(one, OpenLevel) else close_level(state, one, now)
    return bool(decision) and not isinstance(decision, Refusal)
