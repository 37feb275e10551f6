"""Policies over time by the command line, on both databases: history derived again, decided otherwise, explained."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.db.engine import open_engine

POLICIES = Path(__file__).resolve().parents[2] / "policies"
ROWS = "email,country\n" + "".join(f"p{n}@example.org,US\n" for n in range(20))


@pytest.fixture
def filled(house, manifest, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(ROWS)
    receipt = house.json("import", file, "--manifest", manifest, "--wait")
    assert receipt["rows"] == 20
    assert receipt["prospects"] > 0
    return house


@pytest.fixture
def changed(tmp_path):
    """Our packs, with a rule more that refuses bought leads."""
    folder = shutil.copytree(POLICIES, tmp_path / "changed")
    house = folder / "house.yaml"
    house.write_text(house.read_text() + RULE)
    return folder


RULE = """
  - id: H-99
    title: We buy no lists any more
    cites: {house: "Bought lists are not taken in"}
    in_force: {from: 2020-01-01}
    verified_on: 2026-11-21
    severity: high
    officer: A decision of the board.
    when: {fact: source.is_direct, is: false}
    then: reject
    reason: list_too_old
"""


def alter(house, statement):
    engine = open_engine(house.env["GATEWAY_DATABASE_URL"])
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(text(statement))
    finally:
        engine.dispose()


def test_history_is_what_it_says_until_somebody_alters_it(filled):
    assert "no differences" in filled.run("replay", "--as", "recorded")
    name = filled.json("leads", "find", "p0@example.org")["leads"][0]["decision"]
    given = '"source.is_direct": false'
    alter(filled, f"UPDATE decisions SET body = REPLACE(body, '{given}', '\"source.is_direct\": true')"
                  f" WHERE name = '{name}'")  # fmt: skip
    found = filled.json("replay", "--as", "recorded", check=1)
    assert [difference["decision"] for difference in found["differences"]] == [name]
    assert found["differences"][0]["leads"] == 20


def test_a_change_of_packs_is_gated_by_how_many_flip(filled, changed):
    command = ("replay", "--policies", changed)
    found = filled.json(*command)
    assert (found["leads"], found["flipped"]) == (20, 20)
    assert found["by_rule"][0]["rule"] == "H-99"
    assert found["by_vendor"][0]["leads"] == 20
    assert found["flips"][0]["samples"] == ["lead_1", "lead_2", "lead_3"]
    assert filled.json(*command, "--fail-if", "accept->reject > 50%", check=1)["crossed"] == ["accept->reject > 50%"]
    filled.json(*command, "--fail-if", "accept->hold > 0")
    assert filled.json(*command, "--until", "2020-01-01")["leads"] == 0
    assert "H-99" in filled.run(*command)
    filled.run("replay", "--policies", changed, "--fail-if", "nonsense", check=2)
    filled.run("replay", check=2)


def test_the_same_packs_flip_nobody(filled, tmp_path):
    assert filled.json("replay", "--policies", shutil.copytree(POLICIES, tmp_path / "same"))["flipped"] == 0


def test_decisions_are_explained_with_the_packs_gone(filled, tmp_path):
    before = filled.run("explain", "lead_1")
    own = tmp_path / "own"
    own.mkdir()
    (own / "broken.yaml").write_text("pack: [")
    filled.env["GATEWAY_POLICIES"] = str(own)
    assert filled.run("explain", "lead_1") == before
    assert "no differences" in filled.run("replay", "--as", "recorded")
    assert "broken.yaml:2" in filled.run("policy", "lint", check=1)


def test_a_companys_own_packs_are_read_beside_ours(house, manifest, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "acme.yaml").write_text(
        "overlay: acme\ntitle: Ours\nreviewed: {by: Ada, on: 2026-11-21, again_by: 2027-11-21}\n"
        "switch_off:\n  - {rule: H-17, from: 2026-01-01, because: Teams write to us}\n"
    )
    house.env["GATEWAY_POLICIES"] = str(own)
    file = tmp_path / "list.csv"
    file.write_text("email,country\nteam@example.org,US\n")
    receipt = house.json("import", file, "--manifest", manifest, "--wait")
    assert "group_address" not in json.dumps(receipt["reasons"])
    house.run("policy", "test")
