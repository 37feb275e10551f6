"""Facts in, decision out: three-valued truth, the strictest verdict, one decision for each distinct case.

Pure and without a clock. Files, wording and packs' histories are elsewhere.

Truth is Kleene's: an unknown fact makes a question unknown; ``all`` is false as soon as one part is false and
``any`` true as soon as one is true, whatever else is unknown; the opposite of unknown is unknown.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gateway.domain.decision import STRICTNESS, Decision, Finding, Verdict
from gateway.domain.facts import CATALOGUE, FactSpec, FactValue
from gateway.domain.outcome import NO_RULE_SPEAKS
from gateway.policy.ages import Brackets, Duration, number_of
from gateway.policy.conditions import All, AnyOf, Ask, Condition, Not, asks_of, facts_of
from gateway.policy.rules import Pack, Rule

Truth = bool | None
Answer = bool | str | int | None
"""A fact's answer as rules see it: an instant is the number of its bracket."""
Case = tuple[Answer, ...]
"""One answer for each fact that any rule looks at, in the catalogue's order."""
Check = Callable[[Case], Truth]

MAX_DECISIONS = 50_000  # kept by one judge; about 2 kB each, and a million rows have some 2,300


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition made ready: its truth for a case, and its parts, to say which silence made it unknown."""

    check: Check
    facts: tuple[str, ...]  # of a single question
    parts: tuple["Compiled", ...] = ()

    def silent_facts(self, case: Case) -> Iterator[str]:
        """The unknown facts that leave this condition undecided, where it is; a decided part adds none."""
        yield from self.facts
        for part in self.parts:
            if part.check(case) is None:
                yield from part.silent_facts(case)


def compile_condition(condition: Condition, places: Mapping[str, int], brackets: Mapping[str, Brackets]) -> Compiled:
    """Make a condition ready for cases that have each fact at its place."""
    match condition:
        case Ask():
            return Compiled(_ask(condition, places[condition.fact], brackets), (condition.fact,))
        case Not(part):
            inner = compile_condition(part, places, brackets)
            return Compiled(_not(inner.check), (), (inner,))
        case All(parts) | AnyOf(parts):
            made = tuple(compile_condition(part, places, brackets) for part in parts)
            decisive = isinstance(condition, AnyOf)
            return Compiled(_join(tuple(part.check for part in made), decisive=decisive), (), made)


def _ask(ask: Ask, at: int, brackets: Mapping[str, Brackets]) -> Check:
    value = ask.value
    if ask.verb == "known":
        return lambda case: (case[at] is not None) is value
    if isinstance(value, Duration):
        last = brackets[ask.fact].place(value)
        if ask.verb == "older_than":
            return lambda case: None if (number := case[at]) is None else number <= last  # type: ignore[operator]
        return lambda case: None if (number := case[at]) is None else number > last  # type: ignore[operator]
    accepted = frozenset(value if isinstance(value, tuple) else (value,))
    if ask.verb in {"is", "in"}:
        return lambda case: None if (answer := case[at]) is None else answer in accepted
    return lambda case: None if (answer := case[at]) is None else answer not in accepted


def _not(inner: Check) -> Check:
    return lambda case: None if (said := inner(case)) is None else not said


def _join(checks: tuple[Check, ...], *, decisive: bool) -> Check:
    """``any`` is decided by one true part, ``all`` by one false part."""

    def check(case: Case) -> Truth:
        answer: Truth = not decisive
        for part in checks:
            said = part(case)
            if said is decisive:
                return decisive
            if said is None:
                answer = None
        return answer

    return check


@dataclass(frozen=True, slots=True)
class _Ready:
    """One rule in force with all it needs to speak."""

    rule: Rule
    applies: Check | None
    when: Compiled
    finding: Finding


class Judge:
    """The rules in force on one UTC day, made ready. Remembers its decisions, as one object per distinct case."""

    def __init__(self, digest: str, packs: Sequence[Pack], as_of: datetime) -> None:
        self._digest = digest
        rules = [(pack, rule) for pack in packs for rule in pack.rules if rule.is_in_force(as_of.date())]
        conditions = [rule.when for _, rule in rules]
        speaking = {pack.name for pack, _ in rules}
        conditions += [pack.applies_to for pack in packs if pack.applies_to is not None and pack.name in speaking]
        asked = {name for condition in conditions for name in facts_of(condition)}
        self.facts = tuple(name for name in CATALOGUE if name in asked)
        self._specs = tuple(CATALOGUE[name] for name in self.facts)
        self._brackets = _brackets(conditions, self.facts, as_of)
        self._instants = tuple(n for n, name in enumerate(self.facts) if name in self._brackets)
        self._ready = self._make_ready(rules)
        self._hash = sha256(json.dumps([digest, [rule.id for _, rule in rules]]).encode())
        self._decided: dict[Case, Decision] = {}
        # What makes two days the same to a judge: the rules in force, and the brackets in the same order.
        self.form = tuple(rule.id for _, rule in rules), tuple(b.texts for b in self._brackets.values())

    def _make_ready(self, rules: list[tuple[Pack, Rule]]) -> tuple[_Ready, ...]:
        places = {name: place for place, name in enumerate(self.facts)}
        applies: dict[str, Check | None] = {}
        for pack, _ in rules:
            if pack.name not in applies:
                whom = pack.applies_to
                made = None if whom is None else compile_condition(whom, places, self._brackets)
                applies[pack.name] = None if made is None else made.check
        return tuple(
            _Ready(rule, applies[pack.name], compile_condition(rule.when, places, self._brackets), _finding(rule))
            for pack, rule in rules
        )

    def cuts(self, as_of: datetime) -> dict[str, list[datetime]]:
        """The brackets' limits of each instant that rules look at."""
        return {name: brackets.cuts(as_of) for name, brackets in self._brackets.items()}

    def decide(self, case: Case) -> Decision:
        """Decide one case, or find the decision it already has. Raises TypeError for answers no fact can give."""
        found = self._decided.get(case)
        if found is not None:
            return found
        for spec, answer in zip(self._specs, case, strict=True):
            _check_answer(spec, answer)
        if len(self._decided) >= MAX_DECISIONS:
            self._decided.clear()
        return self._decided.setdefault(case, self._decide(case))

    def _decide(self, case: Case) -> Decision:
        spoken: list[Finding] = []
        grounds = False
        for ready in self._ready:
            if ready.applies is not None and ready.applies(case) is False:
                continue
            said = ready.when.check(case)
            if said:
                spoken.append(ready.finding)
                grounds = grounds or ready.rule.grants
            elif said is None and ready.rule.holds_when_unknown:
                spoken.append(_unknown(ready, case))
        verdict: Verdict = max((f.verdict for f in spoken), key=STRICTNESS.__getitem__, default="accept")
        if verdict == "accept" and not grounds:
            spoken.append(NO_RULE_SPEAKS)
            verdict = NO_RULE_SPEAKS.verdict
        findings = sorted(spoken, key=lambda finding: -STRICTNESS[finding.verdict])  # stable: rule order stays
        owed = dict.fromkeys(code for finding in findings if finding.verdict == verdict for code in finding.obligations)
        facts = self._shown(case)
        hashed = self._hash.copy()
        hashed.update(json.dumps(facts, separators=(",", ":")).encode())
        return Decision(
            "dec_" + hashed.hexdigest()[:24], verdict, tuple(findings), tuple(owed), self._digest, facts
        )  # fmt: skip

    def _shown(self, case: Case) -> dict[str, FactValue | int]:
        """The facts looked at, instants as the text of their bracket."""
        shown: dict[str, FactValue | int] = dict(zip(self.facts, case, strict=True))
        for place in self._instants:
            number = case[place]
            if isinstance(number, int):
                shown[self.facts[place]] = self._brackets[self.facts[place]].texts[number]
        return shown


def _brackets(conditions: list[Condition], facts: Sequence[str], as_of: datetime) -> dict[str, Brackets]:
    spans: dict[str, list[Duration]] = {name: [] for name in facts if CATALOGUE[name].kind == "instant"}
    for condition in conditions:
        for ask in asks_of(condition):
            if isinstance(ask.value, Duration):
                spans[ask.fact].append(ask.value)
    return {name: Brackets(found, as_of) for name, found in spans.items()}


def _finding(rule: Rule) -> Finding:
    return Finding(
        rule.id, rule.reason, rule.then, rule.cites, rule.title,
        question=rule.question if rule.then == "hold" else None,
        override_allowed=rule.override_allowed, obligations=rule.obligations,
    )  # fmt: skip


def _unknown(ready: _Ready, case: Case) -> Finding:
    rule = ready.rule
    silent = tuple(dict.fromkeys(ready.when.silent_facts(case)))
    return Finding(
        rule.id, rule.unknown_reason, "hold", rule.cites, rule.title,
        params={"facts": ", ".join(silent)}, unknown=silent, question=rule.question or "review",
        override_allowed=rule.override_allowed,
    )  # fmt: skip


def _check_answer(spec: FactSpec, answer: Answer) -> None:
    """Refuse an answer of the wrong kind: compared with what rules ask it would be false, and so pass unseen."""
    if answer is None:
        return
    fits = {
        "boolean": isinstance(answer, bool),
        "choice": answer in spec.choices,
        "text": isinstance(answer, str),
        "instant": isinstance(answer, int) and not isinstance(answer, bool),
    }[spec.kind]
    if not fits:
        raise TypeError(f"{spec.name} cannot be {answer!r}; it is a {spec.kind}")


def seen(value: FactValue, cuts: list[datetime] | None) -> Answer:
    """A fact's answer as rules see it; ``cuts`` for instants only."""
    if cuts is None:
        if isinstance(value, datetime):
            raise TypeError(f"{value!r} was given for a fact that is no instant")
        return value
    if value is not None and not isinstance(value, datetime):
        raise TypeError(f"{value!r} was given for an instant")
    return number_of(value, cuts)
