"""Which facts the rules ask, and where."""

from gateway.policy.conditions import Condition, facts_of
from gateway.policy.pack import PolicySet
from gateway.policy.rules import Spot


def asked_facts(policies: PolicySet) -> dict[str, list[tuple[str, Spot]]]:
    """Every fact that a rule or a pack asks, with who asks it and where."""
    found: dict[str, list[tuple[str, Spot]]] = {}

    def note(condition: Condition, who: str, spot: Spot) -> None:
        for name in facts_of(condition):
            found.setdefault(name, []).append((who, spot))

    for pack in policies.packs:
        if pack.applies_to is not None:
            note(pack.applies_to, pack.name, Spot(pack.spot.file, pack.lines.get("applies_to", pack.spot.line)))
        for rule in pack.rules:
            note(rule.condition, rule.id, rule.spot)
    return found
