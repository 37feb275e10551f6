"""Packs that are missing or damaged: no command that judges leads begins, each says where the damage is."""

import pytest
from system_house import ROOT
from warm import command

from gateway import wiring
from gateway.cli import main

ROWS = "email,country\nann@example.com,US\n"


@pytest.fixture
def theirs(house, tmp_path):
    """A company's folder with a broken pack."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "acme.yaml").write_text("pack: acme\nrules:\n\t- id: ACME-01\n", encoding="utf-8")
    house.env["GATEWAY_POLICIES"] = str(folder)
    return folder


def refused(house, *args):
    done = command(args, house.env, ROOT, seconds=60)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_nothing_that_judges_leads_begins(house, theirs, manifest, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(ROWS, encoding="utf-8")
    imported = ("import", file, "--manifest", manifest)
    for words in (("serve",), ("work",), imported, (*imported, "--dry-run"), ("policy", "test")):
        said = refused(house, *words)
        assert f"{theirs}/acme.yaml:3: this is not YAML" in said, words
        assert "indent with spaces, not tabs" in said
    assert "refused: this is not YAML" in house.run("policy", "lint", check=1)

    (theirs / "acme.yaml").unlink()  # an empty folder may be a volume that is not there
    assert "no policy file is here" in refused(house, *imported)
    del house.env["GATEWAY_POLICIES"]  # and then all is well again, from the beginning
    assert house.outcome("ann@example.com") == []
    assert house.json("import", file, "--manifest", manifest, "--wait")["prospects"] == 1


@pytest.fixture
def ours(tmp_path, monkeypatch):
    """Our own packs, as they are on a machine where something went wrong."""
    folder = tmp_path / "ours"
    folder.mkdir()
    monkeypatch.setattr(wiring, "POLICIES", folder)
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "var"))
    monkeypatch.delenv("GATEWAY_POLICIES", raising=False)
    return folder


def emptied(folder):
    return "no policy file is here"


def gone(folder):
    folder.rmdir()
    return "no such folder"


def half_copied(folder):
    for name in ("house.yaml", "reasons.yaml", "obligations.yaml"):
        text = (ROOT / "policies" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text[: len(text) // 2], encoding="utf-8")
    return "house.yaml:"


def worded_for_none(folder):
    text = (ROOT / "policies" / "house.yaml").read_text(encoding="utf-8")
    (folder / "house.yaml").write_text(text, encoding="utf-8")
    return "no wording for no_rule_speaks, which the gateway itself uses"


@pytest.mark.parametrize("damage", [emptied, gone, half_copied, worded_for_none])
def test_our_own_packs_are_needed_whole(ours, damage, manifest, tmp_path, capsys):
    says = damage(ours)
    file = tmp_path / "list.csv"
    file.write_text(ROWS, encoding="utf-8")
    for words in (["serve"], ["work"], ["import", str(file), "--manifest", str(manifest)], ["policy", "test"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        told = capsys.readouterr()
        assert ended.value.code == 2
        assert says in told.err, words
        assert "prospects" not in told.out
