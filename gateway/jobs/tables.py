"""The workers' last sign of life."""

from sqlalchemy import Column, String, Table

from gateway.db.base import Instant, metadata

heartbeats = Table(
    "heartbeats", metadata,
    Column("worker", String(120), primary_key=True),  # host/pid
    Column("at", Instant, nullable=False),
)  # fmt: skip
