"""History decided again under other packs: which recorded cases flip, and whose leads they are.

Each distinct case of a day is decided once, whatever number of leads stands on it. Rows that the last look refused
(duplicates, orders not to write that came meanwhile) stay refused: no pack decides those. What overrides set aside
stays set aside, as far as the other packs let them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from gateway.db.work import reading
from gateway.domain.decision import Decision, Verdict
from gateway.domain.lead import Statement
from gateway.domain.override import overrides_of, set_all_aside
from gateway.outcomes.history import Recorded, Stand, find_recorded, find_samples, find_stands
from gateway.outcomes.remembered import statements_of
from gateway.pipeline import Services
from gateway.policy.errors import PolicyError
from gateway.policy.evaluate import Judge
from gateway.policy.pack import PolicySet
from gateway.replay.translate import Translator
from gateway.vendors.book import fold

SAMPLES = 3
TELL_EVERY = 50
SAMPLED = 15
"""Of how many rules, those with the most flips, samples are shown."""
Told = Callable[[int, int], None]
"""Called as the work goes on, with the stands that are done and all of them; it may raise to end the work."""
KINDS = ("rule", "vendor", "month", "list")
"""By what flips are counted."""


class Window(NamedTuple):
    """Which leads are decided again, and by the rules of which day."""

    since: date | None = None
    until: date | None = None
    vendor: str | None = None
    source: str | None = None  # list:3, form:demo
    in_force_on: date | None = None  # None: of the day each lead was judged


class Flip(NamedTuple):
    """From one verdict to another."""

    before: Verdict
    after: Verdict

    def __str__(self) -> str:
        return f"{self.before}->{self.after}"


@dataclass(slots=True)
class Money:
    """Prices paid, in minor units by currency."""

    paid: Counter[str] = field(default_factory=Counter)

    def add(self, statement: Statement, leads: int) -> None:
        """The price of so many leads, where a price is known."""
        if statement.price_minor is not None and statement.currency:
            self.paid[statement.currency] += statement.price_minor * leads


@dataclass(slots=True)
class Replay:
    """What came of it."""

    digest: str
    leads: int = 0
    cases: int = 0
    refused_anyway: int = 0  # by the last look
    not_derivable: int = 0
    blurred: Counter[str] = field(default_factory=Counter)  # leads by the fact of which too little is recorded
    stays: Counter[Verdict] = field(default_factory=Counter)  # leads whose verdict is the same
    flips: Counter[Flip] = field(default_factory=Counter)
    money: dict[Flip, Money] = field(default_factory=dict)
    by: dict[str, Counter[tuple[str, Flip]]] = field(default_factory=lambda: {name: Counter() for name in KINDS})
    by_money: dict[tuple[str, str, Flip], Money] = field(default_factory=dict)  # the same, in prices paid
    samples: dict[Flip, list[int]] = field(default_factory=dict)
    by_rule_samples: dict[tuple[str, Flip], list[int]] = field(default_factory=dict)

    @property
    def decided(self) -> int:
        """Leads that were decided again; shares are of these."""
        return self.leads - self.refused_anyway - self.not_derivable

    @property
    def flipped(self) -> int:
        """Leads whose verdict changes."""
        return sum(self.flips.values())


def replay(services: Services, policies: PolicySet, window: Window, told: Told = lambda _done, _all: None) -> Replay:
    """Decide the recorded cases of a window under ``policies``. Writes nothing."""
    result = Replay(policies.digest)
    with reading(services.engine, snapshot=True) as connection:
        stands = find_stands(connection, window.since, window.until)
        statements = statements_of(connection, {stand.statement for stand in stands})
        stands = sorted(stand for stand in stands if _is_wanted(stand, statements[stand.statement], window))
        recorded = {one.number: one for one in find_recorded(connection, sorted({stand.decision for stand in stands}))}
        again = _Again(connection, services, policies, window)
        for done, stand in enumerate(stands):
            if done % TELL_EVERY == 0:
                told(done, len(stands))
            _take_in(result, again, stand, recorded[stand.decision], statements[stand.statement])
        result.cases = again.cases
        for flip, found in again.examples.items():
            numbers = sorted(n for stand in found for n in find_samples(connection, stand, SAMPLES))
            result.samples[flip] = numbers[:SAMPLES]
        for place, _ in result.by["rule"].most_common(SAMPLED):
            result.by_rule_samples[place] = find_samples(connection, again.by_rule[place], SAMPLES)
    return result


def _is_wanted(stand: Stand, statement: Statement, window: Window) -> bool:
    if window.vendor is not None and fold(window.vendor) != fold(statement.vendor or ""):
        return False
    return window.source in (None, stand.source)


def _take_in(result: Replay, again: "_Again", stand: Stand, recorded: Recorded, statement: Statement) -> None:
    result.leads += stand.leads
    if stand.extra:
        result.refused_anyway += stand.leads
        return
    judged = again.decide(recorded, stand.as_of)
    if judged is None or recorded.decision is None:
        result.not_derivable += stand.leads
        return
    decision, blurred = judged
    for name in blurred:
        result.blurred[name] += stand.leads
    before = recorded.decision
    flip = Flip(before.verdict, decision.verdict)
    if flip.before == flip.after:
        result.stays[flip.before] += stand.leads
        return
    result.flips[flip] += stand.leads
    result.money.setdefault(flip, Money()).add(statement, stand.leads)
    places = [("vendor", statement.vendor or "(ourselves)"), ("month", stand.month), ("list", stand.source)]
    behind = rules_behind(before, decision)
    places += [("rule", rule) for rule in behind]
    for rule in behind:
        again.by_rule.setdefault((rule, flip), stand)
    for kind, value in places:
        result.by[kind][value, flip] += stand.leads
        result.by_money.setdefault((kind, value, flip), Money()).add(statement, stand.leads)
    found = again.examples.setdefault(flip, [])
    if len(found) < SAMPLES:
        found.append(stand)


def rules_behind(before: Decision, after: Decision) -> list[str]:
    """The rules a flip is due to: those that decide now and did not, or, where it is accepted now, that did and do not.

    A rule counts with its verdict: one that rejects where it held is behind the flip.
    """
    old = {(f.rule, f.verdict) for f in before.findings if f.use == "lead"}
    new = {(f.rule, f.verdict) for f in after.findings if f.use == "lead"}
    if after.verdict != "accept":
        deciding = {rule for rule, verdict in new - old if verdict == after.verdict}
        if deciding:
            return sorted(deciding)
    return sorted({rule for rule, verdict in old - new if verdict != "accept"}) or ["(no ground any more)"]


class _Again:
    """Decides recorded cases under other policies, each case of a day once."""

    def __init__(self, connection: Connection, services: Services, policies: PolicySet, window: Window) -> None:
        self.examples: dict[Flip, list[Stand]] = {}
        self.by_rule: dict[tuple[str, Flip], Stand] = {}
        self._connection = connection
        self._services = services
        self._policies = policies
        self._in_force_on = window.in_force_on
        self._translators: dict[tuple[str, object], _Pair | None] = {}
        self._decided: dict[tuple[int, date], _Judged | None] = {}

    @property
    def cases(self) -> int:
        """How many were decided."""
        return len(self._decided)

    def decide(self, recorded: Recorded, as_of: datetime) -> "_Judged | None":
        """The decision under the other policies and the facts too little is known of; None if it cannot be told."""
        key = (recorded.number, as_of.date())
        if key not in self._decided:
            digest = recorded.digest
            # One translator serves a day; on a day on which limits change order (Brackets.moves) its own instant does.
            found = self._judged(recorded.decision, self._translator(digest, as_of, as_of.date()))
            self._decided[key] = found or self._judged(recorded.decision, self._translator(digest, as_of, as_of))
        return self._decided[key]

    def _judged(self, recorded: Decision | None, pair: "_Pair | None") -> "_Judged | None":
        if pair is None or recorded is None:
            return None
        translator, judge = pair
        try:
            translated = translator.translate(recorded)
            decision = set_all_aside(judge.decide(translated.case), overrides_of(recorded))
        except (TypeError, ValueError):
            return None
        return decision, tuple(name for name in translated.blurred if name in judge.asked)

    def _translator(self, digest: str, as_of: datetime, place: object) -> "_Pair | None":
        if (digest, place) not in self._translators:
            try:
                old = self._services.policies_of(self._connection, digest)
            except (PolicyError, TypeError, ValueError):  # damaged, or written for rules that this version refuses
                old = None
            judge = self._policies.judge(as_of, self._in_force_on)
            pair = None if old is None else (Translator(old.judge(as_of), judge, as_of), judge)
            self._translators[digest, place] = pair
        return self._translators[digest, place]


_Pair = tuple[Translator, Judge]
_Judged = tuple[Decision, tuple[str, ...]]
