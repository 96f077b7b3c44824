"""A hall with a past, its lab, and who looks at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from tests.admin.make import Office, hall
from tests.booking.web import MONDAY
from tests.planning.past import lived

PAST = [MONDAY.date() - timedelta(n) for n in range(1, 5)]


@asynccontextmanager
async def lab(folder: Path, days: int = 4) -> AsyncIterator[Office]:
    """The town's hall after so many days."""
    async with hall(folder) as office:
        site = office.house.server.site
        with site.engine.begin() as conn:
            lived(conn, office.setup, PAST[:days])
        yield office
        office.house.server.workbench.stop()
