from datetime import date

import pytest
from policy_packs import DAY, OBLIGATIONS, REASONS, load, pack, rule, wording

from gateway.policy.casefile import read_examples
from gateway.policy.describe import Describer, does

LAW = "15 U.S.C. 7704(a)(5)(A), https://www.law.cornell.edu/uscode/text/15/7704"
OLD = rule(
    "CS-02", title="The list is old", when={"fact": "source.collected_at", "older_than": "12 months"}, then="hold",
    question="evidence", reason="other", unverified="The number of months.", override="never",
    again_by=date(2027, 1, 2), in_force={"from": date(2004, 1, 1), "until": date(2030, 12, 31)}, obligations=["label"],
)  # fmt: skip
CASES = {"as_of": DAY, "cases": [
    {"sentence": "Old ones wait", "facts": {"source.collected_at": date(2020, 1, 1)}, "verdict": "hold",
     "speaks": ["CS-02"]},
    {"sentence": "Fresh ones pass!", "facts": {"source.collected_at": DAY}, "verdict": "hold", "silent": ["CS-02"]},
]}  # fmt: skip


@pytest.fixture
def describer(tmp_path):
    reasons = REASONS | {"other": wording("other", person=None, remedy=None)}
    policies = load(
        tmp_path, pack("us", OLD, rule("CS-01"), applies_to={"fact": "person.country", "is": "US"}), reasons=reasons,
        cases={"us": CASES},
    )  # fmt: skip
    return Describer(policies, read_examples(policies, tmp_path, []))


def told(describer, name):
    (found,) = describer.find(name)
    return found.sentences


def test_a_rule_is_told_with_all_that_stands_in_it(describer):
    assert told(describer, "cs-02") == [
        "CS-02: The list is old.",
        "A rule of the pack us: Pack us, version 2026.11.",
        "It holds the lead for evidence from the vendor when this is so:",
        "  - When was it collected? More than 12 months ago.",
        "It is asked only of leads for whom this is so:",
        "  - In which country is the person (ISO 3166-1 alpha-2)? US.",
        (
            "When that cannot be told because facts are unknown, it holds the lead for evidence from the vendor, "
            "with the reason fact_unknown."
        ),
        f"It rests on the law: {LAW}.",
        "In force from 1 January 2004 until 31 December 2030.",
        "Somebody last read the text on 21 November 2026; to be read again by 2 January 2027.",
        "At stake: low. No officer may set it aside.",
        "Not verified: The number of months.",
        "Why: Why CS-02.",
        "Its reason is other:",
        "  to the person: nothing.",
        "  to the vendor: vendor wording of other.",
        "  to the officer: officer wording of other.",
        "  what can be done: nothing.",
        "Whoever uses the prospect owes this:",
        f"  - OB-07, do label: Always label. When: each message. ({LAW})",
        "Cases that show it speaking:",
        "  - Old ones wait.",
        "Cases that show it silent:",
        "  - Fresh ones pass!",
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "accepts the lead"),
        ({"grants": False}, "marks the lead"),
        ({"then": "hold"}, "holds the lead for an officer's look"),
        ({"then": "reject"}, "refuses the lead"),
        ({"then": "reject", "erases": True}, "refuses the lead, and nothing but the match key is kept of it,"),
        ({"use": "phone"}, "says that its phone number may be used"),
        ({"use": "phone", "then": "reject"}, "says that its phone number may not be used"),
        (
            {"use": "emission", "then": "hold"},
            "says that nothing may be handed out yet, and waits for an officer's look,",
        ),
    ],
)
def test_what_a_rule_does(tmp_path, changes, says):
    assert does(load(tmp_path, pack("us", rule(**changes))).rules[0]) == says


def test_a_rule_of_the_day_of_the_consent_and_one_that_is_silent(tmp_path):
    policies = load(tmp_path, pack("us", rule("CS-01", judged_at="consent")))
    said = told(Describer(policies), "CS-01")
    assert "In force from 1 January 2004, by the day of the consent." in said
    assert "When that cannot be told because facts are unknown, it says nothing." in said
    assert "At stake: low. An officer may set it aside." in said


def test_what_an_overlay_made_of_a_rule_stands_beside_it(tmp_path):
    load(tmp_path, pack("us"), pack("house", rule("H-22", cites={"house": "Ours"}), grants=False))
    (tmp_path / "acme.yaml").write_text(
        "overlay: acme\ntitle: Acme\nreviewed: {by: Bo, on: 2026-11-01, again_by: 2027-11-01}\nstricter:\n"
        "  - {rule: H-22, from: 2026-12-01, then: reject, because: Our mail service bars it}\n",
        encoding="utf-8",
    )
    from gateway.policy.loader import load_policies

    before, after = Describer(load_policies([tmp_path])).find("H-22")
    assert "It marks the lead when this is so:" in before.sentences
    assert (
        "By the company's overlay it stands so only until 30 November 2026: Our mail service bars it."
        in before.sentences
    )
    assert "It refuses the lead when this is so:" in after.sentences
    assert "By the company's overlay it stands so from 1 December 2026." in after.sentences


def test_a_reason_is_told_with_who_gives_it(describer):
    assert told(describer, "other") == [
        "other is a reason.", "to the person: nothing.", "to the vendor: vendor wording of other.",
        "to the officer: officer wording of other.", "what can be done: nothing.", "Given by CS-02.",
    ]  # fmt: skip
    assert told(describer, "fact_unknown")[-1] == "Given when a fact is unknown by CS-02."
    assert told(describer, "no_rule_speaks")[-1] == "Given by GATE-00."


def test_a_fact_is_told_with_who_answers_and_who_asks(describer):
    assert told(describer, "consent.status") == [
        "consent.status asks: Did the person say yes to marketing mail?",
        "Its answer is given, refused or none, or unknown.",
        "It is established by gateway/screening/consent.",
        "No rule asks it.",
    ]
    assert told(describer, "source.collected_at")[-1] == "Asked by CS-02."
    assert told(describer, "person.country")[1::2] == ["Its answer is text, or unknown.", "Asked by us."]
    assert 'Answers that no rule names are one answer, "other".' in told(describer, "person.region")


def test_an_obligation_is_found_by_its_id_and_by_its_code(describer):
    assert (
        told(describer, "ob-07")
        == told(describer, "label")
        == [
            "OB-07 (label) is an obligation.",
            f"OB-07, do label: Always label. When: each message. ({LAW})",
            "Brought by CS-02.",
        ]
    )
    assert told(describer, "OB-06")[-1] == "No rule brings it."
    assert len(OBLIGATIONS) == 3


def test_the_gateway_s_own_findings_are_told_too(describer):
    assert told(describer, "GATE-01")[:4] == [
        "GATE-01: An earlier row of this list is the same address.",
        "The gateway itself says this, not a pack.",
        "It rests on a rule of the house: One prospect per mailbox: the first acceptable row of an address wins.",
        "Its reason is duplicate_in_list:",
    ]


def test_what_is_not_there_is_not_found_and_something_near_is_offered(describer):
    assert describer.find("CS-99") == []
    assert [describer.suggest(name) for name in ("cs-20", "consent.staus", "lable", "becuase", "?")] == [
        "CS-02", "consent.status", "label", "because", None,
    ]  # fmt: skip
