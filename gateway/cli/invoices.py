"""``gateway invoices``: vendors' invoices held against what came of their rows."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.common import json_option, number_of, open_services, read_text, say, table
from gateway.domain.problem import CallerError, Problem


@click.group(invoke_without_command=True)
@click.option("--vendor", help="Only those of this vendor.")
@json_option
@click.pass_context
def invoices(context: click.Context, *, vendor: str | None, as_json: bool) -> None:
    """Show invoices, newest first; `add` enters one, `show` tells more of it, `pack` writes what the vendor gets."""
    if context.invoked_subcommand is not None:
        return
    from gateway.db.work import reading
    from gateway.domain.money import written
    from gateway.invoicing.book import page_invoices
    from gateway.vendors.book import name_of

    with reading(open_services().engine) as connection:
        found = page_invoices(connection, vendor=vendor)
        names = {one.vendor: name_of(connection, one.vendor) for one in found}
    rows = [
        (f"invoice_{one.id}", names[one.vendor], one.number, f"{one.account.billed:,}",
         written(one.amount_minor, one.currency), written(one.account.credit_minor, one.currency)) for one in found
    ]  # fmt: skip
    lines = table(rows, ("invoice", "vendor", "number", "rows", "amount", "credit due")) if rows else ["None yet."]
    say({"invoices": [one.as_dict() for one in found]}, lines, as_json=as_json)


@invoices.command("list")
@click.option("--vendor", help="Only those of this vendor.")
@json_option
@click.pass_context
def list_(context: click.Context, *, vendor: str | None, as_json: bool) -> None:
    """The same as without a command."""
    context.invoke(invoices, vendor=vendor, as_json=as_json)


@invoices.command("add")
@click.argument("number")
@click.option("--vendor", required=True)
@click.option("--list", "lists", multiple=True, required=True, help="Which list it bills (list_7); repeat.")
@click.option("--amount", required=True, help="Such as 3780.00")
@click.option("--currency", required=True, help="Such as USD")
@click.option("--dated", required=True, help="The day on the invoice, 2026-11-20.")
@click.option("--received", help="The day it came; today if not given.")
@click.option("--billed", help="How many rows it bills; all that its lists have if not given.")
@click.option("--contract", help="Its name; the one in force when the list came if not given.")
@click.option("--rows", "file", type=click.Path(path_type=Path), help="A CSV that names the billed rows.")
@json_option
def add(number: str, *, file: Path | None, as_json: bool, **said: Any) -> None:
    """Enter invoice NUMBER and reconcile it: rows by row number, by address or by the vendor's own id."""
    from gateway.invoicing.lines import read_lines
    from gateway.invoicing.read import read_given
    from gateway.invoicing.reconcile import add_invoice

    services = open_services()
    names = {"dated": "dated_on", "received": "received_on", "billed": "rows_billed"}
    told = {names.get(name, name): value for name, value in said.items()} | {"number": number}
    given = read_given({**told, "lists": list(said["lists"])}, today=services.clock.now().date())
    made = add_invoice(services, given, None if file is None else read_lines(read_text(file)), by="cli")
    _show(services, made, as_json=as_json)


@invoices.command("show")
@click.argument("invoice")
@click.option("--again", is_flag=True, help="Reconcile it with what is known now first.")
@json_option
def show(invoice: str, *, again: bool, as_json: bool) -> None:
    """Every billed row by its fate, and the credit due."""
    from gateway.invoicing.reconcile import reconcile_again

    services, number = open_services(), number_of(invoice, "invoice")
    if again:
        reconcile_again(services, number, by="cli")
    _show(services, number, as_json=as_json)


@invoices.command("pack")
@click.argument("invoice")
@click.argument("out", type=click.Path(path_type=Path))
@json_option
def pack(invoice: str, out: Path, *, as_json: bool) -> None:
    """Write the evidence pack for the vendor to OUT: a workbook (.xlsx) or a page to print (.html)."""
    from gateway.invoicing.pack import open_pack, write_pack, write_page

    if out.suffix not in {".xlsx", ".html"}:
        raise CallerError([Problem("unknown_format", "the file's name ends with .xlsx or .html", field="out")])
    found = open_pack(open_services(), number_of(invoice, "invoice"))
    if out.suffix == ".html":
        out.write_text(write_page(found), encoding="utf-8")
    else:
        with out.open("wb") as file:
            write_pack(found, file)
    say({"written": str(out)}, [f"Written: {out}"], as_json=as_json)


def _show(services: Any, number: int, *, as_json: bool) -> None:
    from gateway.db.work import reading
    from gateway.domain.money import written
    from gateway.invoicing.account import FATES, IN_WORDS
    from gateway.invoicing.book import find_invoice
    from gateway.vendors.book import name_of

    with reading(services.engine) as connection:
        found = find_invoice(connection, number)
        vendor = "" if found is None else name_of(connection, found.vendor)
    if found is None:
        raise CallerError([Problem("unknown_invoice", f"there is no invoice_{number}")])
    account = found.account
    lines = [f"invoice_{found.id}: {found.number} of {vendor}, {account.billed:,} rows billed"]
    lines += table([(f"{account.fates[one]:,}", IN_WORDS[one]) for one in FATES], ("rows", "what became of them"))
    lines += [f"  credited: {code} {count:,}" for code, count in account.reasons.most_common()]
    lines += [f"  not credited: {code} {count:,}" for code, count in account.refused.most_common()]
    lines += account.notes
    lines.append(
        f"Credit due: {written(account.credit_minor, account.currency)} of "
        f"{written(account.amount_minor, account.currency)}"
    )
    say(found.as_dict(), lines, as_json=as_json)
