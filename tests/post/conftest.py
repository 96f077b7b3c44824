"""Fixtures of the post's tests."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from qms.ledger.engine import connect


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """For rules that do not depend on the database."""
    engine = connect(sqlite_url)
    yield engine
    engine.dispose()
