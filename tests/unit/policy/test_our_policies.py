"""The policies that come with the gateway: their cases hold, and lint finds nothing to mend."""

from pathlib import Path

from gateway.policy.casefile import run_cases
from gateway.policy.lint import lint
from gateway.policy.loader import load_policies

FOLDER = Path(__file__).parents[3] / "policies"


def test_every_case_beside_the_packs_holds():
    report = run_cases(load_policies([FOLDER]), FOLDER)
    assert report.cases > 0
    assert report.failures == []


def test_lint_finds_nothing_to_mend():
    assert [str(problem) for problem in lint(load_policies([FOLDER]), FOLDER)] == []
