"""Packs that mean harm, or are simply broken: each is refused with file and line, soon, and never with a traceback."""

import copy
import os
import time
from datetime import date
from pathlib import Path

import pytest
import yaml
from policy_packs import DAY, OBLIGATIONS, REASONS, Plain, pack, rule, write

from gateway.policy.caserun import run_folders
from gateway.policy.coverage import read_coverage
from gateway.policy.errors import PolicyError
from gateway.policy.form import MAX_COMPLAINTS, MAX_MESSAGE
from gateway.policy.lint import lint
from gateway.policy.loader import load_policies

SECONDS = 1.0  # of CPU time, for one file

HEAD = 'pack: x\ntitle: t\nversion: "1"\nreviewed: {by: a, on: 2026-01-01, again_by: 2027-01-01}\ngrants: false\n'
OVERLAY = "overlay: x\ntitle: t\nreviewed: {by: a, on: 2026-01-01, again_by: 2027-01-01}\n"
CHANGE = "  - {rule: CS-91, from: 2026-01-01, because: x}\n"
STATUS = "{fact: consent.status, is: given}"


def one_rule(when=STATUS, more=""):
    return (
        f"{HEAD}rules:\n  - {{id: XX-01, title: t, cites: {{house: h}}, in_force: {{from: 2026-01-01}}, {more}"
        f"verified_on: 2026-01-01, severity: low, officer: o, when: {when}, then: reject, reason: because}}\n"
    )


def listed(item, count):
    return ", ".join(item.replace("#", str(number)) for number in range(count))


FILES = {
    "nested lists": "a: " + "[" * 499_000 + "]" * 499_000,
    "lists that never end": "[" * 900_000,
    "mappings that never end": "{a: " * 240_000,
    "nested keys": "? " + "[" * 400_000,
    "nested keys in a mapping": "{" + "[" * 400_000,
    "keys of keys": "? " * 400_000,
    "items of items": "- " * 400_000,
    "indented for ever": "".join(f"{' ' * depth}a:\n" for depth in range(1_300)),
    "all within all": one_rule("{all: [" * 5_000 + STATUS + "]}" * 5_000),
    "not within not": one_rule("{not: " * 5_000 + STATUS + "}" * 5_000),
    "a hundred thousand rules": f"{HEAD}rules:\n" + "  - {}\n" * 100_000,
    "as many rules as fit": f"{HEAD}rules:\n" + "  - {id: XX-01, titel: 1}\n" * 4_900,
    "the same rule for ever": one_rule() + (one_rule().rpartition("rules:\n")[2] * 2_000),
    "ten thousand items": f"{HEAD}rules:\n" + "  - a\n" * 10_000,
    "ten thousand answers": one_rule(f"{{fact: person.country, in: [{listed('a#', 10_000)}]}}"),
    "nearly as many wrong answers": one_rule(f"{{fact: consent.act, in: [{listed('oral#', 4_900)}]}}"),
    "nearly as many wrong facts": one_rule(f"{{any: [{listed('{fact: consent.statu#, is: given}', 4_900)}]}}"),
    "nearly as many wrong duties": one_rule(more=f"obligations: [{listed('labe#', 4_900)}], "),
    "the same duty for ever": one_rule(more=f"obligations: [{listed('label', 4_900)}], "),
    "fifty thousand values": "a: [" + ", ".join(f"[{listed('1', 900)}]" for _ in range(60)) + "]\n",
    "unknown keys": HEAD + "".join(f"k{number}: 1\n" for number in range(20_000)),
    "a few thousand unknown keys": HEAD + "".join(f"k{number}: 1\n" for number in range(4_900)),
    "doubled keys": "a: 1\n" * 190_000,
    "anchors": "".join(f"a{number}: &x{number} 1\n" for number in range(40_000)),
    "aliases": "a: &x 1\n" + "".join(f"a{number}: *x\n" for number in range(40_000)),
    "a billion laughs": "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(100)),
    "tags": "!!python/object/apply:os.system [ls]\n",
    "tabs": "pack: x\nrules:\n\t- id: XX-01\n",
    "a word of a megabyte": f"pack: {'x' * 990_000}\n",
    "a key of a megabyte": f"{HEAD}rules:\n  - ? {'x' * 900_000}\n    : 1\n",
    "a fact of a megabyte": one_rule(f"{{fact: {'c' * 900_000}, is: given}}"),
    "a quote that never ends": 'pack: "' + "x" * 900_000,
    "colons": "a: " * 200_000,
    "pairs": "[" + "a: b, " * 150_000 + "]",
    "two documents": f"{HEAD}---\n{HEAD}",
    "nothing": "",
    "blank lines": "\r\n" * 450_000,
    "comments": "# x\n" * 240_000,
    "a number": "7\n",
    "a list": "- a\n",
    "text": "hello\n",
    "a control character": "pack: x\ntitle: \x01\n",
    "half a character, escaped": 'pack: x\ntitle: "\\ud800"\n',
    "an overlay of many changes": f"{OVERLAY}switch_off:\n" + "  - {rule: CS-99, from: 2026-01-01}\n" * 18_000,
    "an overlay of a few thousand": f"{OVERLAY}switch_off:\n" + CHANGE * 4_900,
    "an overlay of nonsense": (
        "overlay: [1]\ntitle: {a: 1}\nreviewed: 7\nswitch_off: {a: 1}\n"
        "stricter: [[], 1, null, {rule: {a: 1}, from: [1], then: [hold], question: {}, because: 3}]\n"
    ),
    "an overlay of itself": f"{OVERLAY}pack: x\nrules: []\n",
}  # fmt: skip


def refused(folder):
    """The complaints, after a time that is measured."""
    begun = time.process_time()
    with pytest.raises(PolicyError) as caught:
        load_policies([folder])
    assert time.process_time() - begun < SECONDS
    complaints = caught.value.complaints
    assert 0 < len(complaints) <= MAX_COMPLAINTS + 1
    assert all(len(complaint.message) <= MAX_MESSAGE + 10 for complaint in complaints)
    assert all(complaint.line >= 1 for complaint in complaints)
    return [f"{Path(complaint.file).name}:{complaint.line}" for complaint in complaints]


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_soon_with_its_line(tmp_path, name):
    folder = write(tmp_path, pack("us"))
    (folder / "x.yaml").write_text(FILES[name], encoding="utf-8", newline="")
    assert "x.yaml" in {place.partition(":")[0] for place in refused(folder)}


@pytest.mark.parametrize("name", ["reasons.yaml", "obligations.yaml"])
@pytest.mark.parametrize("what", ["nested keys", "unknown keys", "a number", "aliases", "two documents", "nothing"])
def test_the_companions_of_packs_are_read_as_carefully(tmp_path, name, what):
    folder = write(tmp_path, pack("us"))
    (folder / name).write_text(FILES[what], encoding="utf-8", newline="")
    assert name in {place.partition(":")[0] for place in refused(folder)}


@pytest.mark.parametrize("megabytes", [5, 500])
def test_a_huge_file_is_not_even_opened(tmp_path, megabytes):
    folder = write(tmp_path, pack("us"))
    with (folder / "x.yaml").open("wb") as file:
        file.truncate(megabytes * 1_000_000)  # sparse: takes no room on the disk
    assert refused(folder) == ["x.yaml:1"]


def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path):
    folder = write(tmp_path, pack("us"))
    os.mkfifo(folder / "x.yaml")
    (folder / "y.yaml").symlink_to("/dev/zero")
    (folder / "z.yaml").mkdir()
    (folder / "zz.yaml").symlink_to(folder / "nowhere")
    assert refused(folder) == ["x.yaml:1", "y.yaml:1", "z.yaml:1", "zz.yaml:1"]


@pytest.mark.parametrize("data", [b"pack: caf\xe9\n", b"\xff\xfep\x00a\x00", b"\x00" * 1000, b"a: \xed\xa0\x80\n"])
def test_bytes_that_are_no_text_are_refused(tmp_path, data):
    folder = write(tmp_path, pack("us"))
    (folder / "x.yaml").write_bytes(data)
    assert refused(folder) == ["x.yaml:1"]


@pytest.mark.parametrize("what", ["nested keys", "unknown keys", "aliases", "a number", "nothing", "a list"])
def test_hostile_cases_and_tables_are_refused_too(tmp_path, what):
    folder = write(tmp_path, pack("us"))
    begun = time.process_time()
    (folder / "us.test.yaml").write_text(FILES[what], encoding="utf-8")
    with pytest.raises(PolicyError):
        run_folders([folder])
    (folder / "coverage.yaml").write_text(FILES[what], encoding="utf-8")
    complaints = []
    read_coverage(folder, load_policies([folder]), complaints)
    assert {complaint.file for complaint in complaints} == {str(folder / "coverage.yaml")}
    assert {problem.code for problem in lint([folder])} >= {"case_not_readable", "coverage"}
    assert time.process_time() - begun < 4 * SECONDS


JUNK = (None, True, 7, "x", [[]], {"a": 1})


def places(node, path=()):
    """Every place in a document."""
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


def put(document, path, junk):
    """The document with something else at a place."""
    if not path:
        return junk
    made = copy.deepcopy(document)
    node = made
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = junk
    return made


FULL = pack(
    "us",
    rule("CS-01", obligations=["label"], grants=True, unverified="x", again_by=DAY),
    rule("CS-02", then="hold", question="review", if_unknown="hold", unknown_reason="other", override="never",
         use="phone", in_force={"from": DAY, "until": date(2030, 1, 1)},
         judged_at="consent",
         when={"any": [{"not": {"fact": "consent.status", "in": ["given"]}}, {"fact": "consent.at", "before": DAY}]}),
    rule("CS-03", then="reject", erases=True, when={"all": [{"fact": "consent.at", "older_than": "1 year"}]}),
    applies_to={"fact": "person.country", "is": "US"}, use="lead",
)  # fmt: skip
DUTY = {"label": OBLIGATIONS["label"] | {
    "waived": "x", "unverified": "x",
    "deadline": {"earliest": [{"after": "1 day", "from": "consent"}, {"on": "opt_out"}]},
}}  # fmt: skip
CHANGES = {
    "overlay": "acme", "title": "t", "reviewed": {"by": "a", "on": DAY, "again_by": date(2027, 12, 1)},
    "switch_off": [{"rule": "H-01", "from": DAY, "because": "x"}],
    "stricter": [{"rule": "CS-01", "from": DAY, "then": "hold", "question": "review", "because": "x"}],
}  # fmt: skip
CASES = {"as_of": DAY, "given": {"consent.at": DAY}, "cases": [
    {"sentence": "x", "facts": {"consent.status": "given"}, "verdict": "hold", "speaks": ["CS-01"], "silent": ["CS-02"],
     "obligations": ["label"], "phone": "none", "as_of": DAY},
]}  # fmt: skip
TABLE = {"CS-01": {"about": "x", "table": "2.2"}, "CS-09": {"about": "x", "table": "2.2", "instead": "x"}}
WHOLE = {
    "us.yaml": FULL, "reasons.yaml": REASONS, "obligations.yaml": DUTY, "acme.yaml": CHANGES, "us.test.yaml": CASES,
    "coverage.yaml": TABLE,
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_the_wrong_thing_in_any_place_is_refused_or_harmless(tmp_path, name):
    house = pack("house", rule("H-01", cites={"house": "x"}), grants=False)
    folder = write(tmp_path, FULL, house, obligations=DUTY)
    for other, content in WHOLE.items():
        (folder / other).write_text(yaml.dump(content, Dumper=Plain, sort_keys=False), encoding="utf-8")
    load_policies([folder])
    refusals = 0
    for path in places(WHOLE[name]):
        if len(path) == 2 and name == "reasons.yaml" and path[0] not in {"because", "fact_unknown"}:
            continue  # one reason is like another
        for junk in JUNK:
            text = yaml.dump(put(WHOLE[name], path, junk), Dumper=Plain, sort_keys=False)
            (folder / name).write_text(text, encoding="utf-8")
            complaints = []
            try:
                (report,) = run_folders([folder])
                read_coverage(folder, report.policies, complaints)
            except PolicyError as error:
                complaints = error.complaints
            assert all(complaint.line >= 1 and complaint.file for complaint in complaints), (path, junk)
            refusals += bool(complaints)
    assert refusals > 20
