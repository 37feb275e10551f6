"""The suppression tables: a row per match key, cause and scope. No address stands here, and no order ever leaves."""

from sqlalchemy import Column, LargeBinary, String, Table, Text, UniqueConstraint

from gateway.db.base import Id, Instant, metadata

suppressions = Table(
    "suppressions", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("match_key", LargeBinary(16), nullable=False),
    Column("cause", String(16), nullable=False),  # domain.ports.CAUSES
    Column("scope", String(80), nullable=False),  # domain.ports.Scope
    Column("received_at", Instant, nullable=False),  # when we were first told
    Column("last_received_at", Instant, nullable=False),  # when we were last told; only ever moves later
    Column("recorded_at", Instant, nullable=False),
    Column("by", Text, nullable=False),  # who wrote it first: a command, a list, an officer
    Column("note", Text, nullable=False),
    UniqueConstraint("match_key", "cause", "scope"),
)  # fmt: skip

moves = Table(
    "moves", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("match_key", LargeBinary(16), nullable=False),  # of the old address
    Column("new_match_key", LargeBinary(16), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("match_key", "new_match_key"),
)  # fmt: skip

suppression_hashes = Table(
    "suppression_hashes", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("algorithm", String(8), nullable=False),  # md5, sha1, sha256, sha512
    Column("digest", LargeBinary(64), nullable=False),  # as somebody else made it
    Column("cause", String(16), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("last_received_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
    UniqueConstraint("algorithm", "digest", "cause", "scope"),
)  # fmt: skip
