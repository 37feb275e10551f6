"""Signing in by the company's identity provider, against a stand-in on loopback."""

from dataclasses import replace

import pytest
from desk import OURS
from doors import Visitor, member, told
from issuer import CLIENT, SECRET, issuing
from joserfc.jwk import RSAKey
from web import app_of

from gateway import outgoing
from gateway.access.people import find_person
from gateway.db.work import reading

BACK = "/desk/sign-in/company/back"


@pytest.fixture
def issuer(tmp_path, clock, monkeypatch):
    with issuing(tmp_path, clock) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))  # as an operator trusts a company's own authority
        outgoing.trusted.cache_clear()
        yield running
        outgoing.trusted.cache_clear()


@pytest.fixture
def app(site, issuer):
    settings = replace(
        site.services.settings, oidc_issuer=issuer.url, oidc_client_id=CLIENT, oidc_client_secret=SECRET
    )  # fmt: skip
    return app_of(replace(site.services, settings=settings))


def come(app, issuer, *, next_="", meddle=None, **claims):
    """Go there and back; the last answer and the browser."""
    someone = Visitor(app.test_client())
    away = someone.get(f"/desk/sign-in/company?next={next_}")
    assert away.headers["Location"].startswith(f"{issuer.url}/authorize?")
    code, state = issuer.grant(away.headers["Location"], **claims)
    if meddle:
        code, state = meddle(code, state)
    page = someone.get(f"{BACK}?code={code}&state={state}")
    assert page.status_code == 200
    return someone.post(BACK, code=code, state=state), someone


def test_somebody_with_an_account_comes_in(site, app, issuer):
    number = member(site, "officer", password=None)
    assert 'href="/desk/sign-in/company?next=' in app.test_client().get("/desk/sign-in").text
    answer, someone = come(app, issuer, next_="/desk/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/account")
    assert someone.is_in()
    assert told(site, "session.begun") == [{"by": f"person_{number}", "how": "company", "role": "officer"}]
    come(app, issuer)
    assert issuer.asked.count("/.well-known/openid-configuration") == 1


def test_coming_back_by_get_changes_nothing_yet(site, app, issuer):
    member(site, "officer")
    someone = Visitor(app.test_client())
    code, state = issuer.grant(someone.get("/desk/sign-in/company").headers["Location"])
    someone.get(f"{BACK}?code={code}&state={state}")
    assert "/token" not in issuer.asked
    assert not someone.is_in()


@pytest.mark.parametrize(
    "claims",
    [{"email": "stranger@example.com"}, {"email_verified": False}, {"email_verified": None},
     {"email_verified": "true"}, {"email": None}, {"nonce": "another"}, {"nonce": None}, {"aud": "another"},
     {"aud": [CLIENT, "another"]}, {"iss": "https://evil.example.net"}, {"exp": 1}, {"exp": None}, {"sub": None}],
)  # fmt: skip
def test_what_does_not_hold_opens_nothing(site, app, issuer, claims):
    member(site, "officer")
    answer, someone = come(app, issuer, **claims)
    assert answer.status_code == 401
    assert not someone.is_in()


def test_a_signature_of_another_key_opens_nothing(site, app, issuer):
    member(site, "officer")
    issuer.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    answer, _ = come(app, issuer)
    assert answer.status_code == 401


def test_another_s_state_or_code_opens_nothing(site, app, issuer):
    member(site, "officer")
    answer, someone = come(app, issuer, meddle=lambda code, _: (code, "made-up"))
    assert answer.headers["Location"] == "/desk/sign-in?done=late"
    assert come(app, issuer, meddle=lambda _, state: ("made-up", state))[0].status_code == 401
    stolen, _ = issuer.grant(Visitor(app.test_client()).get("/desk/sign-in/company").headers["Location"])
    assert come(app, issuer, meddle=lambda _, state: (stolen, state))[0].status_code == 401, "PKCE"
    assert not someone.is_in()


def test_without_the_cookie_of_the_way_there_nothing_opens(site, app, issuer, clock):
    member(site, "officer")
    someone = Visitor(app.test_client())
    code, state = issuer.grant(someone.get("/desk/sign-in/company").headers["Location"])
    stranger = app.test_client().post(BACK, data={"code": code, "state": state}, headers=OURS)
    assert stranger.headers["Location"] == "/desk/sign-in?done=late"
    clock.move(minutes=11)
    assert someone.post(BACK, code=code, state=state).headers["Location"] == "/desk/sign-in?done=late"


def test_an_address_that_was_given_to_somebody_else_does_not_open_the_account(site, app, issuer):
    number = member(site, "officer")
    assert come(app, issuer)[0].status_code == 303
    assert come(app, issuer, sub="u-2")[0].status_code == 401
    with reading(site.services.engine) as connection:
        assert find_person(connection, number) is not None


def test_a_provider_that_is_another_or_away_is_said_so(site, app, issuer, monkeypatch):
    issuer.calls_itself = "https://evil.example.net"
    answer = app.test_client().get("/desk/sign-in/company")
    assert answer.status_code == 401
    assert "did not answer as it should" in answer.text
    monkeypatch.delenv("SSL_CERT_FILE")  # nobody vouches for it any more
    outgoing.trusted.cache_clear()
    issuer.calls_itself = None
    assert app.test_client().get("/desk/sign-in/company").status_code == 401


def test_without_a_provider_there_is_no_such_way(site):
    assert site.client.get("/desk/sign-in/company").status_code == 404
    assert site.client.post(BACK, headers=OURS).status_code == 404
    assert "/desk/sign-in/company" not in site.client.get("/desk/sign-in").text
