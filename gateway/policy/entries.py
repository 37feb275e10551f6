"""Reads the entries of policy files: reasons, obligations, packs and their rules, each checked against the others.

Forms are described in rules.py, conditions.py and reasons.py. No file is opened here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from gateway.domain.deadline import CALENDARS, EVENTS, Clause, Deadline, Event, read_span
from gateway.domain.decision import Citation, Use
from gateway.policy.conditions import All, Condition, read_condition
from gateway.policy.errors import Complaint
from gateway.policy.form import Form
from gateway.policy.reading import Document
from gateway.policy.reasons import FACT_UNKNOWN, PARAMS, PLACEHOLDER, Obligation, Reason
from gateway.policy.rules import CITED, OVERRIDES, QUESTIONS, SEVERITIES, USES, VERDICTS, Pack, Rule, Spot

_RULE_ID = re.compile(r"[A-Z][A-Z0-9]{0,9}-([0-9]{2,3}|[A-Z]{2})")
_OBLIGATION_ID = re.compile(r"OB-[A-Z]{0,2}[0-9]{1,3}")
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_GATE = "GATE-"  # the gateway's own findings
_RULE_KEYS = (
    "id", "title", "cites", "in_force", "verified_on", "severity", "officer", "when", "then", "reason", "obligations",
    "override", "question", "if_unknown", "unknown_reason", "grants", "unverified", "again_by", "use", "judged_at",
    "erases",
)  # fmt: skip


@dataclass(slots=True)
class Entries:
    """What was read so far. A name that comes twice, in whatever file, is a complaint."""

    complaints: list[Complaint] = field(default_factory=list)
    packs: list[Pack] = field(default_factory=list)
    reasons: dict[str, Reason] = field(default_factory=dict)
    obligations: dict[str, Obligation] = field(default_factory=dict)
    _spots: dict[tuple[str, str], Spot] = field(default_factory=dict)

    def read_each(self, document: Document, read: Callable[[Form, str], None]) -> None:
        """Read a file of named entries."""
        form = Form(document, (), self.complaints)
        for code in form.data:
            if not _CODE.fullmatch(code):
                form.complain("codes are words in small letters joined by _", code)
            read(Form(document, (code,), self.complaints), code)

    def _first(self, kind: str, name: str, form: Form, *path: str | int) -> Spot:
        """Where a name stands; complains if it stood elsewhere before."""
        spot = Spot(form.document.name, form.line(*path))
        first = self._spots.setdefault((kind, name), spot)
        if first is not spot and name:
            form.complain(f"the {kind} {name} stands already at {first}", *path)
        return spot

    def read_reason(self, form: Form, code: str) -> None:
        """One entry of reasons.yaml."""
        form.only("person", "vendor", "officer", "remedy")
        reason = Reason(
            code, form.text_or_null("person"), form.text_or_null("vendor"), form.text("officer"),
            form.text_or_null("remedy"), self._first("reason", code, form),
        )  # fmt: skip
        for key in ("person", "vendor", "officer", "remedy"):
            for name in PLACEHOLDER.findall(str(form.data.get(key))):
                if name not in PARAMS:
                    form.complain(f"{{{name}}} stands for nothing", key, word=name, options=PARAMS)
        self.reasons[code] = reason

    def read_obligation(self, form: Form, code: str) -> None:
        """One entry of obligations.yaml."""
        form.only("id", "title", "cites", "officer", "when", "waived", "deadline", "unverified")
        number = form.text("id")
        if number and not _OBLIGATION_ID.fullmatch(number):
            form.complain(f"{number!r} is no id; write OB-07", "id")
        self._first("obligation id", number, form, "id")
        self.obligations[code] = Obligation(
            code, number, form.text("title"), _citation(form), form.text("officer"),
            self._first("obligation", code, form), form.text("when", needed=False), form.text("waived", needed=False),
            _deadline(form) if form.has("deadline") else None, form.text("unverified", needed=False),
        )  # fmt: skip

    def read_pack(self, document: Document) -> None:
        """One regime's file."""
        form = Form(document, (), self.complaints)
        form.only("pack", "title", "version", "reviewed", "grants", "applies_to", "use", "rules")
        name = form.text("pack")
        if name and name != Path(document.name).stem:
            form.complain(f"the pack {name!r} must lie in {name}.yaml", "pack")
        spot = self._first("pack", name, form, "pack")
        grants = form.flag("grants")
        defaults = _Defaults(grants, form.choice("use", USES, default="lead"), _review_again(form))
        rules = form.data.get("rules")
        if not isinstance(rules, list) or not rules:
            form.complain("expected a list of one or more rules", "rules")
            rules = []
        made = [self._rule(Form(document, ("rules", n), self.complaints), defaults) for n in range(len(rules))]
        whom = _condition(form, "applies_to") if form.has("applies_to") else None
        by, on, again_by = read_review(form)
        self.packs.append(
            Pack(
                name, form.text("title"), form.text("version"), by, on, again_by, grants, whom,
                tuple(rule for rule in made if rule is not None), spot, {key: form.line(key) for key in form.data},
            )
        )  # fmt: skip

    def _rule(self, form: Form, pack: "_Defaults") -> Rule | None:
        before = len(self.complaints)
        form.only(*_RULE_KEYS)
        name = form.text("id")
        if name and (not _RULE_ID.fullmatch(name) or name.startswith(_GATE)):
            form.complain(f"{name!r} is no rule id; write REGIME-NN such as CS-01 (GATE is the gateway's own)", "id")
        spot = self._first("rule", name, form, *(["id"] if "id" in form.data else []))
        since, until = _in_force(form)
        then = form.choice("then", VERDICTS)
        when = _condition(form, "when")
        use = form.choice("use", USES, default=pack.use)
        override = form.choice("override", OVERRIDES, default="allowed")
        cites = _citation(form)
        # The house and mail services give nobody a ground to write, whatever a pack says of itself.
        grants = pack.grants and then == "accept" and use == "lead" and cites.kind == "law"
        rule = Rule(
            id=name, title=form.text("title"), cites=cites, in_force_from=since, in_force_until=until,
            verified_on=form.day("verified_on") or date.min,
            again_by=form.day("again_by", needed=False) or pack.again_by,
            severity=form.choice("severity", SEVERITIES), officer=form.text("officer"),
            when=when or All(()), then=then,  # All(()) never leaves this function: it comes with complaints
            reason=self._code(form, "reason", self.reasons),
            obligations=form.words("obligations", self.obligations, kind="obligation"),
            override_allowed=override != "never", four_eyes=override == "four_eyes",
            question=form.choice("question", QUESTIONS) if form.has("question") else None,
            holds_when_unknown=form.choice(
                "if_unknown", ("hold", "silent"), default="silent" if then == "accept" else "hold"
            ) == "hold",
            unknown_reason=self._code(form, "unknown_reason", self.reasons, needed=False) or FACT_UNKNOWN,
            grants=form.flag("grants") if "grants" in form.data else grants,
            unverified=form.text("unverified", needed=False), spot=spot, use=use,
            at_consent=form.choice("judged_at", ("lead", "consent"), default="lead") == "consent",
            erases=form.flag("erases") if "erases" in form.data else False,
        )  # fmt: skip
        _check_sense(form, rule, may_grant=grants)
        return rule if len(self.complaints) == before else None

    def _code(self, form: Form, key: str, known: Iterable[str], *, needed: bool = True) -> str:
        code = form.text(key, needed=needed)
        if code and code not in known:
            form.complain(f"no reason is called {code!r} in reasons.yaml", key, word=code, options=known)
        return code


@dataclass(frozen=True, slots=True)
class _Defaults:
    """What a pack says for all its rules."""

    grants: bool
    use: Use
    again_by: date


def _review_again(form: Form) -> date:
    """The pack's next review, where it is said well; whatever is wrong with it is complained of once, elsewhere."""
    reviewed = form.data.get("reviewed")
    day = reviewed.get("again_by") if isinstance(reviewed, dict) else None
    return day if isinstance(day, date) else date.max


def _deadline(form: Form) -> Deadline | None:
    """``{after: 30 days, from: obtained}``, ``{on: first_message}`` or ``{earliest: [...]}`` of these."""
    below = form.below("deadline")
    if below is None:
        return None
    below.only("after", "from", "on", "earliest", "calendar", "repeats")
    parts = below.data.get("earliest")
    forms = [below]
    if parts is not None:
        if not isinstance(parts, list) or not parts or {"after", "from", "on"} & below.data.keys():
            below.complain("expected a list of clauses, and nothing beside it but calendar and repeats", "earliest")
            return None
        forms = [Form(below.document, (*below.path, "earliest", n), below.complaints) for n in range(len(parts))]
    clauses = [clause for one in forms if (clause := _clause(one)) is not None]
    calendar = below.choice("calendar", CALENDARS, default="US")
    repeats = below.flag("repeats") if "repeats" in below.data else False
    return Deadline(tuple(clauses), calendar, repeats) if clauses else None


def _clause(form: Form) -> Clause | None:
    events: tuple[Event, ...] = tuple(EVENTS)
    if "on" in form.data:
        if {"after", "from"} & form.data.keys():
            form.complain("write either on, or after and from", "on")
        return Clause(form.choice("on", events))
    span = read_span(form.text("after"))
    if span is None and form.data.get("after"):
        form.complain("expected 10 business days, 30 days, 1 month or 2 years", "after")
    return None if span is None else Clause(form.choice("from", events), span)


def _condition(form: Form, key: str) -> Condition | None:
    below = form.below(key)
    return read_condition(below) if below is not None else None


def read_review(form: Form) -> tuple[str, date, date]:
    """By whom and when a file was reviewed, and by when it must be again."""
    below = form.below("reviewed")
    if below is None:
        return "", date.min, date.max
    below.only("by", "on", "again_by")
    on, again_by = below.day("on"), below.day("again_by")
    if on and again_by and again_by <= on:
        below.complain("the next review must come after the last one", "again_by")
    return below.text("by"), on or date.min, again_by or date.max


def _in_force(form: Form) -> tuple[date, date | None]:
    below = form.below("in_force")
    if below is None:
        return date.min, None
    below.only("from", "until")
    since, until = below.day("from"), below.day("until", needed=False)
    if since and until and until < since:
        below.complain("the last day in force comes before the first", "until")
    return since or date.min, until


def _citation(form: Form) -> Citation:
    below = form.below("cites")
    if below is None:
        return _NOTHING
    below.only(*CITED, "url")
    where = form.data.get("id")
    grounds = [kind for kind in CITED if kind in below.data]
    if len(grounds) != 1:
        below.complain(f"expected exactly one of {', '.join(CITED)}, got {' and '.join(grounds) or 'none'}")
        return _NOTHING
    url = below.text("url", needed=grounds[0] == "law")
    if url and not url.startswith(("https://", "http://")):
        below.complain(f"{url!r} is no address; it starts with https://", "url")
    if not url and grounds[0] == "house" and isinstance(where, str):
        url = f"{REFERENCE}#{where.lower()}"  # a rule of the house stands where it is written
    return Citation(grounds[0], below.text(grounds[0]), url or None)


def _check_sense(form: Form, rule: Rule, *, may_grant: bool) -> None:
    """Keys that contradict one another or do nothing."""
    if rule.then == "hold" and rule.question is None:
        form.complain(f"a hold waits for something; add question, one of {', '.join(QUESTIONS)}", "then")
    if rule.question and rule.then != "hold" and not rule.holds_when_unknown:
        form.complain("nothing here ever holds, so nothing asks this", "question")
    if form.has("unknown_reason") and not rule.holds_when_unknown:
        form.complain("the rule is silent when facts are unknown, so nothing gives this reason", "unknown_reason")
    if "grants" in form.data and (rule.then != "accept" or (rule.grants and not may_grant)):
        form.complain("only accept rules of a granting pack are grounds; leave this out", "grants")

    if rule.erases and rule.then != "reject":
        form.complain("only a rejection can erase the lead", "erases")


REFERENCE = "docs/reference/rules.md"
_NOTHING = Citation("house", "")
"""Stands in for a citation that was complained of; no set with complaints is ever made."""
