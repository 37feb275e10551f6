"""``gateway vendors file``, ``note``, ``contract``, ``withdraw`` and ``recall``: what we know of a vendor, dated."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import json_option, open_services, say, table
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.db.work import UnitOfWork
    from gateway.intake.vendor_recalls import Affected
    from gateway.vendors.file import Told

_DAY = click.DateTime(["%Y-%m-%d"])
_from = click.option("--from", "from_on", type=_DAY, help="First day on which it holds.")
_until = click.option("--until", "until_on", type=_DAY, help="Last day; from the next on nobody knows any more.")
is_new = click.option("--new", is_flag=True, help="VENDOR is a new one; else only known ones are taken.")
_evidence = click.option("--evidence", help="The file's name or hash that shows it.")


@click.command("file")
@click.argument("vendor")
@json_option
def show(vendor: str, *, as_json: bool) -> None:
    """Show what is in VENDOR's file, and what of it holds today."""
    from gateway.db.work import reading
    from gateway.intake.vendor_files import file_document
    from gateway.vendors.book import need_vendor

    services = open_services()
    with reading(services.engine) as connection:
        need_vendor(connection, vendor)
        document = file_document(connection, vendor, services.clock.now().date())
    rows = [
        (f"note_{one['note']}", one["kind"], one["name"], one["state"], one["until"] or "", one["evidence"] or "")
        for one in document["notes"]
    ] + [
        (f"contract_{one['contract']}", "contract", one["name"], one["state"], one["until"] or "",
         one["evidence"] or "")
        for one in document["contracts"]
    ]  # fmt: skip
    lines = [f"{vendor}: {document['standing']}"]
    lines += list(table(rows, ("number", "what", "name", "state", "until", "evidence"))) if rows else [
        "The file is empty. Add to it: gateway vendors note VENDOR KIND ..."
    ]  # fmt: skip
    say(document, lines, as_json=as_json)


@click.command("note")
@click.argument("vendor")
@click.argument("kind", type=click.Choice(["identity", "attestation", "registration", "drop-run", "answer"]))
@click.argument("name", default="")
@click.option("--is", "is_", help="Of identity the text; of an answer yes, no, or the duties with commas.")
@click.option("--says", help="Of an attestation: what was stated, word for word.")
@click.option("--signed-by", help="Of an attestation: who signed it.")
@click.option("--on", type=_DAY, help="The day it was signed, or of the DROP run.")
@click.option("--state", help="Of a registration as data broker: CA, OR, TX or VT.")
@click.option("--year", type=int, help="Of a registration.")
@click.option("--not-registered", is_flag=True, help="Somebody looked into the register, and it was not there.")
@_from
@_until
@_evidence
@is_new
@json_option
def note(
    vendor: str, kind: str, name: str, *, from_on: datetime | None, until_on: datetime | None, evidence: str | None,
    new: bool, as_json: bool, **said: Any,
) -> None:  # fmt: skip
    """Add to VENDOR's file. Nothing is overwritten: a later note about the same thing stands instead.

    \b
    gateway vendors note "Northwind Data" identity legal_name --is "Northwind Data LLC"
    gateway vendors note "Northwind Data" attestation --says "..." --signed-by "J. Doe" --on 2026-04-20
    gateway vendors note "Northwind Data" registration --state CA --year 2026 --evidence ca-register.pdf
    gateway vendors note "Northwind Data" drop-run --on 2026-11-10
    gateway vendors note "Northwind Data" answer privacy_terms --is yes --until 2026-12-31
    """  # noqa: D301 - click reads the character itself: what follows keeps its lines
    from gateway.intake.vendor_files import note as add

    services = open_services()
    with services.unit_of_work() as work:
        known_or_new(work, vendor, new=new)
        number = add(work, services.ledger, vendor, _told(kind, name, said, from_on, until_on), by="cli",
                     evidence=evidence)  # fmt: skip
    say({"vendor": vendor, "note": number}, [f"note_{number} is in the file of {vendor}."], as_json=as_json)


@click.command("contract")
@click.argument("vendor")
@click.argument("name")
@click.option("--from", "from_on", type=_DAY, required=True, help="First day.")
@_until
@click.option("--price", help="Per lead, such as 0.45.")
@click.option("--currency", help="Such as USD.")
@click.option("--accepts", multiple=True, help="A reason code for which a row is credited; repeat it.")
@click.option("--return-days", type=int, help="Days after delivery within which rows are credited.")
@click.option("--duty", "duties", multiple=True, help="An obligation that is passed on; repeat it.")
@_evidence
@is_new
@json_option
def contract(
    vendor: str, name: str, *, from_on: datetime, until_on: datetime | None, price: str | None, currency: str | None,
    accepts: tuple[str, ...], return_days: int | None, duties: tuple[str, ...], evidence: str | None, new: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Note the contract NAME with VENDOR; noted again it is a new version under the same number."""
    from gateway.intake.manifest.problems import minor_units
    from gateway.intake.vendor_files import note_contract
    from gateway.vendors.contracts import Terms

    services = open_services()
    minor = None
    if price is not None:
        minor = minor_units(_amount(price), (currency or "").upper())
        if minor is None:
            raise CallerError([Problem("not_an_amount", f"{price!r} is no amount of {currency or 'money'}", "price")])
    terms = Terms(
        name, from_on.date(), until_on and until_on.date(), minor, currency, frozenset(accepts), return_days, duties
    )
    with services.unit_of_work() as work:
        known_or_new(work, vendor, new=new)
        number = note_contract(work, services.ledger, vendor, terms, by="cli", evidence=evidence,
                               reasons=services.policies.reasons.keys())  # fmt: skip
    say({"vendor": vendor, "contract": number}, [f"contract_{number} with {vendor} is noted."], as_json=as_json)


@click.command("withdraw")
@click.argument("number")
@click.option("--why", required=True, help="The reason; kept for ever.")
@_evidence
@json_option
def withdraw(number: str, *, why: str, evidence: str | None, as_json: bool) -> None:
    """Take back NUMBER (note_7): from the next batch on nobody relies on it. Who came in by it: `vendors recall`."""
    from gateway.db.work import reading
    from gateway.intake.vendor_files import take_back
    from gateway.intake.vendor_recalls import find_affected

    services = open_services()
    with services.unit_of_work() as work:
        found = take_back(work, services.ledger, _number(number), why, by="cli", evidence=evidence)
    with reading(services.engine) as connection:  # behind the writer: it may be a vendor of a million
        affected = find_affected(connection, found.vendor, found)
    lines = [
        f"note_{found.number} of {found.vendor} is taken back.",
        f"{_people(affected)} came in by lists that rest on it. They stay until you recall them:",
        f"  gateway vendors recall {found.vendor!r} --note note_{found.number} --why ...",
    ]
    say({"note": found.number, "vendor": found.vendor, "people": affected.people}, lines, as_json=as_json)


@click.command("recall")
@click.argument("vendor")
@click.option("--note", "number", help="Only lists that rest on this note (note_7).")
@click.option("--why", required=True, help="The reason; kept for ever.")
@click.option("--yes", is_flag=True, help="Do it; without this only the effect is shown.")
@json_option
def recall(vendor: str, *, number: str | None, why: str, yes: bool, as_json: bool) -> None:
    """Withdraw everybody who came in by VENDOR's lists; whoever got them is told."""
    from gateway.db.work import reading
    from gateway.emission.recall import work_recall
    from gateway.intake.vendor_recalls import find_affected, recall_vendor
    from gateway.vendors.book import fold, need_vendor
    from gateway.vendors.file import find_note

    services = open_services()
    with reading(services.engine) as connection:
        relying_on = None if number is None else find_note(connection, _number(number))
        if number is not None and relying_on is None:
            raise CallerError([Problem("unknown_note", f"{number} is in no file")])
        if relying_on is not None and fold(relying_on.vendor) != fold(vendor):
            message = f"note_{relying_on.number} is in the file of {relying_on.vendor}, not of {vendor}"
            raise CallerError([Problem("unknown_note", message, field="note")])
        need_vendor(connection, vendor)
        found = find_affected(connection, vendor, relying_on)
    if not yes:
        lines = [f"{_people(found)} of {len(found.lists)} lists would be withdrawn. Add --yes to do it."]
        say({"vendor": vendor, "people": found.people, "done": False}, lines, as_json=as_json)
        return
    with services.unit_of_work() as work:
        asked = recall_vendor(work, services, vendor, why, by="cli", relying_on=relying_on)
    work_recall(asked, services)
    lines = [f"{_people(found)} are withdrawn (recall_{asked}); whoever got them is told."]
    say({"vendor": vendor, "people": found.people, "recall": asked, "done": True}, lines, as_json=as_json)


def known_or_new(work: "UnitOfWork", vendor: str, *, new: bool) -> None:
    """A name that was mistyped makes no vendor. Raises CallerError, with the names that are near."""
    from gateway.vendors.book import need_vendor

    if not new:
        need_vendor(work.connection, vendor, may_be_new=True)


def _people(found: "Affected") -> str:
    return f"{'' if found.is_exact else 'about '}{found.people:,} people"


def _told(kind: str, name: str, said: dict[str, Any], from_on: datetime | None, until_on: datetime | None) -> "Told":
    from gateway.vendors.file import Told

    day = None if said["on"] is None else said["on"].date().isoformat()
    value: dict[str, Any] = {
        "identity": {"is": said["is_"]},
        "attestation": {"says": said["says"], "signed_by": said["signed_by"], "on": day},
        "registration": {"state": said["state"], "year": said["year"], "registered": not said["not_registered"]},
        "drop-run": {"on": day},
        "answer": {"is": _answer(name, said["is_"])},
    }[kind]
    return Told(kind.replace("-", "_"), value, name, from_on and from_on.date(), until_on and until_on.date())


def _answer(name: str, text: str | None) -> Any:
    if name == "chain_duties":
        return [part.strip() for part in (text or "").split(",") if part.strip()]
    return {"yes": True, "no": False}.get((text or "").strip().lower(), text)


def _number(text: str) -> int:
    digits = text.removeprefix("note_")
    if not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004 - fits 64 bits
        raise CallerError([Problem("unknown_note", f"{text!r} is no number of a note; write note_7")])
    return int(digits)


def _amount(text: str) -> Any:
    from decimal import Decimal, InvalidOperation

    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise CallerError([Problem("not_an_amount", f"{text!r} is no price; write 0.45", field="price")])
    return amount
