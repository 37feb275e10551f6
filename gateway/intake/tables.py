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
    Column("form", Text, nullable=False, server_default="{}"),  # JSON of forms.Form: fields, purposes, caps ...
    Column("created_at", Instant, nullable=False),
)  # fmt: skip

spent_proofs = Table(
    "spent_proofs", metadata,
    Column("signature", String(64), primary_key=True),  # of the challenge: says nothing of anybody
    Column("until", Instant, nullable=False, index=True),  # could be sent again until then
)  # fmt: skip

notices = Table(
    "notices", metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the words; they stay for ever
    Column("text", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
)  # fmt: skip

source_notices = Table(
    "source_notices", metadata,
    Column("source", String(64), primary_key=True),
    Column("language", String(35), primary_key=True),  # BCP 47
    Column("version", Integer, primary_key=True),  # the highest is shown
    Column("digest", String(64), nullable=False),
    Column("since", Instant, nullable=False),
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
    Column("text_path", Text),  # the text made of a file that is none (a workbook, JSON), which batches read
    Column("part", Text),  # what to call the list beside the others its file held; null if it came alone
    Column("arrived_digest", String(64)),  # SHA-256 of what arrived: file_digest's, or the archive's it lay in
    Column("inspection", Text),  # JSON: encoding, delimiter, header, layout, column map
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("vendor", Text),  # as vendors are compared (vendors/book.fold); of our own exports none
    Index("ix_lists_content", "file_digest", "manifest_digest"),
    Index("ix_lists_arrived", "arrived_digest"),
    Index("ix_lists_vendor", "vendor", "id"),
    sqlite_autoincrement=True,  # a number once given out is never another list's
)  # fmt: skip

drafts = Table(
    "list_drafts", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("created_at", Instant, nullable=False, index=True),  # a day later it is swept, file and all
    Column("created_by", Text, nullable=False),
    Column("file_name", Text, nullable=False),  # as the uploader calls it
    Column("file_path", Text, nullable=False),  # as of lists
    Column("file_digest", String(64), nullable=False),
    Column("file_bytes", Id, nullable=False),
    Column("answers", Text, nullable=False),  # JSON: the manifest as far as it is said
    Column("preview", Text),  # JSON: what there is to see of the file; cells of people, gone with the draft
    Column("sample", Text),  # JSON: what a sample showed, under these answers
    Column("list_id", Id),  # what became of it; the file is the list's own by then
    sqlite_autoincrement=True,
)  # fmt: skip

runs = Table(
    "runs", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # shown as run_<id>
    Column("list_id", Id, ForeignKey("lists.id"), nullable=False, index=True),
    Column("state", String(20), nullable=False, index=True),  # running, done, failed, cancelled, undoing, undone
    Column("as_of", Instant, nullable=False),  # the instant every row of the run is judged at
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("milliseconds", Integer, nullable=False),  # of work so far, over all attempts that counted
    Column("started_by", Text, nullable=False),
    Column("receipt", Text, nullable=False),  # JSON, grows with each batch in the batch's own transaction
    Column("error", Text),
    Column("expected", Id),  # rows, estimated from the file's bytes; once the run is done its receipt knows
    Column("problems", Integer, nullable=False, server_default="0"),  # rows that could not be processed
    sqlite_autoincrement=True,
)  # fmt: skip

work = Table(
    "work", metadata,
    Column("run_id", Id, ForeignKey("runs.id"), primary_key=True),
    Column("k", Integer, primary_key=True),  # the batch's place in the run, from 0; k+1 appears when k is done
    Column("state", String(8), nullable=False),  # new, leased, done, failed, stopped (its run was cancelled)
    Column("first_record", Id, nullable=False),  # how many records of the file come before it
    Column("attempt", Integer, nullable=False),  # the fence: a worker whose attempt is older writes nothing
    Column("lease_until", Instant),  # of a new one: until when it rests after a failure, or since when it waits
    Column("owner", Text),  # host/pid of the worker that holds the lease; of a new one, that did the one before
    Column("error", Text),
    Column("failures", Integer, nullable=False, server_default="0"),  # that its rows are to blame for, as it seems
    Column("records", Integer),  # at most so many: what failed is taken again in halves
    Column("rows", Integer),  # once it is done, how many, and how long it took
    Column("milliseconds", Integer),
    Index("ix_work_open", "state", "lease_until"),
)  # fmt: skip

errands = Table(
    "errands", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("run_id", Id, ForeignKey("runs.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),  # undo, recheck
    Column("state", String(8), nullable=False, index=True),  # new, leased, done, failed
    Column("reached", Id, nullable=False),  # the last lead that is dealt with
    Column("leads", Integer, nullable=False),  # how many are to be dealt with, as counted when it was asked for
    Column("dealt", Integer, nullable=False),  # how many are
    Column("account", Text, nullable=False),  # JSON: what was changed so far, and how often in a row it failed
    Column("attempt", Integer, nullable=False),  # the fence, as of work
    Column("lease_until", Instant),
    Column("owner", Text),
    Column("error", Text),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("ended_at", Instant),
    sqlite_autoincrement=True,
)  # fmt: skip

mappings = Table(
    "mappings", metadata,
    Column("vendor", Text, nullable=False),  # as vendors are compared
    Column("digest", String(64), nullable=False),  # SHA-256 of the folded headings
    Column("headings", Text, nullable=False),  # JSON, as written in the file it was saved for
    Column("columns", Text, nullable=False),  # JSON: heading -> field, or attribute
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", Text, nullable=False),
    UniqueConstraint("vendor", "digest"),
)  # fmt: skip

fetches = Table(
    "platform_fetches", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("lead", String(64), nullable=False),  # the platform's own number; nobody's data
    Column("state", String(8), nullable=False),  # new, leased, done, failed
    Column("tries", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),  # the fence, as of work
    Column("not_before", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("error", Text),
    Column("told_at", Instant, nullable=False),
    Column("ended_at", Instant),
    UniqueConstraint("source", "platform", "lead"),
    Index("ix_platform_fetches_due", "state", "not_before"),
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
