"""What wakes by time: a job that cannot be done now is no fault."""

import asyncio

from qms.ledger.orders import LedgerUnavailable
from qms.schedule import patient


async def test_a_job_that_the_server_gives_up_as_it_stops_ends_without_a_fault() -> None:
    begun = asyncio.Event()

    async def job() -> None:
        begun.set()
        await asyncio.sleep(60)

    task = asyncio.ensure_future(patient(job)())
    await begun.wait()
    task.cancel()
    await task
    assert not task.cancelled()


async def test_a_job_that_the_database_does_not_let_through_is_put_off() -> None:
    async def job() -> None:
        raise LedgerUnavailable("away")

    await patient(job)()
