"""JSON in which people left: beside the list, under a key that comes twice, in a broken line, far down."""

import json

import pytest

from gateway.domain.problem import CallerError
from gateway.intake.arrival import open_arrival
from gateway.intake.arrival.json_beside import speaks_against
from gateway.intake.arrival.shelf import Stored
from gateway.intake.readers import read_records

ANN = {"email": "ann@example.com", "name": "Ann"}


@pytest.fixture
def opened(tmp_path):
    """Opens a text: the inspection and the records of its one list."""

    def opened(text, name="list.json"):
        arrived = tmp_path / "arrived"
        arrived.write_text(text, encoding="utf-8")
        given = Stored(arrived, "d" * 64, arrived.stat().st_size)
        with open_arrival(given, tmp_path / "files", name=name, manifest=None, encoding=None) as arrival:
            (one,) = arrival.lists
            return one.found, list(read_records(one.part.text, one.found))

    return opened


def refusal(opened, text):
    with pytest.raises(CallerError) as refused:
        opened(text)
    (problem,) = refused.value.problems
    return problem


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("unsubscribed", ["x@example.com"]), ("unsubscribed", [{"email": "x@example.com"}]), ("unsubscribed", [17]),
        ("optOuts", [{"id": 17}]), ("dnc", ["+15551230000"]), ("other", ["x@example.com"]),
        ("other", [None, {"to": {"mail": "x@example.com"}}]), ("contacts", [{"id": 1}, {"email": "x@example.com"}]),
        ("lists", {"a": {"unsubscribed": [17]}}), ("lists", {"b": ["x@example.com"]}), ("bounced", "x@example.com"),
        ("suppressions", {"x@example.com": "2026-01-01"}),
    ],
)  # fmt: skip
def test_people_beside_the_leads_are_not_lost(opened, key, value, indent):
    for document in ({"leads": [ANN], key: value}, {key: value, "leads": [ANN]}):
        problem = refusal(opened, json.dumps(document, indent=indent))
        assert problem.code == "several_lists"
        assert repr(key) in problem.message
        assert "the opt-outs first" in problem.message


def test_a_long_list_of_people_who_left_is_refused_as_such(opened):
    left = [f"p{n}{'x' * 1000}@example.com" for n in range(5_000)]
    assert refusal(opened, json.dumps({"leads": [ANN], "unsubscribed": left})).code == "several_lists"


def test_a_list_of_people_who_left_is_no_list_of_leads(opened):
    assert refusal(opened, json.dumps({"unsubscribed": [ANN]})).code == "several_lists"


def test_what_holds_nobody_is_left_out_with_a_word(opened):
    document = {
        "leads": [ANN], "tags": ["a", "b"], "errors": [{"why": "x"}], "unsubscribed": [], "bounced": 0, "n": 1,
        "made_by": "desk@example.net", "without_unsubscribed": ["yes"],
    }  # fmt: skip
    found, records = opened(json.dumps(document))
    assert records == [(1, ["ann@example.com", "Ann"], None)]
    said = [note for note in found.notes if "left out" in note]
    assert [note.split("'")[1] for note in said] == ["tags", "made_by", "without_unsubscribed", "leads"]
    assert "'tags' with 2 entries is left out" in said[0]
    assert "'errors'" in said[-1]


@pytest.mark.parametrize("key", ["unsubscribed", "Opt Out", "opt/outs", "v1.bounces", "do_not_call", "désabonnés"])
def test_keys_that_speak_against(key):
    assert speaks_against(key)


@pytest.mark.parametrize("key", ["leads", "status", "subscribed", "subscribers", "leads_without_bounces", "people"])
def test_keys_that_do_not(key):
    assert not speaks_against(key)


TWICE = {
    "key": '{"email": "ann@example.com", "status": "unsubscribed", "status": "subscribed"}',
    "pairs": (
        '{"field_data": [{"name": "email", "values": ["ann@example.com"]}, '
        '{"name": "status", "values": ["unsubscribed"]}, {"name": "status", "values": ["subscribed"]}]}'
    ),
    "values of a pair": (
        '{"field_data": [{"name": "email", "values": ["ann@example.com"]}, '
        '{"name": "status", "values": ["unsubscribed"], "values": ["subscribed"]}]}'
    ),
    "key and pair": (
        '{"email": "ann@example.com", "status": "unsubscribed", "f": [{"name": "status", "value": "subscribed"}]}'
    ),
}


@pytest.mark.parametrize("form", ["[{}]", "{}", "{}\n{}", '{{"data": [{}]}}'])
@pytest.mark.parametrize("what", TWICE)
def test_a_key_that_comes_twice_keeps_both_values(opened, what, form):
    row = TWICE[what]
    found, records = opened(form.format(row, row))
    assert found.headings == ("email", "status", "status")
    assert {tuple(cells) for _, cells, _ in records} == {("ann@example.com", "unsubscribed", "subscribed")}
    assert [place for use, place in found.uses if use == "stop.status"] == [1, 2]


def test_a_nested_key_and_a_dotted_one_are_two(opened):
    found, records = opened('[{"email": "ann@example.com", "c": {"status": "left"}, "c.status": "here"}]')
    assert found.headings == ("email", "c.status", "c.status")
    assert records[0][1] == ["ann@example.com", "left", "here"]


def test_an_object_printed_over_lines_keeps_both_values(opened):
    found, records = opened('{\n"email": "ann@example.com",\n"status": "unsubscribed",\n"status": "subscribed"\n}')
    assert (found.headings, records[0][1][1:]) == (("email", "status", "status"), ["unsubscribed", "subscribed"])


def test_of_other_keys_that_come_twice_the_first_counts_and_the_rest_is_kept(opened):
    found, records = opened(
        '[{"email": "ann@example.com", "first_name": "Ann", "first_name": "Eve"}, {"first_name": "Bo"}]'
    )
    assert [place for use, place in found.uses if use == "first_name"] == [1]
    assert [cells for _, cells, _ in records] == [["ann@example.com", "Ann", "Eve"], ["", "Bo", ""]]


def test_a_key_that_comes_thousands_of_times_is_refused_soon(opened):
    assert refusal(opened, "[{" + ",".join(['"a": 1'] * 100_000) + "}]").code == "too_many_columns"


def test_a_broken_line_keeps_its_text_in_its_first_cell(opened):
    line = '{"email": "bob@example.org", "unsubscribed": true'
    _, records = opened(f"{json.dumps(ANN)}\n{line}\n{json.dumps(ANN)}\n")
    assert records[1] == (2, [line], "broken_json")


NESTED = {"objects": ('{"a": ', "1", "}"), "lists": ("[", "1", "]"), "both": ('[{"a": ', "1", "}]")}


@pytest.mark.parametrize("depth", [50, 100, 900, 2_000, 20_000])
@pytest.mark.parametrize("what", NESTED)
def test_what_lies_too_deep_costs_its_line_or_is_refused(opened, what, depth):
    before, middle, after = NESTED[what]
    times = depth // 2 if what == "both" else depth
    row = f'{{"email": "ann@example.com", "x": {before * times}{middle}{after * times}}}'
    _, records = opened(f"{json.dumps(ANN)}\n{row}\n{json.dumps(ANN)}\n")
    assert [problem for *_, problem in records] == [None, None if depth == 50 else "broken_json", None]
    for document in (f"[{row}]", row.replace(",", ",\n", 1), f'{{"data": [{json.dumps(ANN)}], "x": [{row}]}}'):
        if depth > 50:
            problem = refusal(opened, document)
            assert (problem.code, "nested too deep" in problem.message) == ("file_damaged", True)
    if depth == 50:
        assert len(opened(f"[{row}]")[1]) == 1


@pytest.mark.parametrize(
    "document",
    [
        {"17": {"email": "a@example.com"}, "18": {"email": "b@example.com", "unsubscribed": True}},
        {"a@example.com": {"status": "active"}, "b@example.com": {"status": "unsubscribed"}},
        {"email": ["a@example.com", "b@example.com"], "status": ["active", "unsubscribed"]},
        {"columns": ["email", "status"], "data": [["a@example.com", "active"], ["b@example.com", "unsubscribed"]]},
    ],
)
def test_people_in_one_object_are_not_taken_for_one_person(opened, document):
    for text in (json.dumps(document), json.dumps(document, indent=1)):
        with pytest.raises(CallerError) as refused:
            opened(text)
        assert "holds several people" in refused.value.problems[0].message


def test_one_person_with_several_addresses_is_one(opened):
    person = {"emails": ["a@example.com", "b@example.com"], "tags": ["x", "y"], "boss": {"email": "c@example.com"}}
    _, records = opened(json.dumps(person | {"tags": ["x"]}))
    assert len(records) == 1
