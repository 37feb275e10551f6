"""GET /v1/clocks: what is due when, for other systems."""

from datetime import date

from flask import Response
from flask_smorest import Blueprint

from gateway.due.agenda import make_agenda
from gateway.intake.http import Answer, json_answer, operation, read_query, services
from gateway.intake.schemas_clocks import AgendaView, ClocksQuery

blueprint = Blueprint("clocks", __name__, description="What is due when.")
JSON = "application/json"


@operation(
    blueprint, "GET", "/v1/clocks", scope="leads",
    parameters=[{"in": "query", "schema": ClocksQuery}],
    answers={200: Answer("All that is due, soonest first.", {JSON: AgendaView})},
    problems=(422,),
)  # fmt: skip
def show() -> Response:
    """What is due when: requests to stop, the prospects' obligations, holds, reference lists and reviews.

    Days are counted in the operator's zone; `safe_on` is the day by the earliest count.
    """
    asked = read_query(ClocksQuery)
    until = date.fromisoformat(asked["until"]) if "until" in asked else None
    agenda = make_agenda(services(), until=until, past=asked["past"], each=asked["each"])
    return json_answer(agenda.as_dict())
