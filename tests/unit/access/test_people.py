from datetime import UTC, datetime

import pytest

from gateway.access.people import ROLES, Person, add_person, list_people
from gateway.db.work import reading, unit_of_work
from gateway.domain.problem import CallerError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def added(engine, *person):
    with unit_of_work(engine, NOON) as work:
        return add_person(work, *person)


def test_people_are_listed_as_they_were_added(engine):
    numbers = [added(engine, f" Person {role} ", f" {role}@Example.com", role) for role in ROLES]
    with reading(engine) as connection:
        assert list_people(connection) == [
            Person(number, f"Person {role}", f"{role}@example.com", role, NOON)
            for number, role in zip(numbers, ROLES, strict=True)
        ]


def test_one_mailbox_has_one_account(engine):
    added(engine, "Olga", "olga@example.com", "officer")
    with pytest.raises(CallerError, match="There is an account"):
        added(engine, "Oleg", "OLGA@example.com", "viewer")


def test_nonsense_is_refused_all_at_once(engine):
    with pytest.raises(CallerError) as caught:
        added(engine, "", "olga", "oficer")
    assert [(p.code, p.field, p.suggestion) for p in caught.value.problems] == [
        ("missing", "name", None),
        ("bad_address", "address", None),
        ("unknown_role", "role", "officer"),
    ]
