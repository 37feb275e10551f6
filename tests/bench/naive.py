"""A list as a developer would write it in an afternoon: every row read, checked, looked up and stored by itself.

python tests/bench/naive.py DATABASE_URL LIST.csv

csv.DictReader, a marshmallow schema, email-validator, a SELECT for the duplicate, an ORM object, a commit. Nothing of
the gateway is in it: no consent, no suppression, no reasons, no ledger. Prints {"rows": n, "seconds": s} as JSON.
"""

import csv
import json
import sys
import time
from pathlib import Path

from email_validator import EmailNotValidError, validate_email
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """The developer's tables."""


class Lead(Base):
    """One row of one table."""

    __tablename__ = "naive_leads"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    first: Mapped[str]
    last: Mapped[str]
    phone: Mapped[str]
    ip: Mapped[str]
    consent_ts: Mapped[str]
    source_url: Mapped[str]
    country: Mapped[str]


class LeadSchema(Schema):
    """What a row must look like."""

    class Meta:
        """Columns that nobody asked for are left out."""

        unknown = EXCLUDE

    email = fields.String(required=True)
    first = fields.String(load_default="")
    last = fields.String(load_default="")
    phone = fields.String(load_default="")
    ip = fields.IP()
    consent_ts = fields.DateTime(required=True)
    source_url = fields.URL(required=True)
    country = fields.String(load_default="")


def main() -> None:
    """Do what the command line asks for."""
    url = sys.argv[1].replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    schema, rows = LeadSchema(), 0
    started = time.perf_counter()
    with Session(engine) as session, Path(sys.argv[2]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows += 1
            try:
                lead = schema.load(row)
                address = validate_email(lead["email"].strip(), check_deliverability=False).normalized
            except (ValidationError, EmailNotValidError):
                continue
            if session.scalar(select(Lead.id).where(Lead.email == address)) is not None:
                continue
            texts = {name: str(lead[name]) for name in ("first", "last", "phone", "ip", "consent_ts", "source_url")}
            session.add(Lead(email=address, country=lead["country"], **texts))
            session.commit()
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
