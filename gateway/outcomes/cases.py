"""Decisions kept once per distinct case; leads point at them."""

import json
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.domain.decision import Citation, Decision, Finding, SetAside, Verdict
from gateway.outcomes.tables import decisions as table

_SQLITE = f"SELECT name, id FROM {table.name} WHERE name IN (SELECT value FROM json_each(?))"  # noqa: S608 - our names
_POSTGRESQL = f"SELECT name, id FROM {table.name} WHERE name = ANY(?)"  # noqa: S608 - our names


def keep_decisions(work: UnitOfWork, decisions: list[Decision], as_of: datetime) -> dict[str, int]:
    """Store the cases not yet known, as judged at ``as_of``; the row number of each by the decision's id.

    One writer at a time.
    """
    wanted = {decision.id: decision for decision in decisions}
    found = _numbers(work.connection, list(wanted))
    fresh = [decision for name, decision in wanted.items() if name not in found]
    if fresh:
        last: int = work.connection.execute(select(table.c.id).order_by(table.c.id.desc()).limit(1)).scalar() or 0
        rows = []
        for number, decision in enumerate(fresh, last + 1):
            found[decision.id] = number
            rows.append((number, decision.id, decision.verdict, decision.policy_digest, as_json(decision)))
        names = ("id", "name", "verdict", "policy_digest", "body")
        work.insert_many(table, names, rows, same={"as_of": text_of(as_of)})
    return found


def _numbers(connection: Connection, names: list[str]) -> dict[str, int]:
    asked = (json.dumps(names),) if connection.dialect.name == "sqlite" else (names,)
    query = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    return {row[0]: row[1] for row in ask(connection, query, asked)}


def as_json(decision: Decision) -> str:
    """What is needed to show and to replay the case: findings with their citations, obligations, facts."""
    body: dict[str, Any] = {
        "findings": [_finding(finding) for finding in decision.findings],
        "obligations": list(decision.obligations),
        "facts": dict(decision.facts),
        "phone": decision.phone,
    }
    if decision.set_aside:
        body["set_aside"] = [
            {"override": one.override, "seconded": one.seconded, "finding": _finding(one.finding)}
            for one in decision.set_aside
        ]
    return json.dumps(body, ensure_ascii=False, default=str)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "reason": finding.reason,
        "verdict": finding.verdict,
        "title": finding.title,
        "cites": {"kind": finding.cites.kind, "text": finding.cites.text, "url": finding.cites.url},
        "params": dict(finding.params),
        "unknown": list(finding.unknown),
        "question": finding.question,
        "override_allowed": finding.override_allowed,
        "obligations": list(finding.obligations),
        "use": finding.use,
        "erases": finding.erases,
        "four_eyes": finding.four_eyes,
        "grants": finding.grants,
    }


def load_decision(connection: Connection, number: int) -> Decision:
    """A stored case as it was decided. Raises LookupError for a number that was never stored."""
    row = connection.execute(select(table).where(table.c.id == number)).one_or_none()
    if row is None:
        raise LookupError(f"no decision number {number}")
    return from_row(row)


def from_row(row: Any) -> Decision:
    """A Decision from a row of the decisions table."""
    return from_json(row.name, row.verdict, row.policy_digest, row.body)


def from_json(name: str, verdict: Verdict, policy_digest: str, text: str) -> Decision:
    """The way back from as_json, with what stands beside it."""
    body = orjson.loads(text)
    return Decision(
        id=name, verdict=verdict, findings=tuple(map(_found, body["findings"])), obligations=tuple(body["obligations"]),
        policy_digest=policy_digest, facts=dict(body["facts"]), phone=body.get("phone"),
        set_aside=tuple(
            SetAside(_found(one["finding"]), one["override"], one["seconded"]) for one in body.get("set_aside", ())
        ),
    )  # fmt: skip


def _found(f: dict[str, Any]) -> Finding:
    return Finding(
        rule=f["rule"], reason=f["reason"], verdict=f["verdict"], title=f["title"],
        cites=Citation(f["cites"]["kind"], f["cites"]["text"], f["cites"]["url"]),
        params=f["params"], unknown=tuple(f["unknown"]), question=f["question"],
        override_allowed=f["override_allowed"], obligations=tuple(f["obligations"]),
        # Older decisions know none of these.
        use=f.get("use", "lead"), erases=f.get("erases", False), four_eyes=f.get("four_eyes", False),
        grants=f.get("grants", False),
    )  # fmt: skip
