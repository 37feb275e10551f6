"""Invoices as they are kept and found. Each number once for a vendor; what was billed is never changed."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from gateway.db.work import UnitOfWork
from gateway.invoicing.account import Account
from gateway.invoicing.tables import billed, invoices
from gateway.vendors.book import fold

_CHUNK = 500
_LINE = ("invoice_id", "place", "list_id", "row", "lead_id", "fate", "reason", "reported_on")


@dataclass(frozen=True, slots=True)
class Given:
    """An invoice as it was entered."""

    vendor: str
    number: str  # as the vendor numbers it
    lists: tuple[int, ...]
    amount_minor: int
    currency: str
    dated_on: date
    received_on: date
    billed_rows: int | None = None  # none: as many as there are lines, or as the lists have rows
    contract: str | None = None  # its name; none: the one in force when the list came


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as it is kept."""

    id: int  # shown as invoice_<id>
    vendor: str  # folded
    number: str
    contract: int | None
    lists: tuple[int, ...]
    amount_minor: int
    currency: str
    dated_on: date
    received_on: date
    added_at: datetime
    added_by: str
    by_row: bool
    account: Account
    reconciled_at: datetime

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "invoice": f"invoice_{self.id}", "vendor": self.vendor, "number": self.number, "contract": self.contract,
            "lists": [f"list_{one}" for one in self.lists], "amount_minor": self.amount_minor,
            "currency": self.currency, "dated_on": self.dated_on.isoformat(),
            "received_on": self.received_on.isoformat(), "added_at": self.added_at.isoformat(), "by": self.added_by,
            "by_row": self.by_row, "account": self.account.as_dict(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Billed:
    """One billed line and its fate."""

    place: int
    list_id: int | None
    row: int | None
    lead_id: int | None
    fate: str
    reason: str | None
    known_on: str | None


def keep(
    work: UnitOfWork, given: Given, account: Account, lines: Iterable[Billed] | None, *, contract: int | None, by: str
) -> int:
    """Keep an invoice with its account and, where the vendor named its rows, their fates; its number here."""
    made: int = work.connection.execute(insert(invoices).values(
        vendor=fold(given.vendor), number=" ".join(given.number.split()), folded=fold(given.number), contract=contract,
        lists=json.dumps(list(given.lists)), billed_rows=account.billed, amount_minor=given.amount_minor,
        currency=given.currency, dated_on=given.dated_on.isoformat(), received_on=given.received_on.isoformat(),
        added_at=work.at, added_by=by, by_row=int(lines is not None), account=json.dumps(account.as_dict()),
        reconciled_at=work.at,
    ).returning(invoices.c.id)).scalar_one()  # fmt: skip
    rows = [(made, one.place, one.list_id, one.row, one.lead_id, one.fate, one.reason, one.known_on)
            for one in lines or ()]  # fmt: skip
    work.insert_many(billed, _LINE, rows)
    return made


def renew(work: UnitOfWork, number: int, account: Account, lines: Sequence[Billed] | None) -> None:
    """The account after reconciling again; lines keep their places and what they named."""
    changed = {"account": json.dumps(account.as_dict()), "reconciled_at": work.at}
    work.connection.execute(update(invoices).where(invoices.c.id == number).values(changed))
    for one in lines or ():
        here = (billed.c.invoice_id == number) & (billed.c.place == one.place)
        fate = {"fate": one.fate, "reason": one.reason, "reported_on": one.known_on}
        work.connection.execute(update(billed).where(here).values(fate))


def is_known(connection: Connection, vendor: str, number: str) -> bool:
    """Whether an invoice of this number was entered before."""
    same = (invoices.c.vendor == fold(vendor)) & (invoices.c.folded == fold(number))
    return connection.execute(select(invoices.c.id).where(same)).scalar() is not None


def find_invoice(connection: Connection, number: int) -> Invoice | None:
    """An invoice by its number here; None if there is none."""
    row = connection.execute(select(invoices).where(invoices.c.id == number)).one_or_none()
    return None if row is None else _invoice(row)


def page_invoices(
    connection: Connection, *, vendor: str | None = None, before: int | None = None, limit: int = 50
) -> list[Invoice]:
    """Invoices, the newest first; ``vendor``: of one."""
    query = select(invoices).order_by(invoices.c.id.desc()).limit(limit)
    if vendor is not None:
        query = query.where(invoices.c.vendor == fold(vendor))
    if before is not None:
        query = query.where(invoices.c.id < before)
    return [_invoice(row) for row in connection.execute(query)]


def lines_of(connection: Connection, number: int) -> Iterator[Billed]:
    """The lines of an invoice whose vendor named its rows, in their order."""
    names = ("place", "list_id", "row", "lead_id", "fate", "reason", "reported_on")
    query = select(*(billed.c[name] for name in names)).where(billed.c.invoice_id == number).order_by(billed.c.place)
    for row in connection.execute(query):
        yield Billed(*row)


def billed_before(connection: Connection, lead_ids: Iterable[int], before: int | None) -> set[int]:
    """Those of these leads that another invoice names; ``before``: only earlier ones than this."""
    wanted, found = sorted(set(lead_ids)), set[int]()
    for start in range(0, len(wanted), _CHUNK):
        query = select(billed.c.lead_id).where(billed.c.lead_id.in_(wanted[start : start + _CHUNK]))
        if before is not None:
            query = query.where(billed.c.invoice_id < before)
        found.update(connection.execute(query).scalars())
    return found


def lists_billed_whole(connection: Connection, vendor: str, before: int | None) -> dict[int, str]:
    """The lists that other invoices of a vendor bill as a whole, with the invoice's number."""
    query = select(invoices.c.lists, invoices.c.number).where(invoices.c.vendor == fold(vendor), invoices.c.by_row == 0)
    if before is not None:
        query = query.where(invoices.c.id < before)
    return {one: row.number for row in connection.execute(query) for one in json.loads(row.lists)}


def _invoice(row: Any) -> Invoice:
    return Invoice(
        row.id, row.vendor, row.number, row.contract, tuple(json.loads(row.lists)), row.amount_minor, row.currency,
        date.fromisoformat(row.dated_on), date.fromisoformat(row.received_on), row.added_at, row.added_by,
        bool(row.by_row), Account.from_dict(json.loads(row.account)), row.reconciled_at,
    )  # fmt: skip
