"""Leads over HTTP: what arrived, what became of it and why; and the prospects that may be written to."""

from flask import Response
from flask_smorest import Blueprint

from gateway.account import explain_lead
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.handout import Handout
from gateway.intake.http import Answer, dump, encoded, json_answer, operation, read_query, services
from gateway.intake.schemas_lists import DecisionView, LeadView, ProspectsQuery
from gateway.outcomes.export import csv_lines
from gateway.outcomes.prospects import HEADINGS, cells
from gateway.outcomes.view import view_lead
from gateway.person.links import link_maker

blueprint = Blueprint("leads", __name__, description="Single leads, their decisions, and the prospects.")
JSON = "application/json"
NDJSON = "application/x-ndjson"
_SCOPE = "leads"


@operation(
    blueprint, "GET", "/v1/leads/<lead_id:lead_id>", scope=_SCOPE,
    answers={200: Answer("The lead.", {JSON: LeadView})},
)  # fmt: skip
def show(lead_id: int) -> Response:
    """One lead as it arrived, with its outcome, the reasons, and what it waits for."""
    with reading(services().engine) as connection:
        found = view_lead(connection, lead_id)
    if found is None:
        raise _unknown(lead_id)
    return json_answer(found)


@operation(
    blueprint, "GET", "/v1/leads/<lead_id:lead_id>/decision", scope=_SCOPE,
    answers={200: Answer("The decision, for the officer.", {JSON: DecisionView})},
)  # fmt: skip
def explain(lead_id: int) -> Response:
    """Why: the rules that spoke, their law, the facts, the obligations, the policy digest, in sentences."""
    with reading(services().engine) as connection:
        found = explain_lead(connection, services(), lead_id)
    if found is None:
        raise _unknown(lead_id)
    return json_answer(found)


@operation(
    blueprint, "GET", "/v1/prospects", scope=_SCOPE,
    parameters=[{"in": "query", "schema": ProspectsQuery}],
    answers={
        200: Answer(
            "Every prospect that has not been withdrawn, as a stream.",
            {NDJSON: {"type": "string"}, "text/csv": {"type": "string"}},
            {
                "Gateway-Withheld": "How many prospects are withheld, if any are.",
                "Gateway-Withheld-Reasons": "Why: reason codes, with commas.",
            },
        )
    },
    problems=(409, 422),
)  # fmt: skip
def prospects() -> Response:
    """The prospects as they stand now, each with its obligations. Those withdrawn since are not among them.

    Some may be withheld, as all of a country's are while the sender's profile is not complete: a header counts them.
    Where none can be handed out the answer is 409 and says why.
    """
    wanted = read_query(ProspectsQuery)["format"]
    now = services().clock.now()
    headers = _withheld(Handout(services(), now))
    found = Handout(services(), now, link_maker(services())).prospects()
    if wanted == "csv":
        headers["Content-Disposition"] = 'attachment; filename="prospects.csv"'
        lines = csv_lines(list(HEADINGS), map(cells, found))
        return Response(encoded(lines), headers=headers, mimetype="text/csv")
    return Response(encoded(dump(prospect) for prospect in found), headers=headers, mimetype=NDJSON)


def _withheld(ahead: Handout) -> dict[str, str]:
    """What must be said of those withheld before the first one is given. Raises CallerError when that is all."""
    there = ahead.count()
    if not ahead.withheld:
        return {}
    reasons = ahead.reasons()
    if ahead.withheld == there:
        problems = [Problem(reason.reason, str(reason)) for reason in reasons]
        raise CallerError(problems, 409, "All prospects are withheld")
    codes = dict.fromkeys(reason.reason for reason in reasons)
    return {"Gateway-Withheld": str(ahead.withheld), "Gateway-Withheld-Reasons": ",".join(codes)}


def _unknown(lead_id: int) -> CallerError:
    return CallerError([Problem("unknown_lead", f"there is no lead_{lead_id}", "lead")], 404, "Not Found")
