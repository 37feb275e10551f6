"""Intake's own tables: sources, lists, their runs and the work table, kept answers of the API."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from gateway.db.base import Id, Instant, metadata

sources = Table(
    "sources", metadata,
    Column("key", String(64), primary_key=True),  # what the form posts
    Column("title", Text, nullable=False),
    Column("published", Boolean, nullable=False),  # strangers may post to it
    Column("origins", Text, nullable=False),  # JSON list of allowed web origins for CORS
    Column("statement", Text, nullable=False),  # JSON of domain.lead.Statement
    Column("requires_tick", Boolean, nullable=False),  # a signup without the box is a problem of the form
    Column("redirects", Text, nullable=False),  # JSON: {"received": url | null, "problems": url | null}
    Column("created_at", Instant, nullable=False),
)  # fmt: skip

lists = Table(
    "lists", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # shown as list_<id>
    Column("name", Text, nullable=False),
    Column("manifest", Text, nullable=False),  # as given, JSON
    Column("manifest_digest", String(64), nullable=False),
    Column("statement", Text, nullable=False),  # JSON of domain.lead.Statement
    Column("file_name", Text),  # as the uploader calls it
    Column("file_path", Text),  # where the bytes lie, relative to GATEWAY_DATA
    Column("file_digest", String(64)),  # SHA-256 of the bytes
    Column("file_bytes", Id),
    Column("inspection", Text),  # JSON: encoding, delimiter, header, layout, column map
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Index("ix_lists_content", "file_digest", "manifest_digest"),
    sqlite_autoincrement=True,  # a number once given out is never another list's
)  # fmt: skip

runs = Table(
    "runs", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # shown as run_<id>
    Column("list_id", Id, ForeignKey("lists.id"), nullable=False, index=True),
    Column("state", String(10), nullable=False, index=True),  # running, done, failed
    Column("as_of", Instant, nullable=False),  # the instant every row of the run is judged at
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("milliseconds", Integer, nullable=False),  # of work so far, over all attempts that counted
    Column("started_by", Text, nullable=False),
    Column("receipt", Text, nullable=False),  # JSON, grows with each batch in the batch's own transaction
    Column("error", Text),
    sqlite_autoincrement=True,
)  # fmt: skip

work = Table(
    "work", metadata,
    Column("run_id", Id, ForeignKey("runs.id"), primary_key=True),
    Column("k", Integer, primary_key=True),  # the batch's place in the run, from 0; k+1 appears when k is done
    Column("state", String(8), nullable=False),  # new, leased, done, failed
    Column("first_record", Id, nullable=False),  # how many records of the file come before it
    Column("attempt", Integer, nullable=False),  # the fence: a worker whose attempt is older writes nothing
    Column("lease_until", Instant),
    Column("owner", Text),  # host/pid of the worker that holds the lease
    Column("error", Text),
    Index("ix_work_open", "state", "lease_until"),
)  # fmt: skip

answers = Table(
    "idempotent_answers", metadata,
    Column("caller", String(80), nullable=False),  # the key's or the source's name
    Column("key", String(255), nullable=False),
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of method, path and body
    Column("state", String(8), nullable=False),  # running, done
    Column("status", Integer),
    Column("body", Text),
    Column("content_type", String(80)),
    Column("at", Instant, nullable=False, index=True),
    UniqueConstraint("caller", "key"),
)  # fmt: skip
