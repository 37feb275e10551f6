"""Clocks count from events with longer names."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("clocks") as clocks:
        clocks.alter_column("event", existing_type=sa.String(16), type_=sa.String(24), existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("clocks") as clocks:
        clocks.alter_column("event", existing_type=sa.String(24), type_=sa.String(16), existing_nullable=False)
