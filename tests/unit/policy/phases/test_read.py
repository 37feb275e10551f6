"""lifecycle.yaml: read as strictly as a pack, changed by the company's folder; its digest is of rules and paces."""

from pathlib import Path

import pytest

from gateway.policy.errors import PolicyError
from gateway.policy.loader import load_policies

HOME = Path(__file__).parents[4] / "policies"
HEAD = "lifecycle: acme\ntitle: Ours\nreviewed: {by: us, on: 2026-11-21, again_by: 2027-05-21}\n"
RULE = "id: AC-10, title: Two, phase: loyal, in_force: {from: 2020-01-01}, because: So"
NEVER = "id: AC-11, title: x, phase: lapsed, kind: do_not_contact, in_force: {from: 1900-01-01}, because: x"
OFTEN = "phase: lapsed, times: 1, within: 1 year, apart: 1 day, tone: x, because: x"


def ours(tmp_path, text):
    (tmp_path / "lifecycle.yaml").write_text(HEAD + text, encoding="utf-8")
    return load_policies([HOME, tmp_path]).lifecycle


def complaints(tmp_path, text):
    with pytest.raises(PolicyError) as caught:
        ours(tmp_path, text)
    return "\n".join(caught.value.problems)


def test_a_company_replaces_what_it_names_and_keeps_the_rest(tmp_path):
    before = load_policies([HOME]).lifecycle
    found = ours(tmp_path, (
        "usual_weighs_like: 5\n"
        "paces:\n  - {pace: coffee, of: [espresso], lasts: 10 days, because: Strong}\n  - {pace: garden, off: true}\n"
        f"rules:\n  - {{{RULE}, before: LC-50, when: {{bought: {{at_least: 2}}}}}}\n  - {{id: LC-41, off: true}}\n"
        "cadence:\n  - {phase: loyal, times: 9, within: 1 year, apart: 0 days, tone: Warm, because: We are many}\n"
        "views:\n  - view: two\n    title: Two\n"
        "    stages: [{stage: in, phases: [new]}, {stage: out, rules: [LC-01]}]\n"
        "  - view: advocacy-stages\n    title: x\n    stages: [{stage: all, phases: [new]}]\n"
    ))  # fmt: skip
    assert found.pace_of("espresso", "").lasts == 10
    assert found.pace_of("coffee", "").name == "default"
    assert "garden" not in found.paces
    assert [rule.id for rule in found.rules][-3:] == ["AC-10", "LC-50", "LC-60"]
    assert "LC-41" not in [rule.id for rule in found.rules]
    assert found.cadence_of("loyal", None).times == 9
    assert found.cadence_of("new", None) == before.cadence_of("new", None)
    assert found.stage_of("two", "lapsed", "LC-01") == "out"
    assert found.stage_of("two", "active", "LC-60") is None
    assert found.digest != before.digest


def test_how_often_people_are_written_to_is_no_part_of_where_they_stand(tmp_path):
    text = "cadence:\n  - {phase: loyal, times: 9, within: 1 year, apart: 0 days, tone: Warm, because: We are many}\n"
    with_cadence = ours(tmp_path, text)
    assert with_cadence.digest != load_policies([HOME]).lifecycle.digest  # another file was read, with no rules
    assert with_cadence.digest == ours(tmp_path, text.replace("9", "8")).digest


def test_a_folder_without_the_file_has_no_phases(tmp_path):
    (tmp_path / "lifecycle.yaml").unlink(missing_ok=True)
    for file in HOME.glob("*.yaml"):
        if file.name != "lifecycle.yaml":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert load_policies([tmp_path]).lifecycle is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("rules:\n  - {id: LC-01, off: true}\n", "complaint, opt_out"),
        ("rules:\n  - {id: LC-02, off: true}\n", "withdrawn"),
        ("rules:\n  - {id: LC-60, off: true}\n", "the last rule has no when"),
        (f"rules:\n  - {{{RULE}, before: LC-01, when: {{bought: {{at_least: 2}}}}}}\n", "come first"),
        (f"rules:\n  - {{{RULE}, before: LC-99, when: {{bought: {{at_least: 2}}}}}}\n", "'LC-99' is no rule"),
        (f"rules:\n  - {{{RULE}, before: LC-50}}\n", "no rule after it could speak"),
        (f"rules:\n  - {{{RULE}, before: LC-50, when: {{satisfied: true}}}}\n", "'satisfied' is not a key here"),
        (f"rules:\n  - {{{RULE}, before: LC-50, when: {{bought: {{at_least: 2, at_most: 1}}}}}}\n", "less than"),
        (f"rules:\n  - {{{RULE}, before: LC-50, when: {{bought: {{}}}}}}\n", "say at_least or at_most"),
        (f"rules:\n  - {{{RULE}, before: LC-50, when: {{quiet_for: long}}}}\n", "expected such as 1.5 periods"),
        (f"rules:\n  - {{{RULE}, before: LC-50, when: {{quiet_for: 3 business days}}}}\n", "expected such as"),
        (
            f"rules:\n  - {{{RULE}, before: LC-50, when: {{stopped: [tired]}}}}\n",
            "'tired' is not the name of any cause",
        ),
        (f"rules:\n  - {{{RULE}, before: LC-50, when: {{all: []}}}}\n", "one or more conditions"),
        (f"rules:\n  - {{{RULE}, kind: win_back, before: LC-50, when: {{bought: {{at_least: 2}}}}}}\n", "no kinds"),
        (
            f"rules:\n  - {{{NEVER}, before: LC-11, when: {{bought: {{at_least: 9}}}}}}\n",
            "only a stop makes do_not_contact",
        ),
        ("paces:\n  - {pace: default, off: true}\n", "no pace is called default"),
        ("paces:\n  - {pace: tea, of: [Coffee], lasts: 3 days, because: x}\n", "stands already in the pace coffee"),
        ("paces:\n  - {pace: tea, of: [tea], lasts: 3 months, because: x}\n", "days, such as 30 days"),
        ("paces:\n  - {pace: tea, of: [tea], lasts: 3 days, season: [may, mai], because: x}\n", "'mai' is not"),
        (
            "paces:\n  - {pace: tea, of: [tea], lasts: 3 days, because: x}\n  - {pace: tea, off: true}\n",
            "twice",
        ),
        (
            f"cadence:\n  - {{{OFTEN}, kind: do_not_contact}}\n",
            "never contacted",
        ),
        ("cadence:\n  - {phase: new, never: true, times: 1, because: x}\n", "never: true alone"),
        ("views:\n  - {view: x, title: x, stages: [{stage: a, rules: [LC-77]}]}\n", "names LC-77"),
        (
            "views:\n  - {view: x, title: x, stages: [{stage: a, phases: [new]}, {stage: b, phases: [new]}]}\n",
            "two stages",
        ),
        ("phases: []\n", "'phases' is not a key here"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(tmp_path, text, complaint):
    told = complaints(tmp_path, text)
    assert complaint in told
    assert "lifecycle.yaml:" in told
