"""The suppression table: one row per match key and cause. No address stands here, and no row ever leaves."""

from sqlalchemy import Column, LargeBinary, String, Table, Text, UniqueConstraint

from gateway.db.base import Id, Instant, metadata

suppressions = Table(
    "suppressions", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("match_key", LargeBinary(16), nullable=False),
    Column("cause", String(16), nullable=False),  # domain.ports.CAUSES
    Column("scope", String(16), nullable=False),  # "all": every kind of marketing mail; "phone": calls and texts
    Column("received_at", Instant, nullable=False),  # when we were first told
    Column("last_received_at", Instant, nullable=False),  # when we were last told; only ever moves later
    Column("recorded_at", Instant, nullable=False),
    Column("by", Text, nullable=False),  # who wrote it first: a command, a list, an officer
    Column("note", Text, nullable=False),
    UniqueConstraint("match_key", "cause"),
)  # fmt: skip
