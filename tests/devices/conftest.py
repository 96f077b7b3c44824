"""A server whose devices are kept in each kind of database in turn."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine

from tests.web.conftest import ROUTES
from tests.web.make import House, house


@pytest.fixture
async def server(engine: Engine) -> AsyncIterator[House]:
    async with house(engine, ROUTES, halls=("ratusz", "gmina")) as running:
        yield running
