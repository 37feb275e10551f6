"""POST /v1/leads: one bought lead, posted by its vendor, judged at once, answered with outcome, reasons and price."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import Connection

from gateway.db.work import UnitOfWork, glancing
from gateway.domain.problem import CallerError
from gateway.intake import http_pings, idempotency
from gateway.intake.buying.answers import say_mistake, say_sale
from gateway.intake.buying.book import SCOPE, Dealing
from gateway.intake.buying.buy import Find, buy
from gateway.intake.buying.http_common import (
    MISTAKES,
    XML_TEXT,
    by_key_in_body,
    dealing_for,
    read_body,
    response,
    seller,
    shape_of,
    wants_xml,
)
from gateway.intake.buying.posted import Posted, read_posted
from gateway.intake.buying.sale import Sale
from gateway.intake.buying.schemas import SaleAnswer
from gateway.intake.http import Answer, begin_turn, operation, services
from gateway.intake.idempotency import Kept, Turn
from gateway.intake.platforms.call import FORM, JSON, MULTIPART, Reply

blueprint = Blueprint("bought", __name__, description="Leads bought one by one: posts.")
blueprint.before_request(by_key_in_body)
_LEAD = {
    "type": "object",
    "description": "The lead's fields under any name that lists know; all are kept word for word.",
    "required": ["email"],
    "properties": {  # no types: sellers' systems send numbers and lists for texts, and all are read as texts
        "email": {"description": "The address, as the person gave it."},
        "country": {"description": "And `first_name`, `phone`, `state`, `consent_timestamp`, `ip_address` ..."},
        "ping": {"description": "What a ping was answered with (boberdoo: `Lead_ID`)."},
        "contract": {"description": "Under which contract; the one in force if left out."},
        "product": {"description": "What the lead is for (boberdoo: `TYPE`)."},
        "answer": {"description": "`ours`, `leadconduit` or `boberdoo`."},
        "test": {"description": "`true`: sent to try the connection, by nobody."},
    },
    "additionalProperties": True,
}  # fmt: skip
_EXAMPLE = {"email": "ana@example.com", "first_name": "Ana", "country": "US", "state": "TX"}


@operation(
    blueprint, "POST", "/v1/leads", scope=SCOPE,
    body={JSON: (_LEAD, _EXAMPLE), FORM: (_LEAD, _EXAMPLE), MULTIPART: (_LEAD, _EXAMPLE)},
    parameters=[idempotency.HEADER],
    answers={
        200: Answer("What became of it, in the shape that was asked for.",
                    {JSON: {"anyOf": [SaleAnswer, {"type": "object"}]}, **XML_TEXT},
                    {"Idempotent-Replayed": "`true` if this is the answer kept from the first post with this key."}),
        201: Answer("The same in LeadConduit's shape.", {JSON: {"type": "object"}, **XML_TEXT}),
        **MISTAKES,
    },
)  # fmt: skip
def post() -> Response:
    """Sell one lead.

    It is judged at once by the same rules as a list's row and answered with its outcome, every reason in your words,
    and the price: owed for a prospect, as the contract says for a lead that waits, nothing for a refused one. With a
    `ping` it gets the price that was promised. `not_bought` leaves nothing of the person with us.
    """
    body = read_body()
    if str(body.get("Mode", "")).lower() == "ping":  # boberdoo's systems send both to one address
        return http_pings.take(body)
    holder, vendor = seller()
    posted = read_posted(body)
    name = posted.control.get("contract")
    shape = shape_of(body, None)
    try:
        with glancing(services().engine) as connection:
            first = dealing_for(connection, vendor, services().clock.now(), name)
        shape = shape_of(body, first.terms.answer)
        told, replayed = _settle(f"key:{holder.id}", _finder(vendor, name, first), posted, partial(_say, body, shape))
    except CallerError as error:
        mistake = say_mistake(error, shape, xml=wants_xml(body, shape))
        if mistake is None:
            raise
        return response(mistake, error.headers)
    return response(told, {"Idempotent-Replayed": "true"} if replayed else {})


def _say(body: dict[str, Any], shape: str, sale: Sale) -> Reply:
    return say_sale(sale, shape, xml=wants_xml(body, shape))


def _settle(who: str, find: Find, posted: Posted, say: Callable[[Sale], Reply]) -> tuple[Reply, bool]:
    """Carry the post to its outcome, once for each Idempotency-Key. What was not bought may be posted again."""
    turn = begin_turn(who)
    if isinstance(turn, Kept):
        mimetype, _, text = turn.body.partition("\n")
        return Reply(turn.status, text, mimetype), True
    try:
        sale = buy(services(), find, posted, _keeper(turn, say))
    except BaseException:
        if turn is not None:
            idempotency.forget(services(), turn)
        raise
    if turn is not None and sale.outcome == "not_bought":
        idempotency.forget(services(), turn)
    return say(sale), False


def _finder(vendor: str, name: str | None, first: Dealing) -> Find:
    """The contract and its terms: as just found, and asked anew each time after that."""
    found = [first]

    def find(connection: Connection, at: datetime) -> Dealing:
        return found.pop() if found else dealing_for(connection, vendor, at, name)

    return find


def _keeper(turn: Turn | None, say: Callable[[Sale], Reply]) -> Callable[[UnitOfWork, Sale], None] | None:
    if turn is None:
        return None

    def keep(work: UnitOfWork, sale: Sale) -> None:
        told = say(sale)
        idempotency.keep(work, turn, Kept(told.status, f"{told.mimetype}\n{told.body}"))

    return keep
