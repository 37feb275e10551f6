"""GET /v1/numbers: what leads are worth and what became of people, added up; nobody is named."""

from datetime import UTC, datetime
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from gateway.domain.problem import CallerError, Problem
from gateway.economics.asking import numbers_as_of
from gateway.economics.kept import Numbers
from gateway.economics.tabled import SECTIONS, as_texts, parquet_of, rows_of
from gateway.intake.http import PROBLEMS, Answer, json_answer, operation, read_query, services
from gateway.intake.schemas_numbers import NumbersQuery, SectionQuery
from gateway.outcomes.export import csv_lines

blueprint = Blueprint("numbers", __name__, description="What leads are worth, and what became of people, added up.")
JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"
_SCOPE = "numbers"
_MISSING = Answer("What reckons the numbers is not installed here; the problem says what to type.", PROBLEMS)
_SHAPE: dict[str, Any] = {"type": "object", "description": "docs/numbers.md explains every number."}


@operation(
    blueprint, "GET", "/v1/numbers", scope=_SCOPE, parameters=[{"in": "query", "schema": NumbersQuery}],
    answers={200: Answer("All numbers.", {JSON: _SHAPE}), 501: _MISSING}, problems=(422,),
)  # fmt: skip
def show() -> Response:
    """All numbers as of an instant, with intervals of 95 %; money in minor units, never mixed between currencies.

    Without `as_of` the newest that are kept, at most a day old; `as_of` says of when they are.
    """
    return json_answer(_asked(read_query(NumbersQuery)).body)


@operation(
    blueprint, "GET", "/v1/numbers/<section>", scope=_SCOPE, parameters=[{"in": "query", "schema": SectionQuery}],
    answers={
        200: Answer(f"One of {', '.join(SECTIONS)}; as CSV and Parquet money is in whole units.",
                    {JSON: _SHAPE, CSV: {"type": "string"}, PARQUET: {"type": "string", "format": "binary"}}),
        501: _MISSING,
    }, problems=(422,),
)  # fmt: skip
def show_section(section: str) -> Response:
    """One section of the numbers, as JSON, CSV or Parquet."""
    asked = read_query(SectionQuery)
    if section not in SECTIONS:
        rows_of({}, section)  # says what there is
    found = _asked(asked)
    return answer_section(found, section, asked["format"])


def answer_section(found: Numbers, section: str, form: str) -> Response:
    """A section as a download or as JSON; no cell of a CSV runs as a formula."""
    if form == "json":
        kept = ("as_of", "terms", "people", "currencies", "horizon_days")
        return json_answer({name: found.body[name] for name in kept} | {section: found.body[section]})
    headings, rows = rows_of(found.body, section)
    name = f'attachment; filename="{section}-{found.as_of:%Y-%m-%d}.{form}"'
    if form == "parquet":
        return Response(parquet_of(headings, rows), headers={"Content-Disposition": name}, mimetype=PARQUET)
    text = "".join(csv_lines(headings, as_texts(rows)))
    return Response(text, headers={"Content-Disposition": name}, mimetype=CSV)


def _asked(asked: dict[str, Any]) -> Numbers:
    now = services().clock.now()
    as_of = None if "as_of" not in asked else read_as_of(asked["as_of"])
    return numbers_as_of(services().engine, services().policies, now, as_of)


def read_as_of(text: str) -> datetime:
    """An instant with its zone, or the beginning of a day in UTC. Raises CallerError."""
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        message = "expected an instant such as 2026-11-21T12:00:00Z, or a day"
        raise CallerError([Problem("bad_date", message, field="as_of")]) from None
