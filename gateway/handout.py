"""Handing prospects out: what the emission rules say at this very moment, and who is withheld because of it.

A lead may be lawful to take in while mail to it would not be, as long as we have no postal address on file (CS-26). So
the rules of use ``emission`` are asked whenever prospects leave: with the facts their decisions rest on, and with what
is true of us now. What was accepted under an override leaves only while the override stands.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from gateway.confirmation.purposes import find_left
from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.decision import Citation, Finding
from gateway.domain.facts import CATALOGUE, FactSpec, FactValue
from gateway.domain.purposes import kept
from gateway.lifecycle.store import count_by_decision
from gateway.outcomes.lifting import find_standing
from gateway.outcomes.origins import origins_of_leads
from gateway.outcomes.prospects import Case, LinkOf, Looked, Ways, export_prospects, load_cases, look_at
from gateway.pipeline import Services
from gateway.policy.conditions import facts_of
from gateway.policy.evaluate import OTHER
from gateway.policy.reasons import fill
from gateway.policy.rules import conditions_of
from gateway.screening.phone import phone_key
from gateway.suppression.book import find

READY = "sender.is_ready"
Answers = tuple[tuple[str, FactValue], ...]
_Key = tuple[str, str, tuple[str, ...]]
"""Rule, reason, and the facts whose silence made the rule speak."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why prospects are withheld, in the officer's words, and how many."""

    rule: str
    reason: str
    why: str
    remedy: str | None
    prospects: int

    def __str__(self) -> str:
        mend = f" {self.remedy}" if self.remedy else ""
        return f"{self.prospects:,} withheld by {self.rule}: {self.why}{mend}"


OVERRIDE_IS_OVER = Finding(
    "GATE-09", "override_is_over", "hold", Citation("house", "What an override let in stands as long as the override"),
    "The override under which they were accepted was ended, or is over", use="emission",
)  # fmt: skip
_RENEW = "Ask for an override that goes on with it, or leave them withheld."


def _no_link(key: bytes, lead_id: int) -> None:
    """Where nobody said how people reach us."""


@dataclass
class Handout:
    """One handing out. ``given`` and ``withheld`` count what went and what stayed while it goes on."""

    services: Services
    as_of: datetime
    link_of: LinkOf = _no_link
    given: int = 0
    withheld: int = 0
    _counts: Counter[_Key] = field(default_factory=Counter)
    _findings: dict[int, tuple[Finding, ...]] = field(default_factory=dict)  # by the decision's number
    _memo: dict[Answers, tuple[Finding, ...]] = field(default_factory=dict)

    def prospects(self) -> Iterator[dict[str, Any]]:
        """Those that may be handed out now."""
        for prospect in export_prospects(self.services.engine, self._ways):
            self.given += 1
            yield prospect

    def look_at(self, prospect_ids: Sequence[int]) -> list[Looked]:
        """These prospects as they stand at this moment; who is not there any more, or has left, is missing."""
        return look_at(self.services.engine, prospect_ids, self._ways)

    @cached_property
    def _ways(self) -> Ways:
        return Ways(self._may_leave, self._find_refused, find_orders, self.link_of)

    def reasons(self) -> list[Withheld]:
        """Why those counted so far are withheld, the most first."""
        return [self._told(key, count) for key, count in self._counts.most_common()]

    def count(self) -> int:
        """Count those withheld without giving any, for answers that begin with it; how many prospects there are."""
        with reading(self.services.engine) as connection:
            counts = count_by_decision(connection)
            cases = load_cases(connection, counts)
        for number, prospects in counts.items():
            self._note(self.findings(number, cases[number]), prospects)
        return sum(counts.values())

    def ask(self, connection: Connection, decisions: Sequence[int]) -> dict[int, tuple[Finding, ...]]:
        """What keeps prospects of each of these decisions from being handed out."""
        return {number: self.findings(number, case) for number, case in load_cases(connection, decisions).items()}

    def findings(self, number: int, case: Case) -> tuple[Finding, ...]:
        """What keeps prospects of this decision from being handed out."""
        if number not in self._findings:
            answers = tuple((spec.name, self._answer(spec, case)) for spec in self._asked)
            if answers not in self._memo:
                self._memo[answers] = self.services.policies.emission(dict(answers), self.as_of)
            over = () if case.overrides <= self._standing else (OVERRIDE_IS_OVER,)
            self._findings[number] = (*over, *self._memo[answers])
        return self._findings[number]

    @cached_property
    def _standing(self) -> frozenset[str]:
        """The overrides in force now."""
        with reading(self.services.engine) as connection:
            return find_standing(connection, self.services.ledger, self.as_of)

    def _may_leave(self, number: int, case: Case) -> bool:
        found = self.findings(number, case)
        self._note(found, 1)
        return not found

    def _note(self, found: tuple[Finding, ...], count: int) -> None:
        if found:
            self.withheld += count
        for finding in found:
            self._counts[finding.rule, finding.reason, finding.unknown] += count

    @cached_property
    def _asked(self) -> list[FactSpec]:
        """The facts that emission rules ask. Of instants only their bracket is recorded: they count as unknown."""
        packs = ((pack, [r for r in pack.rules if r.use == "emission"]) for pack in self.services.policies.packs)
        names = {name for condition in conditions_of(packs) for name in facts_of(condition)}
        return [spec for name, spec in CATALOGUE.items() if name in names and spec.kind != "instant"]

    def _answer(self, spec: FactSpec, case: Case) -> FactValue:
        if spec.name == READY:
            return self.services.world.sender.is_ready
        answer = case.facts.get(spec.name)
        if isinstance(answer, bool) and spec.kind == "boolean":
            return answer
        if spec.folds and answer == OTHER:
            return None  # what none of the rules of its day named; today's may name it
        if isinstance(answer, str) and (spec.kind == "text" or answer in spec.choices):
            return answer
        return None  # unknown, or an answer of years ago that the fact cannot have any more

    def _told(self, key: _Key, count: int) -> Withheld:
        rule, code, unknown = key
        if rule == OVERRIDE_IS_OVER.rule:
            return Withheld(rule, code, OVERRIDE_IS_OVER.title + ".", _RENEW, count)
        reason = self.services.policies.reasons[code]
        params = {"facts": " ".join(CATALOGUE[name].asks for name in unknown)}
        remedy = None if reason.remedy is None else fill(reason.remedy, params)
        return Withheld(rule, code, reason.wording("officer", params) or "", remedy, count)

    def _find_refused(self, phones: Sequence[str]) -> set[str]:
        world = self.services.world
        keys = {phone: phone_key(phone, world.match_keys) for phone in phones}
        orders = world.suppressions.find_suppressions(keys.values())
        return {phone for phone, key in keys.items() if key in orders}


def find_orders(connection: Connection, page: Sequence[Mapping[str, Any]]) -> dict[int, frozenset[str] | None]:
    """Those of a page against whom orders stand: the purposes that were left, or None for everything.

    Leaving withdraws them in its own transaction, so there is nobody to be stopped whole; unless a table was restored
    or filled by hand. An earlier order was answered by the yes on which the prospect stands; one of a purpose only by a
    yes that was confirmed. Who left every purpose of theirs is not written to at all.
    """
    keys = {bytes(one["match_key"]): one for one in page}
    orders = find(connection, keys)
    origins = origins_of_leads(connection, [keys[key]["lead_id"] for key in orders]) if orders else {}
    left = find_left(connection, orders)
    found: dict[int, frozenset[str] | None] = {}
    for key, some in orders.items():
        one, words = keys[key], left.get(key, frozenset())
        is_stopped = any(
            text_of(order.received_at) >= one["since"] and order.covers(*origins[one["lead_id"]]) for order in some
        )
        if is_stopped or (one["purposes"] and not kept(one["purposes"], words)):
            found[one["id"]] = None
        elif words:
            found[one["id"]] = words
    return found
