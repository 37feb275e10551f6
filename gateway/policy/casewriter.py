"""Finds two cases for a condition: facts that make it true, and facts that make it false."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from gateway.domain.facts import CATALOGUE, FactValue
from gateway.policy.ages import Brackets, Duration
from gateway.policy.conditions import Condition, asks_of
from gateway.policy.lint.spaces import Space, spaces
from gateway.policy.truth import Answer, Case

ORDINARY: Mapping[str, FactValue] = {
    "address.is_valid": True,
    "address.problem": "none",
    "address.accepts_mail": True,
    "address.mail_route": "mx",
    "address.role_class": "none",
    "address.is_disposable": False,
    "address.is_privacy_relay": False,
    "address.is_free_mail": False,
    "address.wireless_gateway": "none",
    "address.is_phone_shaped": False,
    "address.looks_mistyped": False,
    "address.is_confusable": False,
    "address.was_dead": False,
    "source.kind": "form",
    "source.is_direct": True,
    "source.method": "form",
    "source.provenance_is_complete": True,
    "source.vendor_standing": "none",
    "source.audience": "general",
    "source.legal_basis": "consent",
    "source.form_is_on_file": True,
    "consent.status": "given",
    "consent.act": "unticked_box",
    "consent.given_to_us": True,
    "consent.wording_is_known": True,
    "consent.is_proven": True,
    "consent.is_contradicted": False,
    "consent.is_confirmed": True,
    "consent.covers_marketing": True,
    "relationship.kind": "none",
    "wireless.authorization": "none",
    "wireless.fcc_list": "current",
    "wireless.fcc_listed": "no",
    "phone.is_given": False,
    "person.country": "US",
    "person.country_from": "stated",
    "person.country_is_doubtful": False,
    "person.region": "OH",
    "person.age": "18_or_more",
    "person.is_under_consent_age": False,
    "person.subscriber": "individual",
    "suppression.is_checked": True,
    "suppression.is_matched": False,
    "suppression.is_undeliverable": False,
    "suppression.later_consent": "none",
    "lead.says_stop": False,
    "lead.says_no_sale": False,
    "lead.has_sensitive_data": False,
    "campaign.is_adult": False,
    "campaign.restricted": "none",
    "campaign.sender": "one_advertiser",
    "sender.is_ready": True,
}
"""A signup by our own form with a good yes, in the United States: what a new file of cases starts from."""
_PLACES = {
    "person.country": ("US", "DE", "FR", "GB", "CA", "AU", "JP", "BR"),
    "person.region": ("NV", "OH", "KS", "ME"),
}


def find_cases(
    condition: Condition, whom: Condition | None, as_of: date
) -> tuple[dict[str, FactValue] | None, dict[str, FactValue] | None]:
    """Facts that make a condition true, and facts that make it false, for a lead that the pack is asked of.

    The two differ in as little as can be, and leave nothing unknown where that is possible. None where there is no
    such case. Raises ValueError where there is too much to try.
    """
    found = spaces(condition) if whom is None else spaces(condition, whom)
    if not found:
        raise ValueError("the condition compares too much to try every combination of answers")
    space = found[0]
    says, applies = space.check(condition), (lambda _: True) if whom is None else space.check(whom)
    cases: dict[bool, list[Case]] = {True: [], False: []}
    for case in sorted(space.cases(), key=lambda case: case.count(None)):
        truth = says(case)
        if truth is not None and applies(case):
            cases[truth].append(case)
    fires = cases[True][0] if cases[True] else None
    silent = max(cases[False], key=lambda case: _likeness(case, fires), default=None)
    conditions = [condition] if whom is None else [condition, whom]
    return _facts(fires, space, conditions, as_of), _facts(silent, space, conditions, as_of)


def _likeness(case: Case, other: Case | None) -> tuple[int, int]:
    same = 0 if other is None else sum(one == two for one, two in zip(case, other, strict=True))
    return -case.count(None), same


def _facts(
    case: Case | None, space: Space, conditions: Sequence[Condition], as_of: date
) -> dict[str, FactValue] | None:
    if case is None:
        return None
    return {name: _value(name, answer, conditions, as_of) for name, answer in zip(space.answers, case, strict=True)}


def _value(name: str, answer: Answer, conditions: Sequence[Condition], as_of: date) -> FactValue:
    spec = CATALOGUE[name]
    asks = [ask for condition in conditions for ask in asks_of(condition) if ask.fact == name]
    if spec.kind == "instant" and isinstance(answer, int):
        limits = [ask.value for ask in asks if isinstance(ask.value, (Duration, date))]
        return instant_within(answer, Brackets(limits, _midnight(as_of)).cuts(_midnight(as_of)), _midnight(as_of))
    if spec.kind == "text" and answer == "(any other)":
        named = {word for ask in asks for word in (ask.value if isinstance(ask.value, tuple) else (ask.value,))}
        return next((place for place in _PLACES.get(name, ()) if place not in named), "other")
    return answer if isinstance(answer, (bool, str)) else None


def instant_within(bracket: int, cuts: Sequence[datetime], as_of: datetime) -> datetime:
    """An instant well within a bracket; a day, where one fits in."""
    if not cuts:
        return as_of - timedelta(days=1)
    if bracket == 0:
        return cuts[0] - timedelta(days=1)
    begin = cuts[bracket - 1]
    end = cuts[bracket] if bracket < len(cuts) else max(as_of, begin + timedelta(days=2))
    return begin + timedelta(days=(end - begin).days // 2)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
