"""Which board a screen shows, and what kiosks told of their printers and of themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column("board", sa.String(length=40), nullable=True),
    sa.Column("printer", sa.String(length=12), nullable=True),
    sa.Column("seen", sa.DateTime(timezone=True), nullable=True),
    sa.Column("unsent", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("refused", sa.Integer(), nullable=False, server_default="0"),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("device", column)


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("device", column.name)
