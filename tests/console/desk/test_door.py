"""The door: who comes in with a password, who does not, and what nobody learns by trying."""

from dataclasses import replace

import pytest
from desk import sign_in
from doors import PASSWORD, member, told, visitor
from web import app_of

from gateway.access import passwords
from gateway.access.changes import give_role, let_go


@pytest.fixture
def hashed(monkeypatch):
    """How many passwords were hashed: each costs the same, so they are counted instead of timed."""
    done = []
    real = type(passwords._hasher()).verify
    monkeypatch.setattr(type(passwords._hasher()), "verify", lambda *asked: done.append(1) or real(*asked))
    passwords._nobodys()
    return done


def test_the_right_password_opens_the_desk_and_is_written_down(site):
    number, someone = member(site), visitor(site)
    answer = someone.sign_in("Viewer@Example.com ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    assert someone.is_in()
    assert told(site, "session.begun") == [{"by": f"person_{number}", "how": "password", "role": "viewer"}]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("typed", ["", PASSWORD + " ", PASSWORD.upper(), "quiet otter", "\ud800\x00", "x" * 100_000])
def test_any_other_does_not(site, typed):
    member(site)
    someone = visitor(site)
    answer = someone.post("/desk/sign-in", address="viewer@example.com", password=typed.encode("utf-8", "replace"))
    assert answer.status_code == 401
    assert not someone.is_in()


def test_the_same_characters_are_the_same_password_however_they_are_composed(site):
    member(site, password="vie\u0301tnamese otters sing")
    assert visitor(site).sign_in("viewer@example.com", "vi\u00e9tnamese otters sing").status_code == 303


def test_an_unknown_account_gets_the_same_answer_for_the_same_work(site, hashed):
    member(site)
    member(site, address="no.password@example.com", password=None)
    answers = []
    for address in ("viewer@example.com", "nobody@example.com", "no.password@example.com"):
        hashed.clear()
        answer = visitor(site).sign_in(address, "a wrong password")
        answers.append(
            (answer.status_code, len(hashed), answer.text.replace(address, ""), sorted(answer.headers.keys()))
        )
    assert len({str(answer) for answer in answers}) == 1
    assert answers[0][:2] == (401, 1)


@pytest.mark.parametrize("address", ["viewer@example.com", "nobody@example.com"])
def test_ten_tries_an_hour_are_all_an_account_has_and_the_eleventh_is_not_even_hashed(site, clock, hashed, address):
    number = member(site)
    for _ in range(10):
        assert visitor(site).sign_in(address, "a wrong password").status_code == 401
        clock.move(minutes=1)
    assert len(hashed) == 10
    for password in ("a wrong password", PASSWORD):
        answer = visitor(site).sign_in(address, password)
        assert answer.status_code == 429
        assert "Too many tries" in answer.text
    assert len(hashed) == 10
    person = number if address.startswith("viewer") else None
    assert told(site, "account.throttled") == [{"person": person, "tries": 10, "what": "account"}]
    clock.move(minutes=51)
    assert visitor(site).sign_in(address).status_code == (303 if person else 401)


def test_signing_in_gives_back_ones_own_try_and_none_of_a_stranger_s(site):
    member(site)
    for _ in range(9):
        visitor(site).sign_in("viewer@example.com", "a wrong password")
    for _ in range(3):
        assert visitor(site).sign_in("viewer@example.com").status_code == 303
    assert visitor(site).sign_in("viewer@example.com", "a wrong password").status_code == 401
    assert visitor(site).sign_in("viewer@example.com").status_code == 429


def test_one_network_has_sixty_tries_over_all_accounts(site):
    member(site)

    def trying(address, ip):
        return site.client.post(
            "/desk/sign-in", data={"address": address, "password": PASSWORD},
            headers={"Sec-Fetch-Site": "same-origin"}, environ_overrides={"REMOTE_ADDR": ip},
        ).status_code  # fmt: skip

    assert {trying(f"nobody{n}@example.com", f"203.0.113.{n}") for n in range(60)} == {401}
    assert trying("viewer@example.com", "203.0.113.200") == 429
    assert trying("viewer@example.com", "198.51.100.7") == 303


def test_a_session_is_always_a_new_one(site):
    """Session fixation: whatever token the browser brought before signing in is worth nothing afterwards."""
    member(site)
    someone, old = visitor(site), sign_in(site, "officer")
    someone.client.set_cookie("desk", "a-token-of-the-attacker")
    someone.sign_in("viewer@example.com")
    assert someone.cookie() not in {None, "a-token-of-the-attacker"}
    old.post("/desk/sign-in", {"address": "viewer@example.com", "password": PASSWORD})
    again = visitor(site)
    again.client.set_cookie("desk", old.token)
    assert not again.is_in(), "the session of before goes on beside the new one"


@pytest.mark.parametrize(
    ("asked", "sent"),
    [("/desk/holds?q=1", "/desk/holds?q=1"), ("/desk", "/desk"), ("https://evil.example.net/desk", "/desk"),
     ("//evil.example.net", "/desk"), ("/desk/../../evil", "/desk/../../evil"), ("/deskevil", "/desk"),
     ("/desk\\@evil.example.net", "/desk"), ("/desk\r\nX: y", "/desk"), ("javascript:alert(1)", "/desk"),
     ("/v1/leads", "/desk"), ("/desk/sign-in", "/desk")],
)  # fmt: skip
def test_one_goes_on_where_one_was_and_never_to_another_site(site, asked, sent):
    member(site)
    answer = visitor(site).sign_in("viewer@example.com", next=asked)
    assert answer.headers["Location"] == sent


def test_a_session_ends_when_the_role_changes_and_when_its_person_leaves(site):
    number, someone = member(site), visitor(site)
    member(site, "administrator")
    someone.sign_in("viewer@example.com")
    with site.services.unit_of_work() as work:
        give_role(work, number, "uploader")
    assert not someone.is_in()
    someone.sign_in("viewer@example.com")
    assert someone.is_in()
    with site.services.unit_of_work() as work:
        let_go(work, number)
    assert not someone.is_in()
    assert someone.sign_in("viewer@example.com").status_code == 401


def test_signing_out_ends_the_session_in_the_database_too(site):
    member(site)
    someone = visitor(site)
    someone.sign_in("viewer@example.com")
    token = someone.cookie()
    someone.post("/desk/sign-out")
    again = visitor(site)
    again.client.set_cookie("desk", token)
    assert not again.is_in()


def test_with_https_the_cookie_is_bound_to_the_host(site):
    member(site)
    settings = replace(site.services.settings, public_url="https://gateway.example.com")
    client = app_of(replace(site.services, settings=settings)).test_client()
    answer = client.post(
        "/desk/sign-in", data={"address": "viewer@example.com", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"}, base_url="https://gateway.example.com",
    )  # fmt: skip
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-desk="))
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_the_door_says_how_to_make_the_first_account_while_nobody_can_sign_in(site):
    assert "gateway people add" in visitor(site).get("/desk/sign-in").text
    member(site, password=None)
    assert "gateway people add" in visitor(site).get("/desk/sign-in").text
    member(site, "officer")
    assert "gateway people add" not in visitor(site).get("/desk/sign-in").text
