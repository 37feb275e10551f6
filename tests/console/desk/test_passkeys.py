"""Passkeys in Chromium, with an authenticator that the browser makes up; and the first login, as people do it."""

from contextlib import contextmanager

import pytest
from doors import PASSWORD, code_of, member, told

from gateway.access.authenticators import Authenticators
from gateway.access.links import new_link
from gateway.db.work import reading


@pytest.fixture
def here(address):
    """By its name: an IP address can have no passkeys."""
    return address.replace("127.0.0.1", "localhost")


@contextmanager
def seated(browser, *, verified=True):
    """A page in a browser with a built-in authenticator, and what it complained of."""
    context = browser.new_context()
    page, amiss = context.new_page(), []
    page.on("console", lambda message: amiss.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: amiss.append(str(error)))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": verified, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    yield page, amiss
    context.close()


def sign_in(page, here, who="viewer"):
    page.goto(f"{here}/desk/sign-in")
    page.fill("#address", f"{who}@example.com")
    page.fill("#password", PASSWORD)
    page.click("main button:has-text('Sign in'):visible >> nth=0")


def add_passkey(page, here, password=PASSWORD):
    page.goto(f"{here}/desk/account")
    page.click("summary:has-text('Add a passkey')")
    page.fill("#key-name", "My laptop")
    page.fill("#current-for-new", password)
    page.click("button:has-text('Add the passkey')")


def test_a_passkey_is_added_signs_in_alone_and_is_taken_away(browser, site, here):
    member(site)
    with seated(browser) as (page, amiss):
        sign_in(page, here)
        page.wait_for_url(f"{here}/desk")
        add_passkey(page, here)
        page.wait_for_url("**/desk/account?done=passkey")
        assert "My laptop" in page.inner_text("main")
        page.click("button:has-text('Sign out')")
        page.goto(f"{here}/desk/sign-in?next=/desk/account")
        page.click("button:has-text('Sign in with a passkey')")
        page.wait_for_url(f"{here}/desk/account")
        assert told(site, "session.begun")[-1]["how"] == "passkey"
        page.click("button:has-text('Sign out')")
        sign_in(page, here)  # it counts as a second factor, too
        page.wait_for_url("**/desk/sign-in/second-factor")
        page.click("button:has-text('Use your passkey')")
        page.wait_for_url(f"{here}/desk")
        page.goto(f"{here}/desk/account")
        page.click("tr:has-text('My laptop') summary")
        page.fill("#current-for-key-1", PASSWORD)
        page.click("button:has-text('Take this passkey away')")
        page.wait_for_url("**/desk/account?done=passkey_gone")
        page.click("button:has-text('Sign out')")
        page.goto(f"{here}/desk/sign-in")
        assert amiss == []
        page.click("button:has-text('Sign in with a passkey')")
        page.wait_for_selector("[data-passkey-problem]:visible")
        assert "belongs to no account here" in page.inner_text("[data-passkey-problem]")
    assert [one["factor"] for one in told(site, "second_factor.added")] == ["passkey"]


def test_a_passkey_is_added_by_whom_the_password_is_known_to_only(browser, site, here):
    member(site)
    with seated(browser) as (page, _):
        sign_in(page, here)
        add_passkey(page, here, "not the password")
        page.wait_for_selector("[data-passkey-problem]:visible")
        assert "present password is not right" in page.inner_text("[data-passkey-problem]:visible")
    assert told(site, "second_factor.added") == []


def test_a_device_that_does_not_know_its_owner_is_not_enough(browser, site, here):
    member(site)
    with seated(browser, verified=False) as (page, _):
        sign_in(page, here)
        page.wait_for_url(f"{here}/desk")
        add_passkey(page, here)
        page.wait_for_selector("[data-passkey-problem]:visible")
    assert told(site, "second_factor.added") == []


def test_an_answer_that_is_made_up_or_sent_again_opens_nothing(site):
    member(site)
    headers = {"Sec-Fetch-Site": "same-origin"}
    client = site.client
    for body in ({}, [], {"credential": 1}, {"credential": {"id": "x"}}, {"credential": {"id": ["x"]}}):
        client.post("/desk/sign-in/passkey/options", json={}, headers=headers)
        answer = client.post("/desk/sign-in/passkey", json=body, headers=headers)
        assert answer.status_code in {400, 401}
        assert answer.json["problem"]
    assert client.get("/desk/account").status_code == 303


def test_the_first_login_from_the_link_to_the_desk(browser, site, here, clock):
    number = member(site, "administrator", password=None)
    with site.services.unit_of_work() as work:
        token, _ = new_link(work, number)
    with seated(browser) as (page, amiss):
        page.goto(f"{here}/desk/join/{token}")
        page.fill("#new-password", PASSWORD)
        page.fill("#again", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/sign-in?done=password")
        page.fill("#address", "administrator@example.com")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/sign-in/set-up")
        with reading(site.services.engine) as connection:
            secret = Authenticators([site.services.settings.secret_key]).find(connection, number).secret
        page.fill("#code", code_of(secret, clock.now()))
        page.keyboard.press("Enter")
        page.wait_for_selector("#codes")
        page.click("text=I have them; go on")
        page.wait_for_url(f"{here}/desk")
        assert amiss == []
