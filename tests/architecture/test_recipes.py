"""The recipe "add a rule" of CONTRIBUTING.md works when it is typed as it stands."""

import re
import shutil
from datetime import date
from pathlib import Path
from textwrap import dedent, indent

from gateway.policy.caserun import run_folders
from gateway.policy.lint import lint

ROOT = Path(__file__).parents[2]


def test_the_rule_of_the_recipe_is_taken_tried_and_linted(tmp_path):
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    rule, reason, cases = (dedent(block) for block in blocks)
    folder = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", folder)
    for name, addition in (
        ("house.yaml", indent(rule, "  ")),
        ("reasons.yaml", reason),
        ("house.test.yaml", indent(cases, "  ")),
    ):
        path = folder / name
        path.write_text(f"{path.read_text().rstrip()}\n\n{addition}")

    (report,) = run_folders([folder])
    assert [str(failure) for failure in report.failures] == []
    assert report.coverage["H-99"].fired == 1
    assert report.coverage["H-99"].silent >= 1
    assert [str(found) for found in lint([folder], on=date(2026, 11, 21))] == []
