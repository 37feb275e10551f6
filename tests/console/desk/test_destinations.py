"""Destinations and recalls at the desk: added, shown without secrets, paused, recalled with the effect beforehand."""

import pytest
from desk import sign_in
from filled_desk import fill

from gateway.console.desk import destinations


@pytest.fixture
def full(site, tmp_path):
    return fill(site, tmp_path)


def test_every_page_opens_and_says_what_it_should(full):
    for rule, paths in full.pages.items():
        if "destinations" in rule or "recalls" in rule or rule == "/desk/person/<token>":
            for path in paths:
                assert full.boss.get(path).status_code == 200, path
    shown = full.boss.get("/desk/settings/destinations/crm").text
    assert "whsec_" not in shown
    assert "set; never shown" in shown
    assert "It is being moved" in shown
    index = full.boss.get("/desk/recalls").text
    assert "recall_1" in index
    assert "store" in index
    one = full.boss.get("/desk/recalls/1").text
    assert "Taken back" in one
    assert "dlv_1" in full.boss.get("/desk/settings/destinations/store?state=dead").text
    effect = full.boss.get("/desk/recalls/new?what=withheld&cause=mistake").text
    assert "Whom it reaches" in effect
    person = full.boss.get(full.pages["/desk/person/<token>"][0]).text
    assert "/desk/settings/destinations/store" in person
    assert "was told" in person


def test_a_mistake_is_said_beside_its_field_and_nothing_is_kept(site):
    boss = sign_in(site, "administrator")
    told = {"name": "In House", "kind": "webhook", "set-url": "https://127.0.0.1/x", "field": "address"}
    answer = boss.post("/desk/settings/destinations/new", told)
    assert answer.status_code == 422
    assert "small letters" in answer.text
    assert "name of a server" in answer.text
    assert "Add a destination" in boss.get("/desk/settings/destinations").text


def test_a_key_is_shown_once(site):
    boss = sign_in(site, "administrator")
    told = {"name": "crm", "kind": "webhook", "set-url": "https://hooks.example.com/x", "field": "address"}
    made = boss.post("/desk/settings/destinations/new", told)
    assert made.text.count("whsec_") == 1
    assert "whsec_" not in boss.get("/desk/settings/destinations/crm").text
    again = boss.post("/desk/settings/destinations/crm/pause", {"reason": "Later"})
    assert again.status_code == 303
    assert "paused" in boss.get("/desk/settings/destinations/crm").text
    removed = boss.post("/desk/settings/destinations/crm/remove", {"reason": "Not needed"})
    assert removed.status_code == 303
    assert boss.post("/desk/settings/destinations/crm/resume", {}).status_code == 409


def test_what_is_too_much_to_count_is_said_to_be_more(full, monkeypatch):
    monkeypatch.setattr(destinations, "FEW", 0)
    assert "more than 0" in full.boss.get("/desk/settings/destinations").text
    counted = [full.boss.get(f"/desk/settings/destinations/{name}").text for name in ("store", "crm")]
    assert any("too many to count here" in page and "more than 0" in page for page in counted)
