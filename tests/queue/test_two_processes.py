"""Two servers on one PostgreSQL whose clerks all press 'next' at once, thousands of times."""

import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from qms.kernel.clock import ScaledClock
from qms.ledger.engine import connect
from qms.ledger.orders import Answer
from qms.queue.rules import commands as c
from qms.queue.rules.events import TicketCalled
from tests.halls.make import group
from tests.ledger.child import Child
from tests.queue.child import HALL, make_writer, open_hall, order, race
from tests.queue.kills import MORNING, log_of, verify
from tests.queue.make import always_open, changed, office

PEOPLE = 2400
COUNTERS = [str(n) for n in range(1, 13)]


@pytest.mark.slow
async def test_nobody_is_called_twice_and_both_end_with_one_truth(postgresql_url: str) -> None:
    setup = office({counter: {"id-card": 1} for counter in COUNTERS}, hours=always_open())
    wide = changed(setup, groups=(group("documents", "A", last=9999, digits=4), setup.groups[1]))
    engine = connect(postgresql_url)
    writer = make_writer(engine, ScaledClock(MORNING, 1, monotonic))
    await writer.start()
    await open_hall(writer, [wide])
    for counter in COUNTERS:
        assert isinstance(await writer.execute(order(c.OpenCounter(counter, f"clerk {counter}"))), Answer)
    wishes = [
        c.IssueTicket(f"{n:032x}", "id-card", "walk-in", "pl", "kiosk", f"holder {n}")
        for n in range(PEOPLE)
    ]
    assert all(
        isinstance(a, Answer) for a in await asyncio.gather(*(writer.execute(order(w)) for w in wishes))
    )
    await writer.stop()

    start = MORNING + timedelta(minutes=5)
    with (
        Child(race, postgresql_url, start, COUNTERS[::2]) as one,
        Child(race, postgresql_url, start, COUNTERS[1::2]) as two,
    ):
        assert {one.said(), two.said()} == {"ready"}
        for child in (one, two):
            child.pipe.send("go")
        called_1, called_2 = one.said(120), two.said(120)
        log = log_of(engine)
        for child in (one, two):
            child.pipe.send(log[-1].seq)
        state_1, state_2 = one.said(), two.said()
        for child in (one, two):
            child.pipe.send("stop")

    assert min(len(called_1), len(called_2)) > PEOPLE / 20, "both must have had their share"
    assert sorted(called_1 + called_2) == [wish.ticket for wish in wishes]
    assert state_1 == state_2
    assert state_1.id == HALL
    assert [state_1.tickets[wish.ticket].state for wish in wishes].count("finished") == PEOPLE - len(
        COUNTERS
    )
    calls = [event.body.ticket for event in log if isinstance(event.body, TicketCalled)]
    assert calls == [wish.ticket for wish in wishes], "each once, in the order in which they came"
    verify(engine, log)
    engine.dispose()
