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


def downgrade() -> None:
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
    for column in ("number", "vendor_id"):
        op.create_index(op.f(f"ix_vendor_contracts_{column}"), "vendor_contracts", [column])


def _vendors_back() -> None:
    op.drop_table("vendor_contracts")
