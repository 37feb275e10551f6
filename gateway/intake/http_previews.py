"""Files looked at before they are taken in, over HTTP: preview, dry run, sample before paying. Nothing is stored."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from gateway.intake.beforehand.dryrun import rehearse_aloud
from gateway.intake.beforehand.opened import Brought, manifest_for, opened
from gateway.intake.beforehand.preview import preview
from gateway.intake.beforehand.sample import sample_list
from gateway.intake.http import Answer, json_answer, operation, read_query, services
from gateway.intake.schemas_previews import FileQuery, PreviewQuery, PreviewView, SampleQuery, SampleView
from gateway.intake.uploaded import BODY, NAME_HEADER, looking, receive, refuse_forms

blueprint = Blueprint("previews", __name__, description="Lists looked at before they are taken in or paid for.")
JSON, NDJSON = "application/json", "application/x-ndjson"
SCOPE = "lists"


@operation(
    blueprint, "POST", "/v1/previews", scope=SCOPE, body=BODY,
    parameters=[{"in": "query", "schema": PreviewQuery}, NAME_HEADER],
    answers={200: Answer("How the file would be read, and its first rows.", {JSON: PreviewView})},
    problems=(413, 415, 422, 503),
)  # fmt: skip
def show() -> Response:
    """Look at a file: how it would be read, what its columns mean, what its first rows would end as, and its signs.

    The body is the file itself, as for a list. A file whose encoding nobody can tell is answered with rows of it under
    each likely encoding; ask again with the one that reads well. Nothing is kept.
    """
    query = read_query(PreviewQuery)
    with looking():
        return json_answer(preview(_brought(query, query.get("list")), services(), rows=query["rows"]))


@operation(
    blueprint, "POST", "/v1/samples", scope=SCOPE, body=BODY,
    parameters=[{"in": "query", "schema": SampleQuery}, NAME_HEADER],
    answers={200: Answer("What the sample says of the whole list.", {JSON: SampleView})}, problems=(413, 415, 422, 503),
)  # fmt: skip
def sample() -> Response:
    """Draw rows at random, judge them and say what the whole list is worth, before it is paid for.

    The list is registered by its manifest first, which also says its price; its file is not given to it by this.
    Shares have bounds of 95 % confidence. The recommendation rests on policies/buying.yaml. Nothing is kept.
    """
    query = read_query(SampleQuery)
    gateway = services()
    with looking(), opened(brought := _brought(query, query["list"]), gateway) as parts:
        found = [
            {
                "part": one.label,
                **sample_list(
                    one.text, one.found, one.statement, gateway, rows=query["rows"], seed=query.get("seed")
                ).as_dict(),
                "whole_list": one.found.wide.as_dict() if one.found.wide else None,
            }
            for one in parts
        ]  # fmt: skip
    return json_answer({"name": brought.name, "parts": found})


@operation(
    blueprint, "POST", "/v1/lists/<list_id:list_id>/rehearsal", scope=SCOPE, body=BODY,
    parameters=[{"in": "query", "schema": FileQuery}, NAME_HEADER],
    answers={
        200: Answer(
            "A line of JSON after each 10,000 rows, and for each list of the file its receipt, as of a run, with the "
            "state `rehearsed`. A last line with the state `failed` means that we failed midway.",
            {NDJSON: {"type": "string"}},
        )
    },
    problems=(413, 415, 422, 503),
)  # fmt: skip
def rehearse(list_id: int) -> Response:
    """A dry run of a file under a registered list's manifest: everything but writing, with the full receipt.

    The body is the file itself; the list does not get it. The answer is a stream, so there is no bound on the file's
    rows; whoever has seen enough hangs up. Nothing is kept.
    """
    query = read_query(FileQuery)
    with ExitStack() as here:  # until the answer has it, whose end is the end of the stream
        here.enter_context(looking())
        lines = rehearse_aloud(_brought(query, list_id), services())
        here.callback(lines.close)
        next(lines)  # a file that cannot be read is a problem with its status, not a line
        room = here.pop_all()
    answer = Response(_each(lines), mimetype=NDJSON)
    answer.call_on_close(room.close)
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep lines back until it has a page of them
    return answer


def _each(lines: Iterator[str]) -> Iterator[bytes]:
    return (line.encode("utf-8", "replace") for line in lines)


def _brought(query: dict[str, Any], list_id: int | None) -> Brought:
    """The body as a file of ours that goes when it was looked at, under the manifest that is meant."""
    refuse_forms()
    order = query.get("date_order")
    manifest = manifest_for(services(), name=query.get("name") or "unnamed", list_id=list_id, date_order=order)
    kept = receive(query.get("name"))
    return Brought(kept.path, kept.name, manifest, query.get("encoding"), ours=True)
