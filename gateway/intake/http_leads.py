"""Leads over HTTP: what arrived, what became of it and why; and the prospects that may be written to."""

from flask import Response
from flask_smorest import Blueprint

from gateway.account import explain_lead
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import Answer, dump, encoded, json_answer, operation, read_query, services
from gateway.intake.schemas_lists import DecisionView, LeadView, ProspectsQuery
from gateway.outcomes.export import csv_lines
from gateway.outcomes.prospects import HEADINGS, export_prospects
from gateway.outcomes.view import view_lead

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
        found = explain_lead(connection, services().policies, lead_id)
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
        )
    },
    problems=(422,),
)  # fmt: skip
def prospects() -> Response:
    """The prospects as they stand now, each with its obligations. Those withdrawn since are not among them."""
    found = export_prospects(services().engine)
    if read_query(ProspectsQuery)["format"] == "csv":
        headers = {"Content-Disposition": 'attachment; filename="prospects.csv"'}
        rows = ([_cell(prospect[heading]) for heading in HEADINGS] for prospect in found)
        return Response(encoded(csv_lines(list(HEADINGS), rows)), headers=headers, mimetype="text/csv")
    return Response(encoded(dump(prospect) for prospect in found), mimetype=NDJSON)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _unknown(lead_id: int) -> CallerError:
    return CallerError([Problem("unknown_lead", f"there is no lead_{lead_id}", "lead")], 404, "Not Found")
