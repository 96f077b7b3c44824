"""Real databases for tests: a fresh, migrated one for each test, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from qms.ledger.engine import connect
from qms.ledger.schema import upgrade
from tests.postgres import Cluster

# The gate looks at the same examples each time, on machines of any speed; the soak looks for new ones.
settings.register_profile(
    "gate", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gate")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this session's own."""
    cluster = Cluster()
    try:
        name = cluster.create()
        _migrate(cluster.url(name))
        cluster.rename(name, Cluster.TEMPLATE)
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy from."""
    path = tmp_path_factory.mktemp("template") / "qms.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "qms.db")
    return f"sqlite:///{tmp_path / 'qms.db'}"


@pytest.fixture
def postgresql_url(cluster: Cluster) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    name = cluster.create(Cluster.TEMPLATE)
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A fresh database, on each kind in turn."""
    value: str = request.getfixturevalue(f"{request.param}_url")
    return value


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine on a fresh database, on each kind in turn; it gives up on locks after half a second."""
    engine = connect(url, patience=0.5)
    yield engine
    engine.dispose()


def _migrate(url: str) -> None:
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
