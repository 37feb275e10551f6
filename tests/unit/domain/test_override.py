"""What an override makes of a decision: every small combination, and the laws for any."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.decision import STRICTNESS, Citation, Decision, Finding
from gateway.domain.outcome import NO_RULE_SPEAKS
from gateway.domain.override import Override, overrides_of, set_all_aside, set_aside

LAW = Citation("law", "15 U.S.C. 7704", "https://www.law.cornell.edu/uscode/text/15/7704")


def finding(rule, verdict="hold", **said):
    return Finding(rule, "because", verdict, LAW, rule, **said)


def decided(*findings, phone=None):
    ordered = sorted(findings, key=lambda one: -STRICTNESS[one.verdict])
    verdict = max((f.verdict for f in findings if f.use == "lead"), key=STRICTNESS.__getitem__)
    return Decision("dec_" + "0" * 24, verdict, tuple(ordered), (), "d" * 64, {}, phone)


GROUND = finding("A-01", "accept", grants=True, obligations=("label",))
KINDS = {
    "silent": None,
    "hold": {"verdict": "hold"},
    "hold for two": {"verdict": "hold", "four_eyes": True},
    "hold for ever": {"verdict": "hold", "override_allowed": False},
    "reject": {"verdict": "reject"},
    "reject for ever": {"verdict": "reject", "override_allowed": False},
}


@pytest.mark.parametrize("ground", [True, False])
@pytest.mark.parametrize("seconded", [True, False])
def test_every_combination_of_two_rules_and_what_is_set_aside_ends_as_the_strictest_that_remains(ground, seconded):
    tried = 0
    for one, two, *wanted in product(KINDS, KINDS, [True, False], [True, False]):
        said = {f"B-0{n}": kind for n, kind in enumerate((one, two), 1) if KINDS[kind] is not None}
        findings = [finding(rule, **KINDS[kind]) for rule, kind in said.items()]
        if not findings and not ground:
            continue
        tried += 1
        named = frozenset(f"B-0{n}" for n, asked in enumerate(wanted, 1) if asked)
        before = decided(*findings, *([GROUND] if ground else []))
        after = set_aside(before, Override("override_1", named, seconded))
        gone = {
            rule for rule, kind in said.items()
            if rule in named and "ever" not in kind and (seconded or "two" not in kind)
        }  # fmt: skip
        left = [KINDS[kind]["verdict"] for rule, kind in said.items() if rule not in gone]
        expected = max(left, key=STRICTNESS.__getitem__) if left else "accept" if ground else "hold"
        assert (after.verdict, {aside.finding.rule for aside in after.set_aside}) == (expected, gone)
        assert after.obligations == (("label",) if expected == "accept" and gone else ())
        assert (NO_RULE_SPEAKS in after.findings) is (not left and not ground)
        assert (after is before) is (not gone)
    assert tried == (144 if ground else 140)  # four of them have no finding at all


def test_what_is_set_aside_is_kept_apart_with_who_did_it_and_gives_the_decision_another_name():
    before = decided(finding("B-01"), GROUND)
    after = set_aside(before, Override("override_7", frozenset({"B-01"})))
    assert [(one.override, one.finding.rule, one.seconded) for one in after.set_aside] == [
        ("override_7", "B-01", False)
    ]
    assert "B-01" not in {one.rule for one in after.findings}
    other = set_aside(before, Override("override_8", frozenset({"B-01"})))
    assert len({before.id, after.id, other.id}) == 3
    assert set_aside(before, Override("override_7", frozenset({"B-01", "B-99"}))).id == after.id


def test_an_accept_that_is_no_ground_does_not_accept():
    marks = finding("H-27", "accept", obligations=("mark",))
    after = set_aside(decided(finding("B-01"), marks), Override("override_1", frozenset({"B-01"})))
    assert (after.verdict, after.findings[0], after.obligations) == ("hold", NO_RULE_SPEAKS, ())


def test_silence_the_phone_and_handing_out_cannot_be_set_aside():
    phone, emission = finding("T-01", use="phone"), finding("E-01", use="emission")
    before = decided(NO_RULE_SPEAKS, phone, emission, phone="hold")
    assert set_aside(before, Override("override_1", frozenset({"GATE-00", "T-01", "E-01"}), seconded=True)) is before


def test_a_lead_of_which_nothing_may_be_kept_stays_refused():
    before = decided(finding("C-01", "reject", erases=True), GROUND)
    assert set_aside(before, Override("override_1", frozenset({"C-01"}), seconded=True)) is before


def test_the_phones_obligations_come_along_where_both_may_be_used():
    phone = finding("T-01", "accept", use="phone", obligations=("scrub",))
    before = decided(finding("B-01"), GROUND, phone, phone="accept")
    after = set_aside(before, Override("override_1", frozenset({"B-01"})))
    assert (after.verdict, after.obligations) == ("accept", ("label", "scrub"))


RULES = [f"B-0{n}" for n in range(1, 7)]
FINDINGS = st.builds(
    finding, st.sampled_from(RULES), st.sampled_from(["accept", "hold", "reject"]), four_eyes=st.booleans(),
    override_allowed=st.booleans(), erases=st.booleans(), grants=st.booleans(),
    use=st.sampled_from(["lead", "lead", "phone", "emission"]), obligations=st.sampled_from([(), ("a",), ("a", "b")]),
)  # fmt: skip
OVERRIDES = st.lists(
    st.builds(
        Override, st.sampled_from(["override_1", "override_2", "override_10"]),
        st.frozensets(st.sampled_from(RULES)), st.booleans(),
    ),
    max_size=3, unique_by=lambda one: one.name,
)  # fmt: skip


@given(found=st.lists(FINDINGS, max_size=6, unique_by=lambda one: one.rule), overrides=OVERRIDES)
def test_no_override_lifts_what_is_never_nor_alone_what_takes_two_nor_accepts_without_a_ground(found, overrides):
    before = decided(finding("Z-01", override_allowed=False), *found)
    after = set_all_aside(before, overrides)
    lifted = {one.finding.rule: one for one in after.set_aside}
    for one in before.findings:
        assert (one in after.findings) is (one.rule not in lifted)
        if one.rule in lifted:
            assert (one.override_allowed, one.use, one.erases) == (True, "lead", False)
            assert one.verdict != "accept"
            assert one.four_eyes <= lifted[one.rule].seconded
    assert after.verdict in {"hold", "reject"}  # Z-01 stands, whatever was set aside
    assert STRICTNESS[after.verdict] <= STRICTNESS[before.verdict]
    opened = set_all_aside(decided(*found, finding("Z-02")), [*overrides, Override("override_3", frozenset({"Z-02"}))])
    if opened.verdict == "accept":
        assert any(one.grants and one.verdict == "accept" and one.use == "lead" for one in opened.findings)


@given(found=st.lists(FINDINGS, max_size=6, unique_by=lambda one: one.rule), overrides=OVERRIDES)
def test_what_a_decision_records_of_its_overrides_is_enough_to_derive_it_again(found, overrides):
    before = decided(finding("Z-01"), *found)
    after = set_all_aside(before, overrides)
    assert set_all_aside(before, overrides_of(after)) == after
