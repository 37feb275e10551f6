"""/v1/mappings: what a vendor's columns mean, saved for its later files."""

from flask import Response
from flask_smorest import Blueprint

from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import (
    Answer,
    caller,
    checked,
    json_answer,
    operation,
    read_json,
    read_query,
    require,
    services,
)
from gateway.intake.mappings import forget_mapping, save_mapping, view_mappings
from gateway.intake.schemas_mappings import (
    Forgotten,
    MappingBody,
    MappingQuery,
    MappingsQuery,
    MappingsView,
    MappingView,
)

blueprint = Blueprint("mappings", __name__, description="What vendors' columns mean, saved for their later files.")
JSON = "application/json"
SCOPE = "lists"
_EXAMPLE = {
    "vendor": "Meridian Leads",
    "headings": ["Mail", "Seit"],
    "columns": {"Mail": "email", "Seit": "consent_at"},
}


@operation(
    blueprint, "GET", "/v1/mappings", scope=SCOPE, parameters=[{"in": "query", "schema": MappingsQuery}],
    answers={200: Answer("What is saved, newest first.", {JSON: MappingsView})}, problems=(422,),
)  # fmt: skip
def index() -> Response:
    """What is saved for a vendor's files. A later file with the same headings is read so."""
    return json_answer({"mappings": view_mappings(services().engine, read_query(MappingsQuery)["vendor"])})


@operation(
    blueprint, "PUT", "/v1/mappings", scope=SCOPE, body={JSON: (MappingBody, _EXAMPLE)},
    answers={200: Answer("Saved, in place of what was saved for these headings before.", {JSON: MappingView})},
    problems=(400, 413, 415, 422),
)  # fmt: skip
def save() -> Response:
    """Save what a vendor's columns mean. What a manifest says goes before it."""
    said = checked(MappingBody, read_json())
    by = f"key_{require(caller(), SCOPE).id}"
    return json_answer(save_mapping(services(), said["vendor"], said["headings"], said["columns"], by=by))


@operation(
    blueprint, "DELETE", "/v1/mappings", scope=SCOPE, parameters=[{"in": "query", "schema": MappingQuery}],
    answers={200: Answer("Forgotten.", {JSON: Forgotten})}, problems=(422,),
)  # fmt: skip
def forget() -> Response:
    """Forget a saved mapping; lists that were read by it stay as they are."""
    asked = read_query(MappingQuery)
    by = f"key_{require(caller(), SCOPE).id}"
    if not forget_mapping(services(), asked["vendor"], asked["mapping"], by=by):
        problem = Problem("unknown_mapping", "nothing is saved for this vendor under this mapping", "mapping")
        raise CallerError([problem], 404, "Not Found")
    return json_answer({"mapping": asked["mapping"]})
