from dataclasses import replace
from datetime import UTC, date, datetime

from builders import BOUGHT, FORM, list_batch

from gateway.domain.lead import Attestation, Batch, Origin
from gateway.domain.ports import VendorFile
from gateway.screening.vendor_file import establish, fill

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIGNED = Attestation("Every person ticked the box.", "J. Doe", date(2026, 3, 31))
FILE = VendorFile(
    attestations=(SIGNED,), registrations=(("CA", 2026), ("TX", 2026)), drop_run_on=date(2026, 11, 10),
    data_broker=True, privacy_terms=True, chain_duties=frozenset({"collector_named"}),
)  # fmt: skip


class Files:
    def __init__(self, file=FILE):
        self.file = file
        self.asked = []

    def find_standing(self, name):
        raise AssertionError(name)

    def find_file(self, name, as_of):
        self.asked.append((name, as_of))
        return self.file


def filled(said, file=FILE):
    found = fill(list_batch([{"email": "ann@example.com"}], NOON, statement=said), Files(file), NOON)
    return found.batch.origin.statement, establish(found)


def test_what_the_manifest_leaves_open_the_file_answers_and_it_is_told_which():
    said, facts = filled(BOUGHT)
    assert (said.attestations, said.registrations) == ((SIGNED,), (("CA", 2026), ("TX", 2026)))
    assert (said.data_broker, said.privacy_terms, said.drop_run_on) == (True, True, date(2026, 11, 10))
    assert facts == {
        "vendor.file_answers": "data_broker, privacy_terms, chain_duties, drop_run_on, registrations, attestations",
        "vendor.file_contradicts": None,
    }


def test_the_manifest_wins_where_it_speaks_and_a_contradiction_is_told():
    own = replace(
        BOUGHT, data_broker=False, privacy_terms=True, drop_run_on=date(2026, 9, 1), registrations=(("CA", 2025),),
        chain_duties=frozenset({"collector_named"}), attestations=(replace(SIGNED, says="Something else."),),
    )  # fmt: skip
    said, facts = filled(own)
    assert (said.data_broker, said.drop_run_on) == (False, date(2026, 9, 1))
    assert said.registrations == (("CA", 2025), ("TX", 2026))
    assert said.attestations == own.attestations
    assert facts == {"vendor.file_answers": "registrations", "vendor.file_contradicts": "data_broker"}


def test_a_registration_that_somebody_looked_for_in_vain_contradicts_the_manifest():
    said, facts = filled(replace(BOUGHT, registrations=(("CA", 2026),)), VendorFile(not_registered={("CA", 2026)}))
    assert said.registrations == (("CA", 2026),)
    assert facts["vendor.file_contradicts"] == "registrations"


def test_a_manifest_cannot_bring_back_a_statement_that_was_taken_back():
    gone = VendorFile(withdrawn=frozenset({"every person ticked the box"}))
    said, facts = filled(replace(BOUGHT, attestations=(SIGNED,)), gone)
    assert said.attestations == ()
    assert facts == {"vendor.file_answers": None, "vendor.file_contradicts": "attestations"}


def test_an_empty_file_changes_nothing():
    batch = list_batch([{"email": "ann@example.com"}], NOON)
    assert fill(batch, Files(VendorFile()), NOON).batch is batch


def test_who_gave_directly_has_no_vendor_and_nobody_is_asked():
    files = Files()
    batch = Batch(Origin("form", "demo", FORM), [1], {"email": ["ann@example.com"]}, ["{}"], NOON)
    assert fill(batch, files, NOON).batch is batch
    assert files.asked == []


def test_a_partners_form_has_a_vendor_and_its_file_speaks():
    partner = replace(FORM, direct=False, vendor="Meridian Leads")
    batch = Batch(Origin("form", "partner", partner), [1], {"email": ["ann@example.com"]}, ["{}"], NOON)
    files = Files()
    assert fill(batch, files, NOON).batch.origin.statement.privacy_terms is True
    assert files.asked == [("Meridian Leads", NOON)]
