"""The town's hall, for each test its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.admin.make import Office, Person, hall


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with hall(tmp_path) as built:
        yield built


@pytest.fixture
def boss(office: Office) -> Person:
    return office.people["boss"]
