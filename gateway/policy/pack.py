"""The policy set: all packs in force together, by digest, and the decisions they make. Pure; reads no files."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from gateway.domain.decision import Decision, Finding
from gateway.domain.facts import Facts, FactValue
from gateway.policy.ages import numbers_of
from gateway.policy.buying import Threshold
from gateway.policy.evaluate import MAX_DECISIONS, Judge, seen
from gateway.policy.phases.rules import Lifecycle
from gateway.policy.reasons import Obligation, Reason
from gateway.policy.rules import Pack, Rule
from gateway.policy.truth import Answer, Case
from gateway.policy.vendor_limits import VendorLimits
from gateway.policy.worth import Terms

__all__ = ["Obligation", "Pack", "PolicySet", "Reason", "Rule"]

MAX_DAYS = 4_000  # days remembered, for replays over years
MAX_FRAMES = 8  # lists under way at the same time


class PolicyText(NamedTuple):
    """One policy file as it was read."""

    folder: int  # of the folders that were read, from 0: ours, then the company's
    name: str
    text: str


class PolicySet:
    """Packs, reasons and obligations, checked against one another, with the digest of their content.

    Decides for several threads at once: what it remembers is only ever added to or dropped whole.
    """

    def __init__(
        self,
        packs: Sequence[Pack],
        reasons: Mapping[str, Reason],
        obligations: Mapping[str, Obligation],
        digest: str,
        texts: Sequence["PolicyText"] = (),
    ) -> None:
        self.packs = tuple(packs)
        self.rules: tuple[Rule, ...] = tuple(rule for pack in self.packs for rule in pack.rules)
        self._by_id = {rule.id: rule for rule in self.rules}
        self.reasons = dict(reasons)
        self.obligations = dict(obligations)
        self.digest = digest
        self.texts = tuple(texts)
        self.thresholds: tuple[Threshold, ...] = ()  # about lists; no lead is decided by them
        self.worth = Terms()  # by which what a lead may cost is reckoned
        self.lifecycle: Lifecycle | None = None  # about people; no lead is decided by it
        self.vendor_limits = VendorLimits()  # about vendors; likewise
        self.folders: tuple[Path, ...] = ()  # where it was read; none for a set that was kept
        self._judges: dict[tuple[object, ...], Judge] = {}
        self._days: dict[tuple[object, ...], Judge] = {}
        self._frames: dict[tuple[object, ...], _Frame] = {}

    def __repr__(self) -> str:
        return f"PolicySet({', '.join(pack.name for pack in self.packs)}; {self.digest[:12]})"

    def rule(self, rule_id: str) -> Rule | None:
        """A rule by its id, as it is or was last; None for the gateway's own findings and for rules of other sets."""
        return self._by_id.get(rule_id)

    def decide(self, case: Mapping[str, FactValue], as_of: datetime) -> Decision:
        """Decide one case; a fact that is not in it is unknown. ``as_of`` must be aware."""
        judge = self.judge(as_of)
        cuts = judge.cuts(as_of)
        return judge.decide(tuple(judge.fold(name, seen(case.get(name), cuts.get(name))) for name in judge.facts))

    def emission(self, case: Mapping[str, FactValue], as_of: datetime) -> tuple[Finding, ...]:
        """What keeps prospects from being handed out, strictest first; nothing when they may be."""
        return self.decide(case, as_of).withholds

    def decide_all(self, facts: Facts, as_of: datetime) -> list[Decision]:
        """Decide a batch, one decision per row; rows that are the same case share one object.

        Only facts that differ from row to row make up a row's key.
        """
        judge = self.judge(as_of)
        cuts = judge.cuts(as_of)
        varying = [name for name in judge.facts if name in facts.columns]
        fixed = _folded(facts, judge, cuts)
        if not varying:
            return [judge.decide(tuple(fixed.values()))] * facts.size if facts.size else []
        columns: list[Sequence[object]] = []
        for name in varying:
            column: Sequence[Any] = facts.columns[name]
            if len(column) != facts.size:
                raise ValueError(f"{name} has {len(column)} answers for {facts.size} rows")
            if name in cuts:
                column = numbers_of(column, cuts[name])
            elif name in judge.named:
                folded = {answer: judge.fold(name, answer) for answer in set(column)}
                column = list(map(folded.__getitem__, column))
            columns.append(column)
        frame = self._frame(judge, tuple(varying), fixed)
        return list(map(frame.__getitem__, zip(*columns, strict=True)))

    def judge(self, as_of: datetime, in_force_on: date | None = None) -> Judge:
        """The judge of an instant; days with the same rules and the same order of limits share one.

        ``in_force_on``: by the rules of that day instead.
        """
        if as_of.tzinfo is None:
            raise ValueError("as_of must say its time zone")
        as_of = as_of.astimezone(UTC)
        key: tuple[object, ...] = (as_of.date(), in_force_on)
        found = self._days.get(key) or self._days.get((as_of, in_force_on))
        if found is None:
            judge = Judge(self.digest, self.packs, as_of, in_force_on)
            if len(self._days) >= MAX_DAYS:
                self._days.clear()
                self._judges.clear()
            if judge.moves:  # an age meets a fixed day on this day: its limits change order within it
                key = (as_of, in_force_on)
            found = self._days[key] = self._judges.setdefault(judge.form, judge)
        return found

    def _frame(self, judge: Judge, varying: tuple[str, ...], fixed: dict[str, Answer]) -> "_Frame":
        key = (judge, varying, tuple(fixed.values()))
        found = self._frames.get(key)
        if found is None:
            if len(self._frames) >= MAX_FRAMES:
                self._frames.clear()
            found = self._frames[key] = _Frame(judge, varying, fixed)
        return found


def _folded(facts: Facts, judge: Judge, cuts: Mapping[str, list[datetime]]) -> dict[str, Answer]:
    """The answers that hold for every row, as rules see them: nearly all of a signup's ninety."""
    said, columns = facts.constants, facts.columns
    fixed: dict[str, Any] = {name: said.get(name) for name in judge.facts if name not in columns}
    if any(type(answer) is datetime and name not in cuts for name, answer in fixed.items()):
        raise TypeError("an instant was given for a fact that is no instant")
    for name in cuts.keys() & fixed.keys():
        fixed[name] = seen(fixed[name], cuts[name])
    for name in judge.named.keys() & fixed.keys():
        fixed[name] = judge.fold(name, fixed[name])
    return fixed


class _Frame(dict[Case, Decision]):
    """The decisions of batches whose constant facts are the same, by the facts that vary.

    A dict that decides what it does not hold: looking up a hundred thousand rows then never leaves C.
    """

    def __init__(self, judge: Judge, varying: tuple[str, ...], fixed: dict[str, Answer]) -> None:
        super().__init__()
        self._judge = judge
        self._rest = tuple(fixed.values())
        given = {name: place for place, name in enumerate((*varying, *fixed))}
        self._order = [given[name] for name in judge.facts]

    def __missing__(self, key: Case) -> Decision:
        answers = key + self._rest
        decision = self._judge.decide(tuple([answers[place] for place in self._order]))
        if len(self) >= MAX_DECISIONS:
            self.clear()
        self[key] = decision
        return decision
