"""Packs that are tried stand in the place of those of their name or beside the rest; a rule as its file has it."""

import pytest
import yaml
from builders import policies as ours
from policy_packs import REASONS, dumped, load, pack, rule, wording, write

from gateway.policy.errors import PolicyError
from gateway.policy.instead import Sent, lay_over
from gateway.policy.loader import is_changed, load_policies
from gateway.policy.search import Index
from gateway.policy.written import rule_as_written


def sent(name, content):
    return Sent(name, dumped(content).encode())


def test_a_pack_takes_the_place_of_the_one_of_its_name(tmp_path):
    before = load(tmp_path, pack("us", rule("CS-01")), pack("ca", rule("CA-01")))
    after = lay_over(before, [sent("us.yaml", pack("us", rule("CS-02")))])
    assert {one.id for one in after.rules} == {"CS-02", "CA-01"}
    assert {one.id for one in before.rules} == {"CS-01", "CA-01"}


def test_a_pack_of_another_name_stands_beside_the_rest_with_its_own_reasons(tmp_path):
    before = load(tmp_path, pack("us", rule("CS-01")))
    more = pack("acme", rule("AC-01", then="reject", reason="not_served"), grants=False)
    after = lay_over(before, [sent("acme.yaml", more), sent("reasons.yaml", {"not_served": wording("not_served")})])
    assert {one.id for one in after.rules} == {"CS-01", "AC-01"}
    assert after.reasons.keys() == {*REASONS, "not_served"}


def test_reasons_that_word_the_same_take_the_place_of_ours(tmp_path):
    before = load(tmp_path, pack("us", rule("CS-01")))
    changed = REASONS | {"because": wording("because") | {"officer": "Because it is so"}}
    after = lay_over(before, [sent("reasons.yaml", changed)])
    assert after.reasons["because"].officer == "Because it is so"
    assert after.digest != before.digest


def test_what_is_sent_unchanged_changes_nothing():
    texts = [Sent(text.name, text.text.encode()) for text in ours().texts]
    assert lay_over(ours(), texts).digest == ours().digest


def test_every_mistake_is_named_with_its_file():
    with pytest.raises(PolicyError) as caught:
        lay_over(ours(), [Sent("a.test.yaml", b"x: 1"), Sent("b.yaml", b"\xff"), Sent("c.txt", b""), Sent("", b"")])
    assert [one.file for one in caught.value.complaints] == ["a file without a name", "a.test.yaml", "b.yaml", "c.txt"]


def test_each_of_our_rules_is_found_in_its_file_word_for_word():
    policies = ours()
    for owner in policies.packs:
        for one in owner.rules:
            (read,) = yaml.safe_load(rule_as_written(policies, owner, one))
            assert (read["id"], read["title"]) == (one.id, one.title)


def test_whether_the_files_changed_since_they_were_read(tmp_path):
    policies = load_policies([write(tmp_path / "p", pack("us"))])
    assert not is_changed(policies)
    (tmp_path / "p" / "more.yaml").write_text("pack: more", encoding="utf-8")
    assert is_changed(policies)


@pytest.mark.parametrize(
    ("words", "first"), [("cs-18", "CS-18"), ("64.3100(a)(4)", "CS-18"), ("phone_known", "phone_known"),
                         ("ob-07", "OB-07")]
)  # fmt: skip
def test_search_finds_by_id_law_reason_and_obligation(words, first):
    found, count = Index(ours()).find(words)
    assert first in [one.name for one in found]
    assert count >= len(found) > 0
    assert Index(ours()).find("  ") == ([], 0)
