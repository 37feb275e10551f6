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
    _vendors()
    _certificates()


def downgrade() -> None:
    _certificates_back()
    _vendors_back()


def _vendors() -> None:
    op.create_table(
        "vendor_contracts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("number", _ID, nullable=False),
        sa.Column("vendor_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("from_on", sa.String(length=10), nullable=False),
        sa.Column("until_on", sa.String(length=10)),
        sa.Column("price_minor", _ID),
        sa.Column("currency", sa.String(length=3)),
        sa.Column("accepted_reasons", sa.Text(), nullable=False),
        sa.Column("return_days", sa.Integer()),
        sa.Column("duties", sa.Text(), nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_vendor_contracts_vendor_id_vendors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_contracts")),
        sqlite_autoincrement=True,
    )
    for column in ("number", "vendor_id", "until_on"):
        op.create_index(op.f(f"ix_vendor_contracts_{column}"), "vendor_contracts", [column])

    op.create_table(
        "vendor_notes",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("number", _ID, nullable=False),
        sa.Column("vendor_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("from_on", sa.String(length=10)),
        sa.Column("until_on", sa.String(length=10)),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.Column("why", sa.Text()),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_vendor_notes_vendor_id_vendors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_notes")),
        sqlite_autoincrement=True,
    )
    for column in ("number", "vendor_id", "until_on"):
        op.create_index(op.f(f"ix_vendor_notes_{column}"), "vendor_notes", [column])


def _vendors_back() -> None:
    op.drop_table("vendor_notes")
    op.drop_table("vendor_contracts")


def _certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lead_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("match_key", sa.LargeBinary(length=16)),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "lead_id", name=op.f("pk_certificates")),
    )
    for column in ("lead_id", "match_key"):
        op.create_index(op.f(f"ix_certificates_{column}"), "certificates", [column])
    op.create_table(
        "certificate_windows",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("claim_until", sa.String(length=10), nullable=False),
        sa.Column("unclaimed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "claim_until", name=op.f("pk_certificate_windows")),
    )
    op.create_index("ix_certificate_windows_claim_until", "certificate_windows", ["claim_until"])
    op.create_table(
        "certificate_questions",
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lead_id", _ID, autoincrement=False, nullable=False),
        sa.Column("try_at", _INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim_until", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("digest", "lead_id", name=op.f("pk_certificate_questions")),
    )
    op.create_index(op.f("ix_certificate_questions_try_at"), "certificate_questions", ["try_at"])
    op.create_table(
        "certificate_answers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lead_id", _ID, nullable=False),
        sa.Column("match_key", sa.LargeBinary(length=16)),
        sa.Column("says", sa.String(length=14), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("retained", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_answers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_certificate_answers_match_key"), "certificate_answers", ["match_key"])
    op.create_index("ix_certificate_answers_digest", "certificate_answers", ["digest", "id"])


def _certificates_back() -> None:
    for table in ("certificate_answers", "certificate_questions", "certificate_windows", "certificates"):
        op.drop_table(table)
