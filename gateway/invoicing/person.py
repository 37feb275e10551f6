"""One person in this room: the lines of vendors' invoices that name their rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from gateway.db.base import text_of
from gateway.invoicing.account import IN_WORDS
from gateway.invoicing.tables import billed, invoices
from gateway.vendors.book import name_of


def tell(connection: Connection, leads: Sequence[int]) -> list[dict[str, Any]]:
    """Every line that names one of these leads' rows, by invoice; a list that is billed whole names nobody."""
    found: list[Any] = []
    for start in range(0, len(leads), 500):
        query = (
            select(billed, invoices.c.vendor, invoices.c.number, invoices.c.dated_on, invoices.c.added_at)
            .join(invoices, invoices.c.id == billed.c.invoice_id)
            .where(billed.c.lead_id.in_(leads[start : start + 500]))
        )
        found += connection.execute(query).all()
    return [
        {
            "invoice": f"invoice_{row.invoice_id}", "number": row.number, "vendor": name_of(connection, row.vendor),
            "dated_on": row.dated_on, "added_at": text_of(row.added_at), "lead": f"lead_{row.lead_id}",
            "list": f"list_{row.list_id}", "row": row.row, "fate": IN_WORDS.get(row.fate, row.fate),
            "reason": row.reason,
        }
        for row in sorted(found, key=lambda one: (one.invoice_id, one.place))
    ]  # fmt: skip
