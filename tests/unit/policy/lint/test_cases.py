from lint_packs import CASES, PROVEN, linted
from policy_packs import DAY, rule

MEND = "correct the rule or the case"


def test_rules_that_no_case_shows(tmp_path):
    assert linted(tmp_path, rule("CS-02", when=PROVEN)) == [
        "us.yaml:27: no_firing_case: no case shows CS-02 speaking; name it under speaks",
        "us.yaml:27: no_silent_case: no case shows CS-02 silent; name it under silent",
    ]


def test_a_case_that_fires_only_on_the_unknown_shows_nothing(tmp_path):
    shown = {"as_of": DAY, "cases": [{"sentence": "x", "verdict": "hold", "speaks": ["CS-02"]}]}
    said = linted(tmp_path, rule("CS-02", when=PROVEN, then="reject"), cases={"us": CASES, "more": shown})
    assert [line.split(": ")[1] for line in said if "CS-02 speaking" in line] == ["no_firing_case"]


def test_cases_that_fail_or_cannot_be_read(tmp_path):
    wrong = {"as_of": DAY, "cases": [{"sentence": "Wrong", "verdict": "accept"}, {"sentence": "Odd", "verdict": "x"}]}
    assert linted(tmp_path, cases={"us": CASES, "wrong": wrong}) == [
        "wrong.test.yaml:3: case_fails: Wrong: expected accept, got hold by GATE-00 (hold); " + MEND,
        "wrong.test.yaml:6: case_not_readable: cases[1].verdict: 'x' is not known here; one of accept, hold, reject",
    ]


def test_a_slip_in_a_case_comes_with_its_suggestion(tmp_path):
    slip = {"as_of": DAY, "cases": [{"sentence": "Odd", "verdict": "accept", "facts": {"consent.ta": True}}]}
    (said,) = linted(tmp_path, cases={"us": CASES, "slip": slip})
    assert said.endswith("no fact is called 'consent.ta'; did you mean 'consent.at'?")
