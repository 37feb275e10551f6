"""The made-up month: it goes through the real pipeline, adds up, and is never poured where something is already."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest


def gateway(data, *words):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return subprocess.run(
        [sys.executable, "-m", "gateway", *words], env=kept | {"GATEWAY_DATA": str(data)}, capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    data = tmp_path_factory.mktemp("demo")
    done = gateway(data, "demo", "--leads", "1500")
    assert done.returncode == 0, done.stderr
    return data


def test_the_month_has_lists_good_and_bad_and_adds_up(month):
    lists = json.loads(gateway(month, "lists", "--json").stdout)["lists"]
    assert len(lists) in {12, 13}  # what is bought lead by lead has a list for each month of the calendar
    assert {one["state"] for one in lists} == {"done"}
    runs = [one["run"] for one in lists]
    for one in runs:
        assert one["rows"] == one["prospects"] + one["holds"] + one["rejections"]
    shares = [one["prospects"] / one["rows"] for one in runs]
    assert max(shares) > 0.9
    assert min(shares) == 0


def test_its_ledger_fits_and_its_decisions_can_be_derived_again(month):
    assert "The ledger fits" in gateway(month, "ledger", "verify").stdout
    replayed = gateway(month, "replay", "--as", "recorded")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr


def test_it_is_not_poured_into_a_gateway_that_has_something(month):
    before = gateway(month, "lists", "--json").stdout
    again = gateway(month, "demo", "--leads", "1500")
    assert again.returncode == 2
    assert "there is something in this gateway already" in again.stderr
    assert gateway(month, "demo", "--once").returncode == 0
    assert gateway(month, "lists", "--json").stdout == before


def test_leads_were_bought_one_by_one_and_a_list_was_recalled(month):
    told = gateway(month, "buying", "show", "Larkspur Exchange", "--json")
    assert told.returncode == 0, told.stderr
    with closing(sqlite3.connect(month / "gateway.sqlite")) as database:
        kinds = {kind for (kind,) in database.execute("SELECT DISTINCT kind FROM ledger_entries")}
    assert {"buying.terms_set", "recall.asked", "recall.told"} <= kinds
