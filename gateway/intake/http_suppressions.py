"""Suppressions over HTTP: telling us, and asking, one by one by hash or many at once."""

from datetime import datetime
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from gateway.domain.hashed import read_hash
from gateway.domain.ports import read_cause
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
    wrong_content_type,
)
from gateway.intake.schemas_suppressions import Orders, Recorded, SuppressionView, SuppressionViews, Who
from gateway.intake.stops import Told, look_up, suppress
from gateway.screening.address.found import find_addresses
from gateway.screening.phone import e164

blueprint = Blueprint("suppressions", __name__, description="People who must not be written to or called.")
JSON = "application/json"
LARGEST = 4 << 20  # bytes: ten thousand of the longest
_SCOPE = "suppressions"
_HASH = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"


@operation(
    blueprint, "GET", "/v1/suppressions/<hash>", scope=_SCOPE,
    answers={200: Answer("What stands against the person whose address has this hash.", {JSON: SuppressionView})},
    problems=(422,),
)  # fmt: skip
def show(hash: str) -> Response:  # noqa: A002 - the name in the address
    """Whether the owner of a hash (MD5, SHA-1, SHA-256, SHA-512 in hex, of the lower-cased address) is suppressed.

    What is not found is `unknown_hash`, which is no clearance: most people who left are known by keyed hashes only.
    """
    if read_hash(hash) is None:
        message = "this is no MD5, SHA-1, SHA-256 or SHA-512 in hex"
        raise CallerError([Problem("not_a_hash", message, "hash")])
    (answer,) = look_up(services(), [hash])
    return json_answer(answer.as_dict())


@operation(
    blueprint, "POST", "/v1/suppressions/check", scope=_SCOPE,
    body={JSON: (Who, {"who": ["ana@example.com", "+12065550100", _HASH]})},
    answers={200: Answer("What stands against each, in the same order.", {JSON: SuppressionViews})},
    problems=(400, 413, 415, 422),
)  # fmt: skip
def check() -> Response:
    """Whether these people, up to 10,000, are suppressed. Nothing is kept of the question."""
    asked = _read(Who)["who"]
    return json_answer({"answers": [answer.as_dict() for answer in look_up(services(), asked)]})


@operation(
    blueprint, "POST", "/v1/suppressions", scope=_SCOPE,
    body={JSON: (Orders, {"who": ["ana@example.com"], "cause": "complaint"})},
    answers={200: Answer("Done: nobody of them can be handed out any more.", {JSON: Recorded})},
    problems=(400, 413, 415, 422),
)  # fmt: skip
def record() -> Response:
    """Suppress these people, up to 10,000: at once, for ever, all or none. The same again changes nothing."""
    document = _read(Orders)
    told = _told(document["who"])
    holder = require(caller(), _SCOPE)
    with services().unit_of_work() as work:
        at = _received_at(document, work.at)
        account = suppress(
            services(), work, told, read_cause(document["cause"]), at=at, scope=document["scope"],
            by=f"key_{holder.id}", note=document["note"],
        )  # fmt: skip
    return json_answer(account.as_dict())


def _read(schema: Any) -> dict[str, Any]:
    if request.mimetype != JSON:
        raise wrong_content_type(JSON)
    request.max_content_length = LARGEST
    return checked(schema, read_json())


def _told(texts: list[str]) -> Told:
    """What each text is. Raises CallerError that names those that are nothing of it."""
    addresses, phones, hashes = [], [], []
    problems: list[Problem] = []
    for place, text in enumerate(texts):
        found = find_addresses(text)
        number = None if "@" in text else e164(text, "US")
        digest = read_hash(text)
        if len(found) == 1:
            addresses.append(found[0])
        elif digest is not None:
            hashes.append(digest)
        elif number is not None:
            phones.append(number)
        elif len(problems) < 50:  # noqa: PLR2004 - nobody mends more at once
            message = "this is no address, no telephone number and no hash; or it is several"
            problems.append(Problem("not_understood", message, f"who[{place}]"))
    if problems:
        raise CallerError(problems)
    return Told(addresses, phones, hashes)


def _received_at(document: dict[str, Any], now: datetime) -> datetime:
    if "received_at" not in document:
        return now
    at = datetime.fromisoformat(document["received_at"])
    if at > now:
        raise CallerError([Problem("future_date", "this lies in the future", "received_at")])
    return at
