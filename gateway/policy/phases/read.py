"""Reads ``lifecycle.yaml`` as strictly as a pack: ours, then the company's, which replaces what it names."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from gateway.domain.deadline import Span
from gateway.domain.deadline import read_span as spelt
from gateway.domain.happening import STOPPED
from gateway.policy.entries import read_review
from gateway.policy.form import Form, shown
from gateway.policy.phases.rules import (
    DEFAULT,
    DO_NOT_CONTACT,
    KINDS_OF,
    PHASES,
    WITHDRAWN,
    Cadence,
    Lifecycle,
    Pace,
    PhaseRule,
    Stage,
    Stopped,
    fold,
)
from gateway.policy.phases.when import read_long, read_when
from gateway.policy.rules import Spot

_RULE_ID = re.compile(r"[A-Z][A-Z0-9]{0,9}-[0-9]{2,3}")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
MOST_DAYS = 3_660
EVER = date(1900, 1, 1)
_SECTIONS = ("paces", "rules", "cadence", "views")


@dataclass(slots=True)
class Found:
    """What the files read so far say."""

    paces: dict[str, Pace] = field(default_factory=dict)
    rules: dict[str, PhaseRule] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    cadences: dict[tuple[str, str | None], Cadence] = field(default_factory=dict)
    views: dict[str, tuple[Stage, ...]] = field(default_factory=dict)
    own_gaps: float = 2.0
    said: list[Any] = field(default_factory=list)  # for the digest
    last: Form | None = None


def read_lifecycle(form: Form, found: Found) -> None:
    """Read one file into what the files before it said."""
    form.only("lifecycle", "title", "reviewed", "usual_weighs_like", *_SECTIONS)
    form.text("lifecycle")
    form.text("title")
    read_review(form)
    if form.has("usual_weighs_like"):
        found.own_gaps = float(_whole(form, "usual_weighs_like", 0, 100))
    readers = (_read_pace, _read_rule, _read_cadence, _read_view)
    for section, read in zip(_SECTIONS, readers, strict=True):
        named = set[Any]()
        for one in _items(form, section):
            key = read(one, found)
            if key in named:
                one.complain("it stands here twice")
            named.add(key)
    found.said.append({name: form.data.get(name) for name in ("usual_weighs_like", "paces", "rules")})
    found.last = form


def finish(found: Found) -> Lifecycle | None:
    """The files together, once all are read; None where there is none, or after complaints."""
    form = found.last
    if form is None:
        return None
    before = len(form.complaints)
    rules = tuple(found.rules[name] for name in found.order)
    _check_rules(form, rules)
    if DEFAULT not in found.paces:
        form.complain(f"no pace is called {DEFAULT}, for what none of the others names", "paces")
    for phase in PHASES:
        if (phase, None) not in found.cadences and any(
            (phase, k) not in found.cadences for k in KINDS_OF.get(phase, ("",))
        ):
            form.complain(f"nothing says how often people may be contacted who are {phase}", "cadence")
    for view, stages in found.views.items():
        for unknown in {rule for stage in stages for rule in stage.rules} - found.rules.keys():
            form.complain(
                f"the view {view} names {unknown}, which is no rule", "views", word=unknown, options=found.rules
            )
    if len(form.complaints) > before or form.complaints:
        return None
    text = json.dumps(found.said, sort_keys=True, default=date.isoformat, ensure_ascii=False)
    return Lifecycle(
        found.paces, rules, found.cadences, found.views, found.own_gaps, sha256(text.encode()).hexdigest()[:16]
    )


def _check_rules(form: Form, rules: Sequence[PhaseRule]) -> None:
    """What no owner may change: who said stop is left alone, and everybody stands somewhere."""
    stops = [rule for rule in rules if rule.kind == DO_NOT_CONTACT]
    causes = frozenset[str]().union(*(rule.when.causes for rule in stops if isinstance(rule.when, Stopped)))
    needed = STOPPED | {WITHDRAWN}
    if not needed <= causes:
        form.complain(f"a rule must make do_not_contact of {', '.join(sorted(needed - causes))}", "rules")
    for rule in stops:
        if not isinstance(rule.when, Stopped):
            form.complain(f"{rule.id}: only a stop makes do_not_contact; write stopped: [...]", "rules")
        if rule.until_on is not None or rule.from_on > EVER:
            form.complain(f"{rule.id}: that a stop is heeded has no beginning and no end; from 1900-01-01", "rules")
    firsts = rules[: len(stops)]
    if any(rule.kind != DO_NOT_CONTACT for rule in firsts):
        form.complain("the rules of do_not_contact come first; nothing is stronger", "rules")
    for rule in rules[:-1]:
        if rule.when is None:
            form.complain(f"{rule.id} has no when, so that no rule after it could speak", "rules")
    if not rules or rules[-1].when is not None or rules[-1].until_on or rules[-1].from_on > EVER:
        form.complain(
            "the last rule has no when and holds from 1900-01-01 for ever: everybody stands somewhere", "rules"
        )


def _items(form: Form, key: str) -> Iterator[Form]:
    written = form.data.get(key)
    if written is None:
        return
    if not isinstance(written, list) or not written:
        form.complain("expected a list of one or more", key)
        return
    for number in range(len(written)):
        yield Form(form.document, (*form.path, key, number), form.complaints)


def _read_pace(form: Form, found: Found) -> str:
    form.only("pace", "of", "lasts", "by_quantity", "season", "remind_before", "because", "off")
    name = _name(form, "pace")
    if _is_off(form):
        found.paces.pop(name, None)
        return name
    form.text("because")
    of = frozenset(fold(word) for word in form.words("of"))
    if name != DEFAULT and not of:
        form.complain("name the products or segments it is of", "of")
    taken = {word: pace.name for pace in found.paces.values() if pace.name != name for word in pace.of}
    for word in sorted(of & taken.keys()):
        form.complain(f"{word!r} stands already in the pace {taken[word]}", "of")
    season = form.words("season", MONTHS, kind="month")
    if len(season) == len(MONTHS):
        form.complain("a season of all months is none; leave it out", "season")
    found.paces[name] = Pace(
        name, of, _days(form, "lasts", 1), form.has("by_quantity") and form.flag("by_quantity"),
        frozenset(MONTHS.index(month) + 1 for month in season if month in MONTHS),
        _days(form, "remind_before", 0) if form.has("remind_before") else 7,
    )  # fmt: skip
    return name


def _read_rule(form: Form, found: Found) -> str:
    form.only("id", "title", "phase", "kind", "when", "in_force", "because", "before", "off")
    name = form.text("id")
    if name and not _RULE_ID.fullmatch(name):
        form.complain(f"{name!r} is no id; write LC-20", "id")
    if _is_off(form):
        found.rules.pop(name, None)
        found.order = [one for one in found.order if one != name]
        return name
    title, phase = form.text("title"), form.choice("phase", PHASES)
    kind = form.choice("kind", KINDS_OF[phase]) if phase in KINDS_OF else None
    if kind is None and form.has("kind"):
        form.complain(f"{phase} has no kinds", "kind")
    when = None if not form.has("when") else read_when(Form(form.document, (*form.path, "when"), form.complaints))
    force = form.below("in_force")
    from_on = until_on = None
    if force is not None:
        force.only("from", "until")
        from_on, until_on = force.day("from"), force.day("until", needed=False)
        if from_on and until_on and until_on < from_on:
            force.complain("it ends before it begins", "until")
    spot = Spot(form.document.name, form.line())
    found.rules[name] = PhaseRule(name, title, phase, kind, when, _since(from_on), until_on, spot)
    _place(form, found, name)
    return name


def _since(day: date | None) -> date:
    """The first day a file may name stands for all before it."""
    return date.min if day is None or day == EVER else day


def _place(form: Form, found: Found, name: str) -> None:
    """Where the rule stands among the others: where it stood, before another, or behind those read so far."""
    before = form.text("before", needed=False)
    if before and before not in found.order:
        form.complain(f"{before!r} is no rule", "before", word=before, options=found.order)
    elif before:
        rest = [one for one in found.order if one != name]
        at = rest.index(before) if before in rest else len(rest)
        found.order = [*rest[:at], name, *rest[at:]]
    elif name not in found.order:
        found.order.append(name)


def _read_cadence(form: Form, found: Found) -> tuple[str, str | None]:
    form.only("phase", "kind", "never", "times", "within", "apart", "tone", "give_up_after", "because")
    phase = form.choice("phase", PHASES)
    kind = form.choice("kind", KINDS_OF[phase]) if phase in KINDS_OF and form.has("kind") else None
    if kind is None and form.has("kind"):
        form.complain(f"{phase} has no kinds", "kind")
    because = form.text("because")
    if form.has("never"):
        if not form.flag("never") or form.data.keys() & {"times", "within", "apart", "tone", "give_up_after"}:
            form.complain("write never: true alone, or leave it out and say how often", "never")
        one = Cadence(phase, kind, 0, Span(1, "day"), 0, "", because)
    else:
        within = read_long(form, "within", periods=False)
        one = Cadence(
            phase, kind, _whole(form, "times", 1, 1000), within.span or Span(1, "day"), _days(form, "apart", 0),
            form.text("tone"), because, _whole(form, "give_up_after", 1, 1000) if form.has("give_up_after") else None,
        )  # fmt: skip
        if kind == DO_NOT_CONTACT:
            form.complain("people who said stop are never contacted", "times")
    found.cadences[phase, kind] = one
    return phase, kind


def _read_view(form: Form, found: Found) -> str:
    form.only("view", "title", "stages")
    name = _name(form, "view")
    form.text("title")
    stages, taken = [], set[str]()
    for one in _items(form, "stages"):
        one.only("stage", "phases", "rules")
        phases = one.words("phases", PHASES, kind="phase")
        if taken & set(phases):
            one.complain("a phase stands in two stages", "phases")
        taken |= set(phases)
        stages.append(Stage(one.text("stage"), frozenset(phases), frozenset(one.words("rules"))))
    if not stages:
        form.complain("a view needs its stages", "stages")
    found.views[name] = tuple(stages)
    return name


def _name(form: Form, key: str) -> str:
    name = form.text(key)
    if name and not _NAME.fullmatch(name):
        form.complain("names are words in small letters", key)
    return name


def _is_off(form: Form) -> bool:
    if not form.has("off"):
        return False
    if not form.flag("off") or len(form.data) > 2:  # noqa: PLR2004 - its name and this
        form.complain("write off: true alone beside the name", "off")
    return True


def _whole(form: Form, key: str, least: int, most: int) -> int:
    value = form.data.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        form.complain(f"expected a whole number from {least} to {most}, got {shown(value)}", key)
        return least
    return value


def _days(form: Form, key: str, least: int) -> int:
    """``30 days``, as a number of days."""
    value = form.data.get(key)
    span = spelt(value) if isinstance(value, str) else None
    days = 0 if value == "0 days" else span.count if span and span.unit == "day" else None
    if days is None or not least <= days <= MOST_DAYS:
        form.complain(f"expected from {least} to {MOST_DAYS} days, such as 30 days, got {shown(value)}", key)
        return 1
    return days
