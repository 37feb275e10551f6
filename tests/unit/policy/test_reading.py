import time
from datetime import date

import pytest
import yaml

from gateway.domain.problem import CallerError
from gateway.policy import reading
from gateway.policy.reading import read_strict


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def parser(request, monkeypatch):
    """Both parsers of PyYAML must read alike: the C one may be missing on a machine."""
    if request.param == "libyaml" and not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(reading, "_LOADER", yaml.CSafeLoader if request.param == "libyaml" else yaml.SafeLoader)


def problems(text):
    with pytest.raises(CallerError) as caught:
        read_strict(text, name="x.yaml")
    assert caught.value.status == 422
    return [(p.code, p.line, p.field) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true", True), ("false", False), ("True", "True"), ("yes", "yes"), ("no", "no"), ("on", "on"), ("NO", "NO"),
        ("12", 12), ("-3", -3), ("0", 0), ("1.50", 1.5), ("007", "007"), ("1e3", "1e3"), ("0x1f", "0x1f"),
        ("+1", "+1"), ("1_000", "1_000"), ("12:30", "12:30"), (".5", ".5"), (".inf", ".inf"), ("9" * 30, "9" * 30),
        ("2026-11-21", date(2026, 11, 21)), ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"), ("2026-1-2", "2026-1-2"),
        ("null", None), ("~", None), ("", None), ("Null", "Null"),
        ('"true"', "true"), ("'12'", "12"), ('"2026-11-21"', "2026-11-21"), ('""', ""), ("30_days_or_more",) * 2,
        ("two words", "two words"), ("<<", "<<"),
    ],
)  # fmt: skip
def test_a_plain_value_means_one_thing_only(written, read):
    found = read_strict(f"a: {written}\n", name="x").data["a"]
    assert (found, type(found)) == (read, type(read))


def test_every_value_has_its_line_and_the_nearest_one_stands_in():
    document = read_strict("# why\na:\n  - b: 1\n    c:\n      - x\n      - y\n", name="x.yaml")
    assert document.name == "x.yaml"
    assert document.data == {"a": [{"b": 1, "c": ["x", "y"]}]}
    assert document.line(("a",)) == 2
    assert document.line(("a", 0, "b")) == 3
    assert document.line(("a", 0, "c", 1)) == 6
    assert document.line(("a", 0, "nothing", "here")) == 3
    assert document.line(("z",)) == 2


def test_all_problems_are_found_at_once():
    text = "a: 1\nb: &mark [1]\nc: *mark\na: 2\nd: !!str 3\ne: 2026-02-30\nf: {? [1] : 2}\ng: {h: 1, h: 2}\n"
    assert problems(text) == [
        ("anchor", 2, "b"),
        ("alias", 3, "c"),
        ("doubled_key", 4, "a"),
        ("tag", 5, "d"),
        ("no_such_day", 6, "e"),
        ("odd_key", 7, "f"),
        ("doubled_key", 8, "g.h"),
    ]


def test_the_message_of_a_doubled_key_names_the_first():
    with pytest.raises(CallerError, match=r"line 3: a: 'a' stands here twice, first on line 1"):
        read_strict("a: 1\nb: 2\na: 3\n", name="x")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty", 1),
        ("# only a comment\n", "empty", 1),
        ("a: 1\n---\nb: 2\n", "several_documents", 2),
        ("a: 1\nb: [1, 2\nc: 3\n", "not_yaml", 3),
        ("a: b: c\n", "not_yaml", 1),
        ("a:\n\t- b\n", "not_yaml", 2),
        ("a: 1\nb: \x00\n", "unreadable_character", 2),
        ("a: \ud800\n", "unreadable_character", 1),
        ("a: " + "x" * 1_000_000, "too_large", None),
        ("a: " + "[" * 60 + "]" * 60, "too_deep", 1),
        ("a: 1\nb: [" + "x, " * 5_001 + "]", "too_many", 2),
        ("".join(f"k{n}: 1\n" for n in range(5_001)), "too_many", 5_001),
        ("".join(f"k{n}: [{'1, ' * 2_000}]\n" for n in range(30)), "too_large", 25),
        ("a: 1\nb: " + "{x: " * 60 + "1" + "}" * 60, "too_deep", 2),
    ],
)
def test_what_cannot_be_read_says_where(text, code, line):
    assert [(found[0], found[1]) for found in problems(text)] == [(code, line)]


def test_forty_levels_are_read():
    document = read_strict("[" * 40 + "]" * 40, name="x")
    depth, value = 0, document.data
    while value:
        depth, value = depth + 1, value[0]
    assert depth == 39
    assert problems("[" * 41 + "]" * 41) == [("too_deep", 1, "[0]" * 40)]


def test_a_bomb_of_aliases_is_refused_unexploded():
    text = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{m}, *{m}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True))
    assert {code for code, _, _ in problems(text)} == {"alias", "anchor"}


def test_a_bomb_within_a_key_is_not_walked_through():
    begun = time.process_time()
    assert problems("a: 1\n? " + "[" * 20_000) == [("odd_key", 2, None)]
    assert time.process_time() - begun < 1


def test_a_hostile_file_cannot_fill_the_answer():
    assert len(problems("a: 1\n" * 5_000)) == reading.MAX_PROBLEMS


def test_hints_for_the_two_commonest_slips():
    with pytest.raises(CallerError, match="put text that holds a colon in quotes"):
        read_strict("title: Rules: mine\n", name="x")
    with pytest.raises(CallerError, match="spaces, not tabs"):
        read_strict("a:\n\tb: 1\n", name="x")


def test_json_is_read_with_its_tabs_and_a_byte_order_mark():
    text = '\ufeff{\n\t"a": [1, "2026-11-21", true, null],\n\t"b": {"c": "x\\u00e9"}\n}\n'
    document = read_strict(text, name="x.json")
    assert document.data == {"a": [1, "2026-11-21", True, None], "b": {"c": "xé"}}
    assert document.line(("b", "c")) == 3


def test_keys_are_always_text():
    assert read_strict("2026: a\ntrue: b\nnull: c\n2026-11-21: d\n", name="x").data == {
        "2026": "a", "true": "b", "null": "c", "2026-11-21": "d",
    }  # fmt: skip
