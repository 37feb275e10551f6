"""Finds rules, reasons, facts and obligations by any of their words: titles, whys, wordings, law, what facts ask."""

from collections.abc import Iterator
from typing import NamedTuple

from gateway.domain.facts import CATALOGUE
from gateway.policy.conditions import facts_of
from gateway.policy.pack import PolicySet
from gateway.policy.reasons import Reason
from gateway.policy.rules import Pack, Rule
from gateway.policy.words import cited, duty

MOST_WORDS = 12


class Entry(NamedTuple):
    """One thing that may be found."""

    kind: str  # rule, reason, fact, obligation
    name: str
    title: str
    pack: str  # of a rule
    rule: Rule | None
    text: str  # whatever it may be found by, folded


class Index:
    """Everything of a set that may be found."""

    def __init__(self, policies: PolicySet) -> None:
        self.digest = policies.digest
        self._entries = list(_entries(policies))

    def find(self, words: str, most: int = 60) -> tuple[list[Entry], int]:
        """What has every one of the words, those whose name or title has them first; and how many there are."""
        wanted = words.casefold().split()[:MOST_WORDS]
        if not wanted:
            return [], 0
        found = [entry for entry in self._entries if all(word in entry.text for word in wanted)]
        found.sort(key=lambda entry: -sum(word in f"{entry.name} {entry.title}".casefold() for word in wanted))
        return found[:most], len(found)


def _entries(policies: PolicySet) -> Iterator[Entry]:
    for pack in policies.packs:
        for rule in pack.rules:
            yield Entry("rule", rule.id, rule.title, pack.name, rule, _of_rule(policies, pack, rule))
    for reason in policies.reasons.values():
        yield Entry("reason", reason.code, reason.officer, "", None, _of_reason(reason))
    for owed in policies.obligations.values():
        yield Entry("obligation", owed.id, owed.title, "", None, f"{owed.code} {duty(owed)}".casefold())
    for fact in CATALOGUE.values():
        text = f"{fact.name} {fact.asks} {' '.join(fact.choices)}".casefold()
        yield Entry("fact", fact.name, fact.asks, "", None, text)


def _of_rule(policies: PolicySet, pack: Pack, rule: Rule) -> str:
    facts = [f"{name} {CATALOGUE[name].asks}" for name in facts_of(rule.condition)]
    said = [rule.id, rule.title, rule.officer, rule.unverified, cited(rule.cites), pack.name, pack.title, rule.then,
            rule.reason, _of_reason(policies.reasons[rule.reason]), *rule.obligations, *facts]  # fmt: skip
    return " ".join(said).casefold()


def _of_reason(reason: Reason) -> str:
    said = (reason.code, reason.person, reason.vendor, reason.officer, reason.remedy)
    return " ".join(text for text in said if text).casefold()
