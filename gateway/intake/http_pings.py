"""POST /v1/pings: a vendor asks whether a lead is wanted and at what price, without saying whose it is."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, g, request
from flask_smorest import Blueprint

from gateway.db.work import glancing
from gateway.domain.problem import CallerError, Problem
from gateway.intake.buying.answers import say_mistake, say_ping
from gateway.intake.buying.asked import Asked, TooManyPingsError, answer
from gateway.intake.buying.book import SCOPE
from gateway.intake.buying.http_common import (
    MISTAKES,
    MOST_PINGS_A_SECOND,
    XML_TEXT,
    by_key_in_body,
    dealing_for,
    hash_of,
    least_of,
    read_body,
    response,
    seller,
    shape_of,
    wants_xml,
)
from gateway.intake.buying.posted import said as said_in
from gateway.intake.buying.schemas import PingAnswer, PingBody
from gateway.intake.guard.rates import Rates
from gateway.intake.http import Answer, checked, operation, services
from gateway.intake.platforms.call import FORM, JSON, MULTIPART
from gateway.intake.values import read_instant

blueprint = Blueprint("pings", __name__, description="Leads bought one by one: offers.")
blueprint.before_request(by_key_in_body)
WINDOW = timedelta(seconds=10)
_EXAMPLE = {
    "email_sha256": "5af2387fafddaf5463d7d8c16d0a5ca2c5be5cb0bf7d25d2c0edd9ab85da5a59", "country": "US", "region": "TX",
}  # fmt: skip
_FIELDS = {"type": "object", "additionalProperties": {"type": "string"}}


@operation(
    blueprint, "POST", "/v1/pings", scope=SCOPE,
    body={JSON: (PingBody, _EXAMPLE), FORM: (_FIELDS, _EXAMPLE), MULTIPART: (_FIELDS, _EXAMPLE)},
    answers={
        200: Answer("Wanted or not, at what price, promised until when; boberdoo's shape says its mistakes here too.",
                    {JSON: {"anyOf": [PingAnswer, {"type": "object"}]}, **XML_TEXT}),
        **MISTAKES,
    },
    problems=(429,),
)  # fmt: skip
def ping() -> Response:
    """Ask whether a lead is wanted.

    Give a hash of the address, or what the lead is, or both; never the address. What is known of the person is not
    told unless the contract allows it: whoever left, whom we know and what we do not want get the same answer. A
    wanted lead is posted to `/v1/leads` with the ping's name, once, and gets the price that was promised.
    """
    return take(read_body())


def take(body: dict[str, Any]) -> Response:
    """Answer the ping that a body is."""
    holder, vendor = seller()
    at = services().clock.now()
    _count(f"key:{holder.id}", at)
    shape = shape_of(body, None)
    try:
        said = _said(body)
        asked_by = hash_of(said)
        with glancing(services().engine) as connection:
            dealing = dealing_for(connection, vendor, at, said.get("contract"))
        shape = shape_of(body, dealing.terms.answer)
        collected = _collected(said, at)
        country = said.get("country") or dealing.terms.statement.country  # as of a post that does not say
        about = said_in(country, said.get("region") or said.get("state"), said.get("product"), collected)
        asked = Asked(about, *asked_by, least=least_of(said.get("ask"), dealing.currency), domain=said.get("domain"))
        answered = answer(services(), dealing, asked)
    except TooManyPingsError:
        raise _too_many("more pings than the contract allows for now", 60) from None
    except CallerError as error:
        told = say_mistake(error, shape, xml=wants_xml(body, shape))
        if told is None:
            raise
        return response(told, error.headers)
    return response(say_ping(answered, shape, xml=wants_xml(body, shape)))


def _said(body: dict[str, Any]) -> dict[str, Any]:
    said = checked(PingBody, _numbered(_plain(body)))
    if not any(said.get(name) is not None for name in PingBody().fields.keys() - {"ask", "contract", "answer"}):
        message = "give a hash of the address, or what the lead is: country, region, product, age_days"
        raise CallerError([Problem("missing", message)])
    return said


def _numbered(body: dict[str, Any]) -> dict[str, Any]:
    """A form has no numbers: its digits are one where a number is asked for."""
    days = body.get("age_days")
    if request.mimetype == JSON or not (isinstance(days, str) and days.isascii() and days.strip().isdigit()):
        return body
    return {**body, "age_days": int(days.strip()[:9])}


_BOBERDOO = {"zip": "zip", "type": "product", "state": "state", "cost": "ask", "email_hash": "email_md5"}
_UNREAD = frozenset({"key", "api_action", "mode", "format", "src", "sub_id", "return_best_price", "ip_address",
                     "landing_page", "test"})  # fmt: skip


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """A boberdoo ping by our names; what only routes it is left out."""
    if "API_Action" not in body and "Mode" not in body:
        return body
    named = {_BOBERDOO.get(name.casefold(), name.casefold()): value for name, value in body.items()
             if name.casefold() not in _UNREAD}  # fmt: skip
    return {name: value for name, value in named.items() if name in PingBody().fields}


def _collected(said: dict[str, Any], at: datetime) -> datetime | None:
    if said.get("collected_at"):
        found, _ = read_instant(said["collected_at"])
        if found is None:
            message = "write an instant with its zone, such as 2026-03-01T12:00:00Z"
            raise CallerError([Problem("not_an_instant", message, "collected_at")])
        return found
    days = said.get("age_days")
    return None if days is None else at - timedelta(days=days)


def _count(who: str, at: datetime) -> None:
    """In memory, before anything is asked of the database: whoever hammers is answered cheaply."""
    rates: Rates = current_app.extensions["gateway.pings"]
    most = MOST_PINGS_A_SECOND * int(WINDOW.total_seconds())
    if "counted" not in g and rates.add(who, at) > most:
        raise _too_many("more pings than one key may send", rates.seconds_until_less(who, most, at))
    g.counted = True


def _too_many(message: str, seconds: int) -> CallerError:
    return CallerError([Problem("too_many_pings", message)], 429, "Too Many Requests", {"Retry-After": str(seconds)})
