"""Lists over HTTP: registered with their manifest, given their file as a stream, watched, and read row by row."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

from flask import Response, request, url_for
from flask_smorest import Blueprint
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from gateway.domain.problem import CallerError, Problem
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
from gateway.intake.lists import File, attach_file, keep_file, register_list
from gateway.intake.manifest import read_manifest
from gateway.intake.receipts import list_rows, view_list, view_lists
from gateway.intake.schemas_lists import (
    ListPage,
    ListQuery,
    ListView,
    Registered,
    RowsQuery,
    RowsView,
    Started,
    UploadQuery,
)
from gateway.outcomes.export import csv_lines

blueprint = Blueprint("lists", __name__, description="Lists that were bought or handed over, with their manifests.")
JSON = "application/json"
YAML = ("application/yaml", "text/yaml", "application/x-yaml")
LARGEST = 2 << 30  # bytes of one file
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
    body={"application/octet-stream": ({"type": "string", "format": "binary"}, "email\nana@example.com\n")},
    parameters=[
        {"in": "query", "schema": UploadQuery},
        {"in": "header", "name": "Content-Disposition", "required": False, "schema": {"type": "string"},
         "description": '`attachment; filename="leads.csv"`: another way to say what the file is called.'},
    ],
    answers={202: Answer("The file is stored and looked over, and its run has begun.", {JSON: Started})},
    problems=(400, 409, 413, 415, 422),
)  # fmt: skip
def give_file(list_id: int) -> Response:
    """Give a list its file: the bytes themselves as the body, of any content type, up to 2 GiB.

    The same bytes under the same manifest are recognised, and the earlier run is named. A file that cannot be read
    is a problem, and nothing of it is kept.
    """
    name = _file_name(read_query(UploadQuery).get("name"))
    if request.mimetype == "multipart/form-data":
        message = "send the file itself as the body, as `curl --upload-file` does, and no form"
        raise CallerError([Problem("wrong_content_type", message, "Content-Type")], 415, "Unsupported Media Type")
    _known(list_id)
    request.max_content_length = LARGEST
    kept = File(*keep_file(services(), cast("BinaryIO", _Limited(request.stream))), name=name)
    started = attach_file(services(), list_id, kept, by=_by())
    document = {
        "list": f"list_{started['list']}",
        "run": f"run_{started['run']}",
        "repeated": started["repeated"],
        "sha256": kept.digest,
        "bytes": kept.size,
        "url": url_for("lists.show", list_id=started["list"]),
    }
    return json_answer(document, 202)


class _Limited:
    """A body that ends with an error once it is longer than any file may be, whatever its header said."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self._left = LARGEST

    def read(self, size: int) -> bytes:
        block: bytes = self._body.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise RequestEntityTooLarge
        return block


def _file_name(given: str | None) -> str:
    """What the uploader calls the file: a label, never a path. Ours on disk is another."""
    _, options = parse_options_header(request.headers.get("Content-Disposition"))
    name = given or options.get("filename") or ""
    name = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return name.strip()[:255] or "unnamed"


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
            "formulas are disarmed.",
            {JSON: RowsView, "text/csv": {"type": "string"}},
        )
    },
    problems=(422,),
)  # fmt: skip
def rows(list_id: int) -> Response:
    """Every row with its outcome, reasons and remedy beside its original columns."""
    query = read_query(RowsQuery)
    headings, cells = list_rows(services(), list_id, outcome=query.get("outcome"))
    if query["format"] == "csv":
        name = f"list_{list_id}-{query.get('outcome', 'rows')}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(encoded(csv_lines(headings, cells)), headers=headers, mimetype="text/csv")
    return Response(encoded(_json_rows(headings, cells)), mimetype=JSON)


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
