"""The preview of a file: how it would be read, its first rows, and what they would end as. Nothing is stored.

Made to be looked at before a manifest is finished: without one the rows are judged as those of a list of which nobody
says anything, and are held for it.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from gateway.db.work import reading
from gateway.domain.lead import Origin
from gateway.domain.outcome import Settled
from gateway.domain.problem import CallerError
from gateway.intake.arrival.kinds import kind_of
from gateway.intake.beforehand.opened import Brought, Opened, opened
from gateway.intake.columns.batch import to_batch
from gateway.intake.inspection import Record
from gateway.intake.readers.guesses import preview_encodings
from gateway.intake.readers.rows import read_records
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.seal import account
from gateway.outcomes.settle import rehearse
from gateway.pipeline import Services, judge
from gateway.policy.explain import explain

ROWS, MOST_ROWS = 10, 200
_LONGEST_CELL = 200  # characters of a cell that are shown
_DNS_SECONDS = 3.0  # somebody sits before it and waits


def preview(brought: Brought, services: Services, *, rows: int = ROWS) -> dict[str, Any]:
    """What there is to see of a file, part by part.

    Raises CallerError for a file that cannot be read, but for one whose encoding nobody can tell: then ``encodings``
    shows rows of it under each that is likely, for its uploader to choose.
    """
    try:
        with opened(replace(brought, ours=False), services) as found:
            rehearsal = Rehearsal()
            parts = [_part(one, services, rehearsal, rows) for one in found]
    except CallerError as error:
        codes = {problem.code for problem in error.problems}
        if codes != {"encoding_unknown"} or kind_of(brought.path) != "text":
            raise
        said: dict[str, Any] = {
            "encodings": [
                {"encoding": one.encoding, "rows": list(one.rows)} for one in preview_encodings(brought.path)
            ],
            "question": str(error.problems[0].message),
            "parts": [],
        }
    else:
        said = {"encodings": [], "question": None, "parts": parts}
    finally:
        if brought.ours:
            brought.path.unlink(missing_ok=True)
    return {"name": brought.name, "gaps": list(brought.manifest.gaps), **said}


def _part(one: Opened, services: Services, rehearsal: Rehearsal, rows: int) -> dict[str, Any]:
    found = one.found
    records = list(islice(read_records(one.text, found), rows))
    read_as = found.as_dict()
    wide = read_as.pop("wide")
    settled, shown = _judged(one, records, services, rehearsal)
    return {
        "part": one.label,
        "kind": found.made.kind,
        "encoding": found.encoding,
        "delimiter": found.delimiter,
        "headings_row": found.first_row - 1 if found.has_headings and found.made.shift == 0 else None,
        "read_as": read_as,
        "whole_list": wide,
        "rows": shown,
        "receipt": account(settled).as_dict(),
    }


def _judged(
    one: Opened, records: Sequence[Record], services: Services, rehearsal: Rehearsal
) -> tuple[Settled, list[dict[str, Any]]]:
    """What the first rows would end as, each with its reasons and the words for them."""
    as_of = services.clock.now()
    origin = Origin("list", "0", one.statement)
    judged = judge(
        to_batch(records, one.found, one.statement, origin, as_of), services, as_of, dns_seconds=_DNS_SECONDS
    )
    with reading(services.engine) as connection:
        settled = rehearse(*judged, connection, rehearsal, as_of=as_of)
    shown = []
    for index, (number, cells, problem) in enumerate(records):
        outcome, decision, extra = settled.outcomes[index], settled.decisions[index], settled.extra.get(index)
        last_look = (extra,) if extra else ()
        refusals = [] if outcome == "prospect" else [*last_look, *decision.refusals]
        told = explain(decision, services.policies, as_of=as_of, extra=last_look).findings
        words = {finding["reason"]: finding["message"] for finding in told}
        reasons = list(dict.fromkeys(finding.reason for finding in refusals))
        shown.append({
            "row": number,
            "cells": [_shown(cell) for cell in cells],
            "problem": problem,
            "outcome": outcome,
            "reasons": [{"reason": reason, "says": words.get(reason, "")} for reason in reasons],
        })  # fmt: skip
    return settled, shown


def _shown(cell: str) -> str:
    """A cell as JSON can carry it, cut where it is endless."""
    text = cell if len(cell) <= _LONGEST_CELL else cell[:_LONGEST_CELL] + "…"
    return text.encode("utf-8", "backslashreplace").decode()
