"""The clocks: for each prospect and obligation by when it falls due. One that is done stays as the account of it."""

from sqlalchemy import Column, Index, String, Table, Text, text

from gateway.db.base import Id, Instant, metadata

clocks = Table(
    "clocks", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("lead_id", Id, nullable=False, index=True),  # the lead that became the prospect
    Column("batch_id", Id, nullable=False),  # in which it became one; tells the list or form
    Column("obligation", Text, nullable=False),  # the code
    Column("event", String(24), nullable=False),  # domain.deadline.Event from which it counts
    Column("started_at", Instant, nullable=False),  # that event
    Column("due_at", Instant, nullable=False),  # from this instant on it is overdue
    Column("due_on", String(10), nullable=False),  # the last day, in the zone; ISO 8601
    Column("safe_on", String(10), nullable=False),  # the last day by the earliest count
    Column("zone", Text, nullable=False),
    Column("calendar", Text, nullable=False),  # whose holidays, by which version; empty where all days count
    Column("done_at", Instant),
    Column("done_by", Text),
    Index(
        "ix_clocks_open", "due_on", "obligation", "batch_id", "lead_id",
        sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL"),
    ),
)  # fmt: skip
