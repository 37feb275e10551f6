"""A signup writes fewer pages: indexes that nobody asks go, others hold only the rows they are asked for.

On SQLite two tables whose rows are never removed need no counter to give no number twice, and the tallies no tree
beside the one of their key.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_VIEW = "prospects_for_analysts"


def upgrade() -> None:
    op.drop_index("ix_batches_first_lead", "batches")
    _index_again("ix_batches_run_id", "batches", ["run_id"], where="run_id IS NOT NULL")
    _index_again("ix_wording_uses_vendor", "wording_uses", ["vendor", "last_at"], where="vendor IS NOT NULL")
    op.drop_index("ix_ledger_entries_at", "ledger_entries")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("uq_mails_message_id", "mails", type_="unique")
    else:
        view = _take_view_away()
        _make_again("tallies", sqlite_with_rowid=False)
        _make_again("confirmations")
        _make_again("mails", drop="uq_mails_message_id")
        op.get_bind().exec_driver_sql(view)
    _index_again("ix_confirmations_lead_id", "confirmations", ["lead_id"], where="state <> 'asked'")


def downgrade() -> None:
    _index_again("ix_confirmations_lead_id", "confirmations", ["lead_id"])
    if op.get_bind().dialect.name != "sqlite":
        op.create_unique_constraint("uq_mails_message_id", "mails", ["message_id"])
    else:
        view = _take_view_away()
        _make_again("tallies")
        _make_again("confirmations", sqlite_autoincrement=True)
        _make_again("mails", add="uq_mails_message_id", sqlite_autoincrement=True)
        op.get_bind().exec_driver_sql(view)
    op.create_index("ix_ledger_entries_at", "ledger_entries", ["at"])
    _index_again("ix_wording_uses_vendor", "wording_uses", ["vendor", "last_at"])
    _index_again("ix_batches_run_id", "batches", ["run_id"])
    op.create_index("ix_batches_first_lead", "batches", ["first_lead"])


def _index_again(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    op.drop_index(name, table)
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _take_view_away() -> str:
    """SQLite renames no table while a view speaks of one that is gone; what makes the view again."""
    made = op.get_bind().exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (_VIEW,)).scalar_one()
    op.execute(f"DROP VIEW {_VIEW}")
    return str(made)


def _make_again(table: str, *, drop: str | None = None, add: str | None = None, **options: Any) -> None:
    with op.batch_alter_table(table, recreate="always", table_kwargs=options) as batch_op:
        if drop is not None:
            batch_op.drop_constraint(drop, type_="unique")
        if add is not None:
            batch_op.create_unique_constraint(add, ["message_id"])
