"""A hall whose process is killed at random moments: nothing answered is lost, and rows stay with the log."""

import pytest

from qms.ledger.engine import connect
from qms.queue.rules.events import DayClosed, TicketCalled
from tests.queue.kills import kill_once, log_of, prepare, verify

KILLS = 20


@pytest.mark.slow
async def test_twenty_kills_lose_nothing_that_was_answered(url: str) -> None:
    await prepare(url)
    answered = [await kill_once(url, seed) for seed in range(KILLS)]
    assert sum(answered) > 20 * KILLS
    engine = connect(url)
    log = log_of(engine)
    verify(engine, log)
    engine.dispose()
    kinds = {type(event.body) for event in log}
    assert kinds >= {DayClosed, TicketCalled}
