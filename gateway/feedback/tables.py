"""Reports of senders, one row for each event; told twice, an event is kept once."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text, UniqueConstraint

from gateway.db.base import Id, Instant, metadata

feedback_events = Table(
    "feedback_events", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("reporter", String(16), nullable=False),  # ses, sendgrid, mailgun, brevo, mailchimp, arf, dsn, generic
    Column("event_key", String(64), nullable=False),  # SHA-256 of what makes the event one: the reporter's id, or all
    Column("kind", String(16), nullable=False),  # hard_bounce, soft_bounce, complaint, unsubscribe ...
    Column("match_key", LargeBinary(16)),  # whom it is about, if the report says
    Column("prospect_id", Id),
    Column("lead_id", Id),
    Column("source", String(64)),  # the form's key or the list's number, by which vendors are judged
    Column("origin_kind", String(4)),  # form, list
    Column("at", Instant, nullable=False),  # of the event
    Column("received_at", Instant, nullable=False),
    Column("status", String(16)),  # RFC 3463, where given
    Column("detail", Text, nullable=False),  # the reporter's words, without addresses
    UniqueConstraint("reporter", "event_key"),
    Index("ix_feedback_events_person", "match_key"),
    Index("ix_feedback_events_source", "source", "kind"),
)  # fmt: skip

feedback_endpoints = Table(
    "feedback_endpoints", metadata,
    Column("name", String(64), primary_key=True),  # in the address that the sender posts to
    Column("reporter", String(16), nullable=False),
    Column("secrets", Text, nullable=False),  # JSON: what its signatures are checked with
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
)  # fmt: skip
