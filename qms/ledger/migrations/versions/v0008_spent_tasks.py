"""Tasks against robots, each good once whichever process is shown its solution."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent_task",
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task"),
    )
    op.create_index("ix_spent_task_until", "spent_task", ["until"])


def downgrade() -> None:
    op.drop_table("spent_task")
