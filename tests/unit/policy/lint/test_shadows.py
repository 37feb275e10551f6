from datetime import date

import pytest
from lint_packs import PROVEN, linted
from policy_packs import rule

OURS = {"fact": "consent.given_to_us", "is": True}
BOTH = {"all": [PROVEN, OURS]}
EITHER = {"any": [PROVEN, OURS]}
OLD = {"fact": "consent.at"}
HOLD = {"then": "hold", "if_unknown": "silent"}


def shadowed(folder, narrow, wide):
    said = linted(folder, rule("CS-02", **narrow), rule("CS-03", **wide))
    return any("shadowed: CS-02 can never matter" in line for line in said)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"when": BOTH}, {"when": PROVEN}),
        ({"when": PROVEN}, {"when": EITHER}),
        ({"when": BOTH, "then": "reject"}, {"when": PROVEN, "then": "reject"}),
        ({"when": BOTH, **HOLD}, {"when": PROVEN, "then": "reject"}),
        ({"when": BOTH, "grants": False}, {"when": PROVEN, **HOLD}),
        ({"when": BOTH, "obligations": ["label"]}, {"when": PROVEN, "then": "reject", "override": "never"}),
        ({"when": BOTH, "obligations": ["label"]}, {"when": PROVEN, "obligations": ["label"]}),
        ({"when": {"fact": "person.country", "in": ["US"]}}, {"when": {"fact": "person.country", "not_in": ["CA"]}}),
        ({"when": OLD | {"older_than": "2 years"}}, {"when": OLD | {"older_than": "1 year"}}),
        ({"when": BOTH, "use": "phone"}, {"when": PROVEN, "use": "phone"}),
        ({"when": BOTH, "in_force": {"from": date(2020, 1, 1), "until": date(2030, 1, 1)}}, {"when": PROVEN}),
    ],
)  # fmt: skip
def test_a_rule_that_can_never_matter(tmp_path, narrow, wide):
    assert shadowed(tmp_path, narrow, wide)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"when": PROVEN}, {"when": OURS}),
        ({"when": PROVEN}, {"when": BOTH}),
        ({"when": BOTH, "then": "reject"}, {"when": PROVEN, **HOLD}),
        ({"when": BOTH, "obligations": ["label"]}, {"when": PROVEN}),
        ({"when": BOTH}, {"when": PROVEN, **HOLD}),  # a ground to accept, once an officer sets the hold aside
        ({"when": BOTH, **HOLD}, {"when": PROVEN, **HOLD, "question": "evidence"}),
        ({"when": BOTH, "then": "reject", "override": "never"}, {"when": PROVEN, "then": "reject"}),
        ({"when": BOTH, "then": "reject", "erases": True}, {"when": PROVEN, "then": "reject"}),
        ({"when": BOTH, "use": "phone"}, {"when": PROVEN}),
        ({"when": BOTH, "then": "reject"}, {"when": PROVEN, "then": "reject", "if_unknown": "silent"}),
        ({"when": BOTH, "judged_at": "consent"}, {"when": PROVEN}),
        ({"when": BOTH}, {"when": PROVEN, "in_force": {"from": date(2020, 1, 1)}}),
        ({"when": BOTH}, {"when": PROVEN, "in_force": {"from": date(2004, 1, 1), "until": date(2030, 1, 1)}}),
    ],
)
def test_a_rule_that_still_matters(tmp_path, narrow, wide):
    assert not shadowed(tmp_path, narrow, wide)


def test_the_suggestion_names_the_rule_in_whose_shadow_it_stands(tmp_path):
    (said,) = [
        line for line in linted(tmp_path, rule("CS-02", when=BOTH), rule("CS-03", when=PROVEN)) if "shadow" in line
    ]
    assert said.endswith(
        "CS-02 can never matter: whenever it speaks, CS-03 says accept already; "
        "drop it, or narrow the condition of CS-03"
    )
