"""Fixtures of the notices' tests."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from qms.ledger.engine import connect
from tests.notices.make import Bureau
from tests.post.server import MailServer, mail_server


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """For rules that do not depend on the database."""
    engine = connect(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def bureau(sqlite_engine: Engine, server: MailServer) -> Bureau:
    """A hall in which people book, and its post."""
    return Bureau(sqlite_engine, server)
