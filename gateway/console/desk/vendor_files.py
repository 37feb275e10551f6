"""A vendor's file at the desk: what stands in it and what ends soon; added to, and taken back with the effect."""

from datetime import date
from functools import partial
from typing import Any, cast

from flask import Response, redirect, request

from gateway.console.desk.frame import date_in_words
from gateway.console.desk.gate import me, page, read_number, read_reason, shown
from gateway.console.desk.ledger_words import names_of, who
from gateway.console.desk.vendors import STANDINGS, TONES, gateway_today
from gateway.db.work import reading
from gateway.domain.money import places, written
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.intake.manifest.asks import rules_on
from gateway.intake.manifest.problems import minor_units
from gateway.intake.vendor_files import note, note_contract, state_of, take_back
from gateway.intake.vendor_recalls import find_affected, recall_vendor
from gateway.vendors import book, contracts, file

STATES = {
    "stands": phrase("Stands"),
    "ending": phrase("Ends soon"),
    "to_come": phrase("Not yet"),
    "expired": phrase("Expired: nobody knows it any more"),
    "withdrawn": phrase("Taken back"),
}  # fmt: skip
STATE_TONES = {"stands": "is-prospect", "ending": "is-hold", "expired": "is-rejection", "withdrawn": "is-rejection"}
KINDS = {
    "attestation": phrase("What it signed"), "registration": phrase("A registration as data broker"),
    "drop_run": phrase("When it fetched California's deletion requests (DROP)"),
    "answer": phrase("An answer for all its lists"),
    "identity": phrase("Who it is"),
}  # fmt: skip
DUTIES = {
    "collector_named": phrase("Every message names who collected"),
    "shared_unsubscribe": phrase("Leaving one leaves all"),
    "withdrawals_reported": phrase("Withdrawals are passed on"),
}  # fmt: skip
ASKED = {
    "vendor.is_data_broker", "vendor.is_registered", "vendor.drop_run_at", "vendor.has_privacy_terms",
    "source.chain_duties_are_met", "source.is_attested", "vendor.file_contradicts",
}  # fmt: skip


@page("GET", "/vendors/<int:number>/file", role="viewer")
def show(number: int) -> Response:
    """Everything in the file, and what of it holds today."""
    today = gateway_today()
    with reading(services().engine) as connection:
        one = _known(book.find_vendor(connection, number))
        notes, deals = file.notes_of(connection, one.name), contracts.contracts_of(connection, one.name)
        versions, names = file.versions_of(connection, one.name)[::-1][:100], names_of(connection)
    by_kind: dict[str, list[tuple[file.Note, str]]] = {kind: [] for kind in file.KINDS}
    for noted in notes:
        by_kind[noted.kind].append((noted, state_of(noted, today)))
    ending = [
        (noted.until_on, KINDS[noted.kind], words_of(noted)) for noted in notes if state_of(noted, today) == "ending"
    ] + [(deal.until_on, "Contract", deal.name) for deal in deals if state_of(deal, today) == "ending"]
    return shown(
        "vendors/file.html", here="vendors", one=one, by_kind=by_kind, deals=[(d, state_of(d, today)) for d in deals],
        ending=sorted(ending, key=lambda row: (row[0] or date.max, row[2])), states=STATES, tones=STATE_TONES,
        standings=STANDINGS, standing_tones=TONES, words_of=words_of, price_of=price_of, versions=versions,
        date_of=lambda text: date_in_words(date.fromisoformat(text)),
        who=partial(who, names=names), kinds=KINDS, identity=file.IDENTITY, answers=file.ANSWERS,
        rules=rules_on(services().policies, tuple(sorted(ASKED))),
    )  # fmt: skip


@page("GET", "/vendors/<int:number>/file/note", role="officer")
def new_note(number: int) -> Response:
    """A form for one kind of note."""
    kind = request.args.get("kind", "attestation")
    with reading(services().engine) as connection:
        one = _known(book.find_vendor(connection, number))
    if kind not in KINDS:
        raise CallerError([Problem("unknown_kind", "There is no such kind of note.")], 404, "Not found")
    return shown("vendors/note.html", here="vendors", one=one, kind=kind, kinds=KINDS, identity=file.IDENTITY,
                 answers=file.ANSWERS, duties=DUTIES, places=file.STATES, today=gateway_today())  # fmt: skip


@page("POST", "/vendors/<int:number>/file/note", role="officer")
def add_note(number: int) -> Response:
    """Add it to the file."""
    form = request.form
    kind, name = form.get("kind", ""), form.get("name", "")
    values: dict[str, dict[str, Any]] = {
        "identity": {"is": form.get("text")},
        "attestation": {"says": form.get("text"), "signed_by": form.get("signed_by"), "on": form.get("on")},
        "registration": {
            "state": form.get("state"), "year": _number("year"), "registered": form.get("registered") != "no",
        },
        "drop_run": {"on": form.get("on")},
        "answer": {"is": _answer(name)},
    }  # fmt: skip
    told = file.Told(kind, values.get(kind, {}), name, _day("from_on"), _day("until_on"))
    with services().unit_of_work() as work:
        one = _known(book.find_vendor(work.connection, number))
        note(work, services().ledger, one.name, told, by=me().by, evidence=form.get("evidence"))
    return _to(number)


@page("GET", "/vendors/<int:number>/file/contract", role="officer")
def new_contract(number: int) -> Response:
    """A form for a contract, filled in from the one it changes."""
    name = request.args.get("name")
    with reading(services().engine) as connection:
        one = _known(book.find_vendor(connection, number))
        deals = [deal for deal in contracts.contracts_of(connection, one.name) if deal.name == name]
    policies = services().policies
    refusing = {rule.reason for pack in policies.packs for rule in pack.rules if rule.then == "reject"}
    usual = ("duplicate_in_list", "already_known")
    choices = [(code, policies.reasons[code].vendor) for code in sorted({*refusing, *usual} & policies.reasons.keys())]
    return shown("vendors/contract.html", here="vendors", one=one, deal=deals[0] if deals else None,
                 choices=[(code, words) for code, words in choices if words], amount_of=amount_of)  # fmt: skip


@page("POST", "/vendors/<int:number>/file/contract", role="officer")
def add_contract(number: int) -> Response:
    """Keep it; under a name that is there it is a new version."""
    form = request.form
    since, currency = _day("from_on"), form.get("currency", "").strip().upper()
    if since is None:
        raise CallerError([Problem("missing", "Say on which day the contract begins.", "from_on")])
    terms = contracts.Terms(
        form.get("name", ""), since, _day("until_on"), _minor(form.get("price", ""), currency), currency or None,
        frozenset(form.getlist("accepted")), _number("return_days"),
        tuple(line for line in form.get("duties", "").splitlines() if line.strip()),
    )  # fmt: skip
    with services().unit_of_work() as work:
        one = _known(book.find_vendor(work.connection, number))
        note_contract(work, services().ledger, one.name, terms, by=me().by, evidence=form.get("evidence"),
                      reasons=services().policies.reasons.keys())  # fmt: skip
    return _to(number)


@page("GET", "/vendors/<int:number>/file/note/<int:noted>/withdraw", role="officer")
def before_withdrawal(number: int, noted: int) -> Response:
    """What taking it back does, before it is done."""
    with reading(services().engine) as connection:
        one, found = _noted(connection, number, noted)
        affected = find_affected(connection, one.name, found)
    return shown("vendors/withdraw.html", here="vendors", one=one, found=found, affected=affected, words_of=words_of,
                 kinds=KINDS)  # fmt: skip


@page("POST", "/vendors/<int:number>/file/note/<int:noted>/withdraw", role="officer")
def withdraw(number: int, noted: int) -> Response:
    """Take it back; who came in by it is asked next."""
    reason = read_reason()
    with services().unit_of_work() as work:
        _noted(work.connection, number, noted)
        take_back(work, services().ledger, noted, reason, by=me().by, evidence=request.form.get("evidence"))
    return cast("Response", redirect(f"/desk/vendors/{number}/recall?note={noted}", 303))


@page("GET", "/vendors/<int:number>/recall", role="officer")
def before_recall(number: int) -> Response:
    """Who would be withdrawn, before anybody is."""
    noted = read_number("note")
    with reading(services().engine) as connection:
        one = _known(book.find_vendor(connection, number))
        found = None if noted is None else _noted(connection, number, noted)[1]
        affected = find_affected(connection, one.name, found)
    return shown("vendors/recall.html", here="vendors", one=one, found=found, affected=affected, words_of=words_of)


@page("POST", "/vendors/<int:number>/recall", role="officer")
def recall(number: int) -> Response:
    """Recall them all; the recall's page shows how far it is."""
    reason, noted = read_reason(), read_number("note", request.form)
    with services().unit_of_work() as work:
        one = _known(book.find_vendor(work.connection, number))
        found = None if noted is None else _noted(work.connection, number, noted)[1]
        asked = recall_vendor(work, services(), one.name, reason, by=me().by, relying_on=found)
    services().wake()
    return cast("Response", redirect(f"/desk/recalls/{asked}", 303))


def words_of(noted: file.Note) -> str:
    """What a note says, in a line."""
    value = noted.value
    if noted.kind == "attestation":
        return str(value["says"])
    if noted.kind == "registration":
        return f"{value['state']} {value['year']}"
    if noted.kind == "drop_run":
        return str(value["on"])
    said = value["is"]
    if noted.kind == "identity":
        return str(said)
    if isinstance(said, list):
        return "; ".join(DUTIES.get(part, str(part)) for part in said) or "None of the duties"
    return "Yes" if said else "No"


def price_of(deal: contracts.Contract) -> str:
    """``USD 0.45``, or nothing."""
    return written(deal.price_minor, deal.currency) if deal.price_minor is not None and deal.currency else ""


def amount_of(deal: contracts.Contract) -> str:
    """The price without its currency, as it is typed."""
    if deal.price_minor is None or deal.currency is None:
        return ""
    digits = places(deal.currency)
    return f"{deal.price_minor / 10**digits:.{digits}f}"


def _noted(connection: Any, number: int, noted: int) -> tuple[book.Vendor, file.Note]:
    one, found = _known(book.find_vendor(connection, number)), file.find_note(connection, noted)
    if found is None or book.fold(found.vendor) != book.fold(one.name):
        raise CallerError([Problem("unknown_note", "There is no such note in this vendor's file.")], 404, "Not found")
    return one, found


def _answer(name: str) -> Any:
    if name == "chain_duties":
        return request.form.getlist("duties")
    return {"yes": True, "no": False}.get(request.form.get("answer", ""))


def _minor(text: str, currency: str) -> int | None:
    from decimal import Decimal, InvalidOperation

    if not text.strip():
        return None
    try:
        minor = minor_units(Decimal(text.strip().replace(",", ".")), currency)
    except InvalidOperation:
        minor = None
    if minor is None:
        raise CallerError([Problem("not_an_amount", phrase("Write the price of one lead as 0.45."), "price")])
    return minor


def _number(field: str) -> int | None:
    text = request.form.get(field, "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - a year, or days
        raise CallerError([Problem("not_a_number", "Write a whole number.", field)])
    return int(text)


def _day(field: str) -> date | None:
    text = request.form.get(field, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CallerError([Problem("not_a_day", "Write a day as 2026-11-21.", field)]) from None


def _known(found: book.Vendor | None) -> book.Vendor:
    if found is None:
        raise CallerError([Problem("unknown_vendor", "There is no such vendor.")], 404, "Not found")
    return found


def _to(number: int) -> Response:
    return cast("Response", redirect(f"/desk/vendors/{number}/file", 303))
