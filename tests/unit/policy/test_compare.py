from datetime import date

import pytest
from policy_packs import OBLIGATIONS, REASONS, load, pack, rule, wording

from gateway.policy.compare import compare
from gateway.policy.loader import load_policies

UNTOLD = "When that cannot be told because facts are unknown"


@pytest.fixture
def changes(tmp_path):
    """What is told of two sets."""

    def told(before, after):
        old = load(tmp_path / "old", *before.pop("packs"), **before)
        new = load(tmp_path / "new", *after.pop("packs"), **after)
        return [(change.kind, change.name, change.what, list(change.sentences)) for change in compare(old, new)]

    return told


def test_nothing_changed(changes):
    assert changes({"packs": [pack("us")]}, {"packs": [pack("us")]}) == []


def test_rules_that_came_and_went(changes):
    told = changes(
        {"packs": [pack("us", rule("CS-01"), rule("CS-02"))]}, {"packs": [pack("us", rule("CS-01"), rule("CS-03"))]}
    )
    assert [one[:3] for one in told] == [("rule", "CS-02", "removed"), ("rule", "CS-03", "added")]
    assert told[0][3] == ["The title: Title of CS-02"]
    assert told[1][3][:6] == [
        "The title: Title of CS-03",
        "The pack: us",
        "What it does: accepts the lead",
        "Its condition:",
        "  this is so:",
        "  - Do we know who collected it, how, when and on which page or form? Yes.",
    ]


def test_what_is_another_now_is_told_and_nothing_else(changes):
    before = rule("CS-01", obligations=["label"], unverified="The day.")
    after = rule(
        "CS-01", then="hold", when={"fact": "source.provenance_is_complete", "is": False}, override="never",
        in_force={"from": date(2004, 1, 1), "until": date(2027, 1, 1)}, cites={"house": "Ours"},
        obligations=["label", "stop"],
    )  # fmt: skip
    (told,) = changes({"packs": [pack("us", before)]}, {"packs": [pack("us", after)]})
    assert told == ("rule", "CS-01", "changed", [
        'What it does was "accepts the lead" and is "holds the lead for an officer\'s look".',
        "Its condition was:",
        "  this is so:",
        "  - Do we know who collected it, how, when and on which page or form? Yes.",
        "and is:",
        "  this is so:",
        "  - Do we know who collected it, how, when and on which page or form? No.",
        (f'What it does about the unknown was "{UNTOLD}, it says nothing." and is "{UNTOLD}, it holds the lead for an '
         'officer\'s look, with the reason fact_unknown.".'),
        ('The ground was "15 U.S.C. 7704(a)(5)(A), https://www.law.cornell.edu/uscode/text/15/7704" and is '
        '"Ours, docs/reference/rules.md#cs-01".'),
        'In force was "from 1 January 2004" and is "from 1 January 2004 until 1 January 2027".',
        'Whether an officer may set it aside was "yes" and is "no".',
        'What it owes was "label" and is "label and stop".',
        'What is not verified was "The day." and is nothing.',
    ])  # fmt: skip


def test_packs_reasons_and_obligations(changes):
    told = changes(
        {"packs": [pack("us")]},
        {
            "packs": [pack("us", version="2027.01", applies_to={"fact": "person.country", "is": "US"})],
            "reasons": REASONS | {"because": wording("because", vendor=None, remedy="Ask.")},
            "obligations": OBLIGATIONS
            | {"stop": OBLIGATIONS["stop"] | {"deadline": {"after": "30 days", "from": "opt_out"}}},
        },
    )
    assert told == [
        ("pack", "us", "changed", [
            'The version was "2026.11" and is "2027.01".',
            "For whom it is asked was:", "  every lead", "and is:", "  this is so:",
            "  - In which country is the person (ISO 3166-1 alpha-2)? US.",
        ]),
        ("reason", "because", "changed", [
            'To the vendor was "vendor wording of because" and is nothing.',
            'What can be done was "remedy wording of because" and is "Ask.".',
        ]),
        ("obligation", "stop", "changed", ['Due was nothing and is "30 days after the person asked to stop".']),
    ]  # fmt: skip


def test_what_an_overlay_does_is_a_change_too(tmp_path):
    house = pack("house", rule("H-22", cites={"house": "Ours"}), grants=False)
    before = load(tmp_path, pack("us"), house)
    (tmp_path / "acme.yaml").write_text(
        "overlay: acme\ntitle: Acme\nreviewed: {by: Bo, on: 2026-11-01, again_by: 2027-11-01}\nstricter:\n"
        "  - {rule: H-22, from: 2026-12-01, then: reject, because: Our mail service bars it}\n",
        encoding="utf-8",
    )
    ended, added = compare(before, load_policies([tmp_path]))
    assert ended.sentences == (
        'By the company\'s overlay was nothing and is "until 30 November 2026: Our mail service bars it".',
    )
    assert (added.name, added.what) == ("H-22 as overlaid", "added")
    assert "What it does: refuses the lead" in added.sentences
    assert "By the company's overlay: from 1 December 2026" in added.sentences
