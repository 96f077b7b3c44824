"""A server for each test."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.app.inside import Inside, inside


@pytest.fixture
async def house(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Inside]:
    """The server on its embedded database; clerks, a kiosk and a board of a small hall, and both shipped halls."""
    folder = tmp_path / "var"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "qms.db")
    async with inside(folder) as house:
        yield house
