"""The outbox: a mail is written in the transaction of what it speaks of, and sent by a worker afterwards."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from gateway.db.base import Id, Instant, metadata

mails = Table(
    "mails", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # shown as mail_<id>; no row is ever removed
    Column("kind", String(16), nullable=False),  # confirmation
    Column("match_key", LargeBinary(16), nullable=False),  # of whom it goes to: how many they got of late
    Column("source", String(64), nullable=False),  # the form's key
    Column("recipient", Text),  # dropped, with the texts, once it is sent or the person erased
    Column("language", String(35), nullable=False),
    Column("subject", Text),
    Column("text", Text),
    Column("html", Text),
    Column("headers", Text),  # JSON: further header fields
    Column("message_id", String(128), nullable=False),  # 128 random bits; nobody looks for a mail by it
    Column("state", String(8), nullable=False),  # new, leased, sent, kept (no SMTP is set), failed, stopped
    Column("not_before", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),  # tries whose outcome nobody knows; after the second it is not sent
    Column("attempt", Integer, nullable=False),  # the fence, as of the work table
    Column("lease_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("error", Text),
    Index("ix_mails_due", "state", "not_before"),
    Index("ix_mails_person", "match_key", "created_at"),
)  # fmt: skip
