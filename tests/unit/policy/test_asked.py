from policy_packs import load, pack, rule

from gateway.policy.asked import asked_facts
from gateway.policy.rules import Spot


def test_who_asks_which_fact_and_where(tmp_path):
    twice = {"any": [{"fact": "consent.act", "is": "oral"}, {"not": {"fact": "consent.act", "known": False}}]}
    policies = load(tmp_path, pack("us", rule("CS-01", when=twice), applies_to={"fact": "person.country", "is": "US"}))
    file = f"{tmp_path}/us.yaml"
    assert asked_facts(policies) == {
        "person.country": [("us", Spot(file, 29))], "consent.act": [("CS-01", Spot(file, 10))],
    }  # fmt: skip


def test_a_rule_of_the_day_of_the_consent_asks_for_that_day(tmp_path):
    policies = load(tmp_path, pack("us", rule("CS-01", judged_at="consent")))
    assert list(asked_facts(policies)) == ["consent.at", "source.provenance_is_complete"]
