"""A rule somebody starts: what is written holds, and what does not hold is not written."""

from datetime import date
from pathlib import Path

import pytest
from policy_packs import DAY, load, pack, rule, write

from gateway.domain.decision import Citation
from gateway.domain.problem import CallerError
from gateway.policy.caserun import run_folders
from gateway.policy.draft import Draft, read_when
from gateway.policy.errors import PolicyError
from gateway.policy.lint import lint
from gateway.policy.scaffold import scaffold

OURS = Path(__file__).parents[3] / "policies"
ON = date(2026, 12, 1)


def draft(name="ACME-01", *when, then="hold", **changes):
    made = {
        "id": name, "title": f"Title of {name}", "cites": Citation("house", "We said so"),
        "when": read_when(when or ["address.role_class in group, business"]), "then": then,
        "question": "review" if then == "hold" else None, "if_unknown": None,
        "reason": name.lower().replace("-", "_"), "on": ON,
    } | changes  # fmt: skip
    return Draft(**made)


@pytest.fixture
def ours(tmp_path):
    """A small set that accepts whoever gave their own yes."""
    folder = tmp_path / "ours"
    load(folder, pack("us", rule("CS-14", when={"fact": "consent.status", "is": "given"})))
    return folder


def holds(folders):
    return [str(failure) for report in run_folders(folders) for failure in report.failures]


def texts(folder):
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()} if folder.is_dir() else {}


def test_a_new_folder_is_begun_and_nothing_is_left_to_mend(ours, tmp_path):
    theirs = tmp_path / "new" / "acme"
    made = scaffold(draft(), "acme", [ours, theirs])
    assert made.files == ["acme.yaml", "acme.test.yaml", "reasons.yaml"]
    assert made.cases == [
        ("ACME-01 speaks: Is it a function's mailbox, and of which class? Group", "hold"),
        ("ACME-01 is silent: Is it a function's mailbox, and of which class? None", "accept"),
    ]
    assert holds([ours, theirs]) == []
    assert [problem for problem in lint([ours, theirs], on=ON) if str(theirs) in problem.file] == []


def test_rules_are_added_one_after_the_other(ours, tmp_path):
    theirs = tmp_path / "acme"
    scaffold(draft(), "acme", [ours, theirs])
    first = texts(theirs)
    late = {"on": date(2027, 2, 1)}
    scaffold(
        draft("ACME-02", "source.collected_at older_than 6 months", then="reject", if_unknown="silent", **late),
        "acme",
        [ours, theirs],
    )
    scaffold(draft("ACME-03", "person.country not_in US, CA", then="accept", reason="acme_01"), "acme", [ours, theirs])
    assert all(texts(theirs)[name].startswith(text.rstrip("\n")) for name, text in first.items())
    assert holds([ours, theirs]) == []
    assert [problem for problem in lint([ours, theirs], on=ON) if str(theirs) in problem.file] == []
    (_, report) = run_folders([ours, theirs])
    assert {rule: (seen.fired, seen.silent) for rule, seen in report.coverage.items() if rule.startswith("ACME")} == {
        "ACME-01": (1, 1), "ACME-02": (1, 1), "ACME-03": (1, 1),
    }  # fmt: skip
    assert "acme_03" not in (theirs / "reasons.yaml").read_text()


def test_it_works_beside_the_packs_that_come_with_the_gateway(tmp_path):
    theirs = tmp_path / "acme"
    scaffold(draft(), "acme", [OURS, theirs])
    scaffold(draft("ACME-02", "consent.is_confirmed is false", question="confirm"), "acme", [OURS, theirs])
    assert holds([OURS, theirs]) == []


def test_a_pack_that_is_there_keeps_its_form(ours, tmp_path):
    whom = {"fact": "person.country", "is": "CA"}
    cases = {"as_of": DAY, "given": {"consent.status": "given", "person.country": "US", "address.role_class": "none"},
             "cases": [{"sentence": "x", "verdict": "accept"}]}  # fmt: skip
    acme = pack("acme", rule("ACME-90"), grants=False)
    theirs = write(tmp_path / "acme", acme, reasons={}, obligations={}, cases={"acme": cases})
    text = (theirs / "acme.yaml").read_text()
    head = f"# signed\napplies_to: {{fact: {whom['fact']}, is: {whom['is']}}}\n"
    (theirs / "acme.yaml").write_text(head + text, encoding="utf-8")
    made = scaffold(draft(reason="because"), "acme", [ours, theirs])
    assert (theirs / "acme.yaml").read_text().startswith(head + text)
    assert made.files == ["acme.yaml", "acme.test.yaml"]
    assert [verdict for _, verdict in made.cases] == ["hold", "accept"]
    assert "  as_of: 2026-12-01" in (theirs / "acme.test.yaml").read_text()
    assert "person.country: CA" in (theirs / "acme.test.yaml").read_text()
    assert holds([ours, theirs]) == []


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (draft("CS-14"), "there is a rule CS-14 already; ids are never used again"),
        (draft("ACME-01", "source.is_direct is true", "source.is_direct is false"), "no lead can meet this condition"),
        (draft("ACME-01", "consent.status in given, refused, none"), "every lead whose facts are known meets this"),
        (
            draft("ACME-01", "consent.at before 2026-01-01", "consent.at older_than 1 year"),
            "write the rule and its cases",
        ),
    ],
)
def test_what_does_not_make_sense_is_not_written(ours, tmp_path, made, says):
    theirs = tmp_path / "acme"
    with pytest.raises(CallerError, match=says):
        scaffold(made, "acme", [ours, theirs])
    assert texts(theirs) == {}


def test_what_is_no_rule_is_complained_of_where_it_would_stand(ours, tmp_path):
    theirs = tmp_path / "acme"
    with pytest.raises(PolicyError, match=rf"{theirs}/acme.yaml:10: rules\[0\].id: 'acme' is no rule id"):
        scaffold(draft("acme"), "acme", [ours, theirs])
    with pytest.raises(PolicyError, match="'url' is missing or empty"):
        scaffold(draft(cites=Citation("law", "BGB 1")), "acme", [ours, theirs])
    assert texts(theirs) == {}


def test_cases_that_were_right_before_must_stay_right(ours, tmp_path):
    theirs = tmp_path / "acme"
    scaffold(draft(), "acme", [ours, theirs])
    before = texts(theirs)
    with pytest.raises(CallerError, match=r"expected accept, got hold by ACME-02 .*say --if-unknown silent"):
        scaffold(draft("ACME-02", "vendor.is_data_broker is true"), "acme", [ours, theirs])
    assert texts(theirs) == before
    scaffold(draft("ACME-02", "vendor.is_data_broker is true", if_unknown="silent"), "acme", [ours, theirs])
    assert holds([ours, theirs]) == []


def test_a_pack_that_does_not_end_with_its_rules_is_left_to_its_author(ours, tmp_path):
    theirs = tmp_path / "acme"
    scaffold(draft(), "acme", [ours, theirs])
    file = theirs / "acme.yaml"
    file.write_text(file.read_text() + "use: lead\n", encoding="utf-8")
    before = texts(theirs)
    with pytest.raises(CallerError, match=r"acme.yaml does not end with a list of rules.*\n- id: ACME-02"):
        scaffold(draft("ACME-02"), "acme", [ours, theirs])
    assert texts(theirs) == before


def test_a_broken_folder_is_told_of_and_left_alone(ours, tmp_path):
    theirs = tmp_path / "acme"
    theirs.mkdir()
    (theirs / "acme.yaml").write_text("pack: [\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=f"{theirs}/acme.yaml:2: this is not YAML"):
        scaffold(draft(), "acme", [ours, theirs])
    assert list(texts(theirs)) == ["acme.yaml"]
