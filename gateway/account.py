"""Why a lead ended as it did: the recorded decision in the words of the policies. Read, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from gateway.certificates.uses import find_spread
from gateway.db.base import text_of
from gateway.domain.decision import Decision
from gateway.domain.ports import BOUNCE
from gateway.domain.stops import merged
from gateway.lifecycle.store import find_withdrawal
from gateway.outcomes.cases import load_decision
from gateway.outcomes.origins import find_seller, origins_of_leads
from gateway.outcomes.view import find_decided, gate_findings
from gateway.pipeline import Services
from gateway.policy.errors import PolicyError
from gateway.policy.explain import explain
from gateway.policy.pack import PolicySet
from gateway.policy.words import ended
from gateway.screening.address.syntax import normalise
from gateway.suppression.book import find
from gateway.suppression.hashes import find_hashed
from gateway.vendors.book import history


def explain_lead(connection: Connection, services: Services, number: int) -> dict[str, Any] | None:
    """The decision on a lead in sentences, with law, facts, obligations, policy digest and as-of; None if no lead.

    Told in the words of the policies that decided, also when they are gone from disk.
    """
    row = find_decided(connection, number)
    if row is None:
        return None
    decision = load_decision(connection, row.decision_id)
    policies = _policies(services, connection, decision) or services.policies
    extra = gate_findings(row.extra)
    standing = told_of_vendor(connection, find_seller(connection, row.id), decision, row.settled_at)
    when = _told_on(connection, row) | standing | _told_of_certificate(connection, row, decision)
    told = explain(decision, policies, as_of=row.as_of, extra=extra, told=when).as_dict()
    left = find_withdrawal(connection, row.match_key, row.id) if row.outcome == "prospect" and row.match_key else None
    told["sentences"] = [*_since(left), *told["sentences"], *_basis(decision, text_of(row.as_of))]
    return {
        "lead": f"lead_{row.id}",
        "outcome": row.outcome,
        "withdrawn": None if left is None else {"at": text_of(left[0]), "cause": left[1]},
        "duplicate_of": None if row.duplicate_of is None else f"lead_{row.duplicate_of}",
        "settled_at": text_of(row.settled_at),
        **told,
        "decision": decision.id,
        "policies": decision.policy_digest,
        "as_of": text_of(row.as_of),
    }


def _told_on(connection: Connection, row: Any) -> dict[str, str]:
    """When and how we were first told not to write to a lead's person, of the orders that cover the lead."""
    if row.match_key is None or row.outcome == "prospect":
        return {}
    key, typed = bytes(row.match_key), row.address
    orders = merged(
        find(connection, [key]), find_hashed(connection, [(key, typed, normalise(typed).normalised if typed else None)])
    )
    name, brand = origins_of_leads(connection, [row.id])[row.id]
    mine = [order for order in orders.get(key, ()) if order.covers(name, brand)]
    if not mine:
        return {}
    first = min(mine, key=lambda order: (order.cause == BOUNCE, order.received_at))
    how = first.cause.replace("_", " ") + (f", known by the {first.known_by}" if first.known_by else "")
    return {"told_on": f"on {first.received_at.day} {first.received_at:%B %Y} ({how})"}


def _told_of_certificate(connection: Connection, row: Any, decision: Decision) -> dict[str, str]:
    """With how many leads the lead's certificate came by now, of how many lists, forms and vendors."""
    if row.match_key is None or decision.facts.get("consent.certificate_reuse") in {None, "none"}:
        return {}
    spread = find_spread(connection, bytes(row.match_key), row.id)
    return {} if spread is None else {"certificate_uses": f"by now {spread}"}


def told_of_vendor(connection: Connection, vendor: str | None, decision: Decision, until: datetime) -> dict[str, str]:
    """Why the vendor stood as this decision has it: the reason that was given then, figures and all.

    ``until``: when the lead was settled. What was said of the vendor later is not why.
    """
    judged = decision.facts.get("source.vendor_standing")
    if vendor is None or judged not in {"probation", "suspended"}:
        return {}
    said = [one for one in history(connection, vendor) if one.standing == judged and one.at <= until]
    return {"vendor_standing": ended(said[-1].why)} if said else {}


def _policies(services: Services, connection: Connection, decision: Decision) -> PolicySet | None:
    """The policies that decided; None where what was kept cannot be read any more: today's then tell it."""
    try:
        return services.policies_of(connection, decision.policy_digest)
    except PolicyError:
        return None


def _since(left: tuple[datetime, str] | None) -> list[str]:
    """What happened to a prospect after it was one; said first, because it undoes the rest."""
    if left is None:
        return []
    when, why = f"{left[0]:%d %B %Y}", left[1].replace("_", " ")
    return [f"Withdrawn on {when} ({why}): nothing may be sent to this person any more. Before that:"]


def _basis(decision: Decision, as_of: str) -> list[str]:
    """Under which country's rules, and which decision of which policies this was."""
    country, known_from = decision.facts.get("person.country"), decision.facts.get("person.country_from")
    judged = f"Judged as a person in {country}" if country else "Judged without knowing the person's country"
    if known_from == "default":
        judged += ", the default for leads from nowhere in particular"
    return [f"{judged}. Decision {decision.id}, policies {decision.policy_digest[:12]}, as of {as_of}."]
