"""The commands of the person's side, as an officer types them."""

import json

import pytest
from commands import call

from gateway.cli import gateway as root

MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: event\ncollected: {from: 2026-09-01, until: 2026-10-31}\n"
    "consent: {claimed: none}\nrelationship: marketing\n"
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command on a gateway of its own; its JSON, or its text."""
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("GATEWAY_NAMESERVERS", "127.0.0.1:9")
    monkeypatch.setenv("GATEWAY_DNS_SECONDS", "0.1")
    monkeypatch.setenv("GATEWAY_RUN_DNS_SECONDS", "0.1")

    return call


@pytest.fixture
def imported(run, tmp_path):
    (tmp_path / "m.yaml").write_text(MANIFEST)
    (tmp_path / "list.csv").write_text("email,first_name\nana@example.com,Ana\nbob@example.org,Bob\n")
    run("import", tmp_path / "list.csv", "--manifest", tmp_path / "m.yaml", check=0)
    return run


def test_a_receipt_is_shown_and_checked_without_a_database(imported, tmp_path, monkeypatch):
    shown = json.loads(imported("receipt", "show", "ANA@example.com", "--json"))
    sealed = shown["receipts"][0]["jws"]
    (tmp_path / "receipt.jws").write_text(sealed)
    (tmp_path / "keys.json").write_text(imported("receipt", "key"))
    assert "The receipt is good." in imported("receipt", "verify", tmp_path / "receipt.jws")
    told = imported("receipt", "show", "lead_1")  # as people save it
    assert "The receipt is good." in imported("receipt", "verify", "-", stdin=told)
    monkeypatch.setenv("GATEWAY_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "nothing"))
    good = imported("receipt", "verify", "-", "--key", tmp_path / "keys.json", "--json", stdin=sealed)
    assert json.loads(good)["metadata"]["pii_principal_id"] == "ana@example.com"
    assert not (tmp_path / "nothing").exists()
    changed = sealed[:-9] + ("A" if sealed[-9] != "A" else "B") + sealed[-8:]
    refused = imported("receipt", "verify", "-", "--key", tmp_path / "keys.json", check=2, stdin=changed)
    assert "not good: the signature does not fit. It was changed" in refused
    assert "no public keys" in imported(
        "receipt", "verify", "-", "--key", tmp_path / "receipt.jws", check=2, stdin=sealed
    )


def test_export_erase_and_the_same_list_again(imported, tmp_path):
    assert "row 2 (lead_1)" in imported("export-person", "ana@example.com")
    imported("export-person", "ana@example.com", "--out", tmp_path / "ana.json")
    assert json.loads((tmp_path / "ana.json").read_text())["leads"][0]["lead"] == "lead_1"
    assert (tmp_path / "ana.json").stat().st_mode & 0o077 == 0
    told = imported("erase", "ana@example.com", "--why", "asked for by letter")
    assert "1 leads" in told
    assert "1 rows made blank" in told
    again = json.loads(
        imported("import", tmp_path / "list.csv", "--manifest", tmp_path / "m.yaml", "--again", "--json").splitlines()[
            -1
        ]
    )
    assert again["erased"] == 1
    assert "tombstone" in imported("erase", "ana@example.com", "--why", "asked again")
    assert "The ledger fits" in imported("ledger", "verify")
    assert "no such lead" in imported("receipt", "show", "lead_1", check=2)


def test_the_secret_is_changed_and_everything_goes_on(imported, tmp_path):
    imported("suppress", "left@example.com")
    sealed = json.loads(imported("receipt", "show", "lead_1", "--json"))["receipts"][0]["jws"]
    before = (tmp_path / "var" / "secret.key").read_text()
    assert "Start the gateway again." in imported("keys", "rotate-secret")
    assert (tmp_path / "var" / "secret.key").read_text() != before
    assert (tmp_path / "var" / "former-secret.keys").read_text() == before
    assert "The ledger fits" in imported("ledger", "verify")
    assert "good" in imported("receipt", "verify", "-", stdin=sealed)
    assert "opt" in imported("suppressions", "check", "LEFT@example.com").lower()
    assert "lead_1" in imported("leads", "find", "ana@example.com")
    (tmp_path / "var" / "secret.key").write_text("another secret of thirty-two characters, made up\n")
    assert "not the secret key" in imported("leads", "find", "ana@example.com", check=2)


def test_where_the_settings_give_the_secret_they_are_set_first(imported, tmp_path, monkeypatch):
    old, new = (tmp_path / "var" / "secret.key").read_text().strip(), "n" * 40
    monkeypatch.setenv("GATEWAY_SECRET_KEY", new)
    monkeypatch.setenv("GATEWAY_FORMER_SECRET_KEYS", old)
    assert "rotate-secret" in imported("leads", "find", "ana@example.com", check=2)
    assert "The secret is changed." in imported("keys", "rotate-secret")
    assert "lead_1" in imported("leads", "find", "ana@example.com")
    assert "already" in imported("keys", "rotate-secret", check=2)


def test_the_commands_are_there():
    assert {"receipt", "export-person", "erase"} <= set(root.list_commands(None))
