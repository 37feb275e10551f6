"""People and keys as administrators keep them, and the ledger's account of it."""

import re

import pytest
from desk import sign_in
from doors import PASSWORD, give_app, member, told, visitor

from gateway.access.keys import find_key, new_key
from gateway.db.work import reading


@pytest.fixture
def boss(site):
    return sign_in(site, "administrator")


def test_somebody_is_invited_by_a_link_that_is_shown_once(site, boss):
    fields = {"name": "Ben Sato", "address": "ben@example.com", "role": "uploader"}
    shown = boss.post("/desk/people", fields)
    link = re.search(r"http://localhost(/desk/join/[\w-]+)", shown.text)[1]
    assert visitor(site).post(link, password=PASSWORD, again=PASSWORD).status_code == 303
    assert visitor(site).sign_in("ben@example.com").status_code == 303
    (entry,) = told(site, "person.added")
    assert entry == {"by": f"person_{boss.number}", "role": "administrator", "person": 2, "after": {"role": "uploader"}}
    listed = boss.get("/desk/people").text
    assert "Ben Sato" in listed
    assert link.rpartition("/")[2] not in listed
    assert boss.post("/desk/people", fields).status_code == 422
    assert boss.post("/desk/people", {**fields, "address": "x@example.com", "role": "king"}).status_code == 422


def test_a_role_changes_with_a_reason_and_ends_their_sessions(site, boss):
    other = sign_in(site, "viewer")
    path = f"/desk/accounts/{other.number}/role"
    assert boss.post(path, {"role": "officer"}).status_code == 422
    assert boss.post(path, {"role": "officer", "reason": "She takes over the holds"}).status_code == 303
    assert other.get("/desk/account").status_code == 303
    (entry,) = told(site, "role.changed")
    assert (entry["before"], entry["after"], entry["reason"]) == ("viewer", "officer", "She takes over the holds")


def test_who_leaves_loses_sessions_keys_and_factors_and_is_let_back_in_with_nothing(site, boss):
    number = member(site, "uploader")
    give_app(site, number)
    with site.services.unit_of_work() as work:
        key = new_key(work, "hers", ["lists"], person_id=number)
    path = f"/desk/accounts/{number}"
    assert "API keys in their name that end: 1" in boss.get(path).text
    assert boss.post(path + "/leave", {"reason": "Last day"}).status_code == 303
    assert visitor(site).sign_in("uploader@example.com").status_code == 401
    with reading(site.services.engine) as connection:
        assert find_key(connection, key.secret, site.services.clock.now()) is None
    (entry,) = told(site, "person.left")
    assert (entry["keys"], entry["factors"], entry["reason"]) == (1, 1, "Last day")
    link = re.search(r"/desk/join/[\w-]+", boss.post(path + "/link").text)[0]
    assert visitor(site).sign_in("uploader@example.com").status_code == 401
    visitor(site).post(link, password=PASSWORD, again=PASSWORD)
    assert visitor(site).sign_in("uploader@example.com").headers["Location"] == "/desk"
    assert told(site, "person.invited")[-1]["back"] is True


def test_lost_factors_are_taken_away_by_another_with_a_reason_and_the_password_stays(site, boss):
    number = member(site, "officer")
    give_app(site, number)
    path = f"/desk/accounts/{number}/factors"
    assert boss.post(path, {"reason": "Phone in the river, called me"}).status_code == 303
    assert visitor(site).sign_in("officer@example.com").headers["Location"] == "/desk/sign-in/set-up"
    assert told(site, "second_factor.removed")[-1]["reason"] == "Phone in the river, called me"


def test_nobody_does_to_oneself_what_opens_or_closes_the_house(site, boss):
    assert boss.post(f"/desk/accounts/{boss.number}/leave", {"reason": "bye"}).status_code == 403
    assert boss.post(f"/desk/accounts/{boss.number}/factors", {"reason": "lost"}).status_code == 403
    assert boss.post(f"/desk/accounts/{boss.number}/role", {"role": "viewer", "reason": "rest"}).status_code == 422
    assert boss.get("/desk/accounts/99").status_code == 404


def test_a_key_is_made_shown_once_and_ended(site, boss):
    shown = boss.post("/desk/keys", {"name": "Our shop", "scope": ["decisions", "lists"], "ends": "90"})
    secret = re.search(r"gk_\d+_[\w-]+", shown.text)[0]
    with reading(site.services.engine) as connection:
        holder = find_key(connection, secret, site.services.clock.now())
    assert holder.scopes == {"decisions", "lists"}
    listed = boss.get("/desk/keys").text
    assert "Our shop" in listed
    assert secret not in listed
    assert boss.post(f"/desk/keys/{holder.id}/revoke", {"reason": "It leaked"}).status_code == 303
    with reading(site.services.engine) as connection:
        assert find_key(connection, secret, site.services.clock.now()) is None
    assert told(site, "key.revoked")[-1]["reason"] == "It leaked"
    assert boss.post(f"/desk/keys/{holder.id}/revoke", {"reason": "again"}).status_code == 404
    assert boss.post("/desk/keys", {"name": "x", "scope": ["kings"], "ends": "90"}).status_code == 422
    assert boss.post("/desk/keys", {"name": "x", "scope": ["lists"], "ends": "soon"}).status_code == 422


def test_a_key_made_at_the_desk_outlives_whoever_made_it(site, boss):
    other = sign_in(site, "administrator", name="Another")
    shown = other.post("/desk/keys", {"name": "Our shop", "scope": ["lists"], "ends": "never"})
    boss.post(f"/desk/accounts/{other.number}/leave", {"reason": "Last day"})
    with reading(site.services.engine) as connection:
        secret = re.search(r"gk_\d+_[\w-]+", shown.text)[0]
        assert find_key(connection, secret, site.services.clock.now()) is not None
