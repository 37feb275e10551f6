"""``gateway policy`` as an officer and a rule author type it."""

import json

import pytest
from policy_packs import DAY, REASONS, pack, rule, write
from system_house import ROOT

from gateway.cli import main

OURS = ROOT / "policies"
NEW = ("policy", "new", "ACME-01", "--title", "The mailbox of a function", "--house", "We do not write to schools",
       "--when", "address.role_class in group, business", "--then", "hold")  # fmt: skip


@pytest.fixture
def gateway(monkeypatch, capsys, tmp_path):
    """Runs a command in this process; its exit code, standard output and error output."""
    monkeypatch.delenv("GATEWAY_POLICIES", raising=False)
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "var"))

    def run(*args):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    run.set = monkeypatch.setenv
    return run


def as_json(outcome, code=0):
    assert outcome[0] == code, outcome
    return json.loads(outcome[1])


def test_cases_are_tried_and_coverage_is_printed(gateway):
    code, out, _ = gateway("policy", "test")
    assert code == 0
    assert "consent.act: " in out
    assert "answers that rules ask for are given by some case." in out
    assert " cases, 0 failed; " in out.splitlines()[-1]
    told = as_json(gateway("policy", "test", "--json"))
    assert told["failures"] == []
    assert all(seen["fired"] and seen["silent"] for seen in told["rules"].values())
    assert {"seen", "never"} == set(told["answers"]["consent.status"])


def test_each_case_can_be_told_with_what_was_decided(gateway):
    told = as_json(gateway("policy", "test", "--explain", "--json"))["explained"]
    left = next(one for one in told if "told us to stop" in one["sentence"] and one["verdict"] == "reject")
    assert left["sentences"][0].startswith("This lead was refused, as judged on ")
    code, out, _ = gateway("policy", "test", "--explain")
    assert code == 0
    assert f"{left['file']}:{left['line']}: {left['sentence']}\n  {left['sentences'][0]}\n" in out


def test_failures_end_with_exit_code_1(gateway, tmp_path):
    cases = {"us": {"as_of": DAY, "cases": [{"sentence": "Wrong", "verdict": "accept"}]}}
    folder = write(tmp_path / "set", pack("us"), cases=cases)
    code, out, _ = gateway("policy", "test", folder)
    assert code == 1
    assert f"{folder}/us.test.yaml:3: Wrong: expected accept, got hold by GATE-00 (hold)" in out
    assert out.splitlines()[-1] == "1 cases, 1 failed; 1 rules."
    assert as_json(gateway("policy", "test", folder, "--json"), 1)["failures"][0]["line"] == 3


def test_a_folder_of_a_company_is_tried_beside_ours_and_shown_alone(gateway, tmp_path):
    folder = tmp_path / "acme"
    assert gateway(*NEW, "--folder", folder)[0] == 0
    told = as_json(gateway("policy", "test", folder, "--json"))
    assert (told["cases"], list(told["rules"])) == (2, ["ACME-01"])
    assert "consent.status" in told["answers"]
    assert gateway("policy", "test", tmp_path / "nowhere")[::2] == (
        2, f"gateway: there is no folder {tmp_path / 'nowhere'}\n",
    )  # fmt: skip


def test_lint_tells_everything_at_once_and_strictly_also_what_is_not_verified(gateway, tmp_path):
    folder = write(tmp_path / "set", pack("us", rule(unverified="The day.")), reasons=REASONS)
    told = as_json(gateway("policy", "lint", folder, "--json"), 1)["problems"]
    assert {"no_firing_case", "no_silent_case", "reason_never_used", "obligation_never_used"} == {
        problem["code"] for problem in told
    }
    assert all(problem["suggestion"] and problem["line"] for problem in told)
    code, out, _ = gateway("policy", "lint", "--strict", folder)
    assert code == 1
    assert f"{folder}/us.yaml:10: unverified: CS-01: The day.; read 15 U.S.C. 7704(a)(5)(A)" in out


def test_ours_are_clean_and_strictly_told_only_of_what_stands_there(gateway):
    assert gateway("policy", "lint") == (0, "Nothing to mend.\n", "")
    told = as_json(gateway("policy", "lint", "--strict", "--json"), 1)["problems"]
    assert {problem["code"] for problem in told} <= {"unverified", "no_url", "fact_never_asked"}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("cs-14", "It accepts the lead when all of this is so:"), ("asked_to_stop", "CS-01"),
        ("consent.act", "consent.act asks: By which act?"),
        ("ob-06", "Due: 10 business days after the person asked to stop."), ("GATE-00", "The gateway itself says this"),
    ],
)  # fmt: skip
def test_what_a_name_means_is_explained(gateway, name, says):
    code, out, _ = gateway("policy", "explain", name)
    assert code == 0
    assert says in out
    (found,) = as_json(gateway("policy", "explain", name, "--json"))["found"]
    assert found["sentences"] == out.splitlines()


def test_a_name_that_is_not_there_is_answered_with_what_was_meant(gateway):
    code, out, error = gateway("policy", "explain", "consent.staus")
    assert (code, out) == (2, "")
    assert error == (
        "gateway: no rule, reason, fact or obligation is called 'consent.staus' (did you mean 'consent.status'?)\n"
    )
    (problem,) = as_json(gateway("policy", "explain", "consent.staus", "--json"), 2)["problems"]
    assert problem["suggestion"] == "consent.status"


def test_two_folders_are_compared_in_sentences(gateway, tmp_path):
    old = write(tmp_path / "old", pack("us"))
    new = write(tmp_path / "new", pack("us", rule(then="hold"), version="2027.01"))
    code, out, _ = gateway("policy", "diff", old, new)
    assert code == 0
    assert out.splitlines()[:4] == [
        "The pack us was changed.", '  The version was "2026.11" and is "2027.01".', "The rule CS-01 was changed.",
        '  What it does was "accepts the lead" and is "holds the lead for an officer\'s look".',
    ]  # fmt: skip
    told = as_json(gateway("policy", "diff", old, new, "--json"))
    assert [change["name"] for change in told["changes"]] == ["us", "CS-01"]
    assert told["before"] != told["after"]
    assert gateway("policy", "diff", old, old)[1] == "Nothing changed.\n"


def test_a_company_s_folder_is_compared_with_ours(gateway, tmp_path):
    folder = tmp_path / "acme"
    gateway(*NEW, "--folder", folder)
    told = as_json(gateway("policy", "diff", OURS, folder, "--json"))["changes"]
    assert [(change["kind"], change["name"], change["what"]) for change in told] == [
        ("pack", "acme", "added"), ("rule", "ACME-01", "added"), ("reason", "acme_01", "added"),
    ]  # fmt: skip


def test_a_rule_is_begun_in_a_folder_of_one_s_own(gateway, tmp_path):
    code, out, _ = gateway(*NEW, "--folder", tmp_path / "acme")
    assert code == 0
    assert out.splitlines()[1:3] == [
        "  hold    ACME-01 speaks: Is it a function's mailbox, and of which class? Group",
        "  accept  ACME-01 is silent: Is it a function's mailbox, and of which class? None",
    ]
    gateway.set("GATEWAY_POLICIES", str(tmp_path / "acme"))
    more = ("policy", "new", "ACME-02", "--title", "From abroad", "--contract", "Annex 3", "--then", "reject",
            "--when", "person.country not_in US", "--json")  # fmt: skip
    assert as_json(gateway(*more))["files"] == ["acme.yaml", "acme.test.yaml", "reasons.yaml"]
    assert gateway("policy", "test")[0] == 0
    assert gateway("policy", "lint") == (0, "Nothing to mend.\n", "")


def test_how_to_begin_a_rule_is_told_when_nothing_is_said(gateway, tmp_path):
    code, out, _ = gateway("policy", "new")
    assert code == 0
    assert "gateway policy new ACME-01 --folder acme" in out
    code, _, error = gateway("policy", "new", "ACME-01", "--law", "BGB 1", "--house", "x")
    assert code == 2
    assert error.splitlines() == [
        "gateway: title: say --title", "gateway: when: say --when", "gateway: then: say --then",
        "gateway: say exactly one ground: --law, --contract, --provider or --house",
    ]  # fmt: skip
    assert gateway(*NEW)[2] == "gateway: folder: say --folder, or set GATEWAY_POLICIES to your folder\n"
    assert gateway(*NEW, "--folder", tmp_path / "acme", "--law", "x")[0] == 2
    assert not (tmp_path / "acme").exists()


def test_the_reference_pages_are_written_and_checked(gateway, tmp_path):
    place = tmp_path / "pages"
    assert gateway("policy", "docs", place)[0] == 0
    assert sorted(path.name for path in place.iterdir()) == [
        "coverage.md", "facts.md", "obligations.md", "reasons.md", "rules.md",
    ]  # fmt: skip
    assert gateway("policy", "docs", "--check", place) == (0, "All pages are current.\n", "")
    (place / "rules.md").write_text("# Rules\n", encoding="utf-8")
    assert gateway("policy", "docs", "--check", place) == (1, f"{place}/rules.md is not current.\n", "")
