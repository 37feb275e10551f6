"""vendors.yaml: read strictly, a company's own in place of ours."""

from pathlib import Path
from textwrap import dedent

import pytest
from builders import policies

from gateway.domain.decision import Citation
from gateway.policy.apart import VENDORS
from gateway.policy.errors import PolicyError
from gateway.policy.loader import load_policies
from gateway.wiring import POLICIES

HEAD = "vendors: acme\ntitle: Ours\nreviewed: {by: Somebody, on: 2026-11-21, again_by: 2027-05-21}\n"
LIMIT = (
    "limits:\n  - {id: VL-01, of: complaints, from: 50, probation_above: 1, in_force: {from: 2026-11-21}, "
    "cites: {house: So we say}, because: We mail by hand}\n"
)


def with_ours(folder: Path, text: str):
    (folder / VENDORS).write_text(HEAD + dedent(text), encoding="utf-8")
    return load_policies([POLICIES, folder])


def test_a_companys_limit_replaces_ours_and_keeps_the_others(tmp_path):
    found = with_ours(tmp_path, LIMIT + "graded_from_rows: 50\n")
    mine = found.vendor_limits.limits["VL-01"]
    assert (mine.least, mine.probation, mine.suspended) == (50, 0.01, None)
    assert mine.cites == Citation("house", "So we say")
    assert found.vendor_limits.limits.keys() == policies().vendor_limits.limits.keys()
    assert (found.vendor_limits.least_rows, found.vendor_limits.days) == (50, 365)
    assert found.digest == policies().digest  # it judges no lead


def test_off_takes_one_away(tmp_path):
    text = "limits:\n  - {id: VL-01, off: true, because: We never mail}\ngrades:\n  - {of: complaints, off: true}\n"
    found = with_ours(tmp_path, text).vendor_limits
    assert "VL-01" not in found.limits
    assert "complaints" not in found.grades
    assert "VL-02" in found.limits


@pytest.mark.parametrize(("text", "complaint"), [
    (LIMIT.replace("VL-01", "V1"), "is no id"),
    (LIMIT.replace("of: complaints", "of: complants"), "'complants' is not known here"),
    (LIMIT.replace("probation_above: 1", "probation_above: 101"), "expected a percent from 0 to 100"),
    (LIMIT.replace("probation_above: 1", "probation_above: yes"), "expected a percent"),
    (LIMIT.replace("probation_above: 1, ", ""), "give probation_above, suspended_above or both"),
    (LIMIT.replace("probation_above: 1", "probation_above: 2, suspended_above: 1"), "contradicts probation_above"),
    (LIMIT.replace("from: 50", "from: 0"), "expected a whole number from 1 on"),
    (LIMIT.replace("house: So we say", "law: 15 U.S.C. 7704"), "'law' is not a key here"),
    (LIMIT.replace(", because: We mail by hand", ""), "'because' is missing"),
    (LIMIT.replace("because:", "sinse: 2, because:"), "'sinse' is not a key here"),
    (LIMIT + LIMIT.partition("\n")[2], "VL-01 stands here twice"),
    (LIMIT.replace("{from: 2026-11-21}", "{from: 2026-11-21, until: 2026-01-01}"), "it ends before it begins"),
    ("grades:\n  - {of: usable, at_least: [70, 50, 60, 10]}\n", "from the best grade to the worst"),
    ("grades:\n  - {of: usable, at_least: [70, 50]}\n", "expected the 4 bounds"),
    ("grades:\n  - {of: usable, up_to: [70, 50, 30, 10]}\n", "'up_to' is not a key here"),
    ("limits: []\n", "expected a list of one or more"),
    ("lists_of_days: 0\n", "expected a whole number from 1 on"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, complaint):
    with pytest.raises(PolicyError) as found:
        with_ours(tmp_path, text)
    assert any(complaint in line and "vendors.yaml:" in line for line in found.value.problems), found.value.problems
