"""/v1/vendors/buying: a contract's buying terms shown and set, its account, the pause. For officers' programs."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import Connection

from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.buying import book
from gateway.intake.buying.book import Dealing
from gateway.intake.buying.shape import TermsShape
from gateway.intake.buying.shown import account_document, terms_document
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
from gateway.intake.schemas import Messages, Strict, box, text
from gateway.vendors.contracts import Contract, find_contract

blueprint = Blueprint("buying", __name__, description="On what terms leads are bought one by one.")
JSON = "application/json"
SCOPE = "vendors"
_CODES: Messages = {"required": "missing", "null": "null"}
_TERMS = {
    "vendor": "Fernhill Data LLC", "why": "Agreed on 2 November",
    "terms": {"price": "1.25", "currency": "USD", "caps": {"day": 200, "money_month": "5000.00"},
              "schedule": {"zone": "America/New_York", "open": ["mon-fri 08:00-20:00"]}},
}  # fmt: skip


class BuyingQuery(Strict):
    """Which contract."""

    vendor = text(200, "The vendor's name; case and extra spaces do not matter.", required=True)
    contract = text(300, "The contract's name; the one in force if left out.")


class BuyingBody(BuyingQuery):
    """Terms from now on."""

    terms = fields.Nested(TermsShape, required=True, error_messages={**_CODES, "type": "not_an_object"})
    why = text(500, "Why; kept for ever.", required=True)


class PauseBody(BuyingQuery):
    """A pause, or its end."""

    paused = box("true: buy nothing; false: buy again.")
    why = text(500, "Why; kept for ever.", required=True)


class BuyingShown(Schema):
    """Terms and account."""

    vendor = fields.String(required=True)
    contract = fields.String(required=True)
    terms = fields.Dict(required=True, metadata={"description": "As they were set."})
    paused = fields.String(required=True, allow_none=True, metadata={"description": "Why nothing is bought."})
    since = fields.String(required=True)
    by = fields.String(required=True)
    why = fields.String(required=True)
    version = fields.Integer(required=True)
    currency = fields.String(required=True, allow_none=True)
    now = fields.Dict(required=True, metadata={"description": "Whether we buy now, at what price, and why not."})
    account = fields.List(
        fields.Dict(), required=True, validate=validate.Length(equal=4),
        metadata={"description": "This hour, day, month and in all: offered, bought, refused, owed; and the caps."},
    )  # fmt: skip
    keys = fields.List(fields.String(), required=True)
    lists = fields.List(fields.String(), required=True, metadata={"description": "Where bought leads are, by month."})


_BAD = (400, 413, 415, 422)


@operation(
    blueprint, "GET", "/v1/vendors/buying", scope=SCOPE, parameters=[{"in": "query", "schema": BuyingQuery}],
    answers={200: Answer("Terms and account.", {JSON: BuyingShown})}, problems=(422,),
)  # fmt: skip
def show() -> Response:
    """Show a contract's buying terms and its account against the caps."""
    said = read_query(BuyingQuery)
    with reading(services().engine) as connection:
        contract = _contract(connection, said)
        dealing = book.find_dealing(connection, contract)
        if dealing is None:
            raise book.no_terms(contract.vendor)
        return json_answer(_shown(connection, dealing))


@operation(
    blueprint, "PUT", "/v1/vendors/buying", scope=SCOPE, body={JSON: (BuyingBody, _TERMS)},
    answers={200: Answer("The terms from now on.", {JSON: BuyingShown})}, problems=_BAD,
)  # fmt: skip
def put() -> Response:
    """Set a contract's buying terms. Promises that were given keep their price; caps and schedule count at once."""
    given = _body()
    said = checked(BuyingBody, given)
    with services().unit_of_work() as work:
        contract = _contract(work.connection, said)
        dealing = book.set_terms(work, services().ledger, contract, given["terms"], by=_by(), why=said["why"])
        document = _shown(work.connection, dealing)
    return json_answer(document)


@operation(
    blueprint, "POST", "/v1/vendors/buying/pause", scope=SCOPE,
    body={JSON: (PauseBody, {"vendor": "Fernhill Data LLC", "paused": True, "why": "Complaints are looked into"})},
    answers={200: Answer("As it stands now.", {JSON: BuyingShown})}, problems=_BAD,
)  # fmt: skip
def pause() -> Response:
    """Pause buying under a contract, or go on. Acts at once; posts under way are refused."""
    said = checked(PauseBody, _body())
    if said.get("paused") is None:
        raise CallerError([Problem("missing", "say true or false", "paused")])
    act = book.pause if said["paused"] else book.go_on
    with services().unit_of_work() as work:
        dealing = act(work, services().ledger, _contract(work.connection, said), by=_by(), why=said["why"])
        document = _shown(work.connection, dealing)
    return json_answer(document)


def _body() -> Any:
    if request.mimetype != JSON:
        raise wrong_content_type(JSON)
    return read_json()


def _by() -> str:
    return f"key_{require(caller(), SCOPE).id}"


def _contract(connection: Connection, said: dict[str, Any]) -> Contract:
    found = find_contract(
        connection, said["vendor"], name=said.get("contract") or None, on=services().clock.now().date()
    )
    if found is None:
        problem = Problem("unknown_contract", "there is no such contract in force with this vendor", "contract")
        raise CallerError([problem], 404, "Not Found")
    return found


def _shown(connection: Connection, dealing: Dealing) -> dict[str, Any]:
    return {**terms_document(dealing), **account_document(connection, dealing, services().clock.now())}
