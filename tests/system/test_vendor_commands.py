"""`gateway vendors` where it is mistyped: nothing is done to another vendor, and the help can be read."""

import pytest
from builders import make_services
from commands import call

from gateway.cli import sources, vendor_files


@pytest.fixture
def run(engine, clock, tmp_path, monkeypatch):
    made = make_services(engine, clock, tmp_path)
    for module in (sources, vendor_files):
        monkeypatch.setattr(module, "open_services", lambda: made)
    return call


def test_a_recall_names_a_note_of_that_vendors_own_file(run):
    run(
        "vendors",
        "note",
        "Northwind Data",
        "attestation",
        "--says",
        "Yes.",
        "--signed-by",
        "J. Doe",
        "--on",
        "2026-11-02",
    )
    run("vendors", "standing", "Meridian Leads", "approved", "--why", "known for years")
    told = run("vendors", "recall", "Meridian Leads", "--note", "note_1", "--why", "taken back", check=2)
    assert "note_1 is in the file of Northwind Data, not of Meridian Leads" in told
    assert "there is no vendor 'Nobody'" in run("vendors", "recall", "Nobody", "--why", "x", check=2)
    assert "0 people of 0 lists" in run(
        "vendors", "recall", "northwind data", "--note", "note_1", "--why", "taken back"
    )


def test_list_is_the_same_as_without_a_command(run):
    run("vendors", "standing", "Meridian Leads", "approved", "--why", "known for years")
    assert run("vendors", "list") == run("vendors")
    assert "Meridian Leads" in run("vendors", "list")


def test_the_commands_that_the_help_shows_stand_on_lines_of_their_own(run):
    lines = run("vendors", "note", "--help").splitlines()
    assert sum(line.strip().startswith('gateway vendors note "Northwind Data"') for line in lines) == 5
    assert not any("\\b" in line for line in lines)


def test_a_price_that_its_currency_does_not_have_is_told_as_such(run):
    deal = ("vendors", "contract", "Northwind Data", "NW-1", "--from", "2026-01-01")
    told = run(*deal, "--price", "12.5", "--currency", "JPY", check=2)
    assert "price: '12.5' is no amount of JPY" in told
    assert "is noted" in run(*deal, "--price", "12", "--currency", "JPY")
