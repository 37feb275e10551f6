"""The lifecycle store's tables: prospects, and every change of their state."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text, text

from gateway.db.base import Id, Instant, metadata

_GONE = "withdrawn_at IS NOT NULL"  # the few by whom vendors are judged; those who come in pay nothing for the index

prospects = Table(
    "prospects", metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("match_key", LargeBinary(16), nullable=False),
    Column("address", Text, nullable=False),  # normalised, for sending
    Column("first_name", Text),
    Column("last_name", Text),
    Column("phone", Text),
    Column("country", String(2)),
    Column("purposes", Text),  # agreed to, words with blanks between; none where the source names none
    Column("lead_id", Id, nullable=False),  # the lead that won
    Column("decision_id", Id, nullable=False),  # row of outcomes' decisions: obligations travel from there
    Column("state", String(8), nullable=False, server_default="prospect"),
    Column("since", Instant, nullable=False),  # of the present state
    Column("withdrawn_at", Instant),  # once set, the row only serves to know the person again
    Column("withdrawn_cause", Text),
    Index("uq_prospects_match_key", "match_key", unique=True),
    Index("ix_prospects_gone", "lead_id", sqlite_where=text(_GONE), postgresql_where=text(_GONE)),
)  # fmt: skip

removed = Table(
    "removed_prospects", metadata,
    # The highest number of a prospect that was removed, in one row: nobody else is given it, for senders' reports name
    # it. No identity of the database's: numbers are given in blocks, to which lists owe a part of their speed.
    Column("last", Id, primary_key=True, autoincrement=False),
)  # fmt: skip

events = Table(
    "lifecycle_events", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("prospect_id", Id, nullable=False, index=True),  # no foreign key: it costs bulk admission a fifth
    Column("at", Instant, nullable=False),
    Column("from_state", String(8)),
    Column("to_state", String(8), nullable=False),
    Column("cause", Text, nullable=False),
)  # fmt: skip
