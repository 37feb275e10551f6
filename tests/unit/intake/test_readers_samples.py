"""Every sample file gives exactly what expected.json says of it: nothing is lost, nothing made up."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain.lead import Origin, Statement
from gateway.domain.problem import CallerError
from gateway.intake.columns import to_batch
from gateway.intake.readers import Inspection, inspect, read_records

SAMPLES = Path(__file__).parents[2] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
NOT_LISTS = {".md", ".json", ".gitattributes"}
OURS = Statement(direct=True)
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_every_sample_has_an_expectation_and_every_expectation_a_sample():
    files = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file()}
    lists = {name for name in files if not name.startswith("platforms/")}  # tests/platform_posts.py names those
    assert {name for name in lists if not name.endswith(tuple(NOT_LISTS))} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_read_as_expected(name):
    path, expected = SAMPLES / name, EXPECTED[name]
    if "problem" in expected:
        with pytest.raises(CallerError) as refused:
            inspect(path, name=path.name)
        assert [problem.code for problem in refused.value.problems] == [expected["problem"]]
        if "declared" not in expected:
            return
    found = inspect(path, name=path.name, encoding=expected.get("declared"))
    assert Inspection.from_dict(json.loads(json.dumps(found.as_dict()))) == found
    records = list(read_records(path, found))
    batch = to_batch(records, found, OURS, Origin("list", "7", OURS), NOW)
    first = expected["first_row"]
    assert (found.layout, found.first_row) == (expected["layout"], first)
    assert batch.numbers == list(range(first, first + len(expected["addresses"])))
    assert batch.columns["email"] == expected["addresses"]
    assert {str(batch.numbers[index]): why for index, why in batch.broken.items()} == expected.get("broken", {})
    stopped = [number for number, stop in zip(batch.numbers, batch.column("stop"), strict=True) if stop]
    assert stopped == expected.get("stop", [])
    not_called = [number for number, cell in zip(batch.numbers, batch.column("do_not_call"), strict=True) if cell]
    assert not_called == expected.get("do_not_call", [])
    assert len(batch.as_arrived) == len(records)


@pytest.mark.parametrize("name", [name for name in EXPECTED if "addresses" in EXPECTED[name]])
def test_reading_can_stop_and_go_on_at_every_row(name):
    path = SAMPLES / name
    found = inspect(path, name=path.name, encoding=EXPECTED[name].get("declared"))
    everything = list(read_records(path, found))
    for skip in range(len(everything) + 1):
        assert list(read_records(path, found, skip=skip)) == everything[skip:]


def test_what_came_is_kept_cell_by_cell():
    path = SAMPLES / "odd" / "quoted-newlines.csv"
    found = inspect(path, name=path.name)
    batch = to_batch(read_records(path, found), found, OURS, Origin("list", "7", OURS), NOW)
    assert [json.loads(row) for row in batch.as_arrived] == [
        ["ana.lopez@example.com", "Ana", "14 Quay St\nLeeds\n\nLS1 4AB"],
        ["bo.chen@example.org", "Bo", 'one "quoted", line'],
        ["cleo.dupre@example.net", "Cléo", "2, rue X\r\nParis"],
    ]


def test_a_row_that_cannot_be_decoded_is_kept_with_its_bytes_in_sight():
    path = SAMPLES / "odd" / "unreadable-cp1252.csv"
    found = inspect(path, name=path.name, encoding="cp1252")
    batch = to_batch(read_records(path, found), found, OURS, Origin("list", "7", OURS), NOW)
    assert json.loads(batch.as_arrived[0]) == ["ana.lopez@example.com", r"An\udc81a", "Lopez"]
    assert all(column[0] is None for name, column in batch.columns.items() if name != "email")
    assert batch.columns["email"][0] == "ana.lopez@example.com"  # whoever is in it must be findable
