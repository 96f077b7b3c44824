"""Keys by which persons are found again; positions of readers that follow the log."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_key",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_person_key_person", "person_key", ["person"])
    op.create_table(
        "tail",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("hall", sa.String(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("tail")
    op.drop_table("person_key")
