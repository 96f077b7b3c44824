"""Fixtures of the ledger's own tests."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from qms.ledger.engine import connect


@pytest.fixture
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    """For rules that only several processes can break."""
    engine = connect(postgresql_url, patience=0.5)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """For rules of the embedded database."""
    engine = connect(sqlite_url, patience=0.2)
    yield engine
    engine.dispose()
