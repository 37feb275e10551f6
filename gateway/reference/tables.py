"""Loads of reference lists, and the domains of the FCC's. Rows are never deleted: a domain that went has a last day."""

from sqlalchemy import Column, Integer, String, Table, Text

from gateway.db.base import Id, Instant, metadata

loads = Table(
    "reference_loads", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # the highest of a name is what is in force
    Column("name", String(32), nullable=False),  # fcc-wireless
    Column("loaded_at", Instant, nullable=False),  # of when the list is
    Column("recorded_at", Instant, nullable=False),  # when it was given to us
    Column("digest", String(64), nullable=False),  # SHA-256 of the file
    Column("rows", Integer, nullable=False),  # distinct entries
    Column("by", Text, nullable=False),
)  # fmt: skip

wireless_domains = Table(
    "wireless_domains", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("domain", String(253), nullable=False),  # A-label, lower case; one that comes back has another row
    Column("first_seen_at", Instant, nullable=False),
    Column("removed_at", Instant),  # when a load first lacked it
)  # fmt: skip
