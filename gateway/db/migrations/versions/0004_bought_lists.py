"""Bought lists: parts of containers, runs that are cancelled and undone, mappings kept for a vendor."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.String(27)


def upgrade() -> None:
    _parts()
    _runs()
    _poison_and_errands()
    _leads_by_key()
    _mappings()


def _parts() -> None:
    """Several lists in one file, and text made of files that are none."""
    for name, kind in (("text_path", sa.Text()), ("part", sa.Text()), ("arrived_digest", sa.String(64))):
        op.add_column("lists", sa.Column(name, kind))


def _runs() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.alter_column("state", existing_type=sa.String(10), type_=sa.String(20), existing_nullable=False)


def _poison_and_errands() -> None:
    """Batches in halves, rows that cannot be processed, how long batches take, runs undone, holds judged again."""
    op.add_column("runs", sa.Column("expected", _ID))
    op.add_column("runs", sa.Column("problems", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("work", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    for name in ("records", "rows", "milliseconds"):
        op.add_column("work", sa.Column(name, sa.Integer()))
    op.create_table(
        "errands",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("run_id", _ID, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reached", _ID, nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("dealt", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("owner", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_errands_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errands")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_errands_run_id", "errands", ["run_id"])
    op.create_index("ix_errands_state", "errands", ["state"])


_BY_KEY = "outcome <> 'prospect' OR replaced_by IS NOT NULL"


def _leads_by_key() -> None:
    """Leads that made a prospect are found by its row: the index of keys leaves them out."""
    op.add_column("leads", sa.Column("replaced_by", _ID))
    op.drop_index("ix_leads_match_key", "leads")
    where = sa.text(_BY_KEY)
    op.create_index("ix_leads_match_key", "leads", ["match_key"], sqlite_where=where, postgresql_where=where)


def _mappings() -> None:
    """What vendors' columns mean."""
    op.create_table(
        "mappings",
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.UniqueConstraint("vendor", "digest", name=op.f("uq_mappings_vendor_digest")),
    )


def downgrade() -> None:
    op.drop_table("mappings")
    op.drop_index("ix_leads_match_key", "leads")
    op.drop_column("leads", "replaced_by")
    op.create_index("ix_leads_match_key", "leads", ["match_key"])
    op.drop_table("errands")
    for table, names in (("work", ("milliseconds", "rows", "records", "failures")), ("runs", ("problems", "expected"))):
        for name in names:
            op.drop_column(table, name)
    with op.batch_alter_table("runs") as runs:
        runs.alter_column("state", existing_type=sa.String(20), type_=sa.String(10), existing_nullable=False)
    for name in ("arrived_digest", "part", "text_path"):
        op.drop_column("lists", name)
