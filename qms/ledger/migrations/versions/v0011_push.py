"""Browsers that want to be told of a turn."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push",
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=40), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket"),
    )
    op.create_index("ix_push_hall", "push", ["hall"])


def downgrade() -> None:
    op.drop_table("push")
