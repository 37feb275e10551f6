from datetime import UTC, date, datetime, timedelta

from policy_packs import DAY, load, pack, rule

from gateway.policy.casefile import read_examples
from gateway.policy.values import Values, value_coverage

WHEN = {
    "any": [
        {"fact": "consent.act", "in": ["oral", "written"]},
        {"not": {"fact": "consent.is_proven", "is_not": True}},
        {"fact": "consent.is_proven", "known": False},
        {"fact": "consent.at", "older_than": "1 year"},
        {"fact": "source.collected_at", "on_or_after": date(2026, 1, 1)},
    ]
}


def test_which_answers_the_rules_name_and_the_cases_show(tmp_path):
    whom = {"fact": "person.country", "not_in": ["US", "CA"]}
    cases = [
        {"sentence": "a", "facts": {"consent.act": "oral", "person.country": "CA"}, "verdict": "accept"},
        {"sentence": "b", "facts": {"consent.is_proven": True, "consent.act": "none"}, "verdict": "accept"},
        {"sentence": "c", "facts": {"consent.at": date(2025, 11, 21), "source.collected_at": DAY}, "verdict": "hold"},
    ]
    policies = load(
        tmp_path, pack("us", rule(when=WHEN), applies_to=whom), cases={"us": {"as_of": DAY, "cases": cases}}
    )
    examples = read_examples(policies, tmp_path, [])
    assert value_coverage(policies, examples) == {
        "person.country": Values(["CA"], ["US"]),
        "consent.act": Values(["oral"], ["written"]),
        "consent.is_proven": Values(["true", "unknown"], []),
        "consent.at": Values(["newer than 1 year"], ["older than 1 year"]),
        "source.collected_at": Values(["on or after 2026-01-01"], ["before 2026-01-01"]),
    }


def test_a_limit_is_its_younger_side(tmp_path):
    as_of = datetime(2026, 11, 21, tzinfo=UTC)
    policies = load(tmp_path, pack("us", rule(when={"fact": "consent.at", "newer_than": "30 days"})))
    for days, side in ((29, "newer"), (30, "newer"), (31, "older")):
        made = {"sentence": "x", "facts": {"consent.at": (as_of - timedelta(days=days)).date()}, "verdict": "accept"}
        load(tmp_path, pack("us"), cases={"us": {"as_of": DAY, "cases": [made]}})
        (found,) = value_coverage(policies, read_examples(policies, tmp_path, [])).values()
        assert found.seen == [f"{side} than 30 days"]
