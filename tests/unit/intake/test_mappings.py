"""What a vendor's columns mean: saved, used for a later file with the same headings, forgotten."""

import io
import json

import pytest
from builders import make_services

from gateway.domain.problem import CallerError
from gateway.intake.columns.mapping import map_columns
from gateway.intake.lists import bring
from gateway.intake.manifest import read_manifest
from gateway.intake.manifest.answers import with_answers
from gateway.intake.mappings import (
    as_told,
    forget_mapping,
    mapping_of,
    recalled,
    save_mapping,
    view_mappings,
)
from gateway.intake.readers import inspect

HEADINGS = ["Adr", "Seit", "Ref"]
MANIFEST = "name: May\nvendor: Meridian Leads\nmethod: form\n"


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path / "data")


def look(services, tmp_path, manifest=MANIFEST, head="Adr,Seit,Ref"):
    path = tmp_path / "list.csv"
    path.write_text(f"{head}\nann@example.com,2025-03-04,x\n", encoding="utf-8")
    return inspect(path, name="list.csv", manifest=recalled(services.engine, read_manifest(manifest, name="m")))


def test_a_saved_mapping_is_used_for_the_same_headings_of_the_vendor(services, tmp_path):
    assert look(services, tmp_path).uses == (("email", 0),)
    saved = save_mapping(services, "Meridian Leads", HEADINGS, {"Seit": "consent_at", "Ref": "attribute"}, by="cli")
    found = look(services, tmp_path)
    assert found.uses == (("email", 0), ("consent_at", 1))
    assert [one.how for one in found.mapping] == ["values", "saved", "saved"]
    assert "The columns are mapped as was saved for this vendor's files with these headings." in found.notes
    assert look(services, tmp_path, head="adr,SEIT,ref.").uses == found.uses
    assert look(services, tmp_path, head="Adr,Seit,Ref,More").uses == (("email", 0),)
    assert look(services, tmp_path, manifest=MANIFEST.replace("Meridian", "Acme")).uses == (("email", 0),)
    assert view_mappings(services.engine, "  MERIDIAN leads ") == [saved]


def test_what_the_manifest_says_goes_before(services, tmp_path):
    save_mapping(services, "Meridian Leads", HEADINGS, {"Seit": "consent_at"}, by="cli")
    found = look(services, tmp_path, manifest=MANIFEST + "columns: {Seit: collected_at}\n")
    assert ("collected_at", 1) in found.uses


def test_what_is_saved_of_a_list_keeps_its_refusals(services, tmp_path):
    said = MANIFEST + "columns: {Unsubscribed: last_name}\n"
    found = look(services, tmp_path, manifest=said, head="Adr,Seit,Unsubscribed")
    assert as_told(found)["Unsubscribed"] == "stop"
    save_mapping(services, "Meridian Leads", found.headings, as_told(found), by="cli")
    assert ("stop", 2) in look(services, tmp_path, head="Adr,Seit,Unsubscribed").uses


def test_saving_again_replaces_and_forgetting_forgets(services):
    save_mapping(services, "Meridian Leads", HEADINGS, {"Seit": "consent_at"}, by="cli")
    saved = save_mapping(services, "Meridian Leads", HEADINGS, {"Seit": "born_on"}, by="key_1")
    assert [one["columns"] for one in view_mappings(services.engine, "Meridian Leads")] == [{"Seit": "born_on"}]
    assert not forget_mapping(services, "Acme", saved["mapping"], by="cli")
    assert forget_mapping(services, "Meridian Leads", saved["mapping"], by="cli")
    assert not forget_mapping(services, "Meridian Leads", saved["mapping"], by="cli")
    assert view_mappings(services.engine, "Meridian Leads") == []


@pytest.mark.parametrize(
    ("vendor", "headings", "columns", "code"),
    [
        (" ", HEADINGS, {}, "missing"), ("Acme", [], {}, "bad_headings"), ("Acme", ["x" * 201], {}, "bad_headings"),
        ("Acme", HEADINGS, {"Nobody": "email"}, "unknown_column"), ("Acme", HEADINGS, {"Ref": "no"}, "not_a_field"),
    ],
)  # fmt: skip
def test_nonsense_is_not_saved(services, vendor, headings, columns, code):
    with pytest.raises(CallerError) as refused:
        save_mapping(services, vendor, headings, columns, by="cli")
    assert [problem.code for problem in refused.value.problems] == [code]
    assert view_mappings(services.engine, "Acme") == []


def test_a_list_s_own_mapping_can_be_saved(services, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(io.BytesIO(b"Adr,Seit,Ref\nann@example.com,2025-03-04,x\n").getvalue())
    begun = bring(
        services, path, MANIFEST + "columns: {Seit: collected_at}\n", manifest_name="m", encoding=None, again=False,
        by="cli",
    )  # fmt: skip
    vendor, found = mapping_of(services, begun["list"])
    assert (vendor, as_told(found)) == ("Meridian Leads", {"Adr": "email", "Seit": "collected_at"})
    with pytest.raises(CallerError):
        mapping_of(services, 99)


def test_answers_become_part_of_the_manifest():
    text = MANIFEST + "collected: {from: 2026-10-01}\ncolumns: {Seit: born_on, Adr: email}\n"
    assert with_answers(text, name="m") == text
    told = read_manifest(with_answers(text, name="m", date_order="dmy", columns={"SEIT": "consent_at"}), name="m")
    assert (told.date_order, told.columns) == ("dmy", {"Adr": "email", "SEIT": "consent_at"})
    assert told.statement.collected_from == read_manifest(text, name="m").statement.collected_from
    assert told.digest != read_manifest(text, name="m").digest
    assert json.loads(with_answers(text, name="m", date_order="mdy"))["date_order"] == "mdy"
    with pytest.raises(CallerError):
        with_answers("vendor: [", name="m", date_order="dmy")
    with pytest.raises(CallerError):
        read_manifest(with_answers(text, name="m", columns={"Seit": "nonsense"}), name="m")


LEAVING = ["email", "Status", "Unsubscribed", "Do not contact", "Opt Out Date", "FED_DNE_FLG"]


@pytest.mark.parametrize("use", ["attribute", "first_name"])
@pytest.mark.parametrize("heading", LEAVING[1:])
def test_a_column_that_speaks_against_cannot_be_turned_off(services, heading, use):
    with pytest.raises(CallerError) as refused:
        save_mapping(services, "Acme", LEAVING, {heading.upper(): use}, by="cli")
    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == ("turns_off_stop", "columns")
    assert repr(heading) in problem.message
    assert view_mappings(services.engine, "Acme") == []
    assert save_mapping(services, "Acme", LEAVING, {heading: problem.suggestion}, by="cli")


@pytest.mark.parametrize("use", ["attribute", "first_name"])
def test_an_older_mapping_that_turned_a_stop_off_does_so_no_longer(use):
    found = map_columns(LEAVING, saved=dict.fromkeys(LEAVING[1:], use))
    assert [use for use in found.uses if use[0].startswith("stop")] == [
        ("stop.status", 1), ("stop", 2), ("stop", 3), ("stop.filled", 4), ("stop", 5),
    ]  # fmt: skip
    assert sum("read whatever was saved" in note for note in found.notes) == len(LEAVING) - 1
