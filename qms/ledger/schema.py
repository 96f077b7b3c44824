"""The database's shape: every slice's tables, and bringing a database up to date."""

from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData
from sqlmodel import SQLModel

from qms.ledger.engine import alone, writing

QMS = Path(__file__).parent.parent


def metadata() -> MetaData:
    """All tables: of every slice, and part of one, that has a `tables` module."""
    for module in sorted(QMS.rglob("tables.py")):
        import_module(".".join(module.relative_to(QMS.parent).with_suffix("").parts))
    return SQLModel.metadata


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def upgrade(engine: Engine) -> None:
    """Bring a database up to the newest migration, in one transaction; others wait meanwhile."""
    config = alembic_config()
    with writing(engine).begin() as conn:
        alone(conn)
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether every migration has been run."""
    newest = set(ScriptDirectory.from_config(alembic_config()).get_heads())
    with engine.connect() as conn:
        return set(MigrationContext.configure(conn).get_current_heads()) == newest
