"""Where people stand with us: how many in each phase, who they are, what they run out of, and why for each of them."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from gateway.becoming.counted import count_phases
from gateway.becoming.restating import find_restated
from gateway.clocks.calendar import day_of
from gateway.console.desk.charts import Bar
from gateway.console.desk.frame import translated
from gateway.console.desk.gate import page, read_number, shown
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.lifecycle.happenings import numbered
from gateway.lifecycle.standing import Stands, find_standing, names_of, page_reorders, page_standing, reorders_of
from gateway.person.links import desk_links
from gateway.policy.phases.rules import DO_NOT_CONTACT, KINDS_OF, PHASES, Lifecycle

PAGE = 50
SOON = 14  # days
RESTATED = 5
_PACE = phrase("how long something lasts, or how often it is bought")
PHASE_NAMES = {
    "prospect": "Prospect", "new": "New", "active": "Active", "loyal": "Loyal", "inactive": "Inactive",
    "lapsed": "Lapsed",
}  # fmt: skip
KIND_NAMES = {
    "short_term": "late", "long_term": "for long", "seasonal": "waits for its season",
    "win_back": "to be won back", DO_NOT_CONTACT: "not to be contacted",
}  # fmt: skip
WITHOUT_PURCHASE = (("prospect", None), ("lapsed", DO_NOT_CONTACT))
TONES = {"loyal": "prospect", "active": "prospect", "new": "prospect", "inactive": "hold", "lapsed": "rejection"}
WHAT = {
    "first_purchase": "Bought for the first time", "purchase": "Bought", "use": "Used", "contact": "We wrote or called",
    "reply": "Answered", "survey": "Answered a survey", "referral": "Sent somebody to us", "complaint": "Complained",
    "opt_out": "Asked us to stop", "return_visit": "Came to look again",
}  # fmt: skip


@page("GET", "/lifecycle", role="viewer")
def show() -> Response:
    """How many people are in each phase, in our words or in those of others."""
    rules, counts = services().policies.lifecycle, count_phases(services())
    view = request.args.get("as", "")
    if rules is not None and view and view not in rules.views:
        raise CallerError([Problem("unknown_view", "There is no such way to count people.", "as")], 404, "Not here")
    with reading(services().engine) as connection:
        today = day_of(services().clock.now(), services().settings.zone)
        soon = page_reorders(connection, today - timedelta(days=SOON), today + timedelta(days=SOON), limit=PAGE)
        keys = names_of(connection, [one.prospect_id for one in soon])
        restated = find_restated(connection, limit=RESTATED)
    found = [] if rules is None else _staged(rules, counts, view) if view else _bars(counts, bought=True)
    return shown(
        "lifecycle/show.html", here="lifecycle", found=found, view=view,
        others=_bars(counts, bought=False), rules=rules, soon=soon, keys=keys,
        people=sum(counts.values()), told=sum(count for (_, _, rule), count in counts.items() if rule),
        token=desk_links(services()).token, today=today,
        restated=[(one, _parts_in_words(one.body["restates"], rules)) for one in restated],
    )  # fmt: skip


def _parts_in_words(names: Sequence[str], rules: Lifecycle | None) -> list[tuple[str, str]]:
    """Rules by id and title, as far as they still stand; paces by the product's or segment's name."""
    titles = titles_of(rules)
    return [
        (name, translated(titles[name]) if name in titles else translated(_PACE) if name.startswith("pace ") else "")
        for name in names
    ]


@page("GET", "/lifecycle/people", role="viewer")
def people() -> Response:
    """Who is in a phase, and by which rule since when."""
    phase, kind, after = request.args.get("phase", ""), request.args.get("kind") or None, read_number("after") or 0
    if phase not in PHASES or (kind is not None and kind not in KINDS_OF.get(phase, ())):
        raise CallerError([Problem("unknown_phase", "There is no such phase.", "phase")], 404, "Not here")
    with reading(services().engine) as connection:
        found = page_standing(connection, phase, kind, after=after, limit=PAGE + 1)
        keys = names_of(connection, [one.prospect_id for one in found])
    titles = titles_of(services().policies.lifecycle)
    return shown(
        "lifecycle/people.html", here="lifecycle", found=found[:PAGE], keys=keys, titles=titles, phase=phase, kind=kind,
        after=after, more=found[PAGE - 1].prospect_id if len(found) > PAGE else None, names=PHASE_NAMES,
        kinds=KIND_NAMES, token=desk_links(services()).token,
    )  # fmt: skip


def titles_of(rules: Lifecycle | None) -> dict[str, str]:
    """What each rule says, by its id."""
    return {} if rules is None else {rule.id: rule.title for rule in rules.rules}


def told_of_phase(connection: Connection, prospect_id: int) -> dict[str, Any]:
    """For the person's page: where they stand and by which rule and events, what they did, what they run out of."""
    one: Stands | None = find_standing(connection, [prospect_id]).get(prospect_id)
    happened = numbered(connection, [prospect_id]).get(prospect_id, [])
    causes = set() if one is None else set(one.causes)
    rules = services().policies.lifecycle
    return {
        "stands": one, "title": None if one is None else titles_of(rules).get(one.rule),
        "because": [event for number, event in happened if number in causes],
        "happened": [event for _, event in happened][::-1][:PAGE], "more": max(0, len(happened) - PAGE),
        "runs_out": reorders_of(connection, [prospect_id]), "phases": PHASE_NAMES, "kinds": KIND_NAMES, "what": WHAT,
        "tone": None if one is None or rules is None else rules.cadence_of(one.phase, one.kind).tone,
    }  # fmt: skip


def _bars(counts: dict[tuple[str, str | None, str], int], *, bought: bool) -> list[Bar]:
    """Each on the scale of its own picture: a thousand times as many prospects would leave nothing to see of others."""
    found: Counter[tuple[str, str | None]] = Counter()
    for (phase, kind, _), count in counts.items():
        found[phase, kind] += count
    places = [(phase, kind) for phase in PHASES for kind in KINDS_OF.get(phase, (None,))]
    places = [place for place in places if (place in WITHOUT_PURCHASE) != bought]
    most = max((found[place] for place in places), default=0) or 1
    return [
        Bar(
            translated(PHASE_NAMES[phase]), found[phase, kind], found[phase, kind] / most,
            f"/desk/lifecycle/people?phase={phase}" + (f"&kind={kind}" if kind else ""), TONES.get(phase, ""),
            translated(KIND_NAMES[kind]) if kind else "",
        )
        for phase, kind in places
    ]  # fmt: skip


def _staged(rules: Lifecycle, counts: dict[tuple[str, str | None, str], int], view: str) -> list[Bar]:
    found: Counter[str] = Counter()
    for (phase, _, rule), count in counts.items():
        found[rules.stage_of(view, phase, rule) or ""] += count
    stages: Sequence[str] = [*dict.fromkeys(stage.name for stage in rules.views[view]), ""]
    most = max(found.values(), default=0) or 1
    named = [(stage, stage.capitalize() or phrase("In no stage: they left or lapsed")) for stage in stages]
    return [Bar(translated(words), found[stage], found[stage] / most) for stage, words in named]
