"""Links under which somebody chooses a password: once, in time, by a post."""

import pytest
from doors import PASSWORD, member, told, visitor

from gateway.access.links import new_link


@pytest.fixture
def link(site):
    number = member(site, "viewer", password=None)
    with site.services.unit_of_work() as work:
        return f"/desk/join/{new_link(work, number)[0]}"


def join(site, link, password=PASSWORD, again=None):
    return visitor(site).post(link, password=password, again=password if again is None else again)


def test_looking_at_it_uses_nothing_up_and_the_post_does(site, link):
    for _ in range(3):
        assert visitor(site).get(link).status_code == 200
    assert join(site, link).headers["Location"] == "/desk/sign-in?done=password"
    assert visitor(site).sign_in("viewer@example.com").status_code == 303
    assert join(site, link, "another password of mine").status_code == 410
    assert visitor(site).get(link).status_code == 410
    assert visitor(site).sign_in("viewer@example.com").status_code == 303
    assert told(site, "password.set") == [{"by": "person_1", "first": True}]


def test_it_ends_by_itself(site, clock, link):
    clock.move(days=3)
    assert visitor(site).get(link).status_code == 410
    assert join(site, link).status_code == 410


def test_a_newer_one_ends_it(site, link):
    with site.services.unit_of_work() as work:
        newer = f"/desk/join/{new_link(work, 1)[0]}"
    assert join(site, link).status_code == 410
    assert join(site, newer).status_code == 303


def test_no_token_stands_in_the_database(site, link):
    token = link.rpartition("/")[2]
    with site.services.engine.connect() as connection:
        assert token not in str(connection.exec_driver_sql("SELECT * FROM account_links").all())


@pytest.mark.parametrize(
    ("password", "says"),
    [("short", "at least 12"), ("viewer@example.com", "easily guessed"), ("Some Viewer 2026", "easily guessed"),
     ("Password1234", "easily guessed"), ("qwertyuiop123", "easily guessed"), ("aaaaaaaaaaaaaaa", "easily guessed"),
     ("abcdefghijklmn", "easily guessed"), ("abababababab", "repeats"), ("x" * 201, "at most 200")],
)  # fmt: skip
def test_a_weak_password_is_refused_and_the_link_kept(site, link, password, says):
    answer = join(site, link, password)
    assert answer.status_code == 422
    assert says in answer.text
    assert join(site, link).status_code == 303


def test_both_must_be_the_same(site, link):
    assert join(site, link, PASSWORD, PASSWORD + "x").status_code == 422


@pytest.mark.parametrize(
    "good", ["correct horse battery staple", "\u043f\u0430\u0440\u0443\u0441 " * 3, "Tr0ub4dor&3 x"]
)
def test_a_good_password_needs_no_kinds_of_characters(site, link, good):
    assert join(site, link, good).status_code == 303
    assert visitor(site).sign_in("viewer@example.com", good).status_code == 303
