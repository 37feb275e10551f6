"""The edge of buying: who sells by this key, in which shape it is answered, what a body says. No route of its own."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, g, request
from sqlalchemy import Connection

from gateway.access.keys import KeyHolder, find_key
from gateway.db.work import glancing
from gateway.domain.problem import CallerError, Problem
from gateway.intake.buying.book import SCOPE, Dealing, find_for, vendor_of_key
from gateway.intake.buying.known import SIZES
from gateway.intake.http import (
    MEANS,
    PROBLEMS,
    Answer,
    caller,
    refuse_unstorable,
    require,
    services,
    wrong_content_type,
)
from gateway.intake.manifest.problems import minor_units
from gateway.intake.platforms.call import FORM, JSON, MULTIPART, Reply, object_of

XML_TEXT: dict[str, Any] = {"application/xml": {"type": "string"}}
MISTAKES = {
    status: Answer(MEANS[status], {**PROBLEMS, JSON: {"type": "object"}, **XML_TEXT})
    for status in (400, 409, 413, 415, 422)
}
"""Answers to what is malformed, in the shapes that were asked for."""
_HEX = re.compile("[0-9a-fA-F]+")
MOST_PINGS_A_SECOND = 50
"""Of one key, over ten seconds, before the database is asked anything."""


def by_key_in_body() -> None:
    """Whoever posts as boberdoo does sends the key as ``Key`` in the body; it counts where no header has one."""
    if request.headers.get("Authorization") or request.mimetype not in {FORM, MULTIPART}:
        return
    sent = request.form.get("Key", "")
    if not sent:
        return
    with glancing(services().engine) as connection:
        found: KeyHolder | None = find_key(connection, sent, services().clock.now())
    if found is not None:
        g.caller = found


def seller() -> tuple[KeyHolder, str]:
    """The key, and the vendor it sells for. Raises CallerError for a key of nobody's."""
    holder = require(caller(), SCOPE)
    if "seller" not in g:
        with glancing(services().engine) as connection:
            g.seller = vendor_of_key(connection, holder.id)
    if g.seller is None:
        message = "this key sells for no vendor; make one with: gateway buying key VENDOR"
        raise CallerError([Problem("key_of_no_vendor", message)], 403, "Forbidden")
    return holder, g.seller


def read_body() -> dict[str, Any]:
    """The fields of a JSON object or a form post; a repeated field is a list."""
    raw = request.get_data(parse_form_data=False)
    if request.mimetype == JSON:
        return object_of(raw)
    if request.mimetype not in {FORM, MULTIPART}:
        raise wrong_content_type(JSON, FORM, MULTIPART)
    fields = request.form.to_dict(flat=False)
    if not all(fields):  # a part of a multipart body may have no name
        raise CallerError([Problem("no_name", "every field of a form needs a name")])
    refuse_unstorable(fields)
    if request.files:
        raise CallerError([Problem("file_not_taken", "files are not taken", name) for name in request.files])
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def dealing_for(connection: Connection, vendor: str, at: datetime, name: str | None) -> Dealing:
    """The contract in force under which this vendor sells one by one. Raises CallerError where there is none."""
    found = find_for(connection, vendor, at.date(), name or None)
    if found is None:
        what = "of this name " if name else ""
        message = f"there is no contract {what}in force under which we buy leads one by one"
        raise CallerError([Problem("no_contract", message, "contract")], 409, "Conflict")
    if found.currency is None:
        message = "neither the contract nor its terms say what is paid, or in which currency"
        raise CallerError([Problem("no_price", message, "contract")], 409, "Conflict")
    return found


def hash_of(said: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The hash a ping brings: algorithm and digits. Raises CallerError for one of the wrong length, or two."""
    given = {name: str(said[f"email_{name}"]).strip() for name in SIZES if said.get(f"email_{name}")}
    wrong = [
        Problem("not_a_hash", f"{SIZES[name]} hexadecimal digits", f"email_{name}")
        for name, digits in given.items() if len(digits) != SIZES[name] or not _HEX.fullmatch(digits)
    ]  # fmt: skip
    if len(given) > 1:
        wrong.append(Problem("given_twice", "give one hash", "email_md5"))
    if wrong:
        raise CallerError(wrong)
    return next(((name, digits.lower()) for name, digits in given.items()), (None, None))


def least_of(typed: str | None, currency: str | None) -> int | None:
    """What a vendor asks for at least, in minor units. Raises CallerError for what is no amount."""
    if not typed or currency is None:
        return None
    try:
        amount = Decimal(typed)
        minor = minor_units(amount, currency)
    except (InvalidOperation, ValueError):
        minor = None
    if minor is None or minor < 0:
        raise CallerError([Problem("not_an_amount", f"an amount in {currency}, such as 1.25", "ask")])
    return minor


def shape_of(body: Mapping[str, Any], contract: str | None) -> str:
    """In which shape the answer is: the body says, or its platform's own fields, or the contract."""
    said = str(body.get("answer") or "").strip().lower()
    if said in {"ours", "leadconduit", "boberdoo"}:
        return said
    if "API_Action" in body or ("Mode" in body and "Key" in body):
        return "boberdoo"
    return contract or "ours"


def wants_xml(body: Mapping[str, Any], shape: str) -> bool:
    """Whether the answer is XML: boberdoo's is unless asked otherwise, LeadConduit's where only XML is accepted."""
    if shape == "boberdoo":
        return str(body.get("Format", "")).upper() != "JSON"
    accept = request.headers.get("Accept", "")
    return shape == "leadconduit" and "xml" in accept and "json" not in accept


def response(reply: Reply, headers: Mapping[str, str] | None = None) -> Response:
    """As Flask sends it."""
    return Response(reply.body, reply.status, {**(headers or {}), **reply.headers}, mimetype=reply.mimetype)
