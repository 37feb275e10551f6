"""The table of lives beside lifecycle.yaml is a test of the product; here: that it is one, and that it can fail."""

from pathlib import Path

import pytest

from gateway.policy.errors import PolicyError
from gateway.policy.lint import lint
from gateway.policy.lived import try_histories
from gateway.policy.loader import load_policies

HOME = Path(__file__).parents[4] / "policies"


@pytest.fixture(scope="module")
def house():
    return load_policies([HOME])


def write(folder, text, name="lifecycle.test.yaml"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_every_life_comes_out_as_expected_and_every_rule_speaks_in_one(house):
    lived = try_histories(house, HOME)
    assert [str(missed) for missed in lived.missed] == []
    assert lived.histories >= 60
    assert lived.dates >= 180
    assert set(lived.spoke) == {rule.id for rule in house.lifecycle.rules}


def test_a_life_that_is_expected_otherwise_is_told_with_its_place(house, tmp_path):
    folder = write(tmp_path, (
        "histories:\n  - sentence: Bought\n    happened: [{on: 2025-01-01, what: purchase}]\n"
        "    stands: {2025-01-02: loyal}\n"
    ))  # fmt: skip
    (missed,) = try_histories(house, folder).missed
    assert str(missed) == (
        f"{folder / 'lifecycle.test.yaml'}:2: Bought: expected loyal at 2025-01-02T23:59+00:00, got new (LC-50)"
    )


@pytest.mark.parametrize(
    ("history", "complaint"),
    [
        ("{sentence: a, happened: [], stands: {2025-01-01: gone}}", "'gone' is not known here"),
        ("{sentence: a, happened: [], stands: {soon: new}}", "expected a day such as"),
        ("{sentence: a, happened: []}", "say where the person stands"),
        ("{sentence: a, happened: [{on: soon, what: use}], stands: {2025-01-01: new}}", "expected a day such as"),
        ("{sentence: a, happened: [{on: 2025-01-01, what: sale}], stands: {2025-01-01: new}}", "'sale' is not known"),
        ("{sentence: a, zone: Mars/North, happened: [], stands: {2025-01-01: new}}", "no time zone"),
        ("{sentence: a, happend: [], stands: {2025-01-01: new}}", "did you mean 'happened'"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(house, tmp_path, history, complaint):
    folder = write(tmp_path, f"histories:\n  - {history}\n")
    with pytest.raises(PolicyError, match=complaint):
        try_histories(house, folder)


def test_lint_tells_of_lives_that_fail_and_of_rules_without_one(tmp_path):
    folder = write(tmp_path / "acme", (
        "lifecycle: acme\ntitle: Ours\nreviewed: {by: us, on: 2026-11-21, again_by: 2027-05-21}\nrules:\n"
        "  - {id: AC-10, title: Two, phase: loyal, before: LC-50, in_force: {from: 2020-01-01},\n"
        "     when: {bought: {at_least: 2}}, because: Two is loyal with us}\n"
    ), "lifecycle.yaml")  # fmt: skip
    assert [found.code for found in lint([HOME, folder])] == ["no_history"]
    write(folder, (
        "histories:\n  - sentence: Twice\n    happened: [{on: 2025-01-01, what: use}]\n"
        "    stands: {2025-01-02: loyal}\n"
    ))  # fmt: skip
    assert [found.code for found in lint([HOME, folder])] == ["history_fails", "no_history"]
