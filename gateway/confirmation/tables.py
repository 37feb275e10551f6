"""Questions to people: one row for each confirmation that was asked for, kept as evidence of both events."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text, text

from gateway.db.base import Id, Instant, metadata

ENDED = "state <> 'asked'"
"""Questions that the index of leads holds. Whoever has yet to answer is found by their match key, still theirs."""

confirmations = Table(
    "confirmations", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # no row is ever removed
    Column("lead_id", Id, nullable=False),
    Column("match_key", LargeBinary(16), nullable=False),
    Column("source", String(64), nullable=False),
    Column("token_digest", LargeBinary(32), nullable=False, unique=True),  # SHA-256; the token is only in the mail
    Column("mail_id", Id),
    Column("purposes", Text, nullable=False),  # what was agreed to, space-separated; "" if the form names none
    Column("notice_digest", String(64)),  # of the wording that was shown (notices)
    Column("language", String(35), nullable=False),
    Column("state", String(9), nullable=False),  # asked, confirmed, refused ("this was not me"), closed
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("ip", Text),  # as the form's policy says
    Column("agent", Text),
    Index("ix_confirmations_lead_id", "lead_id", sqlite_where=text(ENDED), postgresql_where=text(ENDED)),
    Index("ix_confirmations_person", "match_key", "asked_at"),
    Index("ix_confirmations_source", "source", "asked_at"),
)  # fmt: skip
