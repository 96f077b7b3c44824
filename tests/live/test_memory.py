"""What sockets that do not read cost the whole process."""

import asyncio
import gc
import os
from typing import Any

from tests.bench.fanout import resident
from tests.live.served import House, serving, until

SOCKETS = 200
CHANGES = 2000
SIZE = 4000
"""Characters of a change; each socket would have to keep 8 MB of them."""
MOST = 10 * 1024 * 1024
"""Bytes by which the process may grow; 1,600 MB were it queued, and this leaves room for noise."""


def state(n: int) -> dict[str, Any]:
    return {"n": n, "text": str(n % 10) * SIZE}


async def publish(house: House, start: int, end: int) -> None:
    """So many changes, each of them a revision of its own."""
    (topic,) = house.hub._topics.values()
    for n in range(start, end):
        rev = topic.rev
        house.publish(state(n))
        while topic.rev == rev:  # noqa: ASYNC110 - it takes a round of the loop or two
            await asyncio.sleep(0)


async def test_two_thousand_changes_leave_nothing_with_two_hundred_sockets_that_do_not_read() -> None:
    async with serving(rhythm={"urgent_gap": 0, "urgent_gap_each": 0, "beat": 1000}) as house:
        for _ in range(SOCKETS):
            await house.raw()
        await until(lambda: len(house.hub.watchers) == SOCKETS)
        await publish(house, 0, 100)
        assert all(each.transport.get_write_buffer_size() for each in house.web.server_state.connections)
        gc.collect()
        before = resident(os.getpid())
        await publish(house, 100, 100 + CHANGES)
        assert resident(os.getpid()) - before < MOST
        (topic,) = house.hub._topics.values()
        assert topic.rev == 101 + CHANGES
        assert len(house.hub.watchers) == SOCKETS
