from lint_packs import NOT_PROVEN, PROVEN, USED_OBLIGATIONS, linted
from policy_packs import OBLIGATIONS, REASONS, rule, wording


def test_words_that_nothing_uses(tmp_path):
    said = linted(tmp_path, reasons=REASONS | {"spare": wording("spare")}, obligations=OBLIGATIONS)
    assert sorted(line.split(": ", 1)[1] for line in said) == [
        "obligation_never_used: no rule brings the obligation address; bring it by a rule, or take it out",
        "obligation_never_used: no rule brings the obligation stop; bring it by a rule, or take it out",
        "reason_never_used: no rule gives the reason other; use it, or take it out",
        "reason_never_used: no rule gives the reason spare; use it, or take it out",
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
    said = [line for line in linted(tmp_path, *rules, reasons=reasons) if "reason_without_wording" in line]
    assert [line.split(": ", 2)[2] for line in said] == [
        "CS-02 asks the vendor, and other has no wording for the vendor; word it for the vendor, or ask somebody else",
        "CS-03 asks the person, and silent has no wording for the person; word it for the person, or ask somebody else",
    ]


def test_an_obligation_says_when_it_is_owed(tmp_path):
    bare = {key: value for key, value in OBLIGATIONS["label"].items() if key != "when"}
    assert linted(tmp_path, obligations={"label": bare}) == [
        (
            "obligations.yaml:1: obligation_without_when: OB-07 does not say when or how long it is owed; "
            "add when: each message, or a deadline"
        )
    ]
    due = bare | {"deadline": {"after": "30 days", "from": "obtained"}}
    assert linted(tmp_path, obligations={"label": due}) == linted(tmp_path, obligations=USED_OBLIGATIONS) == []
