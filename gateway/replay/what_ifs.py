"""A replay that somebody at the desk asked for: what is asked, what came of it, kept for a while to be looked at."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from gateway.db.work import UnitOfWork
from gateway.pipeline import Services
from gateway.policy.caserun import run_cases
from gateway.policy.compare import compare
from gateway.policy.errors import PolicyError
from gateway.policy.pack import PolicySet
from gateway.replay.again import Flip, Told, Window, replay
from gateway.replay.report import as_dict
from gateway.replay.tables import what_ifs
from gateway.replay.thresholds import read_threshold

KEPT = 100
"""Results kept; the oldest go when more are asked for."""
MOST_CHANGES, MOST_FAILURES, MOST_PLACES = 200, 50, 200  # told; nobody reads more on a page
MOST_LETTERS = 4_000  # of one sentence that somebody uploaded


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One question with its answer, as far as there is one."""

    number: int
    asked_at: datetime
    asked_by: str
    state: str  # running, done, failed
    about: dict[str, Any]
    result: dict[str, Any] | None


def begin(work: UnitOfWork, by: str, about: dict[str, Any]) -> int:
    """A question is asked; its number. The oldest go."""
    values = {"asked_at": work.at, "asked_by": by, "state": "running", "about": _json(about)}
    number: int = work.connection.execute(insert(what_ifs).values(values).returning(what_ifs.c.id)).scalar_one()
    oldest = select(what_ifs.c.id).order_by(what_ifs.c.id.desc()).offset(KEPT).limit(1).scalar_subquery()
    work.connection.execute(delete(what_ifs).where(what_ifs.c.id <= oldest))
    return number


def finish(work: UnitOfWork, number: int, result: dict[str, Any], *, failed: bool = False) -> None:
    """The answer to a question."""
    state = "failed" if failed else "done"
    found = update(what_ifs).where(what_ifs.c.id == number, what_ifs.c.state == "running")
    work.connection.execute(found.values(state=state, result=_json(result)))


def find(connection: Connection, number: int) -> WhatIf | None:
    """A question by its number; None where there is none, or none any more."""
    row = connection.execute(select(what_ifs).where(what_ifs.c.id == number)).one_or_none()
    return None if row is None else _read(row)


def find_last(connection: Connection, most: int = 10) -> list[WhatIf]:
    """The last ones, without what came of them."""
    columns = [column for column in what_ifs.c if column.name != "result"]
    return [_read(row) for row in connection.execute(select(*columns).order_by(what_ifs.c.id.desc()).limit(most))]


def answer(
    services: Services, policies: PolicySet, window: Window, bounds: Sequence[str], told: Told
) -> dict[str, Any]:
    """Who would flip under ``policies``, what they change of those in force, and which of our cases would fail."""
    found = replay(services, policies, window, told)
    thresholds = [read_threshold(text) for text in bounds]
    document = as_dict(found)
    for name in ("by_rule", "by_vendor", "by_month", "by_list"):
        document[f"{name}_left_out"] = max(0, len(document[name]) - MOST_PLACES)
        document[name] = document[name][:MOST_PLACES]
    for line in document["by_rule"]:
        flip = Flip(line["before"], line["after"])
        line["samples"] = [f"lead_{number}" for number in found.by_rule_samples.get((line["rule"], flip), [])]
    changes = compare(services.policies, policies)
    unsure = bool(thresholds) and (not found.decided or bool(found.not_derivable))
    return document | {
        "bounds": [
            {"text": bound.text, "crossed": bound.is_crossed(found), "leads": bound.count(found)}
            for bound in thresholds
        ],
        "vouched_for": not unsure,
        "changes": [_shortened(asdict(change)) for change in changes[:MOST_CHANGES]],
        "changes_in_all": len(changes),
        "tried": _tried(services.policies, policies),
        "not_yet_in_force": _later(policies, {change.name for change in changes}, window, services),
    }


def _later(policies: PolicySet, changed: set[str], window: Window, services: Services) -> list[dict[str, str]]:
    """Changed rules that decided nothing because they come into force after the window."""
    last = window.in_force_on or services.clock.now().date()
    return [
        {"rule": rule.id, "from": rule.in_force_from.isoformat()}
        for rule in policies.rules if rule.id in changed and rule.in_force_from > last
    ]  # fmt: skip


def _tried(ours: PolicySet, policies: PolicySet) -> dict[str, Any]:
    """The cases of the packs in force, judged by the packs that are tried: which fail that did not before."""
    cases, failed, problems = 0, list[dict[str, Any]](), list[str]()
    for folder in ours.folders:
        before = {(one.file, one.line) for one in run_cases(ours, folder).failures}
        try:
            report = run_cases(policies, folder)
        except PolicyError as error:  # a case names a rule that is gone
            problems += error.problems[:MOST_FAILURES]
            continue
        cases += report.cases
        failed += [
            {"sentence": one.example.sentence,
             "differs": [{"expected": found.expected, "got": found.got} for found in one.failures]}
            for one in report.tried
            if one.failures and (one.failures[0].file, one.failures[0].line) not in before
        ]  # fmt: skip
    told = [_shortened(one) for one in failed[:MOST_FAILURES]]
    return {"cases": cases, "failed": len(failed), "failures": told, "problems": problems}


def _shortened(value: Any) -> Any:
    """Without the megabyte that somebody wrote where a sentence should be."""
    if isinstance(value, str):
        return value if len(value) <= MOST_LETTERS else value[:MOST_LETTERS] + " ..."
    if isinstance(value, dict):
        return {key: _shortened(inner) for key, inner in value.items()}
    return [_shortened(inner) for inner in value] if isinstance(value, list | tuple) else value


def _read(row: Any) -> WhatIf:
    result = getattr(row, "result", None)
    about = json.loads(row.about)
    return WhatIf(row.id, row.asked_at, row.asked_by, row.state, about, None if result is None else json.loads(result))


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
