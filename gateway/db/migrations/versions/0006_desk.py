"""The officer's desk: sessions and what else people need to sign in; what its pages count."""

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.String(27)


def upgrade() -> None:
    _access()
    _hours()
    _lists()


def downgrade() -> None:
    op.drop_table("hours")
    op.drop_table("list_drafts")
    with op.batch_alter_table("lists") as batch_op:
        batch_op.drop_index("ix_lists_vendor")
        batch_op.drop_index("ix_lists_arrived")
        batch_op.drop_column("vendor")
    op.drop_table("sessions")
    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_column("left_at")
        batch_op.drop_column("zone")


def _access() -> None:
    with op.batch_alter_table("people") as batch_op:
        batch_op.add_column(sa.Column("zone", sa.Text()))
        batch_op.add_column(sa.Column("left_at", _INSTANT))
    op.create_table(
        "sessions",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("begun_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_person_id"), ["person_id"], unique=False)


def _hours() -> None:
    op.create_table(
        "hours",
        sa.Column("hour", sa.String(length=13), nullable=False),
        sa.Column("origin_kind", sa.String(length=4), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("decision_id", _ID, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=9), nullable=False),
        sa.Column("extra", sa.String(length=32), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "hour", "origin_kind", "source", "decision_id", "outcome", "extra", name=op.f("pk_hours")
        ),
    )
    op.execute(
        "INSERT INTO hours (hour, origin_kind, source, decision_id, outcome, extra, leads) "
        "SELECT substr(b.settled_at, 1, 13), b.origin_kind, b.source, t.decision_id, t.outcome, t.extra, sum(t.leads) "
        "FROM tallies t JOIN batches b ON b.id = t.batch_id GROUP BY 1, 2, 3, 4, 5, 6"
    )


def _lists() -> None:
    with op.batch_alter_table("lists") as batch_op:
        batch_op.add_column(sa.Column("vendor", sa.Text()))
        batch_op.create_index("ix_lists_arrived", ["arrived_digest"], unique=False)
        batch_op.create_index("ix_lists_vendor", ["vendor", "id"], unique=False)
    lists = sa.table("lists", sa.column("id"), sa.column("statement"), sa.column("vendor"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(lists.c.id, lists.c.statement)).all():
        vendor = json.loads(row.statement).get("vendor")
        if vendor:
            folded = " ".join(unicodedata.normalize("NFKC", vendor).casefold().split())
            connection.execute(sa.update(lists).where(lists.c.id == row.id).values(vendor=folded))
    op.create_table(
        "list_drafts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_path", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("file_bytes", _ID, nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("preview", sa.Text()),
        sa.Column("sample", sa.Text()),
        sa.Column("list_id", _ID),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_drafts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("list_drafts") as batch_op:
        batch_op.create_index(batch_op.f("ix_list_drafts_created_at"), ["created_at"], unique=False)
