"""How many people stand where, in our own words or in those of others; and where one person stood on a day."""

from collections import Counter
from datetime import datetime
from typing import Any

from gateway.becoming.contactable import rules_of
from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.lifecycle import history
from gateway.lifecycle.history import Change
from gateway.lifecycle.standing import count_people, count_standing
from gateway.pipeline import Services
from gateway.policy.phases.rules import DO_NOT_CONTACT, KINDS_OF, PHASES, Lifecycle

OUTSIDE = "outside"
"""Of people who are in no stage of another vocabulary."""


def count_phases(services: Services) -> dict[tuple[str, str | None, str], int]:
    """How many people stand where by which rule; a prospect to whom nothing happened by none."""
    with reading(services.engine, snapshot=True) as connection:
        counts = count_standing(connection)
        people, left = count_people(connection)
    found = Counter({key: count for key, count in counts.items() if key[1] != DO_NOT_CONTACT})
    found["prospect", None, ""] += max(0, people - left - found.total())
    found["lapsed", DO_NOT_CONTACT, ""] += left
    return dict(found)


def tell_counts(services: Services, view: str | None = None) -> list[dict[str, Any]]:
    """The same as lines: of our phases and kinds, or of the stages of a view. Raises CallerError for no view."""
    rules, counts = rules_of(services), count_phases(services)
    if view is not None:
        return _staged(rules, counts, view)
    places = [(phase, kind) for phase in PHASES for kind in KINDS_OF.get(phase, (None,))]
    found: Counter[tuple[str, str | None]] = Counter()
    for (phase, kind, _), count in counts.items():
        found[phase, kind] += count
    return [{"phase": phase, "kind": kind, "people": found[phase, kind]} for phase, kind in places]


def _seen_as(rules: Lifecycle, view: str) -> Lifecycle:
    """The rules, which have this view. Raises CallerError."""
    if view not in rules.views:
        message = f"there is no view {view[:40]!r}; there are {', '.join(rules.views)}"
        raise CallerError([Problem("unknown_view", message, "as")])
    return rules


def _staged(rules: Lifecycle, counts: dict[tuple[str, str | None, str], int], view: str) -> list[dict[str, Any]]:
    _seen_as(rules, view)
    found: Counter[str] = Counter()
    for (phase, _, rule), count in counts.items():
        found[rules.stage_of(view, phase, rule) or OUTSIDE] += count
    stages = [*dict.fromkeys(stage.name for stage in rules.views[view]), OUTSIDE]
    return [{"stage": stage, "people": found[stage]} for stage in stages]


def history_of(
    services: Services, prospect_id: int, *, known_by: datetime | None = None, view: str | None = None
) -> list[dict[str, Any]]:
    """Where somebody stood from when on, as it was known by an instant; with the stage of a view where one is named.

    Raises CallerError for no view.
    """
    rules = None if view is None else _seen_as(rules_of(services), view)
    with reading(services.engine) as connection:
        changes = history.changes_of(connection, [prospect_id]).get(prospect_id, [])
    told = [_told(one) for one in history.timeline(changes, known_by)]
    if rules is not None and view is not None:
        for one in told:
            one["stage"] = rules.stage_of(view, one["phase"], one["rule"] or "") or OUTSIDE
    return told


def _told(one: Change) -> dict[str, Any]:
    return {
        "at": text_of(one.at), "phase": one.phase, "kind": one.kind, "rule": one.rule, "cause": one.cause,
        "events": list(one.causes), "known_at": text_of(one.known),
    }  # fmt: skip
