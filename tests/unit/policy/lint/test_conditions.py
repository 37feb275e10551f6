from datetime import date

import pytest
from lint_packs import NOT_PROVEN, PROVEN, codes, linted
from policy_packs import rule

YES = {"fact": "consent.status", "is": "given"}
NEVER = [
    {"all": [PROVEN, NOT_PROVEN]},
    {"all": [{"fact": "consent.is_proven", "known": False}, PROVEN]},
    {"not": {"any": [PROVEN, {"fact": "consent.is_proven", "is_not": True}]}},
    {"all": [{"fact": "consent.status", "is": "given"}, {"fact": "consent.status", "in": ["none", "refused"]}]},
    {"all": [{"fact": "consent.at", "older_than": "2 years"}, {"fact": "consent.at", "newer_than": "12 months"}]},
    {
        "all": [
            {"fact": "consent.at", "before": date(2026, 1, 1)},
            {"fact": "consent.at", "on_or_after": date(2027, 1, 1)},
        ]
    },
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
        said = linted(folder, rule("CS-02", when=when), applies_to={"fact": "person.country", "is": "US"})
        assert codes(said, "CS-02") == ([code] if code else []), when


def test_a_rule_of_the_day_of_the_consent_is_judged_with_that_day(tmp_path):
    when = {"fact": "consent.at", "before": date(2004, 1, 1)}  # in force from then on
    assert codes(linted(tmp_path, rule("CS-02", when=when, judged_at="consent")), "CS-02") == ["never_true"]


def test_two_rules_that_ask_and_say_the_same_in_other_words(tmp_path):
    both = {"all": [PROVEN, {"fact": "consent.given_to_us", "is": True}]}
    turned = {"not": {"any": [{"fact": "consent.given_to_us", "is_not": True}, NOT_PROVEN]}}
    said = linted(tmp_path, rule("CS-02", when=both), rule("CS-03", when=YES), rule("CS-04", when=turned))
    assert (codes(said, "CS-04"), codes(said, "CS-03")) == (["same_condition"], [])
    assert any("CS-04 asks and says the same as CS-02; drop one of them" in line for line in said)


def test_two_rules_that_contradict_one_another(tmp_path):
    rules = [
        rule("CS-02", when=PROVEN, override="never"),
        rule("CS-03", when=PROVEN, then="reject", if_unknown="silent"),
    ]
    said = linted(tmp_path, *rules)
    assert codes(said, "CS-03") == ["contradictory"]
    assert any("CS-02 says accept and CS-03 reject on the same condition; decide which" in line for line in said)


@pytest.mark.parametrize(
    "other",
    [
        rule(
            "CS-03", when=PROVEN, then="hold", if_unknown="silent"
        ),  # whoever sets it aside needs the ground to accept
        rule("CS-03", when=PROVEN, then="reject", use="phone"),
        rule("CS-03", when={"fact": "consent.is_proven", "known": True}, then="reject"),
        rule("CS-03", when=PROVEN, then="reject", in_force={"from": date(2027, 1, 1)}),
    ],
)
def test_two_rules_that_do_not(tmp_path, other):
    ended = rule("CS-02", when=PROVEN, in_force={"from": date(2004, 1, 1), "until": date(2026, 12, 31)})
    assert codes(linted(tmp_path, ended, other), "CS-03") == []
