"""Lists over HTTP: registered with their manifest, given their file as a stream, watched, and read row by row."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, request, url_for
from flask_smorest import Blueprint

from gateway.domain.problem import CallerError, Problem
from gateway.intake.downloads import Download, open_download
from gateway.intake.http import (
    Answer,
    caller,
    encoded,
    json_answer,
    operation,
    read_json,
    read_query,
    refuse_unstorable,
    require,
    services,
    wrong_content_type,
)
from gateway.intake.lists import attach_file, register_list
from gateway.intake.manifest import read_manifest
from gateway.intake.receipts import view_list, view_lists
from gateway.intake.schemas_lists import (
    GivenQuery,
    ListPage,
    ListQuery,
    ListView,
    Registered,
    RowsQuery,
    RowsView,
    Started,
)
from gateway.intake.uploaded import BODY, NAME_HEADER, looking, receive, refuse_forms
from gateway.outcomes.export import csv_lines
from gateway.outcomes.workbook import write_workbook

blueprint = Blueprint("lists", __name__, description="Lists that were bought or handed over, with their manifests.")
JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
YAML = ("application/yaml", "text/yaml", "application/x-yaml")
SCOPE = "lists"
_MANIFEST = {
    "type": "object",
    "description": "The manifest; `gateway manifest new` prints one with every field explained.",
}
_EXAMPLE = {"name": "Spring leads", "vendor": "Example Leads Ltd", "method": "form"}
_NAME = "the manifest"  # in messages


@operation(
    blueprint, "POST", "/v1/lists", scope=SCOPE,
    body={JSON: (_MANIFEST, _EXAMPLE), YAML[0]: ({"type": "string"}, "name: Spring leads\n")},
    answers={201: Answer("Registered; the file is awaited.", {JSON: Registered}, {"Location": "The list."})},
    problems=(400, 413, 415, 422),
)  # fmt: skip
def register() -> Response:
    """Register a list by its manifest, and learn where to put its file."""
    text = _manifest()
    number = register_list(services(), text, name=_NAME, by=_by())
    document = {
        "list": f"list_{number}",
        "upload": url_for("lists.give_file", list_id=number),
        "gaps": list(read_manifest(text, name=_NAME).gaps),
    }
    return json_answer(document, 201, {"Location": url_for("lists.show", list_id=number)})


def _manifest() -> str:
    """The manifest as it was sent, so that problems name its own lines."""
    if request.mimetype == JSON:
        read_json()
    elif request.mimetype not in YAML:
        raise wrong_content_type(JSON, YAML[0])
    try:
        text = request.get_data().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CallerError([Problem("bad_yaml", f"the body is not UTF-8: {error}")], 400) from None
    refuse_unstorable(text)
    return text


@operation(
    blueprint, "PUT", "/v1/lists/<list_id:list_id>/file", scope=SCOPE,
    body=BODY,
    parameters=[{"in": "query", "schema": GivenQuery}, NAME_HEADER],
    answers={202: Answer("The file is stored and looked over, and its run has begun.", {JSON: Started})},
    problems=(400, 409, 413, 415, 422, 503),
)  # fmt: skip
def give_file(list_id: int) -> Response:
    """Give a list its file: the bytes themselves as the body, of any content type, up to 2 GiB.

    Text (CSV and its like), XLSX, XLS, ODS, JSON, NDJSON and Parquet are read, also inside ZIP, gzip and Zstandard.
    A file of several lists is a list and a run for each: this list takes the first, and `parts` names all of them.
    The same bytes under the same manifest are recognised, and the earlier run is named; `again=true` runs them once
    more, in this list or, if that has its file, in a new one. A file that cannot be read is a problem, and nothing of
    it is kept; one whose encoding nobody can tell may be given again with `encoding`, which `POST /v1/previews` helps
    to choose.
    """
    query = read_query(GivenQuery)
    refuse_forms()
    _known(list_id)
    with looking():
        kept = receive(query.get("name"))
        started = attach_file(services(), list_id, kept, by=_by(), again=query["again"], encoding=query.get("encoding"))
    document = {
        "list": f"list_{started['list']}",
        "run": f"run_{started['run']}",
        "repeated": started["repeated"],
        "sha256": kept.digest,
        "bytes": kept.size,
        "url": url_for("lists.show", list_id=started["list"]),
    }
    if "parts" in started:
        document["parts"] = [
            {
                "part": part["part"], "list": f"list_{part['list']}", "run": f"run_{part['run']}",
                "repeated": part["repeated"], "url": url_for("lists.show", list_id=part["list"]),
            }
            for part in started["parts"]
        ]  # fmt: skip
    return json_answer(document, 202)


@operation(
    blueprint, "GET", "/v1/lists", scope=SCOPE, parameters=[{"in": "query", "schema": ListQuery}],
    answers={200: Answer("Lists, newest first.", {JSON: ListPage})}, problems=(422,),
)  # fmt: skip
def index() -> Response:
    """Lists with the state of their latest run."""
    query = read_query(ListQuery)
    found = view_lists(services(), limit=query["limit"] + 1, before=query.get("before"))
    page = found[: query["limit"]]
    return json_answer({"lists": page, "next": page[-1]["list"] if len(found) > len(page) else None})


@operation(
    blueprint, "GET", "/v1/lists/<list_id:list_id>", scope=SCOPE,
    answers={200: Answer("State, progress and receipt.", {JSON: ListView})},
)  # fmt: skip
def show(list_id: int) -> Response:
    """One list: how its file was read, how far its run has come, and the receipt, which always adds up."""
    return json_answer(_known(list_id))


@operation(
    blueprint, "GET", "/v1/lists/<list_id:list_id>/rows", scope=SCOPE,
    parameters=[{"in": "query", "schema": RowsQuery}],
    answers={
        200: Answer(
            "The rows of the latest run in the file's order, as a stream. CSV cells that a spreadsheet could take for "
            "formulas are disarmed; in a workbook every cell is a text.",
            {JSON: RowsView, "text/csv": {"type": "string"}, XLSX: {"type": "string", "format": "binary"}},
        )
    },
    problems=(422,),
)  # fmt: skip
def rows(list_id: int) -> Response:
    """Every row with its outcome, reasons and remedy beside its original columns.

    `reader=vendor` gives the file that a vendor may have: without reason codes and lead numbers, and in words that say
    nothing of what a person asked of us. Mended, it can be sent in again as it is.
    """
    return handed_back(list_id)


def handed_back(list_id: int) -> Response:
    """A list's rows as the query wants them: JSON, CSV or a workbook. Raises CallerError."""
    query = read_query(RowsQuery)
    found = open_download(services(), list_id, outcomes=query["outcome"], reader=query["reader"])
    kind = query["format"]
    if kind == "json":
        return Response(encoded(_json_rows(found.headings, found.rows())), mimetype=JSON)
    name = f"list_{list_id}-{'-'.join(query['outcome']) or 'rows'}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "xlsx":
        return Response(_blocks_of_workbook(found), headers=headers, mimetype=XLSX)
    return Response(
        encoded(csv_lines(found.headings, found.rows(), mark=query["bom"])), headers=headers, mimetype="text/csv"
    )


def _blocks_of_workbook(found: Download) -> Iterator[bytes]:
    """A workbook is a ZIP archive, whole only at its end: it is written to a file without a name and read back."""
    folder = found.services.settings.data
    with tempfile.TemporaryFile(dir=folder) as file:
        write_workbook(file, found.headings, found.rows(), found.summary, folder=folder)
        file.seek(0)
        while block := file.read(1 << 16):
            yield block


def _json_rows(headings: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield '{"headings":' + json.dumps(headings, ensure_ascii=False) + ',"rows":['
    comma = ""
    for row in rows:
        yield comma + json.dumps(row, ensure_ascii=False)
        comma = ",\n"
    yield "]}\n"


def _known(list_id: int) -> dict[str, Any]:
    found = view_list(services(), list_id)
    if found is None:
        raise CallerError([Problem("unknown_list", f"there is no list_{list_id}", "list")], 404, "Not Found")
    return found


def _by() -> str:
    return f"key_{require(caller(), SCOPE).id}"
