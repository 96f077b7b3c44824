"""The events that brought a set-up into force, found without reading the whole log."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    configured = sa.text("type = 'HallConfigured'")
    op.create_index(
        "event_configured",
        "event",
        ["hall", "seq"],
        sqlite_where=configured,
        postgresql_where=configured,
    )


def downgrade() -> None:
    op.drop_index("event_configured", "event")
