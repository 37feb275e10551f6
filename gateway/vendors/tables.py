"""Vendors, the history of their standing, and what stands in their files. Rows are added, never changed."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

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

contracts = Table(
    "vendor_contracts", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # the highest of a number is the present version
    Column("number", Id, nullable=False, index=True),  # the id of its first version: what others keep
    Column("vendor_id", Id, ForeignKey("vendors.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False),  # as names of contracts are compared
    Column("from_on", String(10), nullable=False),
    Column("until_on", String(10), index=True),  # the last day; NULL: open-ended
    Column("price_minor", Id),  # per lead, in the currency's minor unit
    Column("currency", String(3)),
    Column("accepted_reasons", Text, nullable=False),  # JSON: reason codes for which a row is credited
    Column("return_days", Integer),
    Column("duties", Text, nullable=False),  # JSON: obligations passed on, a line each
    Column("noted_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("evidence", Text),  # the file's name or hash
    sqlite_autoincrement=True,
)  # fmt: skip

notes = Table(
    "vendor_notes", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # the highest of a number is what stands
    Column("number", Id, nullable=False, index=True),  # the id of its first version
    Column("vendor_id", Id, ForeignKey("vendors.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),  # identity, attestation, registration, drop_run, answer
    Column("name", Text, nullable=False),  # which of its kind: legal_name, CA 2026, privacy_terms
    Column("value", Text, nullable=False),  # JSON
    Column("from_on", String(10)),
    Column("until_on", String(10), index=True),  # the last day; from the next on nobody knows any more
    Column("withdrawn", Boolean, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("evidence", Text),  # the file's name or hash
    Column("why", Text),  # of a withdrawal
    sqlite_autoincrement=True,
)  # fmt: skip
