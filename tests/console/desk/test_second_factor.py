"""The second factor at the door and on one's account: asked for, taken once, never skipped."""

from dataclasses import replace

import pytest
from cryptography.fernet import InvalidToken
from doors import PASSWORD, code_of, give_app, member, told, visitor
from web import app_of

from gateway.access.authenticators import Authenticators
from gateway.access.links import new_link
from gateway.db.work import reading


@pytest.fixture
def officer(site, clock):
    """An officer with an app: number, secret, recovery codes. The app's code of now was used to set it up."""
    number = member(site, "officer")
    secret, codes = give_app(site, number)
    clock.move(minutes=5)
    return number, secret, codes


def past_password(site):
    someone = visitor(site)
    answer = someone.sign_in("officer@example.com")
    assert answer.headers["Location"] == "/desk/sign-in/second-factor"
    assert not someone.is_in()
    return someone


def test_the_password_alone_opens_nothing(site, officer):
    someone = past_password(site)
    assert someone.get("/desk/sign-in/second-factor").status_code == 200
    assert someone.cookie() is None


def test_the_code_of_the_app_does(site, clock, officer):
    _number, secret, _ = officer
    someone = past_password(site)
    answer = someone.post("/desk/sign-in/second-factor", code=code_of(secret, clock.now()))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    assert someone.is_in()
    assert told(site, "session.begun")[-1]["how"] == "code"


def test_a_code_is_taken_once_and_no_earlier_one_after_it(site, clock, officer):
    _, secret, _ = officer
    before, code = code_of(secret, clock.now()), code_of(secret, clock.move(seconds=30))
    assert past_password(site).post("/desk/sign-in/second-factor", code=code).status_code == 303
    for replayed in (code, before):
        someone = past_password(site)
        assert someone.post("/desk/sign-in/second-factor", code=replayed).status_code == 401
        assert not someone.is_in()
    assert past_password(site).post(
        "/desk/sign-in/second-factor", code=code_of(secret, clock.move(seconds=30))
    ).status_code == 303  # fmt: skip


@pytest.mark.parametrize("off", [-60, 60, 3600])
def test_a_code_of_another_time_is_none(site, clock, officer, off):
    _, secret, _ = officer
    code = code_of(secret, clock.now().timestamp() + off)
    assert past_password(site).post("/desk/sign-in/second-factor", code=code).status_code == 401


def test_wrong_codes_are_counted_over_however_many_sign_ins(site, clock, officer):
    _, secret, _ = officer
    good = code_of(secret, clock.now())
    wrong = f"{(int(good) + 1) % 1_000_000:06}"
    for _ in range(10):
        assert past_password(site).post("/desk/sign-in/second-factor", code=wrong).status_code == 401
    assert past_password(site).post("/desk/sign-in/second-factor", code=good).status_code == 429
    assert told(site, "account.throttled")[-1]["what"] == "factor"


def test_a_recovery_code_opens_once_however_it_is_typed(site, officer):
    _, _, codes = officer
    assert len(set(codes)) == 10
    assert past_password(site).post("/desk/sign-in/second-factor", code=f" {codes[0].upper()} ").status_code == 303
    assert past_password(site).post("/desk/sign-in/second-factor", code=codes[0]).status_code == 401
    assert past_password(site).post("/desk/sign-in/second-factor", code=codes[1].replace("-", "")).status_code == 303


def test_the_step_after_the_password_ends_after_ten_minutes(site, clock, officer):
    _, secret, _ = officer
    someone = past_password(site)
    clock.move(minutes=10)
    answer = someone.post("/desk/sign-in/second-factor", code=code_of(secret, clock.now()))
    assert answer.headers["Location"] == "/desk/sign-in?done=late"
    assert not someone.is_in()


def test_without_a_step_no_code_opens_anything(site, clock, officer):
    _, secret, _ = officer
    someone = visitor(site)
    someone.client.set_cookie("desk-step", "made-up")
    answer = someone.post("/desk/sign-in/second-factor", code=code_of(secret, clock.now()))
    assert answer.headers["Location"] == "/desk/sign-in?done=late"
    assert not someone.is_in()


def test_a_reset_skips_no_second_factor_and_signs_nobody_in(site, clock, officer):
    number, secret, _ = officer
    waiting = past_password(site)
    with site.services.unit_of_work() as work:
        token, _ = new_link(work, number)
    someone = visitor(site)
    assert someone.get(f"/desk/join/{token}").status_code == 200
    other = "seven lamps over the harbour"
    answer = someone.post(f"/desk/join/{token}", password=other, again=other)
    assert answer.headers["Location"] == "/desk/sign-in?done=password"
    assert not someone.is_in()
    assert visitor(site).sign_in("officer@example.com", PASSWORD).status_code == 401
    assert someone.sign_in("officer@example.com", other).headers["Location"] == "/desk/sign-in/second-factor"
    assert not someone.is_in()
    gone = waiting.post("/desk/sign-in/second-factor", code=code_of(secret, clock.now()))
    assert gone.headers["Location"] == "/desk/sign-in?done=late", "the old password's step still goes on"


@pytest.mark.parametrize("role", ["officer", "administrator"])
def test_where_it_is_required_one_is_set_up_before_the_desk_opens(site, clock, role):
    number, someone = member(site, role), visitor(site)
    answer = someone.sign_in(f"{role}@example.com", next="/desk/account")
    assert answer.headers["Location"] == "/desk/sign-in/set-up"
    assert not someone.is_in()
    page = someone.get("/desk/sign-in/set-up")
    assert "<svg" in page.text
    assert someone.post("/desk/sign-in/set-up", code="000000").status_code == 401
    with reading(site.services.engine) as connection:
        secret = Authenticators([site.services.settings.secret_key]).find(connection, number).secret
    done = someone.post("/desk/sign-in/set-up", code=code_of(secret, clock.now()))
    assert done.text.count("<li><code>") == 10
    assert 'href="/desk/account"' in done.text
    assert someone.is_in()
    assert told(site, "second_factor.added") == [{"by": f"person_{number}", "role": role, "factor": "app"}]
    assert someone.post("/desk/sign-in/set-up", code=code_of(secret, clock.now())).status_code == 303


@pytest.mark.parametrize(("setting", "role"), [("offered", "officer"), ("none", "administrator"), ("", "viewer")])
def test_where_it_is_not_the_password_is_enough(site, setting, role):
    member(site, role)
    settings = replace(site.services.settings, second_factor=setting)
    client = app_of(replace(site.services, settings=settings)).test_client()
    answer = client.post(
        "/desk/sign-in", data={"address": f"{role}@example.com", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert answer.headers["Location"] == "/desk"


def test_the_database_alone_makes_no_codes_and_a_rotated_secret_still_does(site, clock, officer):
    number, secret, _ = officer
    old = site.services.settings.secret_key
    with reading(site.services.engine) as connection:
        assert secret not in "".join(map(str, connection.exec_driver_sql("SELECT * FROM authenticators").all()))
        assert Authenticators([old, "n" * 32]).find(connection, number).secret == secret
        with pytest.raises(InvalidToken):
            Authenticators(["n" * 32]).find(connection, number)


def shown_secret(site, number):
    with reading(site.services.engine) as connection:
        found = authenticators_of(site).find(connection, number)
    return found and found.secret


def authenticators_of(site):
    return Authenticators([site.services.settings.secret_key])


def test_whoever_saw_a_secret_that_was_never_confirmed_knows_nothing(site):
    """Somebody signs in with a leaked password, looks at the picture and goes: the account's owner gets another."""
    number = member(site, "officer")
    assert visitor(site).sign_in("officer@example.com").headers["Location"] == "/desk/sign-in/set-up"
    seen = shown_secret(site, number)
    assert visitor(site).sign_in("officer@example.com").headers["Location"] == "/desk/sign-in/set-up"
    assert shown_secret(site, number) not in {seen, None}
    with site.services.unit_of_work() as work:
        token, _ = new_link(work, number)
    assert visitor(site).post(f"/desk/join/{token}", password=PASSWORD, again=PASSWORD).status_code == 303
    assert shown_secret(site, number) is None
