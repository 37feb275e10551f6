import shutil
from datetime import date
from pathlib import Path

import pytest
from policy_packs import CITES, DAY, OBLIGATIONS, REASONS, load, pack, rule, write

from gateway.domain.decision import Citation
from gateway.policy.conditions import Ask
from gateway.policy.errors import PolicyError
from gateway.policy.loader import load_policies, stands_alone
from gateway.policy.rules import Rule, Spot


def complaints(folder, *packs, **companions):
    with pytest.raises(PolicyError) as caught:
        load(folder, *packs, **companions)
    return [line.replace(f"{folder}/", "") for line in caught.value.problems]


@pytest.mark.parametrize(
    ("override", "read"), [("never", (False, False)), ("four_eyes", (True, True)), ("allowed", (True, False))]
)
def test_who_may_set_a_rule_aside_is_read(tmp_path, override, read):
    one = load(tmp_path, pack("us", rule("CS-11", then="reject", override=override))).rules[0]
    assert (one.override_allowed, one.four_eyes) == read


def test_a_rule_is_loaded_as_written(tmp_path):
    written = rule(
        "CS-11", then="hold", question="evidence", obligations=["label"], override="never", if_unknown="hold",
        unknown_reason="other", in_force={"from": DAY, "until": date(2030, 12, 31)}, unverified="The wording.",
    )  # fmt: skip
    policies = load(tmp_path, pack("us", written))
    assert policies.rules == (
        Rule(
            id="CS-11", title="Title of CS-11", cites=Citation("law", CITES["law"], CITES["url"]), in_force_from=DAY,
            in_force_until=date(2030, 12, 31), verified_on=DAY, severity="low", officer="Why CS-11.",
            when=Ask("source.provenance_is_complete", "is", True), then="hold", reason="because",
            obligations=("label",), override_allowed=False, question="evidence", holds_when_unknown=True,
            unknown_reason="other", grants=False, unverified="The wording.", spot=Spot(f"{tmp_path}/us.yaml", 10),
            again_by=date(2027, 5, 21),
        ),
    )  # fmt: skip
    assert policies.rule("CS-11") is policies.rules[0]
    assert policies.rule("GATE-01") is None
    assert (policies.packs[0].reviewed_by, policies.packs[0].review_again_by) == ("Ada", date(2027, 5, 21))
    assert policies.obligations["label"].id == "OB-07"
    assert policies.reasons["fact_unknown"].person is None


def test_what_is_left_out_has_its_meaning(tmp_path):
    made = [rule("CS-01"), rule("CS-02", then="hold"), rule("CS-03", then="reject", if_unknown="silent")]
    accept, hold, reject = load(tmp_path, pack("us", *made)).rules
    assert [r.holds_when_unknown for r in (accept, hold, reject)] == [False, True, False]
    assert [r.unknown_reason for r in (accept, hold, reject)] == ["fact_unknown"] * 3
    assert [r.override_allowed for r in (accept, hold, reject)] == [True] * 3
    assert [r.grants for r in (accept, hold, reject)] == [True, False, False]
    assert accept.in_force_until is None


def test_law_comes_before_the_house_and_folders_add_up(tmp_path):
    write(tmp_path / "a", pack("house", rule("H-01"), grants=False))
    write(tmp_path / "b", pack("us"), pack("ca", rule("CL-01")), reasons={}, obligations={})
    policies = load_policies([tmp_path / "a", tmp_path / "b"])
    assert [p.name for p in policies.packs] == ["ca", "us", "house"]
    assert [r.id for r in policies.rules] == ["CL-01", "CS-01", "H-01"]


def test_everything_wrong_in_every_file_is_said_at_once(tmp_path):
    house = pack(
        "house", rule("H-01", reason="becuase", obligations=["lable", "stop", "stop"]),
        rule("H-01", cites=None), rule("H-02", cites={"law": "a", "house": "b"}),
        rule("H-03", in_force=None), rule("H-04", in_force={"until": DAY}), rule("h-5", titel="x"),
        grants="no",
    )  # fmt: skip
    us = pack("us", rule("CS-01", then="acept"), applies_to={"fact": "person.contry", "is": "US"}, version=2026.11)
    reasons = {**REASONS, "bad": {"person": None, "vendor": "", "officer": "{who}", "remedy": "x", "say": "y"}}
    obligations = {**OBLIGATIONS, "again": {**OBLIGATIONS["label"]}}
    said = complaints(tmp_path, house, us, reasons=reasons, obligations=obligations)
    expected = [
        "house.yaml:8: grants: expected true or false, got 'no'",
        "house.yaml:24: rules[0].reason: no reason is called 'becuase' in reasons.yaml; did you mean 'because'?",
        "house.yaml:26: rules[0].obligations[0]: 'lable' is not the name of any obligation; did you mean 'label'?",
        "house.yaml:28: rules[0].obligations[2]: 'stop' stands in the list twice",
        "house.yaml:29: rules[1].id: the rule H-01 stands already at house.yaml:10",
        "house.yaml:29: rules[1]: 'cites' is missing",
        "house.yaml:43: rules[2].cites: expected exactly one of law, contract, provider, house, got law and house",
        "house.yaml:56: rules[3]: 'in_force' is missing",
        "house.yaml:74: rules[4].in_force: 'from' is missing",
        "house.yaml:84: rules[5].id: 'h-5' is no rule id; write REGIME-NN such as CS-01 (GATE is the gateway's own)",
        "house.yaml:99: rules[5].titel: 'titel' is not a key here; did you mean 'title'?",
        "obligations.yaml:26: again.id: the obligation id OB-07 stands already at obligations.yaml:2",
        "reasons.yaml:71: bad.say: 'say' is not a key here",
        "reasons.yaml:66: bad: 'vendor' is missing or empty",
        "reasons.yaml:69: bad.officer: {who} stands for nothing",
        "us.yaml:3: version: expected text, got 2026.11; put it in quotes",
        "us.yaml:26: applies_to.fact: no fact is called 'person.contry'; did you mean 'person.country'?",
        "us.yaml:23: rules[0].then: 'acept' is not known here; one of accept, hold, reject; did you mean 'accept'?",
    ]
    missing = [line for line in expected if line not in said]
    assert (missing, len(said)) == ([], len(expected)), "\n".join(said)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cites": {"law": "a"}}, "cites: 'url' is missing or empty"),
        ({"cites": {"url": "https://x.example"}}, "expected exactly one of law, contract, provider, house, got none"),
        ({"cites": {"house": "a", "url": "x.example"}}, "'x.example' is no address; it starts with https://"),
        ({"cites": {"laws": "a"}}, "'laws' is not a key here; did you mean 'law'?"),
        ({"cites": "the law"}, "cites: expected keys with values here"),
        ({"in_force": {"from": "2004"}}, "expected a date such as 2026-11-21 without quotes, got '2004'"),
        ({"in_force": {"from": DAY, "until": date(2020, 1, 1)}}, "the last day in force comes before the first"),
        ({"verified_on": None}, "'verified_on' is missing"),
        ({"severity": "hihg"}, "severity: 'hihg' is not known here; .*did you mean 'high'?"),
        ({"officer": None}, "'officer' is missing or empty"),
        ({"title": 7}, "title: expected text, got 7; put it in quotes"),
        ({"when": None}, "'when' is missing"),
        ({"when": "always"}, "when: expected keys with values here"),
        ({"then": None}, "'then' is missing; one of accept, hold, reject"),
        ({"reason": None}, "'reason' is missing or empty"),
        ({"override": "nevr"}, "'nevr' is not known here; one of never, four_eyes, allowed; did you mean 'never'?"),
        ({"question": "reviw", "then": "hold"}, "did you mean 'review'?"),
        ({"then": "hold", "question": None}, "a hold waits for something; add question"),
        ({"question": "review"}, "nothing here ever holds, so nothing asks this"),
        ({"then": "reject", "if_unknown": "silent", "question": "review"}, "nothing here ever holds"),
        ({"unknown_reason": "other"}, "so nothing gives this reason"),
        ({"then": "reject", "unknown_reason": "othr"}, "no reason is called 'othr'.*did you mean 'other'?"),
        ({"if_unknown": "accept"}, "'accept' is not known here; one of hold, silent"),
        ({"then": "reject", "grants": True}, "only accept rules of a granting pack are grounds"),
        ({"grants": "yes"}, "expected true or false, got 'yes'"),
        ({"obligations": "label"}, r"expected a list \[...\], got 'label'"),
        ({"obligations": [1]}, "1 is not the name of any obligation"),
        ({"id": "GATE-01"}, "'GATE-01' is no rule id"),
        ({"id": "CS-1"}, "'CS-1' is no rule id"),
        ({"id": None}, "'id' is missing or empty"),
        ({"when": {"fact": "consent.staus", "is": "given"}}, "did you mean 'consent.status'?"),
    ],
)
def test_one_slip_in_a_rule(tmp_path, changes, says):
    with pytest.raises(PolicyError, match=says):
        load(tmp_path, pack("us", rule(**changes)))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"grants": None}, "grants: expected true or false, got nothing"),
        ({"reviewed": None}, "'reviewed' is missing"),
        ({"reviewed": {"by": "Ada", "on": DAY, "again_by": DAY}}, "the next review must come after the last one"),
        ({"reviewed": {"by": "Ada", "on": DAY}}, "'again_by' is missing"),
        ({"rules": []}, "expected a list of one or more rules"),
        ({"rules": ["x"]}, r"rules\[0\]: expected keys with values here"),
        ({"packs": "x"}, "'packs' is not a key here; did you mean 'pack'?"),
        ({"applies_to": {"country": "US"}}, "expected one condition"),
    ],
)
def test_one_slip_in_a_pack(tmp_path, changes, says):
    with pytest.raises(PolicyError, match=says):
        load(tmp_path, pack("us", **changes))


def test_a_house_pack_has_no_ground_to_grant(tmp_path):
    assert complaints(tmp_path, pack("house", rule("H-01", grants=True), grants=False)) == [
        "house.yaml:25: rules[0].grants: only accept rules of a granting pack are grounds; leave this out"
    ]


def test_the_same_pack_or_rule_in_two_folders_is_refused(tmp_path):
    write(tmp_path / "a", pack("us"))
    write(tmp_path / "b", pack("us"), reasons={"because": REASONS["because"]}, obligations={})
    with pytest.raises(PolicyError) as caught:
        load_policies([tmp_path / "a", tmp_path / "b"])
    said = caught.value.problems
    assert [line.split(": ", 1)[1].split(" stands")[0] for line in said] == [
        "because: the reason because",
        "pack: the pack us",
        "rules[0].id: the rule CS-01",
    ]


def test_only_a_folder_that_words_what_the_gateway_says_stands_alone(tmp_path):
    assert stands_alone(write(tmp_path / "ours", pack("us")))
    assert not stands_alone(write(tmp_path / "theirs", pack("shop"), reasons={"because": REASONS["because"]}))
    (tmp_path / "theirs" / "reasons.yaml").unlink()
    assert not stands_alone(tmp_path / "theirs")
    (tmp_path / "theirs" / "reasons.yaml").write_text("no_rule_speaks: [\n", encoding="utf-8")
    assert not stands_alone(tmp_path / "theirs")


def test_files_that_cannot_be_read(tmp_path):
    folder = write(tmp_path / "p", pack("us"))
    (folder / "latin.yaml").write_bytes(b"pack: caf\xe9\n")
    (folder / "broken.yaml").write_text("pack: [\n", encoding="utf-8")
    (folder / "list.yaml").write_text("- a\n", encoding="utf-8")
    (folder / "other.yml").write_text("pack: other\n", encoding="utf-8")
    (folder / "moved.yaml").write_text((folder / "us.yaml").read_text(encoding="utf-8").replace("CS-01", "CS-02"))
    (folder / "folder.yaml").mkdir()
    with pytest.raises(PolicyError) as caught:
        load_policies([folder, tmp_path / "nowhere"])
    said = [line.replace(f"{tmp_path}/", "") for line in caught.value.problems]
    assert "nowhere:1: no such folder" in said
    assert "p/latin.yaml:1: this is not UTF-8 text (byte 9)" in said
    assert "p/folder.yaml:1: cannot be read: it is no ordinary file" in said
    assert "p/other.yml:1: call it .yaml, in small letters; nothing else is read" in said
    assert "p/list.yaml:1: expected keys with values here" in said
    assert "p/us.yaml:1: pack: the pack us stands already at p/moved.yaml:1" in said
    assert "p/moved.yaml:1: pack: the pack 'us' must lie in us.yaml" in said
    assert any(line.startswith("p/broken.yaml:2: this is not YAML") for line in said)


def test_a_folder_without_packs_or_words_is_refused(tmp_path):
    assert complaints(tmp_path / "empty") == [f"{tmp_path / 'empty'}:1: no policy pack is here"]
    said = complaints(tmp_path / "bare", pack("us"), reasons={"because": REASONS["because"]})
    assert "reasons.yaml:1: no wording for already_known, which the gateway itself uses" in said
    with pytest.raises(PolicyError, match="no policy pack is here"):
        load_policies([])


def test_the_digest_is_of_the_content_alone(tmp_path):
    folder = write(tmp_path / "one", pack("us"))
    digest = load_policies([folder]).digest
    assert (len(digest), int(digest, 16) > 0) == (64, True)
    copy = Path(shutil.copytree(folder, tmp_path / "two"))
    text = (copy / "us.yaml").read_text(encoding="utf-8")
    (copy / "us.yaml").write_text("# a comment\n\n" + text.replace("low\n", "low   # because\n"), encoding="utf-8")
    (copy / "us.test.yaml").write_text("cases: []\n", encoding="utf-8")
    assert load_policies([copy]).digest == digest
    first, last = "pack: us\ntitle: Pack us\n", text.removeprefix("pack: us\ntitle: Pack us\n")
    (copy / "us.yaml").write_text("title: Pack us\npack: us\n" + last, encoding="utf-8")
    assert text == first + last
    assert load_policies([copy]).digest == digest

    for name, old, new in [
        ("us.yaml", "severity: low", "severity: high"),
        ("us.yaml", "in_force:\n    from: 2004-01-01", "in_force:\n    from: 2004-01-02"),
        ("reasons.yaml", "officer wording of because", "other words"),
        ("obligations.yaml", "Always stop.", "Always stop at once."),
    ]:
        changed = Path(shutil.copytree(copy, tmp_path / f"three {new}".replace("\n", " ")))
        content = (changed / name).read_text(encoding="utf-8")
        assert old in content
        (changed / name).write_text(content.replace(old, new), encoding="utf-8")
        assert load_policies([changed]).digest != digest
