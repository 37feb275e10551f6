import shutil

import pytest
from policy_packs import load, pack

from gateway.policy.coverage import Row, load_whole, read_coverage
from gateway.policy.errors import PolicyError
from gateway.policy.loader import load_policies
from gateway.wiring import POLICIES


def read(folder, text):
    policies = load(folder, pack("us"))
    if text is not None:
        (folder / "coverage.yaml").write_text(text, encoding="utf-8")
    complaints = []
    rows = read_coverage(folder, policies, complaints)
    return rows, [f"{complaint.line}: {complaint.message}" for complaint in complaints]


def test_a_row_is_a_rule_an_obligation_or_a_reason_why_not(tmp_path):
    text = 'CS-01: {about: a, table: "2.2"}\nOB-07: {about: b, table: "2.4"}\n'
    text += 'H-03: {about: c, table: "4", instead: No fact.}\n'
    assert read(tmp_path, text) == (
        [Row("CS-01", "a", "2.2", ""), Row("OB-07", "b", "2.4", ""), Row("H-03", "c", "4", "No fact.")], [],
    )  # fmt: skip
    assert read(tmp_path / "none", None) == ([], [])


def test_a_row_that_is_neither_or_both_is_complained_of(tmp_path):
    text = (
        'CS-02: {about: a, table: "2.2"}\nCS-01: {about: b, table: "2.2", instead: none}\n'
        "OB-07: {about: c, instead: d}\nOB-06: {about: e, table: 2.4, why: f}\nOB-09: x\n"
    )
    assert sorted(read(tmp_path, text)[1]) == [
        "1: CS-02: there is no rule and no obligation of this id; write it, or say why not under instead",
        "2: CS-01.instead: there is a rule of this id; leave instead out",
        "3: OB-07.instead: there is an obligation of this id; leave instead out",
        "3: OB-07: 'table' is missing or empty",
        "4: OB-06.table: expected text, got 2.4; put it in quotes",
        "4: OB-06.why: 'why' is not a key here",
        "5: OB-09: expected keys with values here",
    ]


def test_a_folder_that_lost_a_pack_is_not_judged_by(tmp_path):
    ours = shutil.copytree(POLICIES, tmp_path / "ours")
    assert load_whole([ours]).digest == load_policies([POLICIES]).digest
    for lost in sorted(ours.glob("*.yaml")):
        if lost.name.endswith(".test.yaml") or lost.name in {"reasons.yaml", "obligations.yaml"}:
            continue
        text = lost.read_text(encoding="utf-8")
        lost.unlink()
        with pytest.raises(PolicyError) as refused:
            load_whole([ours])
        assert all(":1: " in line or "coverage.yaml:" in line for line in refused.value.problems)
        lost.write_text(text, encoding="utf-8")
    assert load_whole([ours]).rules
