from dataclasses import astuple
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.access.keys import SCOPES, KeyHolder, find_key, list_keys, new_key, revoke_key
from gateway.access.people import add_person
from gateway.access.tables import api_keys
from gateway.db.work import reading, unit_of_work
from gateway.domain.problem import CallerError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def made(engine, name="website", scopes=("decisions",), at=NOON, **more):
    with unit_of_work(engine, at) as work:
        return new_key(work, name, scopes, **more)


def holder(engine, secret, at=NOON):
    with reading(engine) as connection:
        return find_key(connection, secret, at)


def test_a_key_opens_with_its_scopes(engine):
    key = made(engine, " crm ", ["lists", "decisions", "lists"])
    assert key.secret.startswith("gk_1_")
    assert holder(engine, key.secret) == KeyHolder(1, "crm", frozenset({"lists", "decisions"}))


def test_every_key_is_another(engine):
    keys = [made(engine) for _ in range(3)]
    assert [key.id for key in keys] == [1, 2, 3]
    assert len({key.secret.rpartition("_")[2] for key in keys}) == 3
    assert [holder(engine, key.secret).id for key in keys] == [1, 2, 3]


def test_no_secret_is_stored(engine):
    key = made(engine)
    with reading(engine) as connection:
        row = connection.execute(select(api_keys)).one()
    assert not any(key.secret.split("_", 2)[2] in str(value) for value in row)
    assert row.last_four == key.secret[-4:]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[:-1], lambda s: s + "A", lambda s: s.swapcase(), lambda s: s.replace("gk_1_", "gk_2_"),
        lambda s: s.replace("gk_1_", "gk_01_"), lambda s: s.replace("gk_1_", "gk_\u0661_"), lambda s: " " + s,
        lambda s: s.replace("gk_", "sk_"), lambda s: s.replace("gk_1_", "gk_1"),
        lambda s: s.replace("gk_1_", "gk_" + "9" * 40 + "_"), lambda _: "", lambda _: "gk_1_", lambda _: "gk__",
        lambda _: "\ud800\x00", lambda s: s[5:],
    ],
)  # fmt: skip
def test_anything_else_opens_nothing(engine, change):
    key = made(engine)
    assert holder(engine, change(key.secret)) is None
    assert holder(engine, key.secret) is not None


def test_one_key_does_not_open_as_another(engine):
    first, second = made(engine), made(engine)
    assert holder(engine, f"gk_{first.id}_{second.secret.split('_', 2)[2]}") is None


def test_a_key_ends_at_its_instant(engine):
    key = made(engine, expires_at=NOON + HOUR)
    assert holder(engine, key.secret, NOON + HOUR - timedelta(microseconds=1)) is not None
    assert holder(engine, key.secret, NOON + HOUR) is None


def test_a_revoked_key_never_opens_again(engine):
    key, other = made(engine), made(engine)
    with unit_of_work(engine, NOON + HOUR) as work:
        assert revoke_key(work, key.id)
    with unit_of_work(engine, NOON + 2 * HOUR) as work:
        assert not revoke_key(work, key.id)
        assert not revoke_key(work, 99)
    assert holder(engine, key.secret, NOON) is None
    assert holder(engine, other.secret) is not None
    with reading(engine) as connection:
        assert [record.revoked_at for record in list_keys(connection)] == [NOON + HOUR, None]


def test_keys_are_listed_without_their_secrets(engine):
    with unit_of_work(engine, NOON) as work:
        person = add_person(work, "Olga", "olga@example.com", "officer")
    key = made(engine, "crm", SCOPES, person_id=person, expires_at=NOON + HOUR)
    with reading(engine) as connection:
        (record,) = list_keys(connection)
    assert astuple(record) == (
        1, "crm", person, key.secret[-4:], ("decisions", "leads", "lists", "people", "suppressions"), NOON, NOON + HOUR, None,
    )  # fmt: skip


def test_nonsense_is_refused_all_at_once(engine):
    with pytest.raises(CallerError) as caught:
        made(engine, " ", ["lead", "lists"], expires_at=NOON)
    assert [(p.code, p.field, p.suggestion) for p in caught.value.problems] == [
        ("missing", "name", None),
        ("unknown_scope", "scopes", "leads"),
        ("in_the_past", "expires_at", None),
    ]
    with pytest.raises(CallerError, match="at least one scope"):
        made(engine, scopes=[])
    with reading(engine) as connection:
        assert list_keys(connection) == []
