"""People and API keys, and by what the gateway's own secret is known again. No secret stands here, only hashes."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from gateway.db.base import Id, Instant, metadata

people = Table(
    "people", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False, unique=True),  # lower case: one account per mailbox
    Column("role", String(13), nullable=False),
    Column("created_at", Instant, nullable=False),
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
