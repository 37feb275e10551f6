"""`gateway vendors` where it is mistyped: nothing is done to another vendor, and the help can be read."""

import pytest
from builders import make_services
from commands import call

from gateway.cli import scores, sources, vendor_files


@pytest.fixture
def run(engine, clock, tmp_path, monkeypatch):
    made = make_services(engine, clock, tmp_path)
    for module in (scores, sources, vendor_files):
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
        "--new",
    )
    run("vendors", "standing", "Meridian Leads", "approved", "--why", "known for years", "--new")
    told = run("vendors", "recall", "Meridian Leads", "--note", "note_1", "--why", "taken back", check=2)
    assert "note_1 is in the file of Northwind Data, not of Meridian Leads" in told
    assert "there is no vendor 'Nobody'" in run("vendors", "recall", "Nobody", "--why", "x", check=2)
    assert "0 people of 0 lists" in run(
        "vendors", "recall", "northwind data", "--note", "note_1", "--why", "taken back"
    )


@pytest.mark.parametrize(
    "words",
    [("note", "{}", "drop-run", "--on", "2026-11-02"), ("contract", "{}", "NW-2026", "--from", "2026-01-01"),
     ("standing", "{}", "barred", "--why", "complaints")],
    ids=lambda words: words[0],
)  # fmt: skip
def test_a_mistyped_name_makes_no_vendor_and_the_near_ones_are_named(run, words):
    for vendor in ("Meridian Leads", "Northwind Data"):
        run("vendors", "standing", vendor, "approved", "--why", "known for years", "--new")
    before = run("vendors")
    told = run("vendors", *(word.format("Nortwind Data") for word in words), check=2)
    assert "there is no vendor 'Nortwind Data'; if it is a new one, add --new (did you mean 'Northwind Data'?)" in told
    assert "did you mean" not in run("vendors", *(word.format("Zzz") for word in words), check=2)
    assert run("vendors") == before
    run("vendors", *(word.format("northwind  DATA") for word in words))  # the same name, written otherwise
    run("vendors", *(word.format("Nortwind Data") for word in words), "--new")
    assert len(run("vendors").splitlines()) == len(before.splitlines()) + 1


def test_where_several_are_near_all_are_named_and_showing_helps_too(run):
    for vendor in ("Birch Lists", "Birch List"):
        run("vendors", "standing", vendor, "approved", "--why", "known for years", "--new")
    for command in ("file", "score"):
        told = run("vendors", command, "Birch Listz", check=2)
        assert "there is no vendor 'Birch Listz' (did you mean 'Birch List or Birch Lists'?)" in told


def test_list_is_the_same_as_without_a_command(run):
    run("vendors", "standing", "Meridian Leads", "approved", "--why", "known for years", "--new")
    assert run("vendors", "list") == run("vendors")
    assert "Meridian Leads" in run("vendors", "list")


def test_the_commands_that_the_help_shows_stand_on_lines_of_their_own(run):
    lines = run("vendors", "note", "--help").splitlines()
    assert sum(line.strip().startswith('gateway vendors note "Northwind Data"') for line in lines) == 5
    assert not any("\\b" in line for line in lines)


def test_a_price_that_its_currency_does_not_have_is_told_as_such(run):
    deal = ("vendors", "contract", "Northwind Data", "NW-1", "--from", "2026-01-01", "--new")
    told = run(*deal, "--price", "12.5", "--currency", "JPY", check=2)
    assert "price: '12.5' is no amount of JPY" in told
    assert "is noted" in run(*deal, "--price", "12", "--currency", "JPY")
