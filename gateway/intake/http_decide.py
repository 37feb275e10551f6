"""POST /v1/decide: what the policies would say of facts or of a lead. Nothing is stored, whatever comes of it."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.decision import Decision
from gateway.domain.problem import CallerError, Problem
from gateway.intake.deciding import as_of_of, batch_of, facts_of
from gateway.intake.http import Answer, checked, json_answer, operation, read_json, services, wrong_content_type
from gateway.intake.schemas_decide import Decide, DecideAnswer
from gateway.pipeline import judge
from gateway.policy.explain import explain

blueprint = Blueprint("decide", __name__, description="Dry decisions, for other systems and for trying things out.")
JSON = "application/json"
_EXAMPLE = {
    "lead": {"email": "ana@example.com", "country": "US"},
    "manifest": {"vendor": "Meridian Leads", "method": "event", "collected": {"from": "2026-10-01"}},
}


@operation(
    blueprint, "POST", "/v1/decide", scope="decisions", body={JSON: (Decide, _EXAMPLE)},
    answers={200: Answer("The decision with all its findings.", {JSON: DecideAnswer})}, problems=(400, 413, 415, 422),
)  # fmt: skip
def decide() -> Response:
    """Decide without keeping anything.

    Give `facts` by their names in the catalogue (those left out are unknown), or a `lead` with the fields of a row and
    either `source` (the key of one of our forms) or `manifest` (what a list's manifest says). A lead is screened as
    any other: DNS and the suppression list are asked. Duplicates and limits are not looked at: they are no decision.
    """
    if request.mimetype != JSON:
        raise wrong_content_type(JSON)
    document = checked(Decide, read_json())
    as_of = as_of_of(document, services().clock.now())
    if ("facts" in document) == ("lead" in document):
        raise CallerError([Problem("facts_or_lead", "give either facts or a lead", "facts")])
    decision = (
        services().policies.decide(facts_of(document), as_of) if "facts" in document else _of_lead(document, as_of)
    )
    return json_answer(_shown(decision, as_of))


def _of_lead(document: dict[str, Any], as_of: Any) -> Decision:
    with reading(services().engine) as connection:
        batch = batch_of(document, connection, as_of)
    return judge(batch, services(), as_of).decisions[0]


def _shown(decision: Decision, as_of: Any) -> dict[str, Any]:
    policies = services().policies
    told = explain(decision, policies, as_of=as_of)
    return {
        "verdict": decision.verdict,
        "phone": decision.phone,
        "may_be_handed_out": not decision.withholds if decision.verdict == "accept" else None,
        "findings": told.findings,
        "obligations": told.obligations,
        "sentences": told.sentences,
        "facts": dict(decision.facts),
        "decision": decision.id,
        "policies": decision.policy_digest,
        "as_of": text_of(as_of),
    }
