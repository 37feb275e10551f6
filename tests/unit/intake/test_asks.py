"""The questions of a manifest as a form: all of them, and each answer there and back."""

import pytest
import yaml
from builders import policies
from marshmallow import fields

from gateway.console.desk.fields_in_words import FIELD_GROUPS
from gateway.domain.facts import CATALOGUE
from gateway.intake.manifest import read_manifest
from gateway.intake.manifest.asks import ASKS, ELSEWHERE, GROUPS, rules_on
from gateway.intake.manifest.fields import USES, Choice
from gateway.intake.manifest.filled import answers_of, fields_of, problem_field
from gateway.intake.manifest.shape import ManifestShape
from gateway.screening.provenance import REGISTERS


def leaves(shape, before=""):
    for name, field in shape.fields.items():
        key = before + (field.data_key or name)
        if isinstance(field, fields.Nested):
            yield from leaves(field.schema, key + ".")
        else:
            yield key, field


def test_every_key_of_a_manifest_is_asked():
    keys = {key for key, _ in leaves(ManifestShape())} - {"vendor_facts.registrations"}
    keys |= {f"vendor_facts.registrations.{state}" for state in REGISTERS}
    assert {ask.key for ask in ASKS} | set(ELSEWHERE) == keys
    assert len({ask.key for ask in ASKS}) == len(ASKS)


def test_every_choice_is_offered_and_no_other():
    shape = dict(leaves(ManifestShape()))
    for ask in ASKS:
        field = shape.get(ask.key)
        field = field.inner if isinstance(field, fields.List) else field
        if isinstance(field, Choice):
            assert {value for value, _ in ask.choices} == set(field.choices), ask.key
    assert {use for _, group in FIELD_GROUPS for use, _ in group} == set(USES)


def test_every_fact_is_one_and_its_rules_are_found():
    assert {fact for ask in ASKS for fact in ask.facts} <= set(CATALOGUE)
    found = [rule.id for rule in rules_on(policies(), ("source.site_refuses_transfer",))]
    assert "CS-05" in found
    assert rules_on(policies(), ()) == []


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_what_is_filled_in_is_read_back(group):
    given = {
        "text": "some text", "long": "two\nlines", "flag": "false", "day": "2026-03-31", "lines": "a\nb",
        "years": "2025, 2026",
    }  # fmt: skip
    form = {}
    for ask in group.asks:
        if ask.kind == "rows":
            form |= {f"{ask.key}[2].{part.key}": [given[part.kind]] for part in ask.parts}
        elif ask.kind in {"choice", "several"}:
            form[ask.key] = [ask.choices[-1][0]]
        else:
            form[ask.key] = [given[ask.kind]]
    said = answers_of(form)
    fields_now = fields_of(said)
    again = {}
    for ask in group.asks:
        value = fields_now[ask.key]
        if ask.kind == "rows":
            again |= {f"{ask.key}[{n}].{key}": [text] for n, row in enumerate(value) for key, text in row.items()}
        else:
            again[ask.key] = value if isinstance(value, list) else [value]
    assert said == answers_of(again)
    assert all(fields_now[ask.key] for ask in group.asks)


def test_nothing_said_is_nothing_and_none_of_them_is_an_answer():
    assert answers_of({ask.key: [" "] for ask in ASKS}) == {}
    assert answers_of({"chain_duties": ["none of them", "collector_named"]}) == {"chain_duties": []}


def test_a_problem_finds_its_field():
    assert problem_field("hops[0].giver") == "hops"
    assert problem_field("vendor_facts.registrations.CA") == "vendor_facts.registrations.CA"
    assert problem_field("price") == ""
    assert problem_field(None) == ""


def test_a_manifest_of_every_first_choice_can_be_read():
    form = {ask.key: [ask.choices[0][0]] for ask in ASKS if ask.choices}
    text = yaml.safe_dump({"vendor": "Meridian Leads", **answers_of(form)})
    assert read_manifest(text, name="m").statement.method == "form"
