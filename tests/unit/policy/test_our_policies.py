"""The policies that come with the gateway: their cases hold, and lint finds nothing to mend."""

from pathlib import Path

from gateway.policy.caserun import run_folders
from gateway.policy.lint import lint

FOLDER = Path(__file__).parents[3] / "policies"


def test_every_case_beside_the_packs_holds():
    (report,) = run_folders([FOLDER])
    assert report.cases > 0
    assert [str(failure) for failure in report.failures] == []


def test_lint_finds_nothing_to_mend():
    assert [str(problem) for problem in lint([FOLDER])] == []
