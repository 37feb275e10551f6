"""/v1/vendors: vendors' files read and added to. Nothing is overwritten and nothing withdrawn of people here."""

from datetime import date
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from gateway.db.work import reading
from gateway.intake.http import (
    Answer,
    caller,
    checked,
    json_answer,
    operation,
    read_json,
    read_query,
    require,
    services,
    wrong_content_type,
)
from gateway.intake.schemas_vendors import (
    ContractNoted,
    FileShown,
    NewContract,
    NewNote,
    Noted,
    VendorQuery,
    Withdrawal,
    Withdrawn,
)
from gateway.intake.vendor_files import file_document, note, note_contract, take_back
from gateway.intake.vendor_recalls import find_affected
from gateway.vendors.contracts import Terms
from gateway.vendors.file import Told

blueprint = Blueprint("vendors", __name__, description="What is known of vendors, dated.")
JSON = "application/json"
SCOPE = "vendors"
_NOTE = {"vendor": "Meridian Leads", "kind": "registration", "state": "CA", "year": 2026, "evidence": "register.pdf"}
_CONTRACT = {
    "vendor": "Meridian Leads", "name": "ML-2026", "from": "2026-01-01", "until": "2026-12-31", "price_minor": 45,
    "currency": "USD", "accepted_reasons": ["duplicate_in_list"], "return_days": 30,
}  # fmt: skip
_BAD_BODY = (400, 413, 415, 422)


@operation(
    blueprint, "GET", "/v1/vendors/file", scope=SCOPE, parameters=[{"in": "query", "schema": VendorQuery}],
    answers={200: Answer("The file, with what of it holds today.", {JSON: FileShown})}, problems=(404, 422),
)  # fmt: skip
def show() -> Response:
    """Everything in a vendor's file: contracts, attestations, registrations, answers."""
    vendor = read_query(VendorQuery)["vendor"]
    with reading(services().engine) as connection:
        return json_answer(file_document(connection, vendor, services().clock.now().date()))


@operation(
    blueprint, "POST", "/v1/vendors/notes", scope=SCOPE, body={JSON: (NewNote, _NOTE)},
    answers={201: Answer("Added.", {JSON: Noted})}, problems=_BAD_BODY,
)  # fmt: skip
def add() -> Response:
    """Add to a vendor's file; a later note about the same thing stands instead of the earlier one."""
    said = _body(NewNote)
    gateway = services()
    with gateway.unit_of_work() as work:
        number = note(
            work, gateway.ledger, said["vendor"], _told(said), by=_by(), evidence=said.get("evidence")
        )  # fmt: skip
    return json_answer({"vendor": said["vendor"], "note": number}, 201)


@operation(
    blueprint, "POST", "/v1/vendors/contracts", scope=SCOPE, body={JSON: (NewContract, _CONTRACT)},
    answers={201: Answer("Kept.", {JSON: ContractNoted})}, problems=_BAD_BODY,
)  # fmt: skip
def add_contract() -> Response:
    """Keep a contract with a vendor; one of the same name becomes its new version."""
    said = _body(NewContract)
    gateway = services()
    terms = Terms(
        said["name"], date.fromisoformat(said["from_"]), _day(said.get("until")), said.get("price_minor"),
        said.get("currency") or None, frozenset(said.get("accepted_reasons", ())), said.get("return_days"),
        tuple(said.get("duties", ())),
    )  # fmt: skip
    with gateway.unit_of_work() as work:
        number = note_contract(
            work, gateway.ledger, said["vendor"], terms, by=_by(), evidence=said.get("evidence"),
            reasons=gateway.policies.reasons.keys(),
        )  # fmt: skip
    return json_answer({"vendor": said["vendor"], "contract": number}, 201)


@operation(
    blueprint, "POST", "/v1/vendors/withdrawals", scope=SCOPE,
    body={JSON: (Withdrawal, {"note": 7, "why": "The collector closed."})},
    answers={200: Answer("Taken back.", {JSON: Withdrawn})}, problems=(*_BAD_BODY, 404),
)  # fmt: skip
def withdraw() -> Response:
    """Take a note back. Nobody relies on it from the next batch on; who came in by it is for an officer to decide."""
    said = _body(Withdrawal)
    gateway = services()
    with gateway.unit_of_work() as work:
        found = take_back(
            work, gateway.ledger, said["note"], said["why"], by=_by(), evidence=said.get("evidence")
        )  # fmt: skip
    with reading(gateway.engine) as connection:  # counting a million people holds up nobody who writes
        people = find_affected(connection, found.vendor, found).people
    return json_answer({"vendor": found.vendor, "note": found.number, "people": people})


def _told(said: dict[str, Any]) -> Told:
    answer = said.get("parts") if said.get("name") == "chain_duties" else said.get("yes")
    value = {
        "identity": {"is": said.get("text_")},
        "attestation": {"says": said.get("text_"), "signed_by": said.get("signed_by"), "on": said.get("on")},
        "registration": {
            "state": said.get("state"), "year": said.get("year"), "registered": said.get("registered") is not False,
        },
        "drop_run": {"on": said.get("on")},
        "answer": {"is": answer},
    }[said["kind"]]  # fmt: skip
    return Told(said["kind"], value, said.get("name") or "", _day(said.get("from_")), _day(said.get("until")))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _body(schema: Any) -> dict[str, Any]:
    if request.mimetype != JSON:
        raise wrong_content_type(JSON)
    return checked(schema, read_json())


def _by() -> str:
    return f"key_{require(caller(), SCOPE).id}"
