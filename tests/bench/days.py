"""A day of a busy hall, some 391 tickets at nine counters: played by the hall's own rules, and written in SimPy."""

from random import Random
from statistics import median
from time import process_time

from qms.twin.rules.sim import busy
from qms.twin.rules.sim.model import Scene
from qms.twin.rules.sim.run import run
from tests.twin.simpy_hall import SimpyHall

DAYS, ROUNDS = 5, 9


def measure() -> dict[str, float]:
    """Milliseconds of the processor for a day of each, in turn; both must call everybody at the same minute."""
    hall = busy.hall()
    days = [busy.day(hall, number, Random(f"bench {number}")) for number in range(DAYS)]
    ours, theirs, tickets = [], [], 0
    for day in days:
        _same(day)
        tickets += sum(one.arrives is not None for one in day.arrivals)
    for _ in range(ROUNDS):
        began = process_time()
        for day in days:
            run(day)
        between = process_time()
        for day in days:
            SimpyHall(day).run()
        ours.append(between - began)
        theirs.append(process_time() - between)
    # The fastest round is the one that other programs disturbed least.
    each = 1000 / DAYS
    return {
        "tickets": tickets / DAYS,
        "day_ms": min(ours) * each,
        "simpy_ms": min(theirs) * each,
        "ratio": median(a / b for a, b in zip(ours, theirs, strict=True)),
    }


def _same(day: Scene) -> None:
    ours = {o.arrival.id: o.called for o in run(day) if o.called is not None}
    theirs = SimpyHall(day).run()
    if ours.keys() != theirs.keys() or any(abs(ours[id] - theirs[id][0]) > 1e-6 for id in ours):
        raise RuntimeError("the two halls do not call the same people")
