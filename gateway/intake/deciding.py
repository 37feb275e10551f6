"""What a caller wants decided without anything being kept: facts, or a lead with what its source states.

Read here, judged by the same screening and policies as everything else.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection

from gateway.db.base import text_of
from gateway.domain.facts import CATALOGUE, FactValue
from gateway.domain.lead import FIELDS, Batch, Cell, Origin, Statement
from gateway.domain.problem import CallerError, Problem
from gateway.intake.forms import find_source
from gateway.intake.manifest import read_manifest
from gateway.policy.casefile import read_facts
from gateway.policy.errors import Complaint
from gateway.policy.form import FIRST_YEAR, LAST_YEAR, Form
from gateway.policy.reading import Document

LONGEST = 20_000  # characters of one field; the wording of a notice is the longest


def facts_of(document: Mapping[str, Any]) -> dict[str, FactValue]:
    """The facts under ``facts``, each by its name in the catalogue. Raises CallerError with every problem."""
    complaints: list[Complaint] = []
    written = dict(document["facts"])
    for name in filter(_is_instant, document["facts"]):  # JSON has no days; cases write them without quotes
        if (instant := instant_of(written[name])) is not None:
            written[name] = text_of(instant)
    facts = read_facts(Form(Document("the body", {"facts": written}, {}), (), complaints), "facts")
    if complaints:
        raise CallerError([_problem(found) for found in complaints])
    return facts


def _problem(found: Complaint) -> Problem:
    """A complaint says its place before its colon, where it has one."""
    place, _, message = found.message.partition(": ")
    if not place.startswith("facts"):
        place, message = "facts", found.message
    return Problem("bad_fact", message, place[:200], suggestion=found.suggestion)


def _is_instant(name: str) -> bool:
    return name in CATALOGUE and CATALOGUE[name].kind == "instant"


def as_of_of(document: Mapping[str, Any], now: datetime) -> datetime:
    """The instant under ``as_of``, or now. Raises CallerError."""
    said = document.get("as_of")
    if said is None:
        return now
    found = instant_of(said)
    if found is None:
        message = "expected a day or an instant with its zone, such as 2026-11-21 or 2026-11-21T12:00:00Z"
        raise CallerError([Problem("not_an_instant", message, "as_of")])
    return found


def instant_of(said: Any) -> datetime | None:
    """A day (its midnight in UTC) or an instant with its zone; None for anything else, and beyond two centuries."""
    return _within(_instant_of(said)) if isinstance(said, str) else None


def _instant_of(said: str) -> datetime | None:
    try:
        if len(said) == len("2026-11-21"):
            return datetime.combine(date.fromisoformat(said), time(), UTC)
        found = datetime.fromisoformat(said)
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _within(found: datetime | None) -> datetime | None:
    """None too for instants of no calendar that rules could count in."""
    return found if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR else None


def batch_of(document: Mapping[str, Any], connection: Connection, at: datetime) -> Batch:
    """The lead under ``lead`` as a batch of one, from the form under ``source`` or a list under ``manifest``.

    Without either it is a row of a list of which nothing is stated. Raises CallerError with every problem.
    """
    problems: list[Problem] = []
    cells = _cells(document["lead"], problems)
    origin = _origin(document, connection, at, problems)
    if problems:
        raise CallerError(problems)
    columns: dict[str, list[Cell]] = {name: [cell] for name, cell in cells.items()}
    return Batch(origin, [1], columns, [json.dumps(document["lead"], ensure_ascii=False)], at)


def _cells(lead: Any, problems: list[Problem]) -> dict[str, Cell]:
    if not isinstance(lead, dict) or not lead:
        problems.append(Problem("not_an_object", 'expected fields of a lead, such as {"email": ...}', "lead"))
        return {}
    cells: dict[str, Cell] = {}
    for name, said in lead.items():
        kind = FIELDS.get(name)
        if kind is None:
            near = get_close_matches(str(name), FIELDS, n=1)
            problems.append(
                Problem("unknown_field", "there is no such field of a lead", f"lead.{name}"[:200],
                        suggestion=near[0] if near else None)
            )  # fmt: skip
            continue
        cell: Cell = said if isinstance(said, str | bool) else None
        if kind is datetime and said is not None:
            cell = instant_of(said)
        if said is not None and (not isinstance(cell, kind) or (isinstance(cell, str) and len(cell) > LONGEST)):
            expected = {str: "text", bool: "true or false", datetime: "a day or an instant with its zone"}[kind]
            problems.append(Problem("bad_value", f"expected {expected}", f"lead.{name}"))
            continue
        if cell is not None:
            cells[name] = cell
    return cells


def _origin(document: Mapping[str, Any], connection: Connection, at: datetime, problems: list[Problem]) -> Origin:
    source, manifest = document.get("source"), document.get("manifest")
    if source is not None and manifest is not None:
        problems.append(Problem("given_twice", "a lead comes from a form or from a list; give one of them", "source"))
    elif source is not None:
        found = find_source(connection, source) if isinstance(source, str) else None
        if found is not None:
            return Origin("form", found.key, found.stated(()))
        problems.append(Problem("unknown_source", "there is no such form; see gateway sources list", "source"))
    elif manifest is not None:
        try:
            stated = read_manifest(json.dumps(manifest), name="manifest", as_of=at.date())
            return Origin("list", "dry", stated.statement)
        except CallerError as error:
            problems += [
                replace(found, line=None, field=f"manifest.{found.field}" if found.field else "manifest")
                for found in error.problems
            ]
    return Origin("list", "dry", Statement(direct=False))
