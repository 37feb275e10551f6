"""What a company may change of packs that are not its own, and what it may not."""

from datetime import UTC, date, datetime

import pytest
import yaml
from policy_packs import CITES, Plain, load, pack, rule

from gateway.policy.errors import PolicyError
from gateway.policy.loader import load_policies

CLEAR = {"source.provenance_is_complete": True}
GROUND = rule("CS-15", obligations=["label"])
HOUSE = {"house": "Our own decision"}
QUIET = {"cites": HOUSE, "if_unknown": "silent"}
RELAY = rule("H-19", when={"fact": "address.is_privacy_relay", "is": True}, then="reject", **QUIET)
FIRM = rule("H-14", when={"fact": "row.is_broken", "is": True}, then="reject", override="never", **QUIET)
MARK = rule("H-22", when={"fact": "source.is_direct", "is": False}, cites=HOUSE, obligations=["stop"])
TERMS = rule(
    "P-01", when={"fact": "address.role_class", "is": "group"}, then="hold", **QUIET | {"cites": {"provider": "Terms"}}
)
PAPER = rule(
    "K-01", when={"fact": "source.is_attested", "is": False}, then="hold", **QUIET | {"cites": {"contract": "Annex 2"}}
)
ENDED = rule("H-30", cites=HOUSE, in_force={"from": date(2020, 1, 1), "until": date(2025, 12, 31)})
LATER = rule(
    "H-31", cites=HOUSE, in_force={"from": date(2028, 1, 1)}, when={"fact": "address.is_free_mail", "is": True}
)
REVIEWED = {"by": "Bo", "on": date(2026, 11, 1), "again_by": date(2027, 11, 1)}
FROM = date(2026, 12, 1)


def overlaid(folder, name="acme", **content):
    house = pack("house", RELAY, FIRM, MARK, TERMS, PAPER, ENDED, LATER, grants=False)
    load(folder, pack("us", GROUND), house)
    made = {"overlay": "acme", "title": "What Acme does differently", "reviewed": REVIEWED} | content
    made = {key: value for key, value in made.items() if value is not None}
    (folder / f"{name}.yaml").write_text(yaml.dump(made, Dumper=Plain, sort_keys=False), encoding="utf-8")
    return load_policies([folder])


def off(name, **changes):
    return {"switch_off": [{"rule": name, "from": FROM, "because": "We know better"} | changes]}


def stricter(name, then="hold", **changes):
    made = {"rule": name, "from": FROM, "then": then, "because": "Our mail service bars it"}
    if then == "hold":
        made["question"] = "review"
    return {"stricter": [made | changes]}


def judged(policies, facts, *day):
    decision = policies.decide(CLEAR | facts, datetime(*day, 23, 59, tzinfo=UTC))
    return decision.verdict, [finding.rule for finding in decision.findings]


def test_a_rule_of_the_house_is_switched_off_from_a_day_on(tmp_path):
    policies = overlaid(tmp_path, **off("H-19"))
    facts = {"address.is_privacy_relay": True}
    assert judged(policies, facts, 2026, 11, 30) == ("reject", ["H-19", "CS-15"])
    assert judged(policies, facts, 2026, 12, 1) == ("accept", ["CS-15"])
    assert policies.rule("H-19").switched_off == "We know better"


def test_terms_of_a_provider_may_be_switched_off_too(tmp_path):
    policies = overlaid(tmp_path, **off("P-01"))
    assert judged(policies, {"address.role_class": "group"}, 2026, 12, 1) == ("accept", ["CS-15"])


def test_a_rule_switched_off_from_before_it_began_is_never_in_force(tmp_path):
    policies = overlaid(tmp_path, **off("H-31"))
    assert judged(policies, {"address.is_free_mail": True}, 2028, 2, 1) == ("accept", ["CS-15"])
    assert judged(policies, {"address.is_free_mail": True}, 2026, 11, 1) == ("accept", ["CS-15"])


def test_a_rule_is_made_stricter_from_a_day_on(tmp_path):
    policies = overlaid(tmp_path, **stricter("H-22"))
    facts = {"source.is_direct": False}
    assert judged(policies, facts, 2026, 11, 30) == ("accept", ["CS-15", "H-22"])
    assert judged(policies, facts, 2026, 12, 1) == ("hold", ["H-22", "CS-15"])
    assert judged(policies, {}, 2026, 12, 1) == ("accept", ["CS-15"])  # what was silent when unknown stays so
    changed = policies.rule("H-22")
    assert (changed.then, changed.question, changed.obligations) == ("hold", "review", ())
    assert changed.officer == "Why H-22. Made stricter by the company: Our mail service bars it"
    assert [rule.then for rule in policies.rules if rule.id == "H-22"] == ["accept", "hold"]


def test_law_may_be_made_stricter_and_so_may_what_nobody_may_set_aside(tmp_path):
    policies = overlaid(tmp_path, **stricter("CS-15"))
    assert judged(policies, {}, 2026, 12, 1) == ("hold", ["CS-15"])
    policies = overlaid(tmp_path, **stricter("P-01", then="reject"))
    assert judged(policies, {"address.role_class": "group"}, 2026, 12, 1) == ("reject", ["P-01", "CS-15"])


def test_a_stricter_rule_that_begins_later_begins_then(tmp_path):
    policies = overlaid(tmp_path, **stricter("H-31", then="reject"))
    facts = {"address.is_free_mail": True}
    assert judged(policies, facts, 2027, 12, 31) == ("accept", ["CS-15"])
    assert judged(policies, facts, 2028, 1, 1) == ("reject", ["H-31", "CS-15"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (off("CS-15"), rf"switch_off\[0\].rule: CS-15 rests on {CITES['law']}".replace("(", r"\(").replace(")", r"\)")),
        (off("K-01"), "K-01 rests on Annex 2; what is law or contract cannot be switched off"),
        (off("H-14"), "H-14 is marked override: never and cannot be switched off"),
        (off("H-91"), "no rule is called 'H-91'; did you mean"),
        (off("H-30"), r"H-30 is over on 2025-12-31 already"),
        (off("H-19", because=None), "'because' is missing or empty"),
        (off("H-19", then="hold"), "'then' is not a key here"),
        (off("H-19", **{"from": "2026-12-01"}), "expected a date such as 2026-11-21 without quotes"),
        (off("H-19", **{"from": None}), "'from' is missing"),
        (stricter("H-19", then="accept"), "H-19 says reject already; accept is not stricter"),
        (stricter("P-01", then="hold"), "P-01 says hold already; hold is not stricter"),
        (stricter("H-22", question=None), "a hold waits for something; add question"),
        (stricter("P-01", then="reject", question="review"), "nothing here ever holds, so nothing asks this"),
        (stricter("H-30"), r"H-30 is over on 2025-12-31 already"),
        (stricter("H-19", then="strict"), "'strict' is not known here"),
        ({}, "it changes nothing; add switch_off or stricter"),
        ({"switch_off": []}, "expected a list of one or more changes"),
        ({"stricter": {"rule": "H-19"}}, "expected a list of one or more changes"),
        ({"switch_off": ["H-19"]}, r"switch_off\[0\]: expected keys with values here"),
        ({**off("H-19"), "title": None}, "'title' is missing or empty"),
        ({**off("H-19"), "reviewed": None}, "'reviewed' is missing"),
        ({**off("H-19"), "reviewed": {**REVIEWED, "again_by": date(2026, 1, 1)}}, "the next review must come after"),
        ({**off("H-19"), "weaker": []}, "'weaker' is not a key here"),
        ({**off("H-19"), "overlay": 7}, "overlay: expected text, got 7"),
    ],
)  # fmt: skip
def test_a_change_that_is_refused(tmp_path, content, says):
    with pytest.raises(PolicyError, match=says):
        overlaid(tmp_path, **content)


def test_a_rule_is_changed_once(tmp_path):
    twice = {"switch_off": [*off("H-22")["switch_off"], *off("H-22")["switch_off"]]}
    for content in (twice, {**off("H-22"), **stricter("H-22")}):
        with pytest.raises(PolicyError, match=r"H-22 is changed already at .*acme\.yaml:8"):
            overlaid(tmp_path, **content)


def test_an_overlay_lies_in_the_file_of_its_name(tmp_path):
    with pytest.raises(PolicyError, match=r"other.yaml:1: overlay: the overlay 'acme' must lie in acme.yaml"):
        overlaid(tmp_path, name="other", **off("H-19"))


def test_every_complaint_names_file_and_line(tmp_path):
    with pytest.raises(PolicyError) as caught:
        overlaid(tmp_path, switch_off=[*off("CS-15")["switch_off"], *off("H-99")["switch_off"]])
    assert [(complaint.file, complaint.line) for complaint in caught.value.complaints] == [
        (f"{tmp_path}/acme.yaml", 8),
        (f"{tmp_path}/acme.yaml", 11),
    ]  # fmt: skip


def test_each_change_has_a_digest_of_its_own(tmp_path):
    changes = [
        off("H-19"),
        off("H-19", because="Otherwise"),
        off("P-01"),
        stricter("H-22"),
        stricter("H-22", then="reject"),
    ]
    digests = [overlaid(tmp_path, **change).digest for change in changes]
    (tmp_path / "acme.yaml").unlink()
    digests.append(load_policies([tmp_path]).digest)
    assert len(set(digests)) == len(digests)


def test_an_overlay_is_no_pack_and_may_stand_beside_packs(tmp_path):
    policies = overlaid(tmp_path, **off("H-19"))
    assert [found.name for found in policies.packs] == ["us", "house"]
    assert [text.name for text in policies.texts] == [
        "acme.yaml",
        "house.yaml",
        "obligations.yaml",
        "reasons.yaml",
        "us.yaml",
    ]
