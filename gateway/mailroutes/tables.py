"""The table of remembered answers: one row per domain, until it expires or is asked again."""

from sqlalchemy import Column, Integer, String, Table

from gateway.db.base import Instant, metadata

mail_routes = Table(
    "mail_routes", metadata,
    Column("domain", String(253), primary_key=True),  # A-label, lower case
    Column("kind", String(16), nullable=False),  # domain.screened.RouteKind
    Column("answered_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("failures", Integer, nullable=False),  # unknown answers in a row
)  # fmt: skip
