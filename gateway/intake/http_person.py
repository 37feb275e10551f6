"""One person over HTTP, for officers and their programs: receipts of consent, what there is, erasure."""

from flask import Response, current_app
from flask_smorest import Blueprint

from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import (
    Answer,
    caller,
    checked,
    json_answer,
    operation,
    read_json,
    require,
    services,
)
from gateway.intake.people.consents import make_receipt, receipt_links
from gateway.intake.people.erasing import erase_person
from gateway.intake.people.told import tell_person
from gateway.intake.schemas_people import ErasureAsked, ErasureView, PersonAsked, PersonView, ReceiptView

blueprint = Blueprint("person", __name__, description="One person: receipts of consent, what there is, erasure.")
JSON = "application/json"


@operation(
    blueprint, "GET", "/v1/leads/<lead_id:lead_id>/receipt", scope="leads",
    answers={200: Answer("The receipt.", {JSON: ReceiptView})},
)  # fmt: skip
def receipt(lead_id: int) -> Response:
    """What the lead's person agreed to, as a signed receipt, and the link under which they find it themselves."""
    made = make_receipt(services(), lead_id)
    if made is None:
        message = f"there is no lead_{lead_id}, or nothing of it is kept any more"
        raise CallerError([Problem("unknown_lead", message, "lead")], 404, "Not Found")
    return json_answer({**made, "link": f"/receipt/{receipt_links(services()).token(lead_id)}"})


@operation(
    blueprint, "POST", "/v1/people/export", scope="people", problems=(400, 413, 415, 422),
    body={JSON: (PersonAsked, {"address": "ana@example.com"})},
    answers={200: Answer("Everything there is.", {JSON: PersonView})},
)  # fmt: skip
def export() -> Response:
    """What we have of a person and where we got it. The address stands in the body: URLs end up in logs."""
    asked = checked(PersonAsked, read_json())
    return json_answer(tell_person(services(), asked["address"], current_app.extensions["gateway.billed"]))


@operation(
    blueprint, "POST", "/v1/people/erase", scope="people", problems=(400, 413, 415, 422),
    body={JSON: (ErasureAsked, {"address": "ana@example.com", "why": "asked for by letter of 2 May"})},
    answers={200: Answer("What was erased.", {JSON: ErasureView})},
)  # fmt: skip
def erase() -> Response:
    """Erase a person from every row and file. A keyed hash stays, so that no list brings them back."""
    asked = checked(ErasureAsked, read_json())
    holder = require(caller(), "people")
    return json_answer(erase_person(services(), asked["address"], why=asked["why"], by=f"key_{holder.id}"))
