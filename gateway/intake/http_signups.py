"""POST /v1/signups: a stranger's form or a keyed caller's JSON becomes a batch of one and is answered.

A stranger gets the same answer whatever is known of the address: it is judged from memory, never waiting for the
network, and the workers are woken in any case.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from flask import Response, current_app, g, render_template, request
from flask_smorest import Blueprint
from marshmallow import fields

from gateway.access.keys import KeyHolder
from gateway.db.work import UnitOfWork, glancing, reading
from gateway.domain.lead import Batch
from gateway.domain.outcome import Settled
from gateway.domain.problem import CallerError, Problem
from gateway.intake import idempotency
from gateway.intake.formpage import form_page
from gateway.intake.forms import Source, find_source, find_with_notice, origin_of, published_origins, redirect_after
from gateway.intake.guard.networks import kept_ip
from gateway.intake.guard.onebyone import one_by_one
from gateway.intake.guard.stranger import Guard, given_of
from gateway.intake.http import (
    EVERYONE,
    MEANS,
    PROBLEMS,
    Answer,
    begin_turn,
    caller,
    checked,
    dump,
    operation,
    page_language,
    read_json,
    refuse_large,
    refuse_unstorable,
    require,
    services,
    user_agent,
    wrong_content_type,
)
from gateway.intake.idempotency import Kept, Turn
from gateway.intake.languages import choose_language, direction, words
from gateway.intake.notices import Notice, find_notice
from gateway.intake.posted import document_of
from gateway.intake.schemas import Consent, Decided, Received, Signup
from gateway.intake.signups import (
    RECEIVED,
    SIGNUP_REFUSED,
    Evidence,
    decided,
    digest_wanted,
    problems_of_form,
    shown_of,
    to_batch,
)  # fmt: skip
from gateway.intake.together import Together
from gateway.pipeline import process

blueprint = Blueprint("signups", __name__, description="Leads that people give us directly.")
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
TOO_MANY = 429
_TAKEN = Kept(202, dump(RECEIVED))
_EXAMPLE = {
    "email": "ana@example.com",
    "source": "demo",
    "first_name": "Ana",
    "consent": {"ticked": True, "wording": "Yes, send me news by e-mail.", "page_url": "https://www.example.com/"},
}
_FORM_EXAMPLE = {"email": "ana@example.com", "source": "demo", "first_name": "Ana", "consent_ticked": "on"}


def _form_shape() -> dict[str, Any]:
    def shape(field: fields.Field[Any]) -> dict[str, Any]:
        return {"type": "string", "description": field.metadata["description"]}

    plain = {name: field for name, field in Signup().fields.items() if name not in {"consent", "attributes", "guard"}}
    flat = {f"consent_{name}": field for name, field in Consent().fields.items()}
    return {
        "type": "object",
        "required": ["email", "source"],
        "properties": {name: shape(field) for name, field in (plain | flat).items()},
        "additionalProperties": {"type": "string", "description": "Fields nobody knows are kept as attributes."},
    }


_REPLAYED = {"Idempotent-Replayed": "`true` if this is the answer kept from the first request with this key."}


@operation(
    blueprint, "POST", "/v1/signups", scope=EVERYONE,
    body={JSON: (Signup, _EXAMPLE), FORM: (_form_shape(), _FORM_EXAMPLE), MULTIPART: (_form_shape(), _FORM_EXAMPLE)},
    parameters=[idempotency.HEADER],
    answers={
        200: Answer("To a key of scope `decisions`: what became of the lead.", {JSON: Decided}, _REPLAYED),
        202: Answer("To a stranger: received, and nothing about anybody.", {JSON: Received}, _REPLAYED),
        303: Answer("To a browser's form post: on to the form's page, or to our thank-you page.", {}),
        422: Answer(MEANS[422], {**PROBLEMS, "text/html": {"type": "string"}}),
    },
    problems=(400, 401, 403, 409, 413, 415, 429),
)  # fmt: skip
def take() -> Response:
    """Take a signup.

    Strangers may post to published sources and learn nothing about the address. A key of scope `decisions` gets the
    decision. Form posts use the same names with `consent_` before the consent's; fields nobody knows become
    attributes, and names that begin with `_` steer the answer (`_next`: the page to go on to).
    """
    holder = caller()
    if holder is not None:
        require(holder, "decisions")
    if not _is_page(holder):
        return _answer(holder)
    try:
        return _answer(holder, is_page=True)
    except CallerError as error:
        return _mend(error)


def guard() -> Guard:
    """What this process remembers of strangers."""
    return cast("Guard", current_app.extensions["gateway.guard"])


def _is_page(holder: KeyHolder | None) -> bool:
    """Whether a person looks at the answer: a form post that does not ask for JSON."""
    if holder is not None or request.mimetype not in {FORM, MULTIPART}:
        return False
    return request.accept_mimetypes.best_match(["text/html", JSON], "text/html") == "text/html"


def _read() -> tuple[Any, Mapping[str, str]]:
    """The signup as a document, and a form's control fields."""
    if request.mimetype == JSON:
        return read_json(), {}
    if request.mimetype not in {FORM, MULTIPART}:
        raise wrong_content_type(JSON, FORM, MULTIPART)
    request.get_data(parse_form_data=False)  # the bytes, before the form parser uses them up
    refuse_unstorable(request.form.to_dict(flat=False))
    if request.files:
        raise CallerError([Problem("file_not_taken", "files are not taken", name) for name in request.files])
    return document_of(request.form.lists())


def _answer(holder: KeyHolder | None, *, is_page: bool = False) -> Response:
    if holder is None:
        guard().count_attempt(request.remote_addr, services().clock.now())
        refuse_large(len(request.get_data(parse_form_data=False)))  # the bytes, before a form parser uses them up
    posted, control = _read()
    signup = checked(Signup, posted)
    with glancing(services().engine) as connection:
        source, notice = find_with_notice(connection, signup["source"], digest_wanted(signup))
    if source is None or (holder is None and not source.published):
        problem = Problem("unknown_source", "there is no form of this name that takes signups", "source")
        raise CallerError([problem])
    g.source = source
    shown = shown_of(signup, notice)
    if holder is None and (problems := problems_of_form(signup, source)):
        raise CallerError(problems)
    with one_by_one.aside():
        kept, replayed = _settle(holder, signup, posted, source, shown)
    if is_page:
        return Response(status=303, headers={"Location": _onward(source, control)})
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    return Response(kept.body, kept.status, headers, mimetype=JSON)


def _onward(source: Source, control: Mapping[str, str]) -> str:
    language = choose_language(control.get("_language", "en"))
    said = {"lang": "" if language == "en" else language, "mail": "1" if source.statement.asks_confirmation else ""}
    query = urlencode({name: value for name, value in said.items() if value})
    return redirect_after(source, control.get("_next")) or ("/thanks?" + query).rstrip("?")


def _settle(
    holder: KeyHolder | None, signup: Mapping[str, Any], posted: Any, source: Source, shown: Notice | None
) -> tuple[Kept, bool]:
    """Carry the signup to its outcome, once for each Idempotency-Key; the answer, and whether it was a kept one."""
    turn = begin_turn(f"source:{source.key}" if holder is None else f"key:{holder.id}")
    if isinstance(turn, Kept):
        return turn, True
    at = services().clock.now()
    try:
        given = given_of(signup.get("guard"))
        if holder is None:
            guard().admit(source, given, request.remote_addr, at, services().settings.secret_key)
        if holder is None and given.trap:
            kept = _refuse_trapped(source, turn)
        else:
            ip = kept_ip(request.remote_addr, source.form.keep_ip)
            evidence = Evidence(at, ip, user_agent())
            batch = to_batch(
                signup, posted, source, evidence, is_form_post=request.mimetype != JSON, notice=shown
            )  # fmt: skip
            kept = _carry(batch, turn) if holder is None else _decide(batch, turn, at)
    except BaseException:
        if turn is not None:
            idempotency.forget(services(), turn)
        raise
    services().wake()  # in any case: a lead that waits and one that does not must take the same time
    return kept, False


def _refuse_trapped(source: Source, turn: Turn | None) -> Kept:
    """Only a machine fills what nobody sees; it is told what everybody is told."""
    with services().unit_of_work() as work:
        services().ledger.append(work, SIGNUP_REFUSED, {"source": source.key, "why": "trap"})
        if turn is not None:
            idempotency.keep(work, turn, _TAKEN)
    return _TAKEN


def _carry(batch: Batch, turn: Turn | None) -> Kept:
    """A stranger's signup, with others that come at the same time."""

    def within(work: UnitOfWork) -> None:
        if turn is not None:
            idempotency.keep(work, turn, _TAKEN)

    together: Together = current_app.extensions["gateway.together"]
    together.carry(batch, within)
    return _TAKEN


def _decide(batch: Batch, turn: Turn | None, at: datetime) -> Kept:
    """A keyed caller's, who is told the decision and may wait for DNS."""
    answers: list[Kept] = []

    def within(work: UnitOfWork, settled: Settled) -> None:
        answers.append(Kept(200, dump(decided(settled, services().policies, at))))
        if turn is not None:
            idempotency.keep(work, turn, answers[0])

    process(batch, services(), as_of=at, within=within)
    return answers[0]


def _mend(error: CallerError) -> Response:
    """The form once more with what was typed, each problem beside its field; or the site's own page for that."""
    source = _posted_source()
    if source is not None and source.problems_url and not error.more:  # only our own page can solve a challenge
        codes = urlencode({"problems": ",".join(dict.fromkeys(problem.code for problem in error.problems))})
        url = source.problems_url + ("&" if "?" in source.problems_url else "?") + codes
        return Response(status=303, headers={"Location": url})
    language = page_language(request.form.get("_language"))
    onward = redirect_after(source, request.form.get("_next")) if source else None
    notes, problems = _notes(error, language)
    page = render_template(
        "mend.html",
        form=form_page(
            request.form, problems, source, language=language, notice=_named_notice(source),
            asks=source.form.fields if source else (),
        ),
        notes=notes, next=onward or "", language=language, dir=direction(language),
        script=f"/forms/{source.key}.js" if source else None,
    )  # fmt: skip
    g.form_targets = [origin_of(onward)] if onward else []  # Chromium holds form-action against the redirect, too
    g.own_scripts = source is not None
    return Response(page, error.status, error.headers, mimetype="text/html")


def _notes(error: CallerError, language: str) -> tuple[list[str], list[Problem]]:
    """What is to be said to a person of no field in particular, and the problems of fields."""
    if error.more:
        return [words(language)["proof"]], []
    if error.status == TOO_MANY:
        minutes = -(-int(error.headers["Retry-After"]) // 60)
        return [words(language)["busy"].format(minutes=minutes)], []
    return [], error.problems


def _named_notice(source: Source | None) -> Notice | None:
    if source is None:
        return None
    with reading(services().engine) as connection:
        return find_notice(connection, source.key, request.form.get("consent_notice", ""))


def _posted_source() -> Source | None:
    """The form a page was posted from, if it is there and published; also when its post could not be read further."""
    if "source" not in g:
        with reading(services().engine) as connection:
            found = find_source(connection, request.form.get("source", ""))
        g.source = found if found is not None and found.published else None
    source: Source | None = g.source
    return source


def allow_origin(response: Response) -> Response:
    """CORS: scripts of a form's own origins may read the answer. Never a wildcard, never with credentials."""
    if "Vary" in response.headers:
        response.vary.add("Origin")
    else:
        response.headers["Vary"] = "Origin"
    origin = request.environ.get("HTTP_ORIGIN")
    if origin is None:
        return response
    source: Source | None = g.get("source")
    if source is not None:
        good = origin in source.origins
    else:
        with reading(services().engine) as connection:
            good = origin in published_origins(connection)
    if good:
        response.access_control_allow_origin = origin
        response.headers["Access-Control-Expose-Headers"] = "Idempotent-Replayed, Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
            response.access_control_max_age = 600
    return response


blueprint.after_request(allow_origin)
