"""Policies: the packs in force in plain language, a pack, a rule, what a name means, and search over all of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response, abort, current_app, request

from gateway.console.desk.charts import Bar, bars
from gateway.console.desk.frame import translated
from gateway.console.desk.gate import page, shown
from gateway.console.desk.policies_cases import cases_of, found_cases, try_cases
from gateway.console.desk.policies_sets import SHORT, in_force, lies_changed
from gateway.console.desk.policies_words import Told, alike, applies, index, items, tell, today, users
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.intake.http import services
from gateway.outcomes.speaking import Speakers, Spoken
from gateway.policy.describe import Describer
from gateway.policy.pack import PolicySet
from gateway.policy.rules import Pack, Rule
from gateway.policy.written import pack_as_written, rule_as_written

LATELY = timedelta(days=30)
LONGEST_SEARCH = 200
NONE = Spoken()


@page("GET", "/policies", role="viewer")
def show() -> Response:
    """Every pack in force, and what is found."""
    words = request.args.get("find", "")[:LONGEST_SEARCH]
    found, count = index().find(words)
    if "HX-Request" in request.headers:
        return shown("policies/_found.html", words=words, found=found, count=count)
    policies = in_force()
    spoken = _spoken()
    return shown(
        "policies/show.html", here="policies", words=words, found=found, count=count, packs=_packs(policies, spoken),
        digest=policies.digest[:SHORT], rules=len(policies.rules), tried=found_cases(), changed=lies_changed(),
    )  # fmt: skip


@page("GET", "/policies/cases", role="viewer")
def cases() -> Response:
    """Every case beside the packs, tried, with those that came out otherwise."""
    tried = try_cases()
    if "HX-Request" in request.headers:
        return shown("policies/_tried.html", tried=tried)
    packs = {one.name: one for one in in_force().packs}
    return shown("policies/cases.html", here="policies", tried=tried, packs=packs, groups=tried.groups())


@page("GET", "/policies/packs/<name>", role="viewer")
def pack(name: str) -> Response:
    """One pack with its rules."""
    policies = in_force()
    found = next((one for one in policies.packs if one.name == name), None)
    if found is None:
        abort(404)
    spoken = _spoken()
    return shown(
        "policies/pack.html", here="policies", pack=tell_pack(found, spoken), text=pack_as_written(policies, found),
        rules=[(tell(policies, rule), spoken.get(rule.id, NONE)) for rule in found.rules],
        cases=found_cases(), whom=items(found.applies_to),
    )  # fmt: skip


@page("GET", "/policies/rules/<rule_id>", role="viewer")
def rule(rule_id: str) -> Response:
    """One rule: when it speaks, what it says and to whom, on what it rests, how often, its cases, its text."""
    policies = in_force()
    found = [(owner, one) for owner in policies.packs for one in owner.rules if one.id == rule_id]
    if not found:
        return _explained(rule_id)
    speakers = _speakers()
    with reading(services().engine) as connection:
        spoken = speakers.count(connection, services().clock.now() - LATELY).get(rule_id, NONE)
        samples = speakers.find_samples(connection, rule_id)
    return shown(
        "policies/rule.html", here="policies", rule_id=rule_id, spoken=spoken, samples=samples,
        told=[_whole(policies, owner, one) for owner, one in found], cases=cases_of(rule_id),
        alike=alike(policies, found[-1][1]), outcomes=_outcomes(spoken, found[-1][1].reason),
    )  # fmt: skip


@page("GET", "/policies/names/<name>", role="viewer")
def name(name: str) -> Response:
    """What a reason, a fact or an obligation means, and who uses it."""
    if in_force().rule(name) is not None:
        return rule(name)
    return _explained(name)


def _explained(name: str) -> Response:
    policies, wanted = in_force(), name[:LONGEST_SEARCH]
    describer = Describer(policies)
    found = describer.find(wanted)
    if not found:
        return shown("policies/unknown.html", 404, here="policies", name=wanted, meant=describer.suggest(wanted))
    told = [(one, [_sentence(said, wanted) for said in one.sentences]) for one in found]
    return shown("policies/name.html", here="policies", name=wanted, told=told, rules=users(policies, wanted))


def _sentence(said: str, name: str) -> str:
    """As a sentence begins, unless it begins with the name itself."""
    said = said.strip().removeprefix("- ")
    return said if said.startswith(name) else said[:1].upper() + said[1:]


def tell_pack(pack: Pack, spoken: dict[str, Spoken]) -> dict[str, Any]:
    """What the lists say of a pack."""
    return {
        "name": pack.name, "title": pack.title, "version": pack.version, "by": pack.reviewed_by,
        "on": pack.reviewed_on, "again_by": pack.review_again_by, "overdue": pack.review_again_by < today(),
        "due_rules": sorted(one.id for one in pack.rules if one.again_by < today()), "grants": pack.grants,
        "rules": len(pack.rules), "applies": applies(pack),
        "lately": sum(spoken.get(one.id, NONE).lately for one in pack.rules),
        "unverified": sum(bool(one.unverified) for one in pack.rules),
    }  # fmt: skip


def _packs(policies: PolicySet, spoken: dict[str, Spoken]) -> list[dict[str, Any]]:
    return [tell_pack(one, spoken) for one in policies.packs]


def _whole(policies: PolicySet, owner: Pack, one: Rule) -> tuple[Told, Pack, list[Any], str]:
    return tell(policies, one), owner, items(owner.applies_to), rule_as_written(policies, owner, one)


def _outcomes(spoken: Spoken, reason: str) -> list[Bar]:
    names = {
        "prospect": translated(phrase("Prospects")), "hold": translated(phrase("On hold")),
        "rejection": translated(phrase("Refused")),
    }  # fmt: skip
    where = {"hold": f"/desk/holds?reason={reason}", "rejection": f"/desk/leads?reason={reason}"}
    return [
        replace(bar, tone=tone, href=where.get(tone, "") if bar.count else "")
        for tone, bar in zip(names, bars([(names[tone], spoken.outcomes[tone]) for tone in names]), strict=True)
    ]


def _spoken() -> dict[str, Spoken]:
    with reading(services().engine) as connection:
        return _speakers().count(connection, services().clock.now() - LATELY)


def _speakers() -> Speakers:
    """One for each gateway: what it has read of decisions stays read."""
    found: Speakers = current_app.extensions.setdefault("gateway.speakers", Speakers())
    return found
