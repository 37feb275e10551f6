"""Buying's own tables: terms, who sells by which key, the account, pings, what was bought, known hashes."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from gateway.db.base import Id, Instant, metadata

terms = Table(
    "buying_terms", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # the highest of a contract stands
    Column("contract", Id, nullable=False, index=True),  # its number (vendors/contracts.py)
    Column("vendor", Text, nullable=False, index=True),  # as vendors are compared
    Column("document", Text, nullable=False),  # JSON of shape.TermsShape
    Column("paused", Text),  # why nothing is bought at present; none: it is
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

keys = Table(
    "buying_keys", metadata,
    Column("key_id", Id, primary_key=True, autoincrement=False),  # of api_keys
    Column("vendor", Text, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
)  # fmt: skip

accounts = Table(
    "buying_accounts", metadata,
    Column("contract", Id, primary_key=True, autoincrement=False),
    Column("span", String(5), primary_key=True),  # hour, day, month, total
    Column("begins", String(13), primary_key=True),  # 2026-11-21T14, 2026-11-21, 2026-11, or empty
    *(Column(name, Id, nullable=False) for name in
      ("pings", "wanted", "hashed", "posts", "bought", "held", "rejected", "refused", "spent_minor", "pending_minor")),
)  # fmt: skip

pings = Table(
    "buying_pings", metadata,
    Column("id", String(32), primary_key=True),  # ping_ and 128 random bits
    Column("contract", Id, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False, index=True),
    Column("price_minor", Id, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("said", Text, nullable=False),  # JSON: country, region, product, collected_at; nothing that names a person
    Column("algorithm", String(8)),
    Column("hash_match_key", LargeBinary(16)),  # keyed hash of the hash that was sent: the post must be of this person
    Column("used_at", Instant),
    Column("lead_id", Id),
)  # fmt: skip

bought = Table(
    "bought_leads", metadata,
    Column("lead_id", Id, primary_key=True, autoincrement=False),
    Column("contract", Id, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("list_id", Id, nullable=False, index=True),
    Column("ping", String(32)),
    Column("price_minor", Id, nullable=False),  # agreed; owed if ``state`` says so
    Column("currency", String(3), nullable=False),
    Column("state", String(8), nullable=False),  # bought, held, rejected
    Column("held", String(13), nullable=False),  # when a lead that waits is paid: as the terms had it
    Column("at", Instant, nullable=False),
    Column("zone", Text, nullable=False),  # by which the account's days were reckoned
    Column("looked_at", Instant),  # of a held one: a minute before it is asked after again
    Index("ix_bought_leads_contract_lead_id", "contract", "lead_id"),
    Index("ix_bought_leads_state_looked_at", "state", "looked_at"),
)  # fmt: skip

feeds = Table(
    "buying_feeds", metadata,
    Column("contract", Id, primary_key=True, autoincrement=False),
    Column("month", String(7), primary_key=True),  # 2026-11, in the terms' zone
    Column("digest", String(64), primary_key=True),  # SHA-256 of the manifest
    Column("part", Integer, primary_key=True, autoincrement=False),  # from 1: one more where the one before was undone
    Column("list_id", Id, nullable=False, unique=True),
    Column("run_id", Id, nullable=False),
)  # fmt: skip

known = Table(
    "known_hashes", metadata,
    Column("prospect_id", Id, primary_key=True, autoincrement=False),
    Column("sha256_match_key", LargeBinary(16), nullable=False, index=True),  # keyed hash of the hash in hex
    Column("md5_match_key", LargeBinary(16), nullable=False, index=True),
)  # fmt: skip
