"""The person's side: mail, confirmations, notices, feedback, scopes and hashes of suppressions, erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("lead_id", _ID, nullable=False),
        sa.Column("match_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mail_id", _ID),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("notice_digest", sa.String(length=64)),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("answered_at", _INSTANT),
        sa.Column("ip", sa.Text()),
        sa.Column("agent", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_confirmations_token_digest")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("confirmations") as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmations_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index("ix_confirmations_person", ["match_key", "asked_at"], unique=False)
        batch_op.create_index("ix_confirmations_source", ["source", "asked_at"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("match_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    with op.batch_alter_table("erasures") as batch_op:
        batch_op.create_index(batch_op.f("ix_erasures_match_key"), ["match_key"], unique=False)
    op.create_table(
        "feedback_events",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("reporter", sa.String(length=16), nullable=False),
        sa.Column("event_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("match_key", sa.LargeBinary(length=16)),
        sa.Column("prospect_id", _ID),
        sa.Column("lead_id", _ID),
        sa.Column("source", sa.String(length=64)),
        sa.Column("origin_kind", sa.String(length=4)),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("status", sa.String(length=16)),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_events")),
        sa.UniqueConstraint("reporter", "event_key", name=op.f("uq_feedback_events_reporter_event_key")),
    )
    with op.batch_alter_table("feedback_events") as batch_op:
        batch_op.create_index("ix_feedback_events_person", ["match_key"], unique=False)
        batch_op.create_index("ix_feedback_events_source", ["source", "kind"], unique=False)
    op.create_table(
        "feedback_endpoints",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("reporter", sa.String(length=16), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feedback_endpoints")),
    )
    op.create_table(
        "mails",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("match_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.Text()),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("html", sa.Text()),
        sa.Column("headers", sa.Text()),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("not_before", _INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("sent_at", _INSTANT),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mails_message_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("mails") as batch_op:
        batch_op.create_index("ix_mails_due", ["state", "not_before"], unique=False)
        batch_op.create_index("ix_mails_person", ["match_key", "created_at"], unique=False)
    op.create_table(
        "moves",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("match_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("new_match_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
        sa.UniqueConstraint("match_key", "new_match_key", name=op.f("uq_moves_match_key_new_match_key")),
    )
    op.create_table(
        "notices",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_notices")),
    )
    op.create_table(
        "platform_fetches",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("lead", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("not_before", _INSTANT, nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("error", sa.Text()),
        sa.Column("told_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_fetches")),
        sa.UniqueConstraint(
            "source", "platform", "lead", name=op.f("uq_platform_fetches_source_platform_lead")
        ),
    )
    with op.batch_alter_table("platform_fetches") as batch_op:
        batch_op.create_index("ix_platform_fetches_due", ["state", "not_before"], unique=False)
    op.create_table(
        "removed_prospects",
        sa.Column("last", _ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("last", name=op.f("pk_removed_prospects")),
    )
    op.create_table(
        "source_notices",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("source", "language", "version", name=op.f("pk_source_notices")),
    )
    op.create_table(
        "spent_proofs",
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_spent_proofs")),
    )
    with op.batch_alter_table("spent_proofs") as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_proofs_until"), ["until"], unique=False)
    op.create_table(
        "suppression_hashes",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("algorithm", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=64), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("last_received_at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression_hashes")),
        sa.UniqueConstraint(
            "algorithm", "digest", "cause", "scope", name=op.f("uq_suppression_hashes_algorithm_digest_cause_scope")
        ),
    )
    with op.batch_alter_table("sources") as batch_op:
        batch_op.add_column(sa.Column("form", sa.Text(), server_default="{}", nullable=False))
    with op.batch_alter_table("prospects") as batch_op:
        batch_op.add_column(sa.Column("purposes", sa.Text()))
    with op.batch_alter_table("suppressions") as batch_op:
        batch_op.alter_column(
            "scope", existing_type=sa.VARCHAR(length=16), type_=sa.String(length=80), existing_nullable=False
        )
        batch_op.drop_constraint(batch_op.f("uq_suppressions_match_key_cause"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_suppressions_match_key_cause_scope"), ["match_key", "cause", "scope"]
        )

    op.create_table(
        "secret_checks",
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("check_value", sa.String(length=32), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_secret_checks")),
    )


def downgrade() -> None:
    op.drop_table("secret_checks")
    with op.batch_alter_table("suppressions") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_suppressions_match_key_cause_scope"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_suppressions_match_key_cause"), ["match_key", "cause"])
        batch_op.alter_column(
            "scope", existing_type=sa.String(length=80), type_=sa.VARCHAR(length=16), existing_nullable=False
        )
    with op.batch_alter_table("prospects") as batch_op:
        batch_op.drop_column("purposes")
    with op.batch_alter_table("sources") as batch_op:
        batch_op.drop_column("form")
    op.drop_table("suppression_hashes")
    with op.batch_alter_table("spent_proofs") as batch_op:
        batch_op.drop_index(batch_op.f("ix_spent_proofs_until"))
    op.drop_table("spent_proofs")
    op.drop_table("source_notices")
    op.drop_table("removed_prospects")
    with op.batch_alter_table("platform_fetches") as batch_op:
        batch_op.drop_index("ix_platform_fetches_due")
    op.drop_table("platform_fetches")
    op.drop_table("notices")
    op.drop_table("moves")
    with op.batch_alter_table("mails") as batch_op:
        batch_op.drop_index("ix_mails_person")
        batch_op.drop_index("ix_mails_due")
    op.drop_table("mails")
    op.drop_table("feedback_endpoints")
    with op.batch_alter_table("feedback_events") as batch_op:
        batch_op.drop_index("ix_feedback_events_source")
        batch_op.drop_index("ix_feedback_events_person")
    op.drop_table("feedback_events")
    with op.batch_alter_table("erasures") as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasures_match_key"))
    op.drop_table("erasures")
    with op.batch_alter_table("confirmations") as batch_op:
        batch_op.drop_index("ix_confirmations_source")
        batch_op.drop_index("ix_confirmations_person")
        batch_op.drop_index(batch_op.f("ix_confirmations_lead_id"))
    op.drop_table("confirmations")
