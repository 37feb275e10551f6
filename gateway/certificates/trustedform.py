"""TrustedForm's certificate API 4.0: is this the lead of the certificate, and keep it for us. One question, one call.

What came back is told in our words. Whatever is not clearly an answer is none: slowness, an overloaded server, words
we do not know. The overall outcome decides (the provider's own advice), with the match for why.
"""

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, Literal

from gateway.outgoing import OK, Server, UnreachableError, post

HOST = "cert.trustedform.com"
SERVER = Server(HOST)
SECONDS = 15.0
LARGEST_ANSWER = 256 << 10
PROPERTIES = (
    "age_seconds", "bot_detected", "created_at", "domain", "expires_at", "is_framed", "is_masked", "page_url",
    "seconds_on_page",
)  # fmt: skip
"""What is asked of the certificate. Not the person's network address: we have no use for it."""
_GONE = re.compile(r"expired|not be found|not found|does not exist", re.IGNORECASE)
_NO_KEY = frozenset({401, 403})
_GONE_STATUS = frozenset({404, 410})
TOO_MANY = 429
LONGEST = 300
Says = Literal["matches", "does_not_match", "not_found", "no_answer"]


class BusyError(Exception):
    """The issuer is out of reach, slow or wants fewer questions: everybody waits, in a line without its words."""


class RefusedError(Exception):
    """The issuer does not take our key."""


@dataclass(frozen=True, slots=True)
class Question:
    """One certificate and the lead it came with."""

    reference: str  # the id
    email: str | None
    phone: str | None
    lead: str  # our own name of it: lead_7
    vendor: str
    advertiser: str | None  # who we are; None: it is not asked whether the consent names us


@dataclass(frozen=True, slots=True)
class Said:
    """The answer."""

    says: Says
    retained: bool = False
    told: dict[str, Any] = field(default_factory=dict)


def ask(question: Question, key: str, *, server: Server = SERVER, seconds: float = SECONDS) -> Said:
    """Ask about one certificate. Raises BusyError or RefusedError where asking on makes no sense now."""
    headers = {
        "Authorization": "Basic " + b64encode(f"API:{key}".encode()).decode(), "Api-Version": "4.0",
        "Content-Type": "application/json", "Accept": "application/json",
    }  # fmt: skip
    body = json.dumps(_request(question)).encode()
    try:
        answer = post(server, f"/{question.reference}", body, headers, most_bytes=LARGEST_ANSWER, seconds=seconds)
    except UnreachableError as error:
        raise BusyError(str(error)) from None
    if answer.status in _NO_KEY:
        raise RefusedError(f"{server.host} does not take GATEWAY_TRUSTEDFORM_KEY (it answered {answer.status})")
    if answer.status == TOO_MANY or answer.status >= 500:  # noqa: PLR2004 - HTTP's classes
        raise BusyError(f"{server.host} answered {answer.status}")
    return _read(answer.status, answer.body)


def _request(question: Question) -> dict[str, Any]:
    lead = {"email": question.email, "phone": _digits(question.phone)}
    asked: dict[str, Any] = {
        "match_lead": {name: value for name, value in lead.items() if value},
        "retain": {"reference": question.lead, "vendor": question.vendor},
        "insights": {"properties": list(PROPERTIES)},
    }
    if question.advertiser:
        asked["verify"] = {"advertiser_name": question.advertiser}
    return asked


def _digits(phone: str | None) -> str | None:
    """A number as the provider writes it: ten digits without the country's 1."""
    digits = re.sub(r"\D", "", phone or "")
    return (digits[1:] if len(digits) == 11 and digits[0] == "1" else digits) or None  # noqa: PLR2004 - NANP with its 1


def _read(status: int, body: bytes) -> Said:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    said = document if isinstance(document, dict) else {}
    match = _table(_table(said.get("match_lead")).get("result"))
    kept = _table(_table(said.get("retain")).get("results"))
    seen = _table(_table(said.get("insights")).get("properties"))
    told: dict[str, Any] = {name: value for name in PROPERTIES if (value := _plain(seen.get(name))) is not None}
    told |= {name: match[name] for name in ("email_match", "phone_match") if isinstance(match.get(name), bool)}
    if isinstance(kept.get("expires_at"), str):
        told["retained_until"] = kept["expires_at"][:LONGEST]
    reason = said.get("reason") if isinstance(said.get("reason"), str) else said.get("message")
    if status in _GONE_STATUS or (isinstance(reason, str) and _GONE.search(reason)):
        return Said("not_found", told=told)
    if said.get("outcome") == "failure" and match.get("success") is False:
        return Said("does_not_match", told=told)
    if status == OK and said.get("outcome") == "success" and match.get("success") is not False:
        return Said("matches", retained=bool(kept), told=told)
    return Said("no_answer", told=told)


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _plain(value: Any) -> bool | int | str | None:
    if isinstance(value, bool | int):
        return value
    return value[:LONGEST] if isinstance(value, str) else None
