"""POST /v1/feedback/<name>: senders' webhooks, each checked as its reporter signs, answered only after the commit.

What a delivery says decides nothing about who is believed; that is decided first, over the bytes as they came. The
answers are those that make the reporter stop or try again: 2xx once it is kept, 4xx for what no repetition mends,
503 (Brevo: 429) where we or somebody we ask failed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, current_app, request
from flask_smorest import Blueprint
from sqlalchemy.exc import OperationalError

from gateway.db.work import UnitOfWork, reading
from gateway.domain.problem import CallerError, Problem
from gateway.feedback import sns
from gateway.feedback.book import Account, record
from gateway.feedback.endpoints import Endpoint, find_endpoint
from gateway.feedback.event import Parsed, RefusedError
from gateway.feedback.fetch import fetch_from_sns
from gateway.feedback.files import parser_of
from gateway.feedback.signed import check_hook, check_mailgun, check_sendgrid, check_token
from gateway.feedback.sns import NotSignedError
from gateway.intake import idempotency
from gateway.intake.http import (
    EVERYONE,
    PROBLEMS,
    Answer,
    caller,
    dump,
    json_answer,
    operation,
    require,
    services,
    wrong_content_type,
)
from gateway.intake.idempotency import Kept, Turn
from gateway.outgoing import UnreachableError

blueprint = Blueprint("feedback", __name__, description="What senders report back: bounces, complaints, unsubscribes.")
JSON = "application/json"
_LINES = "application/x-ndjson"
_SCOPE = "feedback"
_NOT_ACCEPTABLE = 406  # Mailgun gives up at this answer and at no other
_SLOWER = 429  # Brevo tries again after this answer for certain
_ANSWER = {
    "type": "object",
    "description": "What became of the delivery.",
    "properties": {
        name: {"type": "integer"}
        for name in ("new", "known", "ignored", "strangers", "suppressed", "withdrawn", "refused", "unreadable")
    } | {"kinds": {"type": "object", "additionalProperties": {"type": "integer"}}},
}  # fmt: skip
_BODY: dict[str, Any] = {"description": "As the reporter sends it."}
_EXAMPLE = [{"kind": "hard_bounce", "address": "gone@example.com", "at": "2026-11-21T12:00:00Z", "id": "1"}]
_TAKES = {
    JSON: (_BODY, _EXAMPLE),
    _LINES: ({"type": "string"}, "{}"),
    "application/x-www-form-urlencoded": ({"type": "object"}, {"type": "unsubscribe"}),
    "text/plain": ({"type": "string"}, "{}"),
}  # fmt: skip
_ANSWERS = {
    200: Answer("Kept, or known already; nothing is kept twice.", {JSON: _ANSWER}),
    403: Answer("The signature, token, topic or timestamp is not the right one.", PROBLEMS),
    406: Answer("Mailgun's delivery cannot be read; it is not to be sent again.", PROBLEMS),
    429: Answer("Brevo's delivery could not be kept now; it is to be sent again.", PROBLEMS),
}
_PROBLEMS = (401, 409, 413, 415, 422, 503)


@operation(
    blueprint, "POST", "/v1/feedback/<name>", scope=EVERYONE, body=_TAKES, answers=_ANSWERS, problems=_PROBLEMS,
)  # fmt: skip
def take(name: str) -> Response:
    """Take a delivery of an endpoint that signs, or sends a header or a key."""
    return _take(_endpoint(name), None)


@operation(
    blueprint, "POST", "/v1/feedback/<name>/<token>", scope=EVERYONE, body=_TAKES, answers=_ANSWERS,
    problems=_PROBLEMS,
)  # fmt: skip
def take_with_token(name: str, token: str) -> Response:
    """Take a delivery of an endpoint whose sender does not sign: its secret is in the address."""
    return _take(_endpoint(name), token)


@operation(
    blueprint, "GET", "/v1/feedback/<name>/<token>", scope=EVERYONE,
    answers={200: Answer("The address is right.", {JSON: {"type": "object"}}), 403: _ANSWERS[403]},
)  # fmt: skip
def look(name: str, token: str) -> Response:
    """Answer a sender that looks whether the address is there, as Mailchimp does. Nothing is changed."""
    endpoint = _endpoint(name)
    try:
        _check_path(endpoint, token)
    except NotSignedError as error:
        raise _not_signed(error) from None
    return json_answer({"endpoint": endpoint.name})


def _endpoint(name: str) -> Endpoint:
    with reading(services().engine) as connection:
        found = find_endpoint(connection, name) if "\0" not in name else None
    if found is None:
        raise CallerError([Problem("unknown_endpoint", "there is no such endpoint", "name")], 404, "Not Found")
    return found


def _take(endpoint: Endpoint, token: str | None) -> Response:
    try:
        return _CHECKS[endpoint.reporter](endpoint, token, request.get_data(parse_form_data=False))
    except NotSignedError as error:
        raise _not_signed(error) from None
    except RefusedError as error:
        raise _unreadable(endpoint, [Problem(error.code, str(error))]) from None
    except UnreachableError as error:
        raise _later(endpoint, str(error)) from None
    except OperationalError:
        raise _later(endpoint, "it could not be kept") from None


def _from_ses(endpoint: Endpoint, token: str | None, body: bytes) -> Response:
    _no_path(token)
    envelope = sns.read_envelope(body)
    fetch = current_app.extensions.get("gateway.fetch", fetch_from_sns)
    sns.verify(envelope, endpoint.secret, fetch, services().clock.now())
    if envelope["Type"] == "SubscriptionConfirmation":
        sns.confirm(envelope, endpoint.secret, fetch)
        return _told(Account(), 0)
    if envelope["Type"] == "UnsubscribeConfirmation":  # the operator's doing; nothing is confirmed back
        return _told(Account(), 0)
    return _keep(endpoint, envelope.get("Message", "").encode("utf-8", "replace"))


def _from_sendgrid(endpoint: Endpoint, token: str | None, body: bytes) -> Response:
    _no_path(token)
    check_sendgrid(endpoint.secret, dict(request.headers), body)
    return _keep(endpoint, body)


def _from_mailgun(endpoint: Endpoint, token: str | None, body: bytes) -> Response:
    _no_path(token)
    used = check_mailgun(endpoint.secret, body, _now())
    # The signature covers neither event nor address: a token is good for one body, and for that as often as it comes.
    tried = idempotency.attempt(f"feedback:{endpoint.name}", used[:200], method="POST", path="/", body=body)
    try:
        turn = idempotency.begin(services(), tried)
    except CallerError as error:
        if error.problems[0].code == "idempotency_key_reused":
            raise NotSignedError("its token was used for another delivery") from None
        raise
    if isinstance(turn, Kept):
        return Response(turn.body, turn.status, mimetype=JSON)
    try:
        return _keep(endpoint, body, turn)
    except BaseException:
        idempotency.forget(services(), turn)
        raise


def _from_token(endpoint: Endpoint, token: str | None, body: bytes) -> Response:
    check_token(endpoint.secret, token, dict(request.headers))
    return _keep(endpoint, body)


def _from_ours(endpoint: Endpoint, token: str | None, body: bytes) -> Response:
    _no_path(token)
    if endpoint.secret:
        check_hook(endpoint.secret, dict(request.headers), body, _now())
    else:
        require(caller(), _SCOPE)
    if request.mimetype not in {JSON, _LINES}:
        raise wrong_content_type(JSON, _LINES)
    return _keep(endpoint, body)


_CHECKS: dict[str, Callable[[Endpoint, str | None, bytes], Response]] = {
    "ses": _from_ses, "sendgrid": _from_sendgrid, "mailgun": _from_mailgun, "brevo": _from_token,
    "mailchimp": _from_token, "generic": _from_ours,
}  # fmt: skip


def _keep(endpoint: Endpoint, body: bytes, turn: Turn | None = None) -> Response:
    parsed = parser_of(endpoint.reporter)(body)
    _refuse_bad(endpoint, parsed)
    unreadable = len(parsed.refused)

    def within(work: UnitOfWork, account: Account) -> None:
        if turn is not None:
            idempotency.keep(work, turn, Kept(200, dump(account.as_dict() | {"unreadable": unreadable})))

    account = record(services(), parsed.events, within=within if turn is not None else None)
    return _told(account, unreadable)


def _refuse_bad(endpoint: Endpoint, parsed: Parsed) -> None:
    """Ours is all or nothing; of a reporter's batch what can be read is kept, for it would never come better."""
    if parsed.refused and (endpoint.reporter == "generic" or not parsed.events):
        raise _unreadable(endpoint, [Problem("bad_event", reason) for reason in parsed.refused[:100]])


def _told(account: Account, unreadable: int) -> Response:
    return json_answer(account.as_dict() | {"unreadable": unreadable})


def _check_path(endpoint: Endpoint, token: str) -> None:
    if endpoint.reporter not in {"brevo", "mailchimp"}:
        raise NotSignedError("this endpoint has no token in its address")
    check_token(endpoint.secret, token, {})


def _no_path(token: str | None) -> None:
    if token is not None:
        raise NotSignedError("this endpoint has no token in its address")


def _now() -> datetime:
    return services().clock.now()


def _not_signed(error: NotSignedError) -> CallerError:
    return CallerError([Problem("not_signed", str(error))], 403, "Forbidden")


def _unreadable(endpoint: Endpoint, problems: list[Problem]) -> CallerError:
    if endpoint.reporter == "mailgun":
        return CallerError(problems, _NOT_ACCEPTABLE, "The delivery cannot be read")
    return CallerError(problems)


def _later(endpoint: Endpoint, message: str) -> CallerError:
    status = _SLOWER if endpoint.reporter == "brevo" else 503
    return CallerError([Problem("try_again", message)], status, "Try again", {"Retry-After": "60"})
