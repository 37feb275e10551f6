"""``gateway people`` as an administrator types it: the first account, roles, leaving, resets."""

import json

import pytest

from gateway.cli import main


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("GATEWAY_PUBLIC_URL", "https://gateway.example.com")

    def type_(*words, code=0):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json"])
        assert ended.value.code == code
        return json.loads(capsys.readouterr().out)

    return type_


def test_the_first_account_is_made_with_a_link_that_is_shown_once(typed):
    made = typed("people", "add", "Olga Ruiz", "olga@example.com", "--role", "administrator")
    assert made["person"] == "person_1"
    assert made["link"].startswith("https://gateway.example.com/desk/join/")
    (person,) = typed("people", "list")["people"]
    assert (person["role"], person["password"], person["second_factor"]) == ("administrator", False, False)
    assert typed("people", "invite", "person_1")["link"] != made["link"]
    assert typed("people", "reset", "olga@example.com", "--second-factor")["link"] != made["link"]


def test_roles_change_and_people_leave_but_never_the_last_administrator(typed):
    typed("people", "add", "Olga Ruiz", "olga@example.com", "--role", "administrator")
    typed("people", "add", "Ben Sato", "ben@example.com", "--role", "viewer")
    for words in (("role", "person_1", "officer"), ("leave", "olga@example.com")):
        assert typed("people", *words, code=2)["problems"][0]["code"] == "last_administrator"
    assert typed("people", "role", "ben@example.com", "administrator")["role"] == "administrator"
    assert typed("people", "leave", "person_1") == {"person": "person_1", "sessions": 0, "keys": 0, "factors": 0}
    assert [one["left_at"] is None for one in typed("people", "list")["people"]] == [False, True]
    assert typed("people", "leave", "person_9", code=2)["problems"][0]["code"] == "unknown_person"
    typed("people", "invite", "person_1")
    assert typed("people", "list")["people"][0]["left_at"] is None
    assert typed("ledger", "verify")["ok"]
