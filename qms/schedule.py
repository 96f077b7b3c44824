"""What time alone brings about: the scheduler wakes it, the work lies in the halls' states and in tables."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from qms.booking import jobs as booking_jobs
from qms.devices.media import keep as media
from qms.halls.rules.model import Hall
from qms.ledger.orders import LedgerUnavailable
from qms.notices.jobs import Notices
from qms.privacy.jobs import erase
from qms.queue.forecasts import Glance
from qms.queue.jobs import Nights
from qms.staff import writes as staff_writes
from qms.web.site import Site

log = structlog.get_logger("qms")


def scheduler(
    site: Site, setup_of: Callable[[str], Hall | None], glance: Glance, nights: Nights
) -> AsyncIOScheduler:
    """The jobs of a server, not yet awake; `setup_of` gives a hall's set-up in force, `glance` tells waits."""
    notices = Notices(site, setup_of, glance)

    async def tick() -> None:
        for hall in site.writer.halls():
            try:
                await site.writer.tick(hall)
            except LedgerUnavailable:  # one hall's trouble is not the others'
                log.warning("tick failed", hall=hall)

    async def calendar() -> None:
        await booking_jobs.wake(site)
        await booking_jobs.offer(site)

    async def prune() -> None:
        now = datetime.now(UTC)
        longest = now - timedelta(hours=site.settings.session_hours)
        idle = now - timedelta(minutes=site.settings.session_idle_minutes)
        await site.writer.aside(lambda conn: staff_writes.prune_sessions(conn, longest, idle))

    async def forget() -> None:
        await erase(site, setup_of)

    async def tidy() -> None:
        await media.tidy(site)

    woken = AsyncIOScheduler(timezone=UTC)
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    for job, seconds in (
        (tick, 1),
        (calendar, 2),
        (notices.plan, 1),
        (notices.near, 1),
        (prune, 600),
        (forget, 3600),
        (tidy, 3600),
    ):
        woken.add_job(patient(job), "interval", seconds=seconds, **options)
    # A second call returns at once: a slow mail server, or a long night, is no reason for a warning.
    for job, seconds in ((notices.send, 1), (notices.tell, 1), (nights.learn, 30)):
        woken.add_job(patient(job), "interval", seconds=seconds, **options | {"max_instances": 2})
    return woken


def patient(job: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[None]]:
    """A job that the next turn makes good when the database does not play along, or the server stops."""

    async def run() -> None:
        try:
            await job()
        except LedgerUnavailable:
            log.warning("put off", job=job.__name__)
        except asyncio.CancelledError:
            log.debug("given up", job=job.__name__)  # the scheduler would call it a fault

    return run
