"""POST /v1/sources/<source>/<platform>: payloads of form builders and lead platforms, as they are.

Each platform's module says who may post, what was brought and how the answer reads (platforms/). Here the lead goes the
way of all leads: one pipeline, once for each of the platform's own numbers.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import Response, g, request
from flask_smorest import Blueprint

from gateway.db.work import UnitOfWork, reading
from gateway.domain.outcome import Settled
from gateway.domain.problem import CallerError, Problem
from gateway.intake import idempotency
from gateway.intake.forms import Source, find_source
from gateway.intake.guard.networks import kept_ip
from gateway.intake.http import (
    EVERYONE,
    MEANS,
    PROBLEMS,
    Answer,
    operation,
    refuse_large,
    refuse_unstorable,
    services,
    user_agent,
    wrong_content_type,
)
from gateway.intake.http_signups import allow_origin, guard
from gateway.intake.idempotency import Attempt, Kept, Turn
from gateway.intake.platforms import meta
from gateway.intake.platforms.call import FORM, JSON, MULTIPART, Call, Reply, Settings
from gateway.intake.platforms.fetches import remember
from gateway.intake.platforms.leads import Came, Read, to_batch
from gateway.intake.platforms.proof import not_here
from gateway.intake.platforms.shape import Platform, Told
from gateway.intake.platforms.table import PLATFORMS
from gateway.intake.signups import Evidence
from gateway.pipeline import process
from gateway.policy.explain import explain

blueprint = Blueprint("platforms", __name__, description="Leads from form builders and lead platforms.")
XML = "application/xml"
UNDER_WAY, BUSY = 409, 503
_DOCUMENT = {"type": "object"}
_FIELDS = {"type": "object", "additionalProperties": {"type": "string"}}
_BODY: dict[str, tuple[Any, Any]] = {
    JSON: (_DOCUMENT, {"fields": [{"name": "email", "value": "ana@example.com"}]}),
    FORM: (_FIELDS, {"email": "ana@example.com", "oid": "00D000000000EXA"}),
    MULTIPART: (_FIELDS, {"your-email": "ana@example.com", "_wpcf7": "516"}),
}
_SHAPES = {JSON: _DOCUMENT, XML: {"type": "string"}}
_ANSWERS = {
    200: Answer("Received, in the platform's own shape.", _SHAPES),
    201: Answer("LeadConduit: taken, or refused with its reason.", _SHAPES),
    303: Answer("Salesforce: on to `retURL`, the source's page or ours.", {}),
} | {status: Answer(MEANS[status], {**PROBLEMS, **_SHAPES}) for status in (400, 403, 404, 413, 415, 422, BUSY)}


def _named(name: str, about: str) -> dict[str, Any]:
    return {
        "in": "path", "name": name, "required": True, "description": about,
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    }  # fmt: skip


_SOURCE = _named("source", "The form's key.")
_PLATFORM = _named("platform", "One of: " + ", ".join(f"`{name}`" for name in PLATFORMS) + ".")
_REST = _named("rest", "The token of the secret address, or Contact Form 7's own path.")


@operation(
    blueprint, "POST", "/v1/sources/<source>/<platform>", scope=EVERYONE, body=_BODY, answers=_ANSWERS,
    parameters=[_SOURCE, _PLATFORM],
)  # fmt: skip
def take(source: str, platform: str) -> Response:
    """Take a lead from a platform.

    The platform must be set for the source (`gateway sources platform`). Its key or signature is checked over the
    bytes as they came; the answer has the platform's own shape. The same lead number gives the same answer once.
    """
    return _take(source, platform, "")


@operation(
    blueprint, "POST", "/v1/sources/<source>/<platform>/<path:rest>", scope=EVERYONE, body=_BODY, answers=_ANSWERS,
    parameters=[_SOURCE, _PLATFORM, _REST],
)  # fmt: skip
def take_at(source: str, platform: str, rest: str) -> Response:
    """Take a lead from a platform at its own path.

    For platforms that sign nothing the path ends in a token, and the address itself is the secret.
    """
    return _take(source, platform, rest)


@operation(
    blueprint, "GET", "/v1/sources/<source>/meta", scope=EVERYONE,
    answers={200: Answer("The challenge.", {"text/plain": {"type": "string"}})}, problems=(403,),
    parameters=[
        _SOURCE,
        *({"in": "query", "name": f"hub.{name}", "required": False, "schema": {"type": "string"}}
          for name in ("mode", "verify_token", "challenge")),
    ],
)  # fmt: skip
def challenge(source: str) -> Response:
    """Answer Meta's question whether this address is ours.

    Changes nothing. Meta asks once, when the webhook is set up.
    """
    _, _, settings = _find(source, meta.META.name)
    return _response(meta.challenge(request.args.to_dict(), settings))


def _find(key: str, name: str) -> tuple[Source, Platform, Settings]:
    """The source and what it has set for this platform. Raises the same 404 whatever of it is missing."""
    platform = PLATFORMS.get(name)
    with reading(services().engine) as connection:
        source = find_source(connection, key)
    settings = None if source is None else source.form.platforms.get(name)
    if source is None or platform is None or settings is None:
        raise not_here()
    g.source = source
    return source, platform, settings


def _take(key: str, name: str, rest: str) -> Response:
    source, platform, settings = _find(key, name)
    call = _call(rest)
    try:
        platform.verify(call, settings)
        _read_fields(call, platform)
        return _response(_told_of_leads(call, source, settings) if platform is meta.META else
                         _settle(call, source, platform, settings))  # fmt: skip
    except CallerError as error:
        if error.status == UNDER_WAY:  # the first delivery; platforms try again after 5xx, and take 4xx for the end
            error.status, error.title = BUSY, "Service Unavailable"
        return _response(platform.refuse(call, error), error.headers)


def _call(rest: str) -> Call:
    """The request, its bytes first: signatures are over them."""
    raw = request.get_data(parse_form_data=False)
    fields = tuple(request.form.items(multi=True)) if request.mimetype in {FORM, MULTIPART} else ()
    return Call(
        raw=raw, mimetype=request.mimetype, headers=dict(request.headers), at=services().clock.now(), fields=fields,
        rest=rest, accept=request.headers.get("Accept", ""),
    )  # fmt: skip


def _read_fields(call: Call, platform: Platform) -> None:
    """Refuse a body of another kind than the platform sends, and text that no database keeps. Raises CallerError."""
    if call.mimetype not in platform.takes:
        raise wrong_content_type(*platform.takes)
    refuse_unstorable([list(pair) for pair in call.fields])


def _told_of_leads(call: Call, source: Source, settings: Settings) -> Reply:
    """Meta: write down what is owed; a worker fetches it."""
    owed = meta.owed(call, settings)
    with services().unit_of_work() as work:
        remember(work, source.key, meta.META.name, [lead.id for lead in owed])
    services().wake()
    return meta.answer_owed()


def _settle(call: Call, source: Source, platform: Platform, settings: Settings) -> Reply:
    """Carry the lead to its outcome, once for each number its platform gave it."""
    came = platform.read(call, settings)
    if came.by_person and not source.published:
        raise not_here()
    if platform.before is not None and (early := platform.before(call)) is not None:
        return early
    if came.by_person:  # these scripts cannot solve a proof of work; rates are asked of everybody
        guard().count_attempt(request.remote_addr, call.at)
        refuse_large(len(call.raw))
        guard().count_signup(source, call.at)
    ip = kept_ip(request.remote_addr, source.form.keep_ip)
    seen = Evidence(call.at, ip, user_agent())
    read = to_batch(came, source, platform.name, seen, settings)
    if platform.check is not None and came.by_person and (problems := platform.check(read, source)):
        raise CallerError(problems)
    turn = _turn(came, read, source, platform)
    if isinstance(turn, Kept):
        return _again(turn)
    try:
        return _process(read, turn, platform, source, lambda told: platform.answer(call, came, told))
    except BaseException:
        if turn is not None:
            idempotency.forget(services(), turn)
        raise


def _process(
    read: Read, turn: Turn | None, platform: Platform, source: Source, answer: Callable[[Told], Reply]
) -> Reply:
    replies: list[Reply] = []

    def within(work: UnitOfWork, settled: Settled) -> None:
        replies.append(answer(_what_is_told(settled, source, platform)))
        if turn is not None:
            idempotency.keep(work, turn, Kept(replies[0].status, f"{replies[0].mimetype}\n{replies[0].body}"))

    process(
        read.batch, services(), as_of=read.batch.arrived_at, dns_seconds=None if platform.decides else 0, within=within
    )
    services().wake()
    return replies[0]


def _again(kept: Kept) -> Reply:
    """The answer given the first time."""
    mimetype, _, body = kept.body.partition("\n")
    return Reply(kept.status, body, mimetype)


def _what_is_told(settled: Settled, source: Source, platform: Platform) -> Told:
    """The outcome and the vendor's words for it, where the protocol has a place for them."""
    lead = f"lead_{settled.lead_ids[0]}"
    if not platform.decides:
        return Told(source, lead)
    extra = (settled.extra[0],) if 0 in settled.extra else ()
    now = services().clock.now()
    told = explain(settled.decisions[0], services().policies, as_of=now, audience="vendor", extra=extra)
    reasons = tuple(dict.fromkeys(str(finding["message"]) for finding in told.findings if finding["message"]))
    return Told(source, lead, settled.outcomes[0], reasons)


def _turn(came: Came, read: Read, source: Source, platform: Platform) -> Kept | Turn | None:
    """The platform's own number is the key, together with the address: a number used for another person is refused."""
    if came.id is None:
        return None
    typed = str(read.batch.columns["email"][0]).strip().casefold()
    about = sha256(f"{came.id}\n{typed}".encode()).hexdigest()
    is_plain = came.id.isascii() and came.id.isprintable() and len(came.id) <= 200  # noqa: PLR2004 - below idempotency.LONGEST
    key = came.id if is_plain else services().world.match_keys.key(about).hex()
    try:
        return idempotency.begin(services(), Attempt(f"{platform.name}:{source.key}", key, about))
    except CallerError as error:
        if error.status == UNDER_WAY:
            raise
        message = "this lead number came before, with another address"
        raise CallerError([Problem("number_reused", message)]) from None


def _response(reply: Reply, headers: dict[str, str] | None = None) -> Response:
    return Response(reply.body, reply.status, {**(headers or {}), **reply.headers}, mimetype=reply.mimetype)


blueprint.after_request(allow_origin)
