from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.db.work import reading, unit_of_work
from gateway.domain.lead import Attestation
from gateway.domain.ports import VendorFile
from gateway.domain.problem import CallerError
from gateway.vendors.book import Vendors
from gateway.vendors.file import Told, ending, file_on, find_note, note, notes_of, versions_of, withdraw

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOON.date()
SIGNED = {"says": "Every person ticked the box.", "signed_by": "J. Doe, Acme Data", "on": "2026-03-31"}


def put(engine, kind, value, name="", *, at=NOON, vendor="Acme Data", evidence=None, **days):
    with unit_of_work(engine, at) as work:
        told = Told(kind, value, name, **days)
        return note(work, vendor, told, by="officer:1", evidence=evidence)


def on(engine, day=TODAY, vendor="acme data"):
    with reading(engine) as connection:
        return file_on(connection, vendor, day)


def test_a_vendor_never_heard_of_has_an_empty_file(engine):
    assert on(engine) == VendorFile()
    assert Vendors(engine).find_file("Acme Data", NOON) == VendorFile()


def test_the_file_says_on_a_day_all_that_holds_then(engine):
    put(engine, "attestation", SIGNED)
    put(engine, "registration", {"state": "ca", "year": 2026})
    put(engine, "registration", {"state": "TX", "year": 2026, "registered": False})
    put(engine, "drop_run", {"on": "2026-10-01"})
    put(engine, "drop_run", {"on": "2026-11-10"})
    put(engine, "answer", {"is": True}, "data_broker")
    put(engine, "answer", {"is": False}, "privacy_terms")
    put(engine, "answer", {"is": ["shared_unsubscribe", "collector_named"]}, "chain_duties")
    assert Vendors(engine).find_file("ACME  data", NOON) == VendorFile(
        attestations=(Attestation(SIGNED["says"], SIGNED["signed_by"], date(2026, 3, 31)),),
        registrations=(("CA", 2026),), not_registered=frozenset({("TX", 2026)}), drop_run_on=date(2026, 11, 10),
        data_broker=True, privacy_terms=False, chain_duties=frozenset({"shared_unsubscribe", "collector_named"}),
    )  # fmt: skip
    assert on(engine, date(2026, 10, 15)).drop_run_on == date(2026, 10, 1)


@pytest.mark.parametrize(("day", "known"), [
    (date(2026, 5, 31), None), (date(2026, 6, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), None),
])  # fmt: skip
def test_what_has_expired_or_not_begun_is_unknown_and_no_stale_answer(engine, day, known):
    put(engine, "answer", {"is": True}, "privacy_terms", from_on=date(2026, 6, 1), until_on=date(2026, 12, 31))
    assert on(engine, day).privacy_terms is known


def test_a_later_note_of_the_same_thing_stands_and_the_earlier_one_is_kept(engine):
    first = put(engine, "answer", {"is": True}, "privacy_terms", evidence="contract.pdf")
    assert put(engine, "answer", {"is": False}, "privacy_terms", at=NOON + timedelta(1)) == first
    assert on(engine).privacy_terms is False
    with reading(engine) as connection:
        assert [(one.value, one.evidence) for one in versions_of(connection, "Acme Data")] == [
            ({"is": True}, "contract.pdf"), ({"is": False}, None),
        ]  # fmt: skip
        assert [one.number for one in notes_of(connection, "Acme Data")] == [first]


def test_a_statement_that_was_taken_back_is_named_as_such_until_it_is_signed_anew(engine):
    number = put(engine, "attestation", SIGNED)
    with unit_of_work(engine, NOON) as work:
        withdraw(work, number, "the collector went out of business", by="officer:1")
    assert on(engine) == VendorFile(withdrawn=frozenset({"every person ticked the box"}))
    with reading(engine) as connection:
        kept = find_note(connection, number)
        assert (kept.withdrawn, kept.why) == (True, "the collector went out of business")
    with unit_of_work(engine, NOON) as work, pytest.raises(CallerError):
        withdraw(work, number, "again", by="officer:1")
    put(engine, "attestation", {**SIGNED, "on": "2026-11-01"})
    assert on(engine).withdrawn == frozenset()
    assert len(on(engine).attestations) == 1


def test_what_expires_soon_is_found_the_soonest_first(engine):
    put(engine, "answer", {"is": True}, "privacy_terms", until_on=date(2026, 12, 24))
    put(engine, "attestation", SIGNED, until_on=date(2026, 12, 1), vendor="Birch Lists")
    gone = put(engine, "answer", {"is": True}, "data_broker", until_on=date(2026, 12, 2))
    with unit_of_work(engine, NOON) as work:
        withdraw(work, gone, "wrong", by="officer:1")
    with reading(engine) as connection:
        found = ending(connection, since=TODAY, until=TODAY + timedelta(days=60))
        assert [(one.vendor, one.kind) for one in found] == [("Birch Lists", "attestation"), ("Acme Data", "answer")]


@pytest.mark.parametrize(("kind", "name", "value", "field"), [
    ("diary", "", {}, "kind"),
    ("identity", "shoe_size", {"is": "44"}, "name"),
    ("identity", "contact", {"is": "dpo@example.com"}, "is"),
    ("identity", "legal_name", {"is": " "}, "is"),
    ("attestation", "", {**SIGNED, "on": "soon"}, "on"),
    ("attestation", "", {**SIGNED, "on": "2027-01-01"}, "on"),
    ("attestation", "", {**SIGNED, "signed_by": "doe@example.com"}, "says"),
    ("registration", "", {"state": "NV", "year": 2026}, "state"),
    ("registration", "", {"state": "CA", "year": "2026"}, "year"),
    ("drop_run", "", {"on": "2027-01-01"}, "on"),
    ("answer", "favourite_colour", {"is": True}, "name"),
    ("answer", "privacy_terms", {"is": "maybe"}, "is"),
    ("answer", "chain_duties", {"is": ["be_nice"]}, "is"),
])  # fmt: skip
def test_nonsense_is_refused_and_nothing_kept(engine, kind, name, value, field):
    with pytest.raises(CallerError) as refused:
        put(engine, kind, value, name)
    assert field in [problem.field for problem in refused.value.problems]
    assert on(engine) == VendorFile()
