"""Certificates are looked up by whose they were, however often one was used; analysts see purposes that still hold."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _certificates()
    _emission()


def downgrade() -> None:
    with op.batch_alter_table("destinations") as batch_op:
        batch_op.drop_column("review_seen")
    _certificates_back()


def _certificates() -> None:
    somebodys = sa.text("match_key IS NOT NULL")
    columns = ["digest", "source", "match_key", "vendor", "lead_id"]
    op.create_index(
        "ix_certificates_uses", "certificates", columns, sqlite_where=somebodys, postgresql_where=somebodys
    )
    op.drop_index("ix_certificate_answers_digest", "certificate_answers")
    op.create_index("ix_certificate_answers_digest", "certificate_answers", ["digest", "match_key", "id"])


def _emission() -> None:
    op.add_column("destinations", sa.Column("review_seen", _ID))


def _certificates_back() -> None:
    op.drop_index("ix_certificate_answers_digest", "certificate_answers")
    op.create_index("ix_certificate_answers_digest", "certificate_answers", ["digest", "id"])
    op.drop_index("ix_certificates_uses", "certificates")
