"""One's own account: nothing that opens the desk changes without showing again who one is, and then all else ends."""

import pytest
from desk import sign_in
from doors import PASSWORD, code_of, give_app, member, told, visitor

from gateway.access.authenticators import Authenticators
from gateway.db.work import reading

OTHER = "seven lamps over the harbour"


@pytest.fixture
def viewer(site):
    member(site)
    someone = visitor(site)
    someone.sign_in("viewer@example.com")
    return someone


@pytest.fixture
def elsewhere(site, viewer):
    someone = visitor(site)
    someone.sign_in("viewer@example.com")
    return someone


def test_a_password_changes_with_the_present_one_and_ends_every_other_session(site, viewer, elsewhere):
    before = viewer.cookie()
    answer = viewer.post("/desk/account/password", current=PASSWORD, password=OTHER, again=OTHER)
    assert answer.headers["Location"] == "/desk/account?done=password"
    assert not elsewhere.is_in()
    assert viewer.is_in()
    assert viewer.cookie() != before
    old = visitor(site)
    old.client.set_cookie("desk", before)
    assert not old.is_in()
    assert visitor(site).sign_in("viewer@example.com").status_code == 401
    assert visitor(site).sign_in("viewer@example.com", OTHER).status_code == 303
    assert len(told(site, "password.changed")) == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"current": "wrong", "password": OTHER, "again": OTHER}, 403), ({"password": OTHER, "again": OTHER}, 403),
     ({"current": PASSWORD, "password": OTHER, "again": "x"}, 422),
     ({"current": PASSWORD, "password": "short", "again": "short"}, 422)],
)  # fmt: skip
def test_otherwise_it_does_not(site, viewer, elsewhere, fields, status):
    assert viewer.post("/desk/account/password", **fields).status_code == status
    assert elsewhere.is_in()
    assert visitor(site).sign_in("viewer@example.com").status_code == 303


def test_an_open_session_is_no_place_to_guess_the_password(viewer):
    for _ in range(10):
        assert viewer.post("/desk/account/password", current="x", password=OTHER, again=OTHER).status_code == 403
    assert viewer.post("/desk/account/password", current=PASSWORD, password=OTHER, again=OTHER).status_code == 429


def test_an_app_is_set_up_asked_for_and_taken_away(site, clock, viewer, elsewhere):
    assert viewer.post("/desk/account/app/begin", current="wrong").status_code == 403
    assert viewer.get("/desk/account/app").status_code == 303
    assert viewer.post("/desk/account/app/begin", current=PASSWORD).headers["Location"] == "/desk/account/app"
    assert visitor(site).sign_in("viewer@example.com").headers["Location"] == "/desk", "it was not confirmed yet"
    assert viewer.post("/desk/account/app", code="000000").status_code == 422
    with reading(site.services.engine) as connection:
        secret = Authenticators([site.services.settings.secret_key]).find(connection, 1).secret
    assert f'<code class="secret">{secret[:4]}' in viewer.get("/desk/account/app").text
    done = viewer.post("/desk/account/app", code=code_of(secret, clock.now()))
    assert done.text.count("<li><code>") == 10
    assert not elsewhere.is_in()
    assert visitor(site).sign_in("viewer@example.com").headers["Location"] == "/desk/sign-in/second-factor"
    assert viewer.post("/desk/account/app/begin", current=PASSWORD).status_code == 422, "one cannot slip in another"
    assert viewer.post("/desk/account/app/remove", current="wrong").status_code == 403
    assert viewer.post("/desk/account/app/remove", current=PASSWORD).status_code == 303
    assert visitor(site).sign_in("viewer@example.com").headers["Location"] == "/desk"
    assert [one["factor"] for one in told(site, "second_factor.removed")] == ["app"]


def test_new_recovery_codes_end_the_old_ones(site, clock):
    number = member(site)
    secret, old = give_app(site, number)
    clock.move(minutes=1)
    someone = visitor(site)
    someone.sign_in("viewer@example.com")
    someone.post("/desk/sign-in/second-factor", code=code_of(secret, clock.now()))
    made = someone.post("/desk/account/codes", current=PASSWORD)
    assert made.text.count("<li><code>") == 10
    again = visitor(site)
    again.sign_in("viewer@example.com")
    assert again.post("/desk/sign-in/second-factor", code=old[0]).status_code == 401


def test_who_has_no_password_must_have_signed_in_just_now(site, clock):
    someone = sign_in(site, "viewer")
    assert someone.post("/desk/account/app/begin").status_code == 303
    clock.move(minutes=11)
    assert someone.post("/desk/account/app/remove").status_code == 403


def test_the_others_sessions_end_and_ones_own_stays(viewer, elsewhere):
    assert viewer.post("/desk/account/sessions/end").status_code == 303
    assert viewer.is_in()
    assert not elsewhere.is_in()


def test_times_are_shown_in_ones_own_zone(site, viewer):
    answer = viewer.post("/desk/account/profile", name="Some Viewer", zone="Asia/Tokyo")
    assert answer.status_code == 303
    assert "21:00" in viewer.get("/desk/account").text  # noon UTC
    assert viewer.post("/desk/account/profile", name="", zone="Mars/Base").status_code == 422
    assert told(site, "person.described")[0]["after"] == {"zone": "Asia/Tokyo"}


def test_a_passkey_of_another_cannot_be_taken_away(site, viewer):
    assert viewer.post("/desk/account/passkeys/1/remove", current=PASSWORD).headers["Location"] == "/desk/account"
