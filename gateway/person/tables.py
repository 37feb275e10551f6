"""Erasures, each with its account; no word of who it was."""

from sqlalchemy import Column, LargeBinary, String, Table, Text

from gateway.db.base import Id, Instant, metadata

erasures = Table(
    "erasures", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("match_key", LargeBinary(16), nullable=False, index=True),
    Column("state", String(8), nullable=False),  # rows (the database is done), done (files too)
    Column("asked_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("by", Text, nullable=False),
    Column("account", Text, nullable=False),  # JSON: how many rows of which table, which files
)  # fmt: skip
