"""The reference pages, made from the catalogue and the packs: rules, reasons, obligations, and where each row went."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from gateway.domain.facts import CATALOGUE
from gateway.domain.outcome import GATE_FINDINGS
from gateway.policy.asked import asked_facts
from gateway.policy.coverage import Row
from gateway.policy.describe import does, rule_stands, unknown_says
from gateway.policy.pack import PolicySet
from gateway.policy.prose import lines
from gateway.policy.reasons import Obligation, Reason
from gateway.policy.rules import Rule
from gateway.policy.words import GROUNDS, day, ended

_MADE = "This page is made by `gateway policy docs` and not written by hand; `make test` checks that it is current.\n"
_FACTS = f"""\
# Facts

Every question a policy may ask of a lead. Any fact may also be **unknown**: nobody could or would say. An unknown that
matters to a rule holds the lead; it never passes as a yes or a no.

{_MADE}"""
_RULES = f"""\
# Rules

Every rule of every pack, read aloud. A lead is decided by all rules that speak of it: the strictest verdict wins, and
the obligations of the rules that won travel with the prospect. Silence of all rules is a hold
([how a lead is decided](../../policies/README.md)).

{_MADE}"""
_REASONS = f"""\
# Reasons

Why a lead was accepted, held or refused, in the words of each reader. Where nothing is said to a reader, a stranger
might learn from it what is nobody's business.

{_MADE}"""
_OBLIGATIONS = f"""\
# Obligations

What must be done if a prospect is used. The obligations of the rules that won travel with the prospect.

{_MADE}"""
_COVERAGE = f"""\
# Coverage

Every row of the tables of law and practice that the packs were written from, and where it went: to a rule, to an
obligation, or nowhere, with the reason why.

{_MADE}"""
_KINDS = {"boolean": "true, false", "instant": "an instant", "text": "text"}


def pages(policies: PolicySet, rows: Sequence[Row]) -> dict[str, str]:
    """Every page by its file's name."""
    return {
        "facts.md": "".join(_facts(policies)),
        "reasons.md": "".join(_reasons(policies)),
        "rules.md": "".join(_rules(policies)),
        "obligations.md": "".join(_obligations(policies)),
        "coverage.md": "".join(_coverage(policies, rows)),
    }


def _facts(policies: PolicySet) -> Iterator[str]:
    yield _FACTS
    asked = asked_facts(policies)
    for subject, specs in groupby(CATALOGUE.values(), key=lambda spec: spec.name.partition(".")[0]):
        yield f"\n## {subject}\n\n| fact | asks | answers | established by | asked by |\n"
        yield "| --- | --- | --- | --- | --- |\n"
        for spec in specs:
            answers = ", ".join(f"`{choice}`" for choice in spec.choices) or _KINDS[spec.kind]
            who = dict.fromkeys(name for name, _ in asked.get(spec.name, ()))
            yield _row(
                f'<a id="{spec.name}"></a>`{spec.name}`', spec.asks, answers, spec.by, _to_rules(who) or "no rule"
            )


def _rules(policies: PolicySet) -> Iterator[str]:
    yield f"{_RULES}\n| pack | about | version | reviewed | rules |\n| --- | --- | --- | --- | --- |\n"
    for pack in policies.packs:
        reviewed = f"{day(pack.reviewed_on)}, again by {day(pack.review_again_by)}"
        yield _row(_to_rules([pack.name]), pack.title, pack.version, reviewed, str(len(pack.rules)))
    for pack in policies.packs:
        yield f'\n<a id="{pack.name}"></a>\n\n## {pack.name}: {pack.title}\n\n'
        yield f"Version {pack.version}, reviewed on {day(pack.reviewed_on)} by {ended(pack.reviewed_by)}\n"
        yield (
            "Its accept rules are grounds to accept a lead.\n"
            if pack.grants
            else "It gives no ground to accept a lead.\n"
        )
        if pack.applies_to is None:
            yield "It is asked of every lead.\n"
        else:
            yield from _list("It is asked only of leads for whom ", lines(pack.applies_to))
        for rule in pack.rules:
            yield from _rule(rule, policies)


def _rule(rule: Rule, policies: PolicySet) -> Iterator[str]:
    yield f'\n<a id="{rule.id.lower()}"></a>\n\n### {rule.id}: {rule.title}\n\n'
    yield from _list(f"It {does(rule)} when ", lines(rule.when))
    yield f"\n{unknown_says(rule)}\n\n{ended(rule.officer)}\n\n"
    yield f"- It rests on {GROUNDS[rule.cites.kind]}: {_link(rule.cites.text, rule.cites.url)}.\n"
    yield "".join(f"- {line}\n" for line in list(rule_stands(rule))[1:])
    yield f"- Reason: [`{rule.reason}`](reasons.md#{rule.reason}).\n"
    if rule.obligations:
        owed = (policies.obligations[code] for code in rule.obligations)
        yield f"- Whoever uses the prospect owes {', '.join(map(_to_obligation, owed))}.\n"


def _reasons(policies: PolicySet) -> Iterator[str]:
    yield _REASONS
    for reason in sorted(policies.reasons.values(), key=lambda reason: reason.code):
        yield f'\n<a id="{reason.code}"></a>\n\n## `{reason.code}`\n\n| to | |\n| --- | --- |\n'
        for reader in ("officer", "vendor", "person"):
            yield _row(f"the {reader}", getattr(reason, reader) or "nothing is said")
        yield _row("what can be done", reason.remedy or "nothing needs to be")
        yield f"\n{_givers(reason, policies)}\n"


def _givers(reason: Reason, policies: PolicySet) -> str:
    given = dict.fromkeys(rule.id for rule in policies.rules if rule.reason == reason.code)
    silent = dict.fromkeys(
        rule.id for rule in policies.rules if rule.unknown_reason == reason.code and rule.holds_when_unknown
    )
    gate = [finding.rule for finding in GATE_FINDINGS if finding.reason == reason.code]
    said = [f"Given by {_to_rules(given)}."] if given else []
    said += [f"Given by the gateway itself ({', '.join(gate)})."] if gate else []
    said += [f"Given when a fact is unknown by {_to_rules(silent)}."] if silent else []
    return " ".join(said) or "No rule gives it."


def _obligations(policies: PolicySet) -> Iterator[str]:
    yield _OBLIGATIONS
    for owed in sorted(policies.obligations.values(), key=lambda owed: owed.id):
        yield f'\n<a id="{owed.id.lower()}"></a>\n\n## {owed.id}: {owed.title}\n\n{ended(owed.officer)}\n\n'
        yield "".join(f"- {line}\n" for line in _owed(owed, policies))


def _owed(owed: Obligation, policies: PolicySet) -> Iterator[str]:
    yield f"Called `{owed.code}` with a prospect."
    yield f"It rests on {GROUNDS[owed.cites.kind]}: {_link(owed.cites.text, owed.cites.url)}."
    if owed.when:
        yield f"When: {ended(owed.when)}"
    if owed.deadline:
        yield f"Due: {ended(owed.deadline.in_words())}"
    if owed.waived:
        yield f"Waived: {ended(owed.waived)}"
    if owed.unverified:
        yield f"Not verified: {ended(owed.unverified)}"
    brought = dict.fromkeys(rule.id for rule in policies.rules if owed.code in rule.obligations)
    yield f"Brought by {_to_rules(brought)}." if brought else "No rule brings it."


def _coverage(policies: PolicySet, rows: Sequence[Row]) -> Iterator[str]:
    yield _COVERAGE
    rules = {rule.id: rule for rule in policies.rules}
    owed = {found.id: found for found in policies.obligations.values()}
    for name, found in groupby(rows, key=lambda row: row.table):
        yield f"\n## Table {name}\n\n| id | about | where |\n| --- | --- | --- |\n"
        for row in found:
            where = row.instead
            if row.id in rules:
                where = f"{_to_rules([row.id])}: {rules[row.id].title}"
            elif row.id in owed:
                where = f"{_to_obligation(owed[row.id])}: {owed[row.id].title}"
            yield _row(row.id, row.about, where)
    without = sum(bool(row.instead) for row in rows)
    yield f"\n{len(rows)} rows; {len(rows) - without} have a rule or an obligation, {without} have neither.\n"


def _list(start: str, said: Sequence[str]) -> Iterator[str]:
    heading, *items = said
    yield f"{start}{heading}\n\n"
    yield from (f"{item}\n" for item in items)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"


def _link(text: str, url: str | None) -> str:
    """A link; brackets within an address would end it."""
    return f"[{text}]({url.replace('(', '%28').replace(')', '%29')})" if url and url.startswith("http") else text


def _to_rules(ids: Iterable[str]) -> str:
    return ", ".join(f"[{name}](rules.md#{name.lower()})" for name in ids)


def _to_obligation(owed: Obligation) -> str:
    return f"[{owed.id}](obligations.md#{owed.id.lower()})"
