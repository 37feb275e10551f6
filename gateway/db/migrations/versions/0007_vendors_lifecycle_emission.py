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
    _emission()


def downgrade() -> None:
    _emission_back()
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


def _emission() -> None:
    """Where prospects are sent, what was told to whom, recalls, and what analysts may look at."""
    op.create_table(
        "destinations",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text()),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("prospects_seen", _ID, nullable=False),
        sa.Column("events_seen", _ID, nullable=False),
        sa.Column("orders_seen", _ID, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", _INSTANT),
        sa.Column("failing_since", _INSTANT),
        sa.Column("look_at", _INSTANT),
        sa.Column("last_answer", sa.Text()),
        sa.Column("last_tried_at", _INSTANT),
        sa.Column("last_taken_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destinations")),
        sa.UniqueConstraint("name", name=op.f("uq_destinations_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deliveries",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("destination_id", _ID, nullable=False),
        sa.Column("prospect_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("decision_id", _ID),
        sa.Column("cause", sa.Text()),
        sa.Column("recall_id", _ID),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_try_at", _INSTANT),
        sa.Column("next_try_at", _INSTANT),
        sa.Column("sent_at", _INSTANT),
        sa.Column("acknowledged_at", _INSTANT),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("reminded_at", _INSTANT),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("remote", sa.Text()),
        sa.Column("phone_match_key", sa.LargeBinary(length=16)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_prospect_id", "deliveries", ["prospect_id"])
    op.create_index("ix_deliveries_due", "deliveries", ["destination_id", "state", "kind", "id"])
    op.create_index("ix_deliveries_person", "deliveries", ["destination_id", "prospect_id", "sequence"])
    phones, recalled = sa.text("phone_match_key IS NOT NULL"), sa.text("recall_id IS NOT NULL")
    op.create_index(
        "ix_deliveries_phone", "deliveries", ["phone_match_key"], sqlite_where=phones, postgresql_where=phones
    )
    op.create_index(
        "ix_deliveries_recall", "deliveries", ["recall_id", "state"], sqlite_where=recalled, postgresql_where=recalled
    )
    op.create_table(
        "recalls",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text()),
        sa.Column("lists", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reached", _ID, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("ended_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recalls_state", "recalls", ["state"])
    op.execute(_ANALYSTS)


_ANALYSTS = """
CREATE VIEW prospects_for_analysts AS
SELECT p.id AS prospect, p.state AS phase, p.since AS phase_since, p.country, p.purposes, p.phone IS NOT NULL AS has_phone,
       b.origin_kind, CASE b.origin_kind WHEN 'list' THEN 'list_' || b.source ELSE b.source END AS source,
       b.arrived_at, b.settled_at AS accepted_at, d.name AS decision, d.policy_digest
FROM prospects p
JOIN leads l ON l.id = p.lead_id
JOIN batches b ON b.id = l.batch_id
JOIN decisions d ON d.id = p.decision_id
WHERE p.withdrawn_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM suppressions s
    WHERE s.match_key = p.match_key AND s.scope IN ('all', 'email') AND s.last_received_at >= b.arrived_at
)
"""


def _emission_back() -> None:
    op.execute("DROP VIEW prospects_for_analysts")
    for name in ("recalls", "deliveries", "destinations"):
        op.drop_table(name)
