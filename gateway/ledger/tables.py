"""The ledger's table, of which verify checks every byte; rows are only added. Beside it what finds entries."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from gateway.db.base import Id, Instant, metadata

entries = Table(
    "ledger_entries", metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("at", Instant, nullable=False),
    Column("kind", String(64), nullable=False),  # noun.participle
    Column("body", Text, nullable=False),  # canonical JSON without addresses
    Column("leaf_hash", String(64), nullable=False),
    Column("subtree", String(64), nullable=False),  # root of the largest whole subtree that ends here: the tree's
    Column("root", String(64), nullable=False),  # frontier is read from a few of them, whatever the ledger's size
    Column("signature", String(88), nullable=False),  # of the checkpoint of seq and root
    Index("ix_ledger_entries_kind", "kind", "seq"),
)  # fmt: skip

about = Table(
    "ledger_about", metadata,
    Column("word", String(120), primary_key=True),  # by:person_3, list:7: what the entry of this number is about
    Column("seq", Id, primary_key=True, autoincrement=False),
)  # fmt: skip

checks = Table(
    "ledger_checks", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("asked_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("since", Text),  # the kept checkpoint it was checked against
    Column("state", String(8), nullable=False),  # running, done
    Column("entries", Id, nullable=False),  # checked so far
    Column("total", Id, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("milliseconds", Id, nullable=False),
    Column("ok", Integer),
    Column("root", String(64)),
    Column("first_bad", Id),
    Column("why", Text),
)  # fmt: skip
