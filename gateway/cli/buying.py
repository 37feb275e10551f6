"""``gateway buying``: leads bought one by one: a contract's terms, its account, the vendor's key."""

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import json_option, open_services, read_text, say, table
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.vendors.contracts import Contract

_contract = click.option("--contract", "name", help="Its name, where there are several; the one in force if left out.")
_why = click.option("--why", default="", help="Why; kept for ever. No addresses.")


@click.group()
def buying() -> None:
    """Leads bought one by one: terms, account, keys."""


@buying.command("terms")
@click.argument("vendor")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@_contract
@_why
@json_option
def terms(*, vendor: str, file: Path | None, name: str | None, why: str, as_json: bool) -> None:
    """Show the terms with VENDOR, or set those of FILE (YAML; docs/buying.md has a whole one)."""
    from gateway.db.work import reading
    from gateway.intake.buying.book import find_dealing, no_terms, set_terms
    from gateway.intake.buying.shown import terms_document
    from gateway.intake.buying.terms import read_file

    services = open_services()
    with reading(services.engine) as connection:
        contract = _found(connection, vendor, name, services.clock.now().date())
        dealing = find_dealing(connection, contract)
    if file is not None:
        document = read_file(
            read_text(file), name=file.name, vendor=contract.vendor, contract=contract.name,
            currency=contract.currency, as_of=services.clock.now().date(),
        )  # fmt: skip
        with services.unit_of_work() as work:
            dealing = set_terms(work, services.ledger, contract, document, by="operator", why=why)
    if dealing is None:
        raise no_terms(contract.vendor)
    told = terms_document(dealing)
    lines = [f"{contract.vendor}, contract {contract.name}:", *_yaml(told["terms"])]
    if dealing.paused is not None:
        lines.append(f"Paused: {dealing.paused}")
    say(told, lines, as_json=as_json)


@buying.command("show")
@click.argument("vendor")
@_contract
@json_option
def show(*, vendor: str, name: str | None, as_json: bool) -> None:
    """What VENDOR offered, sold and is owed, against its caps."""
    from gateway.db.work import reading
    from gateway.intake.buying.book import find_dealing, no_terms
    from gateway.intake.buying.shown import account_document

    services = open_services()
    with reading(services.engine) as connection:
        contract = _found(connection, vendor, name, services.clock.now().date())
        dealing = find_dealing(connection, contract)
        if dealing is None:
            raise no_terms(contract.vendor)
        told = account_document(connection, dealing, services.clock.now())
    rows = [
        (span["span"], span["pings"], span["wanted"], span["posts"], _of(span["bought"] + span["held"], span["cap"]),
         span["held"], span["rejected"], span["refused"], _of(span["spent"]["amount"], span["money_cap"]))
        for span in told["account"]
    ]  # fmt: skip
    heads = (
        "",
        "pings",
        "wanted",
        "posts",
        "taken",
        "of them waiting",
        "refused",
        "not bought",
        told["currency"] or "",
    )
    again = told["now"]["again_at"]
    opens = f" We do again from {again[:16].replace('T', ' ')} UTC." if again else ""
    lines = [f"{contract.vendor}, contract {contract.name}: {told['now']['message']}{opens}"]
    if (worth := told["now"]["worth"]) is not None:
        low, high, people = worth["low"], worth["high"], worth["people"]
        lines.append(
            f"A lead of it is worth {low['currency']} {low['amount']} at least, {high['amount']} at most "
            f"({people:,} people seen); {_limit(dealing.terms)}."
        )
    lines += ["", *table(rows, heads)]
    say(told, lines, as_json=as_json)


@buying.command("pause")
@click.argument("vendor")
@_contract
@_why
@json_option
def pause(*, vendor: str, name: str | None, why: str, as_json: bool) -> None:
    """Buy nothing from VENDOR until `resume`."""
    from gateway.intake.buying import book

    _switch(book.pause, vendor, name, why, as_json=as_json)


@buying.command("resume")
@click.argument("vendor")
@_contract
@_why
@json_option
def resume(*, vendor: str, name: str | None, why: str, as_json: bool) -> None:
    """Buy from VENDOR again."""
    from gateway.intake.buying import book

    _switch(book.go_on, vendor, name, why, as_json=as_json)


@buying.command("key")
@click.argument("vendor")
@click.option("--days", type=click.IntRange(1, 3650), help="Ends after so many days.")
@json_option
def key(*, vendor: str, days: int | None, as_json: bool) -> None:
    """Make the key by which VENDOR offers and sells its leads. Shown once, now."""
    from gateway.intake.buying.book import give_key

    services = open_services()
    with services.unit_of_work() as work:
        ends = work.at + timedelta(days=days) if days else None
        made = give_key(work, services.ledger, vendor, by="cli", ends=ends)
    document = {"key": f"key_{made.id}", "secret": made.secret, "vendor": vendor, "scopes": ["buying"]}
    say(document, [made.secret, "", f"Shown once. {vendor} sends it as: Authorization: Bearer ..."], as_json=as_json)


def _switch(act: Any, vendor: str, name: str | None, why: str, *, as_json: bool) -> None:
    from gateway.intake.buying.shown import terms_document

    services = open_services()
    with services.unit_of_work() as work:
        contract = _found(work.connection, vendor, name, work.at.date())
        dealing = act(work, services.ledger, contract, by="operator", why=why)
    message = "Nothing is bought from it one by one." if dealing.paused is not None else "It is bought from again."
    say(terms_document(dealing), [message], as_json=as_json)


def _found(connection: "Connection", vendor: str, name: str | None, on: Any) -> "Contract":
    from gateway.vendors.contracts import find_contract

    contract = find_contract(connection, vendor, name=name, on=on)
    if contract is None:
        message = f"there is no contract with {vendor!r} in force" + (f" called {name!r}" if name else "")
        raise CallerError([Problem("unknown_contract", message, field="contract")])
    return contract


def _limit(terms: Any) -> str:
    if terms.bid is not None:
        return f"{terms.bid.share} % of the least is bid"
    return "no more than the least is paid" if terms.limited else "the price is paid all the same"


def _of(count: Any, most: Any) -> str:
    return f"{count}" if most is None else f"{count} of {most}"


def _yaml(document: Any) -> list[str]:
    import yaml

    text: str = yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False, allow_unicode=True)
    return text.splitlines()
