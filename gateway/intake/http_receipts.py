"""A person's own page of what they agreed to, by their link, and the public keys of receipts. Nothing here changes."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from gateway.domain.problem import CallerError, Problem
from gateway.intake.formpage import purpose_label
from gateway.intake.http import EVERYONE, json_answer, open_to, services
from gateway.intake.languages import direction
from gateway.intake.people.consents import make_receipt, receipt_links, sealer
from gateway.intake.receipt_words import WORDS
from gateway.person.receipt import UNKNOWN

blueprint = Blueprint("receipts", __name__)
JOSE = "application/jose"


@blueprint.get("/.well-known/jwks.json")
@open_to(EVERYONE)
def public_keys() -> Response:
    """The public keys of receipts, those of before among them (RFC 7517)."""
    return json_answer(sealer(services()).public_keys())


@blueprint.get("/receipt/<token>")
@open_to(EVERYONE)
def page(token: str) -> Response:
    """The person's own page of what they agreed to, in a language that they read."""
    receipt: dict[str, Any] = _of_token(token)["receipt"]
    lang = request.accept_languages.best_match(list(WORDS)) or "en"
    shown = render_template(
        "receipt.html", receipt=receipt, token=token, lang=lang, dir=direction(lang), words=WORDS[lang],
        purposes=[purpose_label(one) for one in receipt["processing"]["purposes"] if one != UNKNOWN],
    )  # fmt: skip
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Vary": "Accept-Language",
               "Content-Language": lang}  # fmt: skip
    return Response(shown, headers=headers, mimetype="text/html")


@blueprint.get("/receipt/<token>/receipt.jws")
@open_to(EVERYONE)
def download(token: str) -> Response:
    """The signed receipt as a file."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="consent-receipt.jws"'}
    return Response(f"{_of_token(token)['jws']}\n", headers=headers, mimetype=JOSE)


def _of_token(token: str) -> dict[str, Any]:
    """The receipt that a link is for; one answer for links that are none and for people who were erased."""
    lead_id = receipt_links(services()).read(token)
    made = make_receipt(services(), lead_id) if lead_id is not None else None
    if made is None:
        raise CallerError([Problem("unknown_link", "there is no such receipt")], 404, "Not Found")
    return made
