"""Vendors and the history of their standing. Rows are added, never changed."""

from sqlalchemy import Column, ForeignKey, String, Table, Text

from gateway.db.base import Id, Instant, metadata

vendors = Table(
    "vendors", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),  # as first written
    Column("folded", Text, nullable=False, unique=True),  # as compared
    Column("first_heard_at", Instant, nullable=False),
)  # fmt: skip

standings = Table(
    "vendor_standings", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # the highest of a vendor is the present one
    Column("vendor_id", Id, ForeignKey("vendors.id"), nullable=False, index=True),
    Column("standing", String(9), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
)  # fmt: skip
