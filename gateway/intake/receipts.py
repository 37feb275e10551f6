"""Lists and runs as they are shown: state, receipt, rows with their reasons. Read, never changed."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.decision import Decision
from gateway.domain.problem import CallerError, Problem
from gateway.intake.tables import lists, runs
from gateway.outcomes.cases import load_decision
from gateway.outcomes.origins import ranges_of_run
from gateway.outcomes.view import count_outcomes, gate_findings, rows_of_leads
from gateway.pipeline import Services
from gateway.policy.explain import explain


def view_lists(services: Services, *, limit: int = 100, before: int | None = None) -> list[dict[str, Any]]:
    """Lists with their latest run, newest first."""
    with reading(services.engine) as connection:
        query = select(lists).order_by(lists.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(lists.c.id < before)
        return [_view(connection, row) for row in connection.execute(query)]


def view_list(services: Services, list_id: int) -> dict[str, Any] | None:
    """One list: its file, how it was read, its latest run's state and receipt; None if there is none."""
    with reading(services.engine) as connection:
        row = connection.execute(select(lists).where(lists.c.id == list_id)).one_or_none()
        return None if row is None else _view(connection, row)


def _view(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    run = connection.execute(
        select(runs).where(runs.c.list_id == row.id).order_by(runs.c.id.desc()).limit(1)
    ).one_or_none()
    found = json.loads(row.inspection) if row.inspection else None
    return {
        "list": f"list_{row.id}",
        "name": row.name,
        "state": "waiting_for_file" if run is None else run.state,
        "file": None if row.file_name is None else {
            "name": row.file_name, "bytes": row.file_bytes, "sha256": row.file_digest,
        },
        "read_as": found,
        "created_at": text_of(row.created_at),
        "created_by": row.created_by,
        "run": None if run is None else view_run(run),
        "now": None if run is None else count_outcomes(connection, ranges_of_run(connection, str(run.id))),
    }  # fmt: skip


def view_run(run: Row[Any], *, repeated: bool = False) -> dict[str, Any]:
    """The receipt of a run, as far as it has come."""
    receipt: dict[str, Any] = {
        "list": f"list_{run.list_id}",
        "run": f"run_{run.id}",
        "state": run.state,
        "erased": 0,  # receipts of older runs do not say
        **json.loads(run.receipt),
        "seconds": round(run.milliseconds / 1000, 3),
        "as_of": text_of(run.as_of),
    }
    if run.error:
        receipt["error"] = run.error
    if repeated:
        receipt["repeated"] = True
    return receipt


def load_run(connection: Connection, run_id: int) -> Row[Any]:
    """The run's row. Raises LookupError."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise LookupError(f"there is no run_{run_id}")
    return row


def list_rows(services: Services, list_id: int, *, outcome: str | None = None) -> tuple[list[str], Iterator[list[str]]]:
    """Headings and rows of a list's latest run: row number, outcome, reasons and remedy, then the original columns."""
    with reading(services.engine) as connection:
        row = connection.execute(select(lists).where(lists.c.id == list_id)).one_or_none()
        if row is None:
            raise CallerError([Problem("unknown_list", f"there is no list_{list_id}", field="list")], status=404)
        run = connection.execute(
            select(runs.c.id).where(runs.c.list_id == list_id).order_by(runs.c.id.desc()).limit(1)
        ).scalar()
    header = list(json.loads(row.inspection)["headings"]) if row.inspection else []
    headings = ["row", "outcome", "reasons", "explanation", "remedy", "lead", "duplicate_of", *header]
    return headings, _rows(services, run, outcome, len(header))


def _rows(services: Services, run: int | None, outcome: str | None, width: int) -> Iterator[list[str]]:
    if run is None:
        return
    told: dict[tuple[int, str | None], tuple[str, str, str]] = {}
    with reading(services.engine) as connection:
        ranges = sorted(ranges_of_run(connection, str(run)))
    for lead in rows_of_leads(services.engine, ranges, outcome):
        case = (lead.decision_id, lead.extra)
        if case not in told:
            with reading(services.engine) as connection:
                decision = load_decision(connection, lead.decision_id)
            told[case] = _wording(services, decision, lead.extra)
        refused = lead.outcome != "prospect"
        kept = json.loads(lead.as_arrived)
        cells = kept if isinstance(kept, list) else []  # of an erased row there are none
        yield [
            str(lead.number), lead.outcome, *(told[case] if refused else ("", "", "")), f"lead_{lead.id}",
            f"lead_{lead.duplicate_of}" if lead.duplicate_of else "",
            *(str(cell) for cell in cells), *([""] * (width - len(cells))),
        ]  # fmt: skip


def _wording(services: Services, decision: Decision, extra: str | None) -> tuple[str, str, str]:
    """Reason codes, what they mean and what would mend them, in the vendor's wording."""
    last_look = gate_findings(extra)
    told = explain(decision, services.policies, as_of=services.clock.now(), audience="vendor", extra=last_look).findings
    codes = [finding.reason for finding in (*last_look, *decision.refusals)]
    texts = [finding["message"] for finding in told]
    # "The row could not be read" helps nobody who is not told why; these facts are about the row, not the person.
    why = [str(decision.facts[name]) for name in ("row.problem", "address.problem") if decision.facts.get(name)]
    texts += [f"({problem.replace('_', ' ')})" for problem in why if problem != "none"]
    remedies = [finding["remedy"] for finding in told if finding["remedy"]]
    return tuple(sep.join(dict.fromkeys(parts)) for sep, parts in ((";", codes), (" ", texts), (" ", remedies)))  # type: ignore[return-value]
