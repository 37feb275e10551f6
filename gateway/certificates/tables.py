"""Certificates and tokens by the digest of their id, the windows to claim them in, questions to issuers and answers."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, Text, text

from gateway.db.base import Id, Instant, metadata

_SOMEBODYS = text("match_key IS NOT NULL")

certificates = Table(
    "certificates", metadata,
    Column("digest", LargeBinary(16), nullable=False),
    Column("lead_id", Id, nullable=False),
    Column("kind", String(11), nullable=False),  # trustedform, ping, leadid
    Column("match_key", LargeBinary(16), index=True),  # NULL once the person was erased
    Column("vendor", Text, nullable=False),  # as names are compared; empty: given to us directly
    Column("source", String(64), nullable=False),  # a form's key, or list_7
    Column("seen_at", Instant, nullable=False),
    Column("reference", Text, nullable=False),  # the id at its issuer; empty where nobody asks with it, or erased
    PrimaryKeyConstraint("digest", "lead_id"),
    # A question leaps from one source and person to the next (uses.py), past however many leads they have of it.
    Index("ix_certificates_uses", "digest", "source", "match_key", "vendor", "lead_id",
          sqlite_where=_SOMEBODYS, postgresql_where=_SOMEBODYS),
    sqlite_with_rowid=False,  # one tree less to write: a third of what keeping them takes
)  # fmt: skip

windows = Table(
    "certificate_windows", metadata,  # how many certificates of prospects and holds nobody has claimed, by last day
    Column("source", String(64), nullable=False),
    Column("claim_until", String(10), nullable=False),
    Column("unclaimed", Integer, nullable=False),
    PrimaryKeyConstraint("source", "claim_until"),
    Index("ix_certificate_windows_claim_until", "claim_until"),
)  # fmt: skip

questions = Table(
    "certificate_questions", metadata,  # what is still to be asked of an issuer
    Column("digest", LargeBinary(16), nullable=False),
    Column("lead_id", Id, nullable=False),
    Column("try_at", Instant, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("claim_until", String(10), nullable=False),
    PrimaryKeyConstraint("digest", "lead_id"),
)  # fmt: skip

answers = Table(
    "certificate_answers", metadata,  # rows are added, never changed; the highest of digest and key counts
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("digest", LargeBinary(16), nullable=False),
    Column("lead_id", Id, nullable=False),
    Column("match_key", LargeBinary(16), index=True),
    Column("says", String(14), nullable=False),  # matches, does_not_match, not_found, no_answer
    Column("at", Instant, nullable=False),
    Column("retained", Boolean, nullable=False),
    Column("told", Text, nullable=False),  # JSON: page, age, dates, the issuer's own words for it
    Index("ix_certificate_answers_digest", "digest", "match_key", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip
