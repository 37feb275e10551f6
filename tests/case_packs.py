"""Two rules, the facts that all cases share, and a case that holds: what tests of case files begin with."""

from datetime import date

from policy_packs import DAY, load, pack, rule

from gateway.policy.caserun import run_cases

OLD = rule("CS-02", when={"fact": "consent.at", "older_than": "1 year"}, then="hold")
GROUND = rule("CS-15", obligations=["label", "stop"])
GIVEN = {"source.provenance_is_complete": True, "consent.at": date(2026, 10, 1)}
GOOD = {"sentence": "A fresh list passes", "verdict": "accept", "speaks": ["CS-15"], "silent": ["CS-02"]}


def run(folder, *cases, **changes):
    content = {"as_of": DAY, "given": GIVEN, "cases": list(cases)} | changes
    content = {key: value for key, value in content.items() if value is not None}
    policies = load(folder, pack("us", OLD, GROUND), cases={"us": content})
    return run_cases(policies, folder)
