"""The numbers as last reckoned, and what a lead of each source may cost by them: read by whoever cannot wait."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from gateway.db.base import Id, Instant, metadata

numbers = Table(
    "numbers", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("as_of", Instant, nullable=False, index=True),
    Column("milliseconds", Integer, nullable=False),  # that it took
    Column("seen", Text, nullable=False),  # what was there: the highest numbers of people, happenings, changes
    Column("body", Text, nullable=False),  # JSON (document.py); nobody is named in it
    sqlite_autoincrement=True,
)  # fmt: skip

worths = Table(
    "worths", metadata,
    Column("numbers_id", Id, primary_key=True, autoincrement=False),
    Column("scope", String(6), primary_key=True),  # all, form, list, vendor
    Column("name", Text, primary_key=True),  # vendors as they are compared; empty: one of the kind nobody has seen yet
    Column("currency", String(3), primary_key=True),
    Column("per", String(8), primary_key=True),  # prospect, row
    Column("minor", BigInteger, nullable=False),
    Column("low", BigInteger, nullable=False),
    Column("high", BigInteger, nullable=False),
    Column("people", Integer, nullable=False),
)  # fmt: skip
