"""A person's own page of what they agreed to, by their link, and the public keys of receipts. Nothing here changes."""

from flask import Blueprint, Response, render_template

from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import EVERYONE, json_answer, open_to, services
from gateway.intake.people.consents import make_receipt, receipt_links, sealer

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
    """The person's own page of what they agreed to."""
    made = _of_token(token)
    shown = render_template("receipt.html", receipt=made["receipt"], token=token)
    return Response(shown, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}, mimetype="text/html")


@blueprint.get("/receipt/<token>/receipt.jws")
@open_to(EVERYONE)
def download(token: str) -> Response:
    """The signed receipt as a file."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="consent-receipt.jws"'}
    return Response(f"{_of_token(token)['jws']}\n", headers=headers, mimetype=JOSE)


def _of_token(token: str) -> dict[str, object]:
    """The receipt that a link is for; one answer for links that are none and for people who were erased."""
    lead_id = receipt_links(services()).read(token)
    made = make_receipt(services(), lead_id) if lead_id is not None else None
    if made is None:
        raise CallerError([Problem("unknown_link", "there is no such receipt")], 404, "Not Found")
    return made
