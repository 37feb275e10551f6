from datetime import date

import pytest
from policy_packs import DAY, OBLIGATIONS, REASONS, load, pack, rule, wording, write

from gateway.policy.conditions import All, AnyOf, Ask
from gateway.policy.lint import can_be, lint
from gateway.policy.loader import load_policies

PROVEN = {"fact": "consent.is_proven", "is": True}
NOT_PROVEN = {"fact": "consent.is_proven", "is": False}
USED_REASONS = {code: words for code, words in REASONS.items() if code != "other"}
USED_OBLIGATIONS = {"label": OBLIGATIONS["label"]}
CASES = {
    "as_of": DAY,
    "cases": [
        {"sentence": "Known", "facts": {"source.provenance_is_complete": True}, "verdict": "accept",
         "speaks": ["CS-01"]},
        {"sentence": "Unknown", "verdict": "hold", "silent": ["CS-01"]},
    ],
}  # fmt: skip


def found(folder, *rules, reasons=USED_REASONS, obligations=USED_OBLIGATIONS, cases=None, on=None, **changes):
    made = pack("us", *rules, **changes)
    policies = load(folder, made, reasons=reasons, obligations=obligations, cases=cases or {"us": CASES})
    return [str(problem).replace(f"{folder}/", "") for problem in lint(policies, folder, on=on)]


CLEAN = rule("CS-01", obligations=["label"])


def test_clean_policies_have_nothing_to_mend(tmp_path):
    assert found(tmp_path, CLEAN, on=date(2027, 5, 21)) == []


def test_rules_that_no_case_shows(tmp_path):
    assert found(tmp_path, CLEAN, rule("CS-02", when=PROVEN)) == [
        "us.yaml:27: no_firing_case: no case shows CS-02 speaking; name it under speaks",
        "us.yaml:27: no_silent_case: no case shows CS-02 silent; name it under silent",
    ]


def test_a_case_that_fires_only_on_the_unknown_shows_nothing(tmp_path):
    shown = {"as_of": DAY, "cases": [{"sentence": "x", "verdict": "hold", "speaks": ["CS-02"]}]}
    said = found(tmp_path, CLEAN, rule("CS-02", when=PROVEN, then="reject"), cases={"us": CASES, "more": shown})
    assert [line.split(": ")[1] for line in said if "CS-02 speaking" in line] == ["no_firing_case"]


def test_cases_that_fail_or_cannot_be_read(tmp_path):
    wrong = {"as_of": DAY, "cases": [{"sentence": "Wrong", "verdict": "accept"}, {"sentence": "Odd", "verdict": "x"}]}
    said = found(tmp_path, CLEAN, cases={"us": CASES, "wrong": wrong})
    assert said == [
        "wrong.test.yaml:3: case_fails: Wrong: expected accept, got hold by GATE-00 (hold)",
        "wrong.test.yaml:6: case_not_readable: cases[1].verdict: 'x' is not known here; one of accept, hold, reject",
    ]


def test_a_slip_in_a_case_comes_with_its_suggestion(tmp_path):
    slip = {"as_of": DAY, "cases": [{"sentence": "Odd", "verdict": "accept", "facts": {"consent.ta": True}}]}
    (said,) = found(tmp_path, CLEAN, cases={"us": CASES, "slip": slip})
    assert said.endswith("no fact is called 'consent.ta'; did you mean 'consent.at'?")


def test_words_that_nothing_uses(tmp_path):
    reasons = REASONS | {"spare": wording("spare")}
    said = found(tmp_path, CLEAN, reasons=reasons, obligations=OBLIGATIONS)
    assert sorted(line.split(": ", 1)[1] for line in said) == [
        "obligation_never_used: no rule brings the obligation address",
        "obligation_never_used: no rule brings the obligation stop",
        "reason_never_used: no rule gives the reason other",
        "reason_never_used: no rule gives the reason spare",
    ]


def test_who_is_asked_must_be_told_why(tmp_path):
    reasons = REASONS | {
        "other": wording("other", vendor=None, person=None), "silent": wording("silent", vendor=None, person=None),
    }  # fmt: skip
    rules = [
        rule("CS-02", when=PROVEN, then="hold", question="evidence", reason="other"),
        rule("CS-03", when=NOT_PROVEN, then="hold", question="confirm", reason="because", unknown_reason="silent"),
        rule("CS-04", when=PROVEN, then="reject", reason="other"),
    ]
    said = [line for line in found(tmp_path, CLEAN, *rules, reasons=reasons) if "wording" in line]
    assert [line.split(": ", 2)[2] for line in said] == [
        "CS-02 asks the vendor, and other has no wording for the vendor",
        "CS-03 asks the person, and silent has no wording for the person",
    ]


def test_each_folder_is_looked_over_for_itself(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    write(ours, pack("us", CLEAN), reasons=REASONS, obligations=USED_OBLIGATIONS, cases={"us": CASES})
    write(theirs, pack("shop", rule("SH-01", when=PROVEN, reason="other"), grants=False), reasons={}, obligations={})
    policies = load_policies([ours, theirs])
    assert lint(policies, ours) == []
    assert [(problem.file, problem.code) for problem in lint(policies, theirs)] == [
        (f"{theirs}/shop.yaml", "no_firing_case"),
        (f"{theirs}/shop.yaml", "no_silent_case"),
    ]


def test_reviews_that_are_overdue(tmp_path):
    assert found(tmp_path, CLEAN, on=date(2027, 5, 22)) == [
        "us.yaml:4: review_overdue: us was to be reviewed again by 2027-05-21"
    ]


def codes(said, rule_id):
    return [line.split(": ")[1] for line in said if rule_id in line and "case" not in line.split(": ")[1]]


def test_two_rules_that_ask_and_say_the_same(tmp_path):
    rules = [rule("CS-02", when=PROVEN), rule("CS-03", when=PROVEN, then="reject"), rule("CS-04", when=PROVEN)]
    said = found(tmp_path, CLEAN, *rules)
    assert (codes(said, "CS-04"), codes(said, "CS-03")) == (["same_condition"], [])
    assert any(line.endswith("CS-04 asks and says the same as CS-02") for line in said)


NEVER = [
    {"all": [PROVEN, NOT_PROVEN]},
    {"all": [{"fact": "consent.is_proven", "known": False}, PROVEN]},
    {"not": {"any": [PROVEN, {"fact": "consent.is_proven", "is_not": True}]}},
    {"all": [{"fact": "consent.status", "is": "given"}, {"fact": "consent.status", "in": ["none", "refused"]}]},
    {"all": [{"fact": "consent.at", "older_than": "2 years"}, {"fact": "consent.at", "newer_than": "12 months"}]},
    {"all": [{"fact": "person.country", "is": "US"}, {"fact": "person.country", "is": "CA"}]},
    {"fact": "person.country", "is": "CA"},  # the pack applies to the United States only
]
ALWAYS = [
    {"any": [PROVEN, NOT_PROVEN]},
    {"any": [PROVEN, {"not": PROVEN}]},
    {"any": [{"fact": "consent.is_proven", "known": True}, {"fact": "consent.is_proven", "known": False}]},
    {"fact": "consent.status", "in": ["given", "refused", "none"]},
    {"any": [{"fact": "consent.at", "older_than": "12 months"}, {"fact": "consent.at", "newer_than": "2 years"}]},
    {"any": [{"fact": "person.country", "is": "US"}, {"fact": "person.country", "is_not": "US"}]},
]
FINE = [
    PROVEN,
    {"fact": "consent.is_proven", "known": True},
    {"fact": "consent.is_proven", "known": False},
    {"all": [{"fact": "consent.at", "older_than": "12 months"}, {"fact": "consent.at", "newer_than": "2 years"}]},
    {"all": [{"fact": "person.country", "is_not": "CA"}, PROVEN]},
]


@pytest.mark.parametrize(("conditions", "code"), [(NEVER, "never_true"), (ALWAYS, "always_true"), (FINE, None)])
def test_conditions_that_say_nothing_about_a_lead(tmp_path, conditions, code):
    for number, when in enumerate(conditions):
        folder = tmp_path / str(number)
        said = found(folder, CLEAN, rule("CS-02", when=when), applies_to={"fact": "person.country", "is": "US"})
        assert codes(said, "CS-02") == ([code] if code else []), when


def test_a_condition_with_too_many_combinations_is_not_judged():
    wide = tuple(
        Ask(name, "is", "none")
        for name in ("address.problem", "address.role_class", "consent.act", "source.vendor_standing",
                     "consent.transfer_notice", "address.wireless_gateway", "row.problem")
    )  # fmt: skip
    contradiction = All((Ask("consent.is_proven", "is", True), Ask("consent.is_proven", "is", False)))
    assert can_be(All((*wide, contradiction)), True) is None
    assert can_be(All((*wide[:3], contradiction)), True) is False
    assert can_be(AnyOf((*wide[:3], contradiction)), True) is True
