"""A server whose accounts are kept in each kind of database in turn."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine

from tests.web.make import House, house


@pytest.fixture
async def server(engine: Engine) -> AsyncIterator[House]:
    async with house(engine) as running:
        yield running
