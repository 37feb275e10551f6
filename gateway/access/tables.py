"""People, their sessions and API keys, and what tells our secret from another. No secret stands here, only hashes."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from gateway.db.base import Id, Instant, metadata

people = Table(
    "people", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False, unique=True),  # lower case: one account per mailbox
    Column("role", String(13), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("zone", Text),  # theirs, as in Europe/Vienna; none: the gateway's
    Column("left_at", Instant),  # since when they may not sign in; accounts are kept, for the ledger names them
)  # fmt: skip

sessions = Table(
    "sessions", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("token_hash", String(64), nullable=False, unique=True),  # SHA-256, hex: enough for 256 random bits
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

api_keys = Table(
    "api_keys", metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), index=True),
    Column("secret_hash", String(64), nullable=False),  # SHA-256, hex: enough for 256 random bits
    Column("last_four", String(4), nullable=False),  # to tell keys apart on a screen
    Column("scopes", Text, nullable=False),  # separated by spaces
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
)  # fmt: skip

secret_checks = Table(
    "secret_checks", metadata,
    Column("generation", Integer, primary_key=True, autoincrement=False),  # from 1; one more with each rotation
    Column("check_value", String(32), nullable=False),  # a keyed hash that only this secret makes
    Column("since", Instant, nullable=False),
)  # fmt: skip
