"""Invoices as vendors sent them, the lines they billed, and how each line was reconciled."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from gateway.db.base import Id, Instant, metadata

invoices = Table(
    "vendor_invoices", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("vendor", Text, nullable=False),  # as vendors are compared
    Column("number", Text, nullable=False),  # as the vendor numbers it
    Column("folded", Text, nullable=False),  # as compared
    Column("contract", Id),  # its number; none: the one in force on the day of the list
    Column("lists", Text, nullable=False),  # JSON: the lists it bills, by number
    Column("billed_rows", Integer, nullable=False),
    Column("amount_minor", Id, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("dated_on", String(10), nullable=False),
    Column("received_on", String(10), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("by_row", Integer, nullable=False),  # 1: the vendor named its rows; 0: a count of whole lists
    Column("account", Text, nullable=False),  # JSON of account.Account, as reconciled last
    Column("reconciled_at", Instant, nullable=False),
    UniqueConstraint("vendor", "folded"),
)  # fmt: skip

billed = Table(
    "vendor_invoice_rows", metadata,
    Column("invoice_id", Id, ForeignKey("vendor_invoices.id"), primary_key=True, autoincrement=False),
    Column("place", Id, primary_key=True, autoincrement=False),  # of the line in the vendor's file; no words of it
    Column("list_id", Id),  # none: no row of the lists was found
    Column("row", Id),  # the row as in that list's file
    Column("lead_id", Id),
    Column("fate", String(16), nullable=False),  # account.FATES
    Column("reason", Text),  # the first reason code that the contract credits, or that it does not
    Column("reported_on", String(10)),  # the day by which the reason was known
    Index("ix_vendor_invoice_rows_lead_id", "lead_id"),
)  # fmt: skip
