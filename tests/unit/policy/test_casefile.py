from datetime import UTC, datetime

import pytest
from case_packs import GOOD, GROUND, OLD, run
from policy_packs import DAY, load, pack

from gateway.policy.casefile import read_examples
from gateway.policy.caserun import run_cases
from gateway.policy.errors import PolicyError


def test_everything_wrong_with_the_files_is_said_at_once(tmp_path):
    bad = {
        "sentence": "", "facts": {"consent.ta": 1, "consent.is_proven": "yes", "consent.status": "givn",
        "consent.at": "yesterday", "person.country": False}, "verdict": "pass", "speaks": ["CS-03"],
        "silent": ["CS-2"], "obligations": ["lable"], "expect": 1,
    }  # fmt: skip
    with pytest.raises(PolicyError) as caught:
        run(tmp_path, GOOD, bad, "x", as_of="2026")
    said = [line.replace(f"{tmp_path}/us.test.yaml:", "") for line in caught.value.problems]
    assert said == [
        "1: as_of: expected a date such as 2026-11-21 without quotes, got '2026'",
        "12: cases[1]: 'sentence' is missing or empty",
        "14: cases[1].facts.consent.ta: no fact is called 'consent.ta'; did you mean 'consent.at'?",
        "15: cases[1].facts.consent.is_proven: expected true or false, got 'yes'",
        "16: cases[1].facts.consent.status: expected one of given, refused, none, got 'givn'; did you mean 'given'?",
        "17: cases[1].facts.consent.at: expected a date, or text such as 2026-05-01T10:00:00Z, got 'yesterday'",
        "18: cases[1].facts.person.country: expected text, got false",
        "19: cases[1].verdict: 'pass' is not known here; one of accept, hold, reject",
        "21: cases[1].speaks[0]: 'CS-03' is not the name of any rule; did you mean 'CS-02'?",
        "23: cases[1].silent[0]: 'CS-2' is not the name of any rule; did you mean 'CS-02'?",
        "25: cases[1].obligations[0]: 'lable' is not the name of any obligation; did you mean 'label'?",
        "26: cases[1].expect: 'expect' is not a key here",
        "27: cases[2]: expected keys with values here",
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"as_of": None}, "'as_of' is missing"),
        ({"cases": []}, "expected a list of one or more cases"),
        ({"cases": "x"}, "expected a list of one or more cases"),
        ({"given": {"consent.at": "2026-10-01T00:00:00"}}, "expected a date, or text such as"),
        ({"cases": [GOOD | {"phone": "yes"}]}, "phone: 'yes' is not known here; one of accept, hold, reject, none"),
        ({"case": []}, "'case' is not a key here; did you mean 'cases'?"),
    ],
)
def test_one_slip_in_a_file_of_cases(tmp_path, changes, says):
    with pytest.raises(PolicyError, match=says):
        run(tmp_path, GOOD, **changes)


def test_an_unreadable_file_of_cases_is_named(tmp_path):
    policies = load(tmp_path, pack("us", GROUND))
    (tmp_path / "us.test.yaml").write_text("cases: [\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"us.test.yaml:2: this is not YAML"):
        run_cases(policies, tmp_path)


def test_an_instant_with_a_zone_is_kept_to_the_second(tmp_path):
    content = {"as_of": DAY, "given": {"consent.at": "2026-10-01T12:00:01+02:00"}, "cases": [GOOD]}
    policies = load(tmp_path, pack("us", OLD, GROUND), cases={"us": content})
    (example,) = read_examples(policies, tmp_path, [])
    assert example.facts["consent.at"] == datetime(2026, 10, 1, 10, 0, 1, tzinfo=UTC)
    assert example.as_of == datetime(2026, 11, 21, tzinfo=UTC)
