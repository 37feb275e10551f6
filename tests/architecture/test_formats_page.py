"""The page about lists and the example beside it say what the code takes."""

import re
from pathlib import Path

from marshmallow import fields

from gateway.domain.facts import CATALOGUE
from gateway.domain.lead import FIELDS
from gateway.intake.manifest import read_manifest
from gateway.intake.manifest.shape import ManifestShape
from gateway.intake.readers import inspect, read_records

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "formats.md").read_text()


def keys_of(shape) -> set[str]:
    return {field.data_key or name for name, field in shape.fields.items()}


def test_every_key_of_a_manifest_stands_on_the_page_and_no_other():
    table = PAGE.partition("| key | says |")[2].partition("\n\n")[0]
    shown = {word for row in re.findall(r"^\| (.+?) \|", table, re.MULTILINE) for word in re.findall(r"\w+", row)}
    shape = ManifestShape()
    inner = [field.inner if isinstance(field, fields.List) else field for field in shape.fields.values()]
    expected = keys_of(shape).union(*(keys_of(field.schema) for field in inner if isinstance(field, fields.Nested)))
    assert shown - {"or", "true"} == expected


def test_every_problem_of_a_row_is_named():
    problems = set(CATALOGUE["row.problem"].choices) - {"none"}
    assert {problem for problem in problems if f"`{problem}`" in PAGE} == problems


def test_the_example_is_whole_and_fully_understood():
    manifest = read_manifest((DOCS / "examples/autumn.yaml").read_text(), name="autumn.yaml")
    assert manifest.gaps == ()
    path = DOCS / "examples/autumn.csv"
    found = inspect(path, name=path.name, manifest=manifest)
    assert found.not_understood == ()
    assert found.notes == ()
    assert set(found.fields()) <= set(FIELDS)
    assert [problem for _, _, problem in read_records(path, found)] == [None] * 8
