"""The lifecycle store's tables: prospects, what happened to them, and every change of their phase."""

from sqlalchemy import BigInteger, Column, Float, Index, LargeBinary, SmallInteger, String, Table, Text, text

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
    # Since when they may be written to: they came in, or said yes again; or left. Earlier orders are answered by it, so
    # that no phase moves it: phases keep their own.
    Column("since", Instant, nullable=False),
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
    # Of phases derived from happenings; what is withdrawn or comes back has a cause alone.
    Column("kind", String(14)),  # of inactive and lapsed
    Column("rule", Text),  # of policies/lifecycle.yaml
    Column("causes", Text),  # JSON: the numbers of the happenings that made the rule speak
    Column("known_at", Instant),  # when we learnt it; none: at the very instant
)  # fmt: skip

happenings = Table(
    "happenings", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("prospect_id", Id, nullable=False),
    Column("teller", Text, nullable=False),  # who told us: the name of an API key, a file
    Column("event_key", String(64), nullable=False),  # digest of the teller's own id, which may hold anything
    Column("kind", String(14), nullable=False),
    Column("at", Instant, nullable=False),
    Column("known_at", Instant, nullable=False),  # when we were told
    Column("product", Text),
    Column("segment", Text),
    Column("quantity", Float),
    Column("amount_minor", BigInteger),  # minor units; negative where money was given back
    Column("currency", String(3)),
    Column("campaign", Text),
    Column("channel", Text),
    Column("satisfaction", SmallInteger),  # 1 to 5
    Column("recommend", SmallInteger),  # 0 to 10
    Index("uq_happenings_teller_event_key", "teller", "event_key", unique=True),
    Index("ix_happenings_prospect_id_at", "prospect_id", "at"),
    sqlite_autoincrement=True,  # readers go by number: none is given twice
)  # fmt: skip

phases = Table(
    "phases", metadata,
    # Where people stand to whom something happened, as last derived; whoever is not here is a prospect, or withdrawn.
    Column("prospect_id", Id, primary_key=True, autoincrement=False),
    Column("phase", String(8), nullable=False),
    Column("kind", String(14)),
    Column("rule", Text, nullable=False),
    Column("causes", Text, nullable=False),  # JSON: numbers of happenings
    Column("since", Instant, nullable=False),
    Column("next_change_at", Instant),  # when time alone may change it; none: never
    Column("rules", String(16), nullable=False),  # digest of the rules it was derived by
    Index("ix_phases_next_change_at", "next_change_at"),
    Index("ix_phases_rules", "rules"),
    Index("ix_phases_phase_kind_prospect_id", "phase", "kind", "prospect_id"),
)  # fmt: skip

reorders = Table(
    "reorders", metadata,
    Column("prospect_id", Id, primary_key=True, autoincrement=False),
    Column("product", Text, primary_key=True),  # empty: no product was named
    Column("last_on", String(10), nullable=False),  # of the last purchase, in the operator's zone; ISO 8601
    Column("run_out_on", String(10), nullable=False),
    Column("reorder_on", String(10), nullable=False, index=True),
    Column("pace_days", Float, nullable=False),  # the person's own, shrunk to the usual
    Column("purchases", SmallInteger, nullable=False),
)  # fmt: skip
