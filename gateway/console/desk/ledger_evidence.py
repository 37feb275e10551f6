"""The evidence on one lead at the desk: what the bundle will hold, and making it."""

from flask import Response

from gateway.console.desk.gate import me, page, read_reason, shown
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.evidence.make import make_bundle
from gateway.evidence.members import WHAT
from gateway.intake.http import services
from gateway.outcomes.sealed import find_settlements
from gateway.outcomes.view import view_lead


@page("GET", "/leads/<lead_id:lead_id>/evidence", role="officer")
def show(lead_id: int) -> Response:
    """What a bundle of this lead is made of, and the form that makes it."""
    with reading(services().engine) as connection:
        lead, settled = view_lead(connection, lead_id), find_settlements(connection, lead_id)
    if lead is None:
        raise _unknown(lead_id)
    return shown(
        "ledger/evidence.html", here="leads", lead=lead, settled=settled, what=WHAT,
        key=services().ledger.public_keys()[0],
    )  # fmt: skip


@page("POST", "/leads/<lead_id:lead_id>/evidence", role="officer")
def export(lead_id: int) -> Response:
    """Make the bundle, tell the ledger, and send it."""
    told = {"by": me().by, "role": me().role, "reason": read_reason()}
    data = make_bundle(services(), lead_id, told)
    if data is None:
        raise _unknown(lead_id)
    headers = {"Content-Disposition": f'attachment; filename="lead_{lead_id}.evidence.zip"'}
    return Response(data, 200, headers, mimetype="application/zip")


def _unknown(lead_id: int) -> CallerError:
    message = phrase("There is no lead_%(lead_id)s.", lead_id=lead_id)
    return CallerError([Problem("unknown_lead", message)], 404, "Not found")
