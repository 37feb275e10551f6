"""Lint as a whole: clean is clean, everything is told at once, and each folder is looked over for itself."""

from datetime import date

from lint_packs import CASES, CLEAN, USED_OBLIGATIONS, USED_REASONS, linted
from policy_packs import REASONS, pack, rule, wording, write

from gateway.domain import facts
from gateway.policy.lint import LintProblem, lint


def test_clean_policies_have_nothing_to_mend(tmp_path):
    assert linted(tmp_path, on=date(2027, 5, 21)) == []


def test_a_problem_says_where_what_and_what_to_do():
    assert (
        str(LintProblem("us.yaml", 7, "never_true", "no lead", "mend it")) == "us.yaml:7: never_true: no lead; mend it"
    )
    assert str(LintProblem("us.yaml", 7, "never_true", "no lead")) == "us.yaml:7: never_true: no lead"


def test_what_cannot_be_loaded_is_told_like_the_rest(tmp_path):
    assert linted(tmp_path, rule("CS-02", reason="becuase"), rule("CS-03", then="maybe", when=None)) == [
        "us.yaml:41: refused: rules[1].reason: no reason is called 'becuase' in reasons.yaml; did you mean 'because'?",
        "us.yaml:42: refused: rules[2]: 'when' is missing",
        "us.yaml:52: refused: rules[2].then: 'maybe' is not known here; one of accept, hold, reject",
    ]


def test_each_folder_is_looked_over_with_those_before_it(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    write(ours, pack("us", CLEAN), reasons=REASONS, obligations=USED_OBLIGATIONS, cases={"us": CASES})
    shop = pack("shop", rule("SH-01", when={"fact": "consent.is_proven", "is": True}, reason="other"), grants=False)
    write(theirs, shop, reasons={}, obligations={})
    alone = [(problem.file, problem.code) for problem in lint([ours])]
    assert alone == [(f"{ours}/reasons.yaml", "reason_never_used")]  # what only theirs use, ours do not need
    assert [(problem.file, problem.code) for problem in lint([ours, theirs])] == [
        *alone, (f"{theirs}/shop.yaml", "no_firing_case"), (f"{theirs}/shop.yaml", "no_silent_case"),
    ]  # fmt: skip


def test_a_broken_folder_of_theirs_hides_nothing_of_ours(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    write(ours, pack("us", CLEAN), reasons=USED_REASONS | {"spare": wording("spare")}, obligations=USED_OBLIGATIONS,
          cases={"us": CASES})  # fmt: skip
    write(theirs, pack("shop", rule("SH-01", then="no"), grants=False), reasons={}, obligations={})
    assert [problem.code for problem in lint([ours, theirs])] == ["reason_never_used", "refused"]


def test_a_table_of_rows_that_leads_nowhere_is_told(tmp_path):
    folder = write(tmp_path, pack("us", CLEAN), reasons=USED_REASONS, obligations=USED_OBLIGATIONS, cases={"us": CASES})
    (folder / "coverage.yaml").write_text('CS-02: {about: nothing, table: "2.2"}\n', encoding="utf-8")
    (found,) = lint([folder])
    assert (found.line, found.code) == (1, "coverage")


def test_only_who_asks_strictly_is_told_of_facts_no_rule_asks(tmp_path):
    said = linted(tmp_path, strict=True)
    assert {line.split(": ")[1] for line in said} == {"fact_never_asked"}
    assert any(line.startswith(facts.__file__) and "no rule asks consent.act (By which act?)" in line for line in said)
    assert not any("source.provenance_is_complete" in line or "phone.is_given" in line for line in said)
