"""A vendor's invoices: entered, shown row by fate, reconciled again, and the pack for the vendor."""

from functools import partial
from typing import cast

from flask import Response, redirect, request
from sqlalchemy import Connection

from gateway.console.desk.charts import bars
from gateway.console.desk.gate import me, page, shown
from gateway.console.desk.ledger_words import names_of, who
from gateway.console.desk.reasoned import officer_words
from gateway.db.work import reading
from gateway.domain.money import written
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.intake.listed import page_lists
from gateway.invoicing.account import FATES, IN_WORDS
from gateway.invoicing.book import Invoice, find_invoice, lines_of
from gateway.invoicing.http import packed
from gateway.invoicing.lines import Lines, read_lines
from gateway.invoicing.read import FIELDS, read_given
from gateway.invoicing.reconcile import add_invoice, reconcile_again
from gateway.vendors.book import Vendor, find_vendor, fold
from gateway.vendors.contracts import contracts_of, find_by_number

LISTS, LINES = 60, 200  # of the form, and of an invoice's page
LARGEST = 64 << 20
TONES = {
    "usable": "prospect",
    "credited": "rejection",
    "not_bought": "rejection",
    "twice": "rejection",
    "not_found": "rejection",
    "waiting": "hold",
}


@page("GET", "/vendors/<int:number>/invoices/new", role="officer")
def new(number: int) -> Response:
    """An invoice to be entered."""
    with reading(services().engine) as connection:
        one = _vendor(connection, number)
        lists = [each for each in page_lists(connection, limit=LISTS, vendor=one.name) if each.rows]
        contracts = contracts_of(connection, one.name)
    return shown("invoices/new.html", here="vendors", one=one, lists=lists, contracts=contracts,
                 today=services().clock.now().date().isoformat())  # fmt: skip


@page("POST", "/vendors/<int:number>/invoices", role="officer")
def add(number: int) -> Response:
    """Enter it and reconcile it."""
    request.max_content_length = LARGEST
    with reading(services().engine) as connection:
        one = _vendor(connection, number)
    said = {name: request.form.get(name, "") for name in FIELDS} | {
        "vendor": one.name, "lists": request.form.getlist("lists"),
    }  # fmt: skip
    made = add_invoice(services(), read_given(said, today=services().clock.now().date()), _lines(), by=me().by)
    return cast("Response", redirect(f"/desk/vendors/{number}/invoices/{made}", 303))


@page("GET", "/vendors/<int:number>/invoices/<int:invoice>", role="viewer")
def show(number: int, invoice: int) -> Response:
    """Every billed row by its fate, and the money."""
    with reading(services().engine) as connection:
        one, found = _found(connection, number, invoice)
        contract = None if found.contract is None else find_by_number(connection, found.contract)
        lines = [line for _, line in zip(range(LINES + 1), lines_of(connection, invoice), strict=False)]
        names = names_of(connection)
    account = found.account
    return shown(
        "invoices/show.html", here="vendors", one=one, found=found, account=account, contract=contract,
        fates=[(IN_WORDS[name], account.fates[name], TONES.get(name, ""), name) for name in FATES],
        lines=lines[:LINES], more=len(lines) > LINES, words=IN_WORDS, why=officer_words, amount=written,
        credited=bars([(officer_words(code), n) for code, n in account.reasons.most_common()]),
        refused=bars([(officer_words(code), n) for code, n in account.refused.most_common()]),
        who=partial(who, names=names),
    )  # fmt: skip


@page("POST", "/vendors/<int:number>/invoices/<int:invoice>/reconcile", role="officer")
def again(number: int, invoice: int) -> Response:
    """Reconcile it with what is known now."""
    with reading(services().engine) as connection:
        _found(connection, number, invoice)
    reconcile_again(services(), invoice, by=me().by)
    return cast("Response", redirect(f"/desk/vendors/{number}/invoices/{invoice}", 303))


@page("GET", "/vendors/<int:number>/invoices/<int:invoice>/pack", role="viewer")
def pack(number: int, invoice: int) -> Response:
    """What the vendor gets: a workbook, or a page to print."""
    with reading(services().engine) as connection:
        _found(connection, number, invoice)
    return packed(invoice, "html" if request.args.get("format") == "html" else "xlsx")


def _lines() -> Lines | None:
    given = request.files.get("rows")
    data = given.read() if given is not None and given.filename else b""
    if not data:
        return None
    try:
        return read_lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        message = phrase("The file of billed rows is no text in UTF-8. Save it as CSV (UTF-8) and choose it again.")
        raise CallerError([Problem("bad_csv", message, "rows")]) from None


def _vendor(connection: Connection, number: int) -> Vendor:
    found = find_vendor(connection, number)
    if found is None:
        raise CallerError([Problem("unknown_vendor", "There is no such vendor.")], 404, "Not found")
    return found


def _found(connection: Connection, number: int, invoice: int) -> tuple[Vendor, Invoice]:
    one, found = _vendor(connection, number), find_invoice(connection, invoice)
    if found is None or found.vendor != fold(one.name):
        raise CallerError([Problem("unknown_invoice", "This vendor has no such invoice.")], 404, "Not found")
    return one, found
