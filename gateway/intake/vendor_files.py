"""Acts on a vendor's file, each with its ledger entry, and the whole file as a document: for CLI, HTTP and desk."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.ledger.book import Ledger
from gateway.vendors import contracts, file
from gateway.vendors.book import history

SOON = timedelta(days=60)
"""What ends within so many days is shown as ending soon."""


def note(
    work: UnitOfWork, ledger: Ledger, vendor: str, told: file.Told, *, by: str, evidence: str | None = None
) -> int:
    """Add a note to a vendor's file; its number. Raises CallerError."""
    _check(evidence)
    number = file.note(work, vendor, told, by=by, evidence=evidence)
    body = {"vendor": vendor, "note": number, "what": told.kind, "evidence": evidence or None, "by": by}
    ledger.append(work, "vendor.noted", body)
    return number


def note_contract(
    work: UnitOfWork, ledger: Ledger, vendor: str, terms: contracts.Terms, *, by: str, reasons: Collection[str],
    evidence: str | None = None,
) -> int:  # fmt: skip
    """Keep a contract or a new version of it; its number. Raises CallerError."""
    _check(evidence)
    number = contracts.note_contract(work, vendor, terms, by=by, evidence=evidence, reasons=reasons)
    body = {"vendor": vendor, "contract": number, "name": terms.name, "evidence": evidence or None, "by": by}
    ledger.append(work, "vendor.contract_noted", body)
    return number


def take_back(
    work: UnitOfWork, ledger: Ledger, number: int, why: str, *, by: str, evidence: str | None = None
) -> file.Note:
    """Take a note back: from the next batch on nobody relies on it. Who came in by it is another matter (recalling)."""
    _check(evidence)
    found = file.withdraw(work, number, why, by=by, evidence=evidence)
    body = {"vendor": found.vendor, "note": number, "what": found.kind, "why": why, "evidence": evidence, "by": by}
    ledger.append(work, "vendor.note_withdrawn", body)
    return found


def file_document(connection: Connection, vendor: str, today: date) -> dict[str, Any]:
    """Everything in a vendor's file, ready for JSON. Raises CallerError for a vendor never heard of."""
    stood = history(connection, vendor)
    if not stood:
        raise CallerError([Problem("unknown_vendor", "There is no such vendor.", field="vendor")], 404, "Not found")
    return {
        "vendor": vendor,
        "as_of": today.isoformat(),
        "standing": stood[-1].standing,
        "contracts": [contract_document(one, today) for one in contracts.contracts_of(connection, vendor)],
        "notes": [note_document(one, today) for one in file.notes_of(connection, vendor)],
    }


def note_document(one: file.Note, today: date) -> dict[str, Any]:
    """A note, ready for JSON."""
    return {
        "note": one.number, "kind": one.kind, "name": one.name, "value": one.value, "state": state_of(one, today),
        **_dated(one),
    }  # fmt: skip


def contract_document(one: contracts.Contract, today: date) -> dict[str, Any]:
    """A contract, ready for JSON."""
    return {
        "contract": one.number, "name": one.name, "state": state_of(one, today), "price_minor": one.price_minor,
        "currency": one.currency, "accepted_reasons": sorted(one.accepted_reasons), "return_days": one.return_days,
        "duties": list(one.duties), **_dated(one),
    }  # fmt: skip


def state_of(one: file.Note | contracts.Contract, today: date) -> str:
    """withdrawn, expired, to_come, ending (within SOON) or stands."""
    if isinstance(one, file.Note) and one.withdrawn:
        return "withdrawn"
    if one.until_on is not None and one.until_on < today:
        return "expired"
    if one.from_on is not None and one.from_on > today:
        return "to_come"
    return "ending" if one.until_on is not None and one.until_on <= today + SOON else "stands"


def ending_of(connection: Connection, vendor: str, today: date) -> list[tuple[date, str]]:
    """What of a vendor's file ends soon, by its last day."""
    kept: list[contracts.Contract | file.Note] = [
        *contracts.contracts_of(connection, vendor), *file.notes_of(connection, vendor),
    ]  # fmt: skip
    return sorted((one.until_on, called(one)) for one in kept if one.until_on and state_of(one, today) == "ending")


def called(one: file.Note | contracts.Contract) -> str:
    """What it is called to people: a statement by its own words, anything else by its name."""
    return str(one.value["says"]) if isinstance(one, file.Note) and one.kind == "attestation" else one.name


def _dated(one: file.Note | contracts.Contract) -> Mapping[str, Any]:
    return {
        "from": one.from_on and one.from_on.isoformat(), "until": one.until_on and one.until_on.isoformat(),
        "noted_at": text_of(one.noted_at), "by": one.by, "evidence": one.evidence,
    }  # fmt: skip


def _check(evidence: str | None) -> None:
    if evidence and ("@" in evidence or len(evidence) > contracts.LONGEST):
        message = phrase(
            "Evidence is a file's name or hash, up to %(longest)s characters, and no address", longest=contracts.LONGEST
        )
        raise CallerError([Problem("contains_address", message, field="evidence")])
