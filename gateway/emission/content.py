"""What goes along with each prospect: who it is, on what basis, for what, what must be done by when, and the proof."""

from collections.abc import Mapping
from typing import Any

from gateway.emission.book import FIELDS, Destination
from gateway.outcomes.prospects import Looked

BASIS = {
    "legal_basis": "source.legal_basis", "consent": "consent.status", "given_to_us": "consent.given_to_us",
    "confirmed": "consent.is_confirmed", "collected": "source.method", "direct": "source.is_direct",
}  # fmt: skip
"""What the decision rests on, and the fact that says so."""
ALWAYS = (
    "lead", "decision", "since", "phone_use", "purposes", "not_for", "obligations", "first_due_on", "list_unsubscribe",
    "list_unsubscribe_post",
)  # fmt: skip


def content_of(
    looked: Looked, here: Destination, origin: tuple[str, str | None] | None, home: str
) -> dict[str, Any] | None:
    """What this receiver is told of somebody who may be written to; None for whoever may not.

    ``home``: how people reach us; without it the proof is named and has no address.
    """
    row = looked.row
    if row is None:
        return None
    told = {name: row["state" if name == "phase" else name] for name in FIELDS if name in here.terms.fields}
    told |= {name: row[name] for name in ALWAYS}
    told["basis"] = {name: _said(looked.case.facts, fact) for name, fact in BASIS.items()}
    told["scope"] = {
        "source": origin[0] if origin else None, "brand": origin[1] if origin else None,
        "purposes": row["purposes"], "not_for": row["not_for"],
    }  # fmt: skip
    told["evidence"] = f"{home}/v1/leads/{row['lead']}/decision" if home else f"/v1/leads/{row['lead']}/decision"
    return told


def _said(facts: Mapping[str, Any], name: str) -> Any:
    """The recorded answer; None where it was not recorded or is not known."""
    answer = facts.get(name)
    return answer if isinstance(answer, (bool, str)) else None
