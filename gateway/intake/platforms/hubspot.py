"""HubSpot Forms, submission API v3: JSON from a browser, or from a server that posts to the secret address.

The best consent of all platforms comes with it: the exact words of every subscription and whether each was ticked.
"""

import uuid

from gateway.domain.problem import CallerError, Problem
from gateway.intake.forms import Source
from gateway.intake.platforms.boxes import Box
from gateway.intake.platforms.call import Call, Reply, Settings, reply, rows, table, text
from gateway.intake.platforms.leads import Came, Field, Read, problems_of
from gateway.intake.platforms.proof import not_here, token_fits
from gateway.intake.platforms.shape import Platform, Told
from gateway.intake.values import read_instant

_THANKS = "Thanks for submitting the form."
_INVALID = "The request is not valid"


def verify(call: Call, settings: Settings) -> None:
    """A browser needs no secret; what follows the name must be the token. Raises CallerError."""
    if call.rest and not token_fits(call.rest, settings):
        raise not_here()


def read(call: Call, _: Settings) -> Came:
    """One submission. Its time and network address count only from a server that knows the secret address."""
    document = call.document()
    context = table(document.get("context"))
    came = Came(document, by_person=not call.rest)
    came.fields = [Field(text(item.get("name")), text(item.get("value"))) for item in rows(document.get("fields"))]
    came.fields.append(Field("pageUri", text(context.get("pageUri")), "consent_url"))
    if call.rest:
        came.fields.append(Field("ipAddress", text(context.get("ipAddress")), "consent_ip"))
        came.acted_at = read_instant(text(document.get("submittedAt")))[0]
    consent = table(table(document.get("legalConsentOptions")).get("consent"))
    terms = text(consent.get("text"))
    for item in rows(consent.get("communications")):
        agreed = item.get("value") is True and consent.get("consentToProcess") is not False
        wording = "\n".join(words for words in (terms, text(item.get("text"))) if words)
        came.boxes.append(Box(text(item.get("subscriptionTypeId")), agreed, wording, is_consent=True))
    return came


def check(read_lead: Read, source: Source) -> list[Problem]:
    """What a person in a browser is told; a server's submission goes on to be decided."""
    return problems_of(read_lead, source)


def answer(_call: Call, _came: Came, told: Told) -> Reply:
    """On to the source's own page, or a word of thanks."""
    if told.source.received_url:
        return reply({"redirectUri": told.source.received_url})
    return reply({"inlineMessage": _THANKS})


def refuse(_: Call, error: CallerError) -> Reply:
    """In HubSpot's shape, every mistake in it."""
    errors = [
        {"message": f"Error in 'fields.{problem.field}'. {problem.message}", "errorType": _kind(problem)}
        for problem in error.problems
    ]
    status = 400 if error.status == 422 else error.status  # noqa: PLR2004 - HubSpot has one status for mistakes
    correlation = str(uuid.uuid4())
    return reply({"status": "error", "message": _INVALID, "correlationId": correlation, "errors": errors}, status)


def _kind(problem: Problem) -> str:
    if problem.code in {"address_missing", "box_not_ticked"}:
        return "REQUIRED_FIELD"
    return "INVALID_EMAIL" if problem.code.startswith("address_") else "INPUT_ERROR"


HUBSPOT = Platform(
    "hubspot", "HubSpot Forms", takes=("application/json",), may=("token",), address="both", verify=verify, read=read,
    answer=answer, refuse=refuse, check=check,
)  # fmt: skip
