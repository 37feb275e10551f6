"""What waits for the same answer: groups of holds, each a question that one decision of an officer settles.

Leads wait together when the same rules hold them for the same reasons, and these come from the same place: the domain
where a rule looks at domains, the words that people agreed under where it looks at these, the list where it looks at
the whole list, else the vendor or the form.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from gateway.domain.decision import Decision, Finding, Question
from gateway.outcomes.queue import Case, Stand, Wanted, count_cases, find_stands
from gateway.outcomes.remembered import decisions_of, statements_of
from gateway.pipeline import Services
from gateway.policy.conditions import facts_of
from gateway.policy.pack import PolicySet
from gateway.vendors.book import fold

PlaceKind = Literal["domain", "wording", "list", "vendor", "form"]
BY_ITSELF: frozenset[Question] = frozenset({"confirm", "recheck"})
"""Questions that the person and DNS answer: nothing for an officer to do."""
_OF_DOMAINS = frozenset({
    "address.accepts_mail", "address.mail_route", "address.is_disposable", "address.looks_mistyped",
    "address.is_confusable", "address.wireless_gateway", "wireless.fcc_listed", "wireless.fcc_list",
})  # fmt: skip
_OF_WORDS = frozenset({"consent.wording_standing"})
_OF_LISTS = frozenset({"source.looks_generated", "source.collected_at"})


class Place(NamedTuple):
    """Where the cause lies."""

    kind: PlaceKind
    name: str  # gmial.com, the digest of a wording, 3 (of list_3), Meridian Leads, demo


@dataclass(slots=True)
class Group:
    """Leads that one decision settles."""

    key: str
    question: Question
    is_asked: bool  # of the vendor, by an officer
    place: Place
    findings: tuple[Finding, ...]  # that hold its leads; those that ask its question come first
    decision: Decision  # one of theirs
    leads: int
    asked_at: datetime  # the earliest
    deadline_at: datetime  # the earliest
    first: int  # lead
    last: int  # lead
    decisions: set[int] = field(default_factory=set)
    statements: set[int] = field(default_factory=set)
    sources: dict[tuple[str, str], int] = field(default_factory=dict)  # (form, demo) or (list, 3) -> leads
    vendors: set[str] = field(default_factory=set)
    by_domain: bool = False  # its question is about domains
    wording: str | None = None  # digest of the words that its question is about, empty where none are known
    assignee: int | None = None

    @property
    def answers_itself(self) -> bool:
        """Whether nobody at the desk needs to do anything."""
        return self.question in BY_ITSELF

    @property
    def asking(self) -> tuple[Finding, ...]:
        """The findings that ask its question; all of them where the vendor was asked instead."""
        found = tuple(f for f in self.findings if question_of(f) == self.question)
        return found or self.findings

    def wanted(self, base: Wanted) -> Wanted:
        """Its leads, of those that are meant at all."""
        found = replace(
            base, decisions=self.decisions, statements=self.statements, question=self.question, is_asked=self.is_asked
        )  # fmt: skip
        if self.wording is not None:
            found = replace(found, wording=self.wording)
        if self.by_domain:
            return replace(found, domain=self.place.name if self.place.kind == "domain" else "")
        return found

    def has(self, found: Stand) -> bool:
        """Whether a lead is one of its, whose decision and question are."""
        if found.statement not in self.statements or self.wording not in {None, found.wording or ""}:
            return False
        return not self.by_domain or found.domain == (self.place.name if self.place.kind == "domain" else None)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which groups and which of their leads are looked at."""

    wanted: Wanted = field(default_factory=Wanted)
    vendor: str | None = None  # folded as names are compared
    reason: str | None = None
    question: Question | None = None
    is_asked: bool | None = None
    assignee: int | None = None  # 0: nobody
    key: str | None = None  # of one group


class Counted(NamedTuple):
    """A decision as it is counted: what it waits for, and whether that is about domains, words or the whole list."""

    findings: tuple[Finding, ...]
    by_domain: bool
    by_wording: bool
    only_words: bool  # nothing else is asked: who brought the words is no matter
    by_list: bool


def find_groups(
    connection: Connection, services: Services, wanted: Filter, assignees: Mapping[str, int] | None = None
) -> list[Group]:
    """Every group of which leads wait, the largest first. ``assignees``: who looks after which."""
    cases = count_cases(connection, wanted.wanted)
    held = decisions_of(connection, {case.decision for case in cases})
    signs = {number: _counted(decision, services.policies) for number, decision in held.items()}
    signs = {
        number: sign for number, sign in signs.items()
        if wanted.reason is None or any(f.reason == wanted.reason for f in sign.findings)
    }  # fmt: skip
    if split := [number for number, sign in signs.items() if sign.by_domain]:  # counted again: few are about domains
        cases = [case for case in cases if case.decision not in split]
        cases += count_cases(connection, replace(wanted.wanted, decisions=split), by_domain=True)
    stated = statements_of(connection, {case.statement for case in cases})
    found: dict[str, Group] = {}
    for case in cases:
        vendor = stated[case.statement].vendor
        if case.decision not in signs or (wanted.vendor is not None and fold(vendor or "") != wanted.vendor):
            continue
        sign = signs[case.decision]
        asked = case if sign.by_wording else case._replace(wording=None)
        _add(found, asked, sign, held[case.decision], vendor)
    for key, group in found.items():
        group.assignee = (assignees or {}).get(key)
    return sorted(filter(lambda group: _is_wanted(group, wanted), found.values()), key=lambda g: (-g.leads, g.key))


def ids_of(connection: Connection, groups: Sequence[Group], base: Wanted) -> list[int]:
    """Every lead of these groups, by number. Sorted out here: a question for each group takes a database seconds."""
    mine: dict[tuple[int, Question, bool], list[Group]] = {}
    for group in groups:
        for decision in group.decisions:
            mine.setdefault((decision, group.question, group.is_asked), []).append(group)
    wanted = replace(base, decisions=list({decision for decision, _, _ in mine}))
    return [
        found.lead for found in find_stands(connection, wanted)
        if any(group.has(found) for group in mine.get((found.decision, found.question, found.is_asked), ()))
    ]  # fmt: skip


def _is_wanted(group: Group, wanted: Filter) -> bool:
    return (
        (wanted.question is None or group.question == wanted.question)
        and (wanted.is_asked is None or group.is_asked == wanted.is_asked)
        and (wanted.assignee is None or (group.assignee or 0) == wanted.assignee)
        and (wanted.key is None or group.key == wanted.key)
    )


def _add(found: dict[str, Group], case: Case, sign: Counted, decision: Decision, vendor: str | None) -> None:
    place = _place(case, sign, vendor)
    key = _key(case, sign.findings, place)
    group = found.get(key)
    if group is None:
        mine = sorted(sign.findings, key=lambda f: question_of(f) != case.question)
        group = found[key] = Group(
            key, case.question, case.is_asked, place, tuple(mine), decision, 0, case.asked_at, case.deadline_at,
            case.first, case.last, by_domain=sign.by_domain, wording=(case.wording or "") if sign.by_wording else None,
        )  # fmt: skip
    group.leads += case.leads
    group.asked_at = min(group.asked_at, case.asked_at)
    group.deadline_at = min(group.deadline_at, case.deadline_at)
    group.first, group.last = min(group.first, case.first), max(group.last, case.last)
    group.decisions.add(case.decision)
    group.statements.add(case.statement)
    source = (case.kind, case.source)
    group.sources[source] = group.sources.get(source, 0) + case.leads
    if vendor:
        group.vendors.add(vendor)


def _place(case: Case, sign: Counted, vendor: str | None) -> Place:
    if sign.by_domain and case.domain is not None:
        return Place("domain", case.domain)
    if sign.only_words and case.wording is not None:
        return Place("wording", case.wording)
    if case.kind == "form":
        return Place("form", case.source)
    if sign.by_list or not vendor:
        return Place("list", case.source)
    return Place("vendor", vendor)


def _key(case: Case, findings: Iterable[Finding], place: Place) -> str:
    """The group's name, the same for as long as the same rules hold for the same reasons at the same place."""
    held = sorted(f"{f.rule} {f.reason} {','.join(f.unknown)}" for f in findings)
    parts = [case.question, "asked" if case.is_asked else "", place.kind, fold(place.name), *held]
    parts += [case.wording] if case.wording and place.kind != "wording" else []
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _counted(decision: Decision, policies: PolicySet) -> Counted:
    findings = asked_of_us(decision)
    facts = {fact for finding in findings for fact in finding.unknown or _facts(finding, policies)}
    # What DNS answers comes at a thousand domains at once, and nobody decides about each.
    by_domain = not facts.isdisjoint(_OF_DOMAINS) and any(question_of(f) not in BY_ITSELF for f in findings)
    of_words = [not _OF_WORDS.isdisjoint(finding.unknown or _facts(finding, policies)) for finding in findings]
    by_list = any(f in _OF_LISTS or f.startswith("list.") for f in facts)
    return Counted(findings, by_domain, any(of_words), all(of_words), by_list)


def asked_of_us(decision: Decision) -> tuple[Finding, ...]:
    """The findings that make the lead wait for an answer of ours; where it waits for others only, theirs."""
    held = tuple(finding for finding in decision.refusals if finding.verdict == "hold")
    ours = tuple(finding for finding in held if question_of(finding) not in BY_ITSELF)
    return ours or held


def question_of(finding: Finding) -> Question:
    """What it waits for."""
    return finding.question or "review"


def _facts(finding: Finding, policies: PolicySet) -> tuple[str, ...]:
    rule = policies.rule(finding.rule)
    return () if rule is None else tuple(facts_of(rule.condition))
