"""What became of people, what vendors sold, what was handed on: a function for each room, called in this order."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.String(27)


def upgrade() -> None:
    _lifecycle()
    _open_clocks()
    _numbers()


def downgrade() -> None:
    _numbers_back()
    op.drop_index("ix_clocks_open", "clocks")
    _lifecycle_back()


def _lifecycle() -> None:
    with op.batch_alter_table("lifecycle_events") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=14)))
        batch_op.add_column(sa.Column("rule", sa.Text()))
        batch_op.add_column(sa.Column("causes", sa.Text()))
        batch_op.add_column(sa.Column("known_at", _INSTANT))
    op.create_table(
        "happenings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("prospect_id", _ID, nullable=False),
        sa.Column("teller", sa.Text(), nullable=False),
        sa.Column("event_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("known_at", _INSTANT, nullable=False),
        sa.Column("product", sa.Text()),
        sa.Column("segment", sa.Text()),
        sa.Column("quantity", sa.Float()),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String(length=3)),
        sa.Column("campaign", sa.Text()),
        sa.Column("channel", sa.Text()),
        sa.Column("satisfaction", sa.SmallInteger()),
        sa.Column("recommend", sa.SmallInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happenings")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_happenings_teller_event_key", "happenings", ["teller", "event_key"], unique=True)
    op.create_index("ix_happenings_prospect_id_at", "happenings", ["prospect_id", "at"])
    op.create_table(
        "phases",
        sa.Column("prospect_id", _ID, autoincrement=False, nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=14)),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("causes", sa.Text(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("next_change_at", _INSTANT),
        sa.Column("rules", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_phases")),
    )
    op.create_index("ix_phases_next_change_at", "phases", ["next_change_at"])
    op.create_index("ix_phases_rules", "phases", ["rules"])
    op.create_index("ix_phases_phase_kind_prospect_id", "phases", ["phase", "kind", "prospect_id"])
    op.create_table(
        "reorders",
        sa.Column("prospect_id", _ID, autoincrement=False, nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("last_on", sa.String(length=10), nullable=False),
        sa.Column("run_out_on", sa.String(length=10), nullable=False),
        sa.Column("reorder_on", sa.String(length=10), nullable=False),
        sa.Column("pace_days", sa.Float(), nullable=False),
        sa.Column("purchases", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("prospect_id", "product", name=op.f("pk_reorders")),
    )
    op.create_index("ix_reorders_reorder_on", "reorders", ["reorder_on"])


def _lifecycle_back() -> None:
    for table in ("reorders", "phases", "happenings"):
        op.drop_table(table)
    with op.batch_alter_table("lifecycle_events") as batch_op:
        for column in ("known_at", "causes", "rule", "kind"):
            batch_op.drop_column(column)


def _numbers() -> None:
    op.create_table(
        "numbers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_numbers_as_of"), "numbers", ["as_of"])
    op.create_table(
        "worths",
        sa.Column("numbers_id", _ID, autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(length=6), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("per", sa.String(length=8), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("numbers_id", "scope", "name", "currency", "per", name=op.f("pk_worths")),
    )


def _numbers_back() -> None:
    for table in ("worths", "numbers"):
        op.drop_table(table)


def _open_clocks() -> None:
    where = sa.text("done_at IS NULL")
    op.create_index(
        "ix_clocks_open", "clocks", ["batch_id", "obligation", "event", "due_at", "due_on", "safe_on"],
        sqlite_where=where, postgresql_where=where,
    )
