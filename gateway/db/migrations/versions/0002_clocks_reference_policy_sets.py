"""Policy sets by digest, tallies of leads by decision, clocks, reference lists."""

import sqlalchemy as sa
from alembic import op

import gateway.db.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "policy_sets",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("first_used_at", gateway.db.base.Instant(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_policy_sets")),
    )
    op.create_table(
        "tallies",
        sa.Column("batch_id", _ID, autoincrement=False, nullable=False),
        sa.Column("decision_id", _ID, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(9), nullable=False),
        sa.Column("extra", sa.String(32), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "decision_id", "outcome", "extra", name=op.f("pk_tallies")),
    )
    op.create_table(
        "clocks",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("lead_id", _ID, nullable=False),
        sa.Column("batch_id", _ID, nullable=False),
        sa.Column("obligation", sa.Text(), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("started_at", sa.String(27), nullable=False),
        sa.Column("due_at", sa.String(27), nullable=False),
        sa.Column("due_on", sa.String(10), nullable=False),
        sa.Column("safe_on", sa.String(10), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("done_at", sa.String(27), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
    )
    op.create_index(op.f("ix_clocks_lead_id"), "clocks", ["lead_id"])
    op.create_table(
        "reference_loads",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("loaded_at", sa.String(27), nullable=False),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_loads")),
    )
    op.create_table(
        "wireless_domains",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("domain", sa.String(253), nullable=False),
        sa.Column("first_seen_at", sa.String(27), nullable=False),
        sa.Column("removed_at", sa.String(27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wireless_domains")),
    )
    op.add_column("decisions", sa.Column("as_of", gateway.db.base.Instant(), nullable=True))
    # Leads that came before: counted once, here.
    op.execute(
        "INSERT INTO tallies (batch_id, decision_id, outcome, extra, leads) "
        "SELECT decided_in, decision_id, outcome, COALESCE(extra, ''), COUNT(*) FROM leads "
        "GROUP BY decided_in, decision_id, outcome, COALESCE(extra, '')"
    )


def downgrade() -> None:
    op.drop_table("wireless_domains")
    op.drop_table("reference_loads")
    op.drop_index(op.f("ix_clocks_lead_id"), "clocks")
    op.drop_table("clocks")
    op.drop_column("decisions", "as_of")
    op.drop_table("tallies")
    op.drop_table("policy_sets")
