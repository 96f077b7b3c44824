"""A server for each test, from a folder that is furnished once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.app.inside import Inside, inside


@dataclass(frozen=True)
class Furnished:
    """A data folder with halls and people, and what makes a request somebody's."""

    folder: Path
    headers: dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """To copy from: a small hall with clerks, a kiosk and a board, and both shipped halls."""
    folder = tmp_path_factory.mktemp("furnished") / "var"

    async def furnish() -> dict[str, dict[str, str]]:
        async with inside(folder) as house:
            return house.headers

    return Furnished(folder, asyncio.run(furnish()))


@pytest.fixture
async def house(furnished: Furnished, tmp_path: Path) -> AsyncIterator[Inside]:
    """The server on an embedded database of this test's own."""
    shutil.copytree(furnished.folder, tmp_path / "var")
    async with inside(tmp_path / "var", known=furnished.headers) as house:
        yield house
