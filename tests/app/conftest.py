"""A server for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.app.inside import Inside, inside


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    """The server on its embedded database; clerks at counters, a kiosk, a board, two halls of the town."""
    async with inside(tmp_path / "var") as house:
        yield house
