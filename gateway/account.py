"""Why a lead ended as it did: the recorded decision in the words of the policies. Read, never changed."""

from typing import Any

from sqlalchemy import Connection

from gateway.db.base import text_of
from gateway.outcomes.cases import load_decision
from gateway.outcomes.view import find_decided, gate_findings
from gateway.policy.explain import explain
from gateway.policy.pack import PolicySet


def explain_lead(connection: Connection, policies: PolicySet, number: int) -> dict[str, Any] | None:
    """The decision on a lead in sentences, with law, facts, obligations, policy digest and as-of; None if no lead."""
    row = find_decided(connection, number)
    if row is None:
        return None
    decision = load_decision(connection, row.decision_id)
    told = explain(decision, policies, as_of=row.as_of, extra=gate_findings(row.extra)).as_dict()
    return {
        "lead": f"lead_{row.id}",
        "outcome": row.outcome,
        "duplicate_of": None if row.duplicate_of is None else f"lead_{row.duplicate_of}",
        "settled_at": text_of(row.settled_at),
        **told,
        "decision": decision.id,
        "policies": decision.policy_digest,
        "as_of": text_of(row.as_of),
    }
