"""What was counted of each form, list and month; each vendor's card; what was found odd; how far the count has come."""

from sqlalchemy import Boolean, Column, Index, String, Table, Text

from gateway.db.base import Id, Instant, metadata

scores = Table(
    "vendor_scores", metadata,
    Column("origin_kind", String(4), primary_key=True),
    Column("source", String(64), primary_key=True),  # the form's key or the list's number
    Column("month", String(7), primary_key=True),  # in which the leads came, 2026-11; of a list its first
    Column("vendor", Text),  # as vendors are compared; of our own forms and exports none
    Column("first_at", Instant, nullable=False),  # when the first of them was settled
    Column("figures", Text, nullable=False),  # JSON of figures.Figures
    Column("counted_at", Instant, nullable=False),
    Index("ix_vendor_scores_vendor", "vendor", "first_at"),
)  # fmt: skip

cards = Table(
    "vendor_cards", metadata,
    Column("vendor", Text, primary_key=True),  # as vendors are compared
    Column("grade", String(1)),  # A to F; none where too little is known
    Column("card", Text, nullable=False),  # JSON of card.Card
    Column("baseline", Text, nullable=False),  # JSON: what had been counted when a person last set the standing
    Column("counted_at", Instant, nullable=False),
)  # fmt: skip

anomalies = Table(
    "vendor_anomalies", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("vendor", Text, nullable=False),  # as vendors are compared
    Column("source", String(64), nullable=False),  # the list's number; empty: all of them
    Column("kind", String(16), nullable=False),  # reason, duplicates, provider_terms, acted
    Column("about", String(64), nullable=False),  # the reason's code, the measure or the limit
    Column("says", Text, nullable=False),  # one sentence with its figures
    Column("found_at", Instant, nullable=False),
    Column("seen_at", Instant),
    Column("seen_by", Text),
    Index("ix_vendor_anomalies_vendor", "vendor", "id"),
    Index("ix_vendor_anomalies_seen", "seen_at", "id"),
)  # fmt: skip

marks = Table(
    "scoring_marks", metadata,  # one row
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("batch", Id, nullable=False),  # the last of each that was counted
    Column("event", Id, nullable=False),
    Column("change", Id, nullable=False),
    Column("whole_at", Instant),  # when everything was counted last
    Column("counted_at", Instant, nullable=False),
    Column("is_asked", Boolean, nullable=False),  # somebody wants everything counted again
)  # fmt: skip
