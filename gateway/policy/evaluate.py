"""Facts in, decision out: which rules speak, the strictest verdict, one decision for each distinct case.

Pure and without a clock. Files, wording and packs' histories are elsewhere.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from operator import itemgetter

from gateway.domain.decision import STRICTNESS, Decision, Finding, Verdict, owed
from gateway.domain.facts import CATALOGUE, FactSpec, FactValue
from gateway.domain.outcome import NO_RULE_FOR_PHONE, NO_RULE_SPEAKS
from gateway.policy.ages import Brackets, Duration, Limit, instant_of, number_of
from gateway.policy.conditions import Condition, asks_of, facts_of
from gateway.policy.rules import Pack, Rule, conditions_of
from gateway.policy.truth import Answer, Case, Compiled, compile_condition

_ENCODE = json.JSONEncoder(separators=(",", ":")).encode
_SORTED = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode
MAX_DECISIONS = 50_000  # kept by one judge; about 2 kB each, and a million rows have a few thousand
RECORDED_AGES = (
    Duration(30, "day"), Duration(3, "month"), Duration(6, "month"), Duration(12, "month"), Duration(18, "month"),
    Duration(24, "month"), Duration(36, "month"),
)  # fmt: skip
"""Ages told apart whatever the rules ask, so that history can be judged again by other limits.

Names of decisions rest on these and on the wording of brackets (policy.ages): changed, all recorded history reads as
altered.
"""
OTHER = "other"
"""What stands for text that no rule names, where the catalogue folds it (FactSpec.folds)."""
PHONE = "phone.is_given"


class _Speaker(dict[Case, Finding | None]):
    """One rule in force. Remembers what it says for each combination of the few facts it looks at."""

    def __init__(self, rule: Rule, brackets: Mapping[str, Brackets]) -> None:
        super().__init__()
        self.facts = facts_of(rule.condition)
        self._rule = rule
        self._told = [(place, name) for place, name in enumerate(self.facts) if CATALOGUE[name].told]
        self._when = compile_condition(rule.condition, {name: n for n, name in enumerate(self.facts)}, brackets)

    def __missing__(self, answers: Case) -> Finding | None:
        if len(self) >= MAX_DECISIONS:
            self.clear()
        finding = self[answers] = self._speak(answers)
        return finding

    def _speak(self, answers: Case) -> Finding | None:
        rule, said = self._rule, self._when.check(answers)
        if said:
            return Finding(
                rule.id, rule.reason, rule.then, rule.cites, rule.title, params=self._tell(answers),
                question=rule.question if rule.then == "hold" else None,
                override_allowed=rule.override_allowed, obligations=rule.obligations, use=rule.use,
                erases=rule.erases, four_eyes=rule.four_eyes, grants=rule.grants,
            )  # fmt: skip
        if said is False or not rule.holds_when_unknown:
            return None
        silent = tuple(dict.fromkeys(self._when.silent_facts(answers)))
        return Finding(
            rule.id, rule.unknown_reason, "hold", rule.cites, rule.title,
            params={"facts": ", ".join(silent)}, unknown=silent, question=rule.question or "review",
            override_allowed=rule.override_allowed, use=rule.use, four_eyes=rule.four_eyes,
        )  # fmt: skip

    def _tell(self, answers: Case) -> dict[str, str]:
        """What wordings may name of the answers, by the name after the dot."""
        return {name.partition(".")[2]: str(answers[n]) for n, name in self._told if answers[n] is not None}


@dataclass(frozen=True, slots=True)
class _ReadyPack:
    """One pack's rules in force; ``whom`` None: for every lead."""

    whom: Compiled | None
    rules: tuple[tuple[Callable[[Case], Case], _Speaker], ...]  # picks its facts from a case; speaks

    def doubtful(self, finding: Finding, case: Case) -> Finding:
        """A refusal by a law that may not be theirs: an unknown that matters holds, it does not refuse."""
        assert self.whom is not None
        silent = tuple(dict.fromkeys(self.whom.silent_facts(case)))
        return replace(finding, verdict="hold", unknown=silent, question="review", erases=False, obligations=())


class Judge:
    """The rules in force on one UTC day, made ready. Remembers its decisions, as one object per distinct case.

    A case has an answer for every fact of the catalogue, also those that no rule in force asks: what was known is
    recorded, so that history can be judged again by rules that ask more.
    """

    facts = tuple(CATALOGUE)

    def __init__(self, digest: str, packs: Sequence[Pack], as_of: datetime, in_force_on: date | None = None) -> None:
        self._digest = digest
        day = in_force_on or as_of.date()
        in_force = [(pack, [rule for rule in pack.rules if rule.is_in_force(day)]) for pack in packs]
        in_force = [(pack, rules) for pack, rules in in_force if rules]
        conditions = conditions_of(in_force)
        self.asked = frozenset(name for condition in conditions for name in facts_of(condition))
        self._brackets = _brackets(conditions, self.facts, as_of)
        self.moves = any(found.moves for found in self._brackets.values())
        self.named = {name: _named(name, conditions) for name, spec in CATALOGUE.items() if spec.folds}
        self._phone = self.facts.index(PHONE)
        self._instants = tuple(n for n, name in enumerate(self.facts) if name in self._brackets)
        specs = [CATALOGUE[name] for name in self.facts]
        self._finite = [(n, _possible(spec)) for n, spec in enumerate(specs) if spec.kind in {"boolean", "choice"}]
        self._worded = [n for n, spec in enumerate(specs) if spec.kind == "text"]
        self._packs = tuple(self._make_ready(pack, rules) for pack, rules in in_force)
        self._decided: dict[Case, Decision] = {}
        # Facts share most of their limits, and each instant's are to be worked out once.
        self._limits = list(dict.fromkeys(limit for found in self._brackets.values() for limit in found.limits))
        numbers = {limit: number for number, limit in enumerate(self._limits)}
        self._places = {name: [numbers[one] for one in found.limits] for name, found in self._brackets.items()}
        self._cuts: tuple[datetime, dict[str, list[datetime]]] | None = None
        # A rule that an overlay changed is another one from that day on, though it keeps its id.
        ids = tuple(f"{r.id} overlaid" if r.overlaid_from else r.id for _, rules in in_force for r in rules)
        # What makes two days the same to a judge: the rules in force, and the brackets in the same order.
        self.form = ids, tuple(found.texts for found in self._brackets.values())
        self._hash = sha256(_ENCODE([digest, ids]).encode())

    def _make_ready(self, pack: Pack, rules: list[Rule]) -> _ReadyPack:
        places = {name: place for place, name in enumerate(self.facts)}
        whom = pack.applies_to
        speakers = [_Speaker(rule, self._brackets) for rule in rules]
        return _ReadyPack(
            None if whom is None else compile_condition(whom, places, self._brackets),
            tuple((_picker([places[name] for name in speaker.facts]), speaker) for speaker in speakers),
        )

    def cuts(self, as_of: datetime) -> dict[str, list[datetime]]:
        """The brackets' limits of each instant. The last answer is remembered: batches ask at the same instant."""
        last = self._cuts
        if last is None or last[0] != as_of:
            limits = [instant_of(limit, as_of) for limit in self._limits]
            last = self._cuts = (as_of, {name: [limits[n] for n in places] for name, places in self._places.items()})
        return last[1]

    def brackets(self, name: str) -> Brackets:
        """How this day's rules tell instants of a fact apart."""
        return self._brackets[name]

    def fold(self, name: str, answer: Answer) -> Answer:
        """Text that no rule names, where the catalogue folds it, is one answer."""
        named = self.named.get(name)
        return answer if named is None or answer is None or answer in named else OTHER

    def decide(self, case: Case) -> Decision:
        """Decide one case, or find the decision it already has. Raises TypeError for answers no fact can give."""
        found = self._decided.get(case)
        if found is not None:
            return found
        self._check_answers(case)
        if len(self._decided) >= MAX_DECISIONS:
            self._decided.clear()
        return self._decided.setdefault(case, self._decide(case))

    def _check_answers(self, case: Case) -> None:
        """Compared with what rules ask, an answer of the wrong kind would be false, and so pass unseen."""
        for place, possible in self._finite:
            if case[place] not in possible:
                raise TypeError(f"{self.facts[place]} cannot be {case[place]!r}")
        for place in self._worded:
            if not isinstance(case[place], str | None):
                raise TypeError(f"{self.facts[place]} cannot be {case[place]!r}")

    def _decide(self, case: Case) -> Decision:
        spoken: dict[Verdict, list[Finding]] = {"reject": [], "hold": [], "accept": []}  # strictest first
        aside: list[Finding] = []  # of the phone and of emission
        grounds = False
        for pack in self._packs:
            applies = True if pack.whom is None else pack.whom.check(case)
            if applies is False:
                continue
            for pick, speaker in pack.rules:
                finding = speaker[pick(case)]
                if finding is None:
                    continue
                if applies is None and finding.verdict == "reject":
                    finding = pack.doubtful(finding, case)
                if finding.use == "lead":
                    if applies is None and finding.grants:  # a law that may not be theirs is no ground
                        finding = replace(finding, grants=False)
                    spoken[finding.verdict].append(finding)
                    grounds = grounds or finding.grants
                elif finding.verdict != "accept" or applies is True:
                    aside.append(finding)
        if not (grounds or spoken["reject"] or spoken["hold"]):
            spoken["hold"].append(NO_RULE_SPEAKS)
        verdict = next(verdict for verdict, findings in spoken.items() if findings)
        phone = _phone_verdict(case[self._phone], aside)
        aside.sort(key=lambda finding: -STRICTNESS[finding.verdict])
        findings = (*spoken["reject"], *spoken["hold"], *spoken["accept"], *aside)
        facts = self._shown(case)
        hashed = self._hash.copy()
        hashed.update(_SORTED(facts).encode())  # by name, so that the catalogue's order is no matter
        name = "dec_" + hashed.hexdigest()[:24]
        return Decision(name, verdict, findings, owed(verdict, phone, findings), self._digest, facts, phone)

    def _shown(self, case: Case) -> dict[str, FactValue | int]:
        """What was known, instants as the text of their bracket. A fact that comes to be asked later changes no id."""
        shown: dict[str, FactValue | int] = {n: v for n, v in zip(self.facts, case, strict=True) if v is not None}
        for place in self._instants:
            number = case[place]
            if isinstance(number, int):
                shown[self.facts[place]] = self._brackets[self.facts[place]].texts[number]
        return shown


def _phone_verdict(given: Answer, aside: list[Finding]) -> Verdict | None:
    """Whether the number may be used: the strictest finding; silence holds, as it does the lead itself."""
    if given is not True:
        aside[:] = [finding for finding in aside if finding.use != "phone"]
        return None
    verdicts: list[Verdict] = [finding.verdict for finding in aside if finding.use == "phone"]
    if not verdicts:
        aside.append(NO_RULE_FOR_PHONE)
        return NO_RULE_FOR_PHONE.verdict
    return max(verdicts, key=STRICTNESS.__getitem__)


def _brackets(conditions: list[Condition], facts: Sequence[str], as_of: datetime) -> dict[str, Brackets]:
    limits: dict[str, list[Limit]] = {n: [*RECORDED_AGES] for n in facts if CATALOGUE[n].kind == "instant"}
    for condition in conditions:
        for ask in asks_of(condition):
            if isinstance(ask.value, (Duration, date)):
                limits[ask.fact].append(ask.value)
    return {name: Brackets(found, as_of) for name, found in limits.items()}


def _named(fact: str, conditions: list[Condition]) -> frozenset[str]:
    """Every answer that some rule names."""
    values = [ask.value for condition in conditions for ask in asks_of(condition) if ask.fact == fact]
    listed = [value if isinstance(value, tuple) else (value,) for value in values]
    return frozenset(answer for answers in listed for answer in answers if isinstance(answer, str))


def _picker(places: list[int]) -> Callable[[Case], Case]:
    """Picks the answers at these places, as a tuple also when there is but one."""
    if len(places) == 1:
        place = places[0]
        return lambda case: (case[place],)
    return itemgetter(*places)


def _possible(spec: FactSpec) -> frozenset[Answer]:
    return frozenset({None, True, False} if spec.kind == "boolean" else {None, *spec.choices})


def seen(value: FactValue, cuts: list[datetime] | None) -> Answer:
    """A fact's answer as rules see it; ``cuts`` for instants only."""
    if cuts is None:
        if isinstance(value, datetime):
            raise TypeError(f"{value!r} was given for a fact that is no instant")
        return value
    if value is not None and not isinstance(value, datetime):
        raise TypeError(f"{value!r} was given for an instant")
    return number_of(value, cuts)
