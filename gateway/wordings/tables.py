"""Wordings by digest, whose leads came under them, and the history of what people here said of them."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from gateway.db.base import Id, Instant, metadata

wordings = Table(
    "wordings", metadata,
    Column("digest", String(32), primary_key=True),  # of the normal form (domain/wording.py)
    Column("text", Text, nullable=False),  # the normal form; empty once its only person was erased
    Column("shown", Text),  # with its lines, where it had several
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("leads", Integer, nullable=False),  # of lists; what forms of ours brought stands with their uses
    Column("standing", String(8), nullable=False),  # the newest of its standings; unread where there is none
    Index("ix_wordings_use", "standing", "leads", "digest"),
    Index("ix_wordings_leads", "leads", "digest"),
)  # fmt: skip

_SOLD = "vendor IS NOT NULL"

uses = Table(
    "wording_uses", metadata,
    Column("digest", String(32), primary_key=True),
    Column("source", String(64), primary_key=True),  # a form's key, or list_7
    Column("kind", String(4), nullable=False),  # form, list
    Column("vendor", Text),
    Column("leads", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    # A form's use has no vendor and changes with every signup.
    Index("ix_wording_uses_vendor", "vendor", "last_at", sqlite_where=text(_SOLD), postgresql_where=text(_SOLD)),
    Index("ix_wording_uses_source", "source"),
    Index("ix_wording_uses_kind", "kind", "digest"),
)  # fmt: skip

standings = Table(
    "wording_standings", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # the highest of a wording is the present one
    Column("digest", String(32), nullable=False, index=True),
    Column("standing", String(8), nullable=False),  # approved, refused
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
)  # fmt: skip
