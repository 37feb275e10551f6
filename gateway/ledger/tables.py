"""The ledger's table. Every column is checked by verify, byte for byte; rows are added, never changed."""

from sqlalchemy import Column, String, Table, Text

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
)  # fmt: skip
