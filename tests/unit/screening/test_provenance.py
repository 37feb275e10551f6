"""Where a lead came from: what the source states, refined by the row."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from gateway.domain.lead import CHAIN_DUTIES, Attestation, Batch, Hop, Origin, Statement
from gateway.domain.ports import Sender
from gateway.screening.handovers import chain_is_complete
from gateway.screening.provenance import establish, legal_basis, of_vendor

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EARLIER = datetime(2026, 10, 3, 14, 5, tzinfo=UTC)
SOLD = {"direct": False, "vendor": "Meridian Leads", "method": "co_registration"}


class Standings:
    def find_standing(self, name):
        return {"Meridian Leads": "approved", "Badger Data": "barred"}.get(name)


def facts(kind="list", *, sender=Sender(), said=None, **fields):  # noqa: B008 - frozen
    batch = Batch(
        Origin(kind, "1", Statement(**(said or SOLD))),
        [2],
        {name: [cell] for name, cell in fields.items()},
        ["{}"],
        NOON,
    )
    found = establish(batch, Standings(), sender)
    return {name.removeprefix("source."): cell[0] if isinstance(cell, list) else cell for name, cell in found.items()}


def test_our_own_form_is_known_by_nature():
    found = facts("form", said={"direct": True})
    assert found == {
        "kind": "form", "is_direct": True, "method": "form", "site_refuses_transfer": False,
        "provenance_is_complete": True, "chain_is_complete": True, "chain_break": None, "broken_hop": None,
        "vendor_standing": "none",
        "is_attested": False, "looks_generated": False, "collected_at": NOON, "audience": None, "form_is_on_file": True,
        "asks_confirmation": False, "chain_duties_are_met": True,
    }  # fmt: skip


def test_a_bought_list_of_which_nothing_is_said():
    assert facts(said={"direct": False}) == {
        "kind": "list", "is_direct": False, "method": "unknown", "site_refuses_transfer": None,
        "provenance_is_complete": False, "chain_is_complete": False, "chain_break": "not_recorded",
        "broken_hop": "1: nobody says who to us", "vendor_standing": "none", "is_attested": False,
        "looks_generated": None, "collected_at": None, "audience": None, "form_is_on_file": False,
        "asks_confirmation": False, "chain_duties_are_met": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "row", "complete"),
    [
        ({"collected_from": date(2026, 10, 1), "form_url": "https://quotes.example.com/"}, {}, True),
        ({"collected_until": date(2026, 10, 1), "form_url": "https://quotes.example.com/"}, {}, True),
        ({"form_url": "https://quotes.example.com/"}, {}, False),
        ({"form_url": "https://quotes.example.com/"}, {"consent_at": EARLIER}, True),
        ({"form_url": "https://quotes.example.com/"}, {"collected_at": EARLIER}, True),
        ({"collected_from": date(2026, 10, 1)}, {}, False),
        ({"collected_from": date(2026, 10, 1)}, {"consent_url": "https://quotes.example.com/auto"}, True),
        ({"collected_from": date(2026, 10, 1)}, {"consent_url": "N/A"}, False),
        ({}, {"consent_at": EARLIER, "consent_url": "www.sweeps.example"}, True),
        ({"method": "event", "collected_from": date(2026, 10, 1)}, {}, True),
        ({"method": "unknown"}, {"consent_at": EARLIER, "consent_url": "https://quotes.example.com/"}, False),
        ({"vendor": " "}, {"consent_at": EARLIER, "consent_url": "https://quotes.example.com/"}, False),
        ({"direct": True, "vendor": None}, {"consent_at": EARLIER, "consent_url": "https://quotes.example.com/"}, True),
        ({"direct": True, "vendor": None, "method": None}, {"consent_at": EARLIER, "consent_url": "x.example"}, False),
    ],
)
def test_who_how_when_and_where(said, row, complete):
    assert facts(said=SOLD | said, **row)["provenance_is_complete"] is complete


def test_the_strict_side_of_a_span_of_collecting():
    found = facts(said=SOLD | {"collected_from": date(2026, 10, 1), "collected_until": date(2026, 10, 31)})
    assert found["collected_at"] == datetime(2026, 10, 1, tzinfo=UTC)
    assert facts(consent_at=EARLIER)["collected_at"] == EARLIER
    assert facts(consent_at=NOON, collected_at=EARLIER)["collected_at"] == EARLIER
    assert facts("form", said={"direct": True}, consent_at=EARLIER)["collected_at"] == NOON


def test_a_row_s_date_to_come_makes_no_list_young():
    said, later = SOLD | {"collected_from": date(2025, 10, 1)}, NOON + timedelta(microseconds=1)
    for columns in ({"collected_at": later}, {"consent_at": later}, {"collected_at": NOON.replace(year=2099)}):
        assert facts(said=said, **columns)["collected_at"] == datetime(2025, 10, 1, tzinfo=UTC)
        assert facts(**columns)["collected_at"] is None
    assert facts(said=said, collected_at=NOON)["collected_at"] == NOON
    paged = SOLD | {"form_url": "https://quotes.example.com/"}
    assert facts(said=paged, collected_at=later)["provenance_is_complete"] is False


def test_a_vendor_s_standing():
    assert facts()["vendor_standing"] == "approved"
    assert facts(said=SOLD | {"vendor": "Badger Data"})["vendor_standing"] == "barred"
    assert facts(said=SOLD | {"vendor": "Never Heard Of"})["vendor_standing"] == "new"
    assert facts(said=SOLD | {"direct": True})["vendor_standing"] == "none"


def test_a_signature():
    signed = (Attestation("All opted in", "R. Osei", date(2026, 11, 1)),)
    assert facts(said=SOLD | {"attestations": signed})["is_attested"] is True


@pytest.mark.parametrize(
    ("hops", "ours", "complete"),
    [
        ((), (), False),
        ((Hop("Meridian Leads", "us"),), (), True),
        ((Hop("Meridian Leads", "Harbor Lane Inc."),), ("Harbor Lane, Inc",), True),
        ((Hop("Meridian Leads", "Harbor Lane Inc."),), (), None),
        ((Hop("Meridian Leads", "Somebody Else"),), ("Harbor Lane Inc.",), False),
        ((Hop("Sweeps Ltd", "Meridian Leads"), Hop("MERIDIAN  LEADS", "us")), (), True),
        ((Hop("Sweeps Ltd", "Broker One"), Hop("Meridian Leads", "us")), (), False),
    ],
)
def test_the_chain_of_handovers(hops, ours, complete):
    assert chain_is_complete(Statement(direct=False, hops=hops), Sender(names=ours)) is complete


def test_the_picture_of_a_form_is_on_file_where_somebody_keeps_it():
    assert facts(said=SOLD | {"form_capture": "contracts/form.png"})["form_is_on_file"] is True
    assert facts()["form_is_on_file"] is False


@pytest.mark.parametrize(
    ("duties", "met"), [(None, None), (frozenset({"collector_named"}), False), (frozenset(CHAIN_DUTIES), True)]
)
def test_the_duties_of_a_chain(duties, met):
    assert facts(said=SOLD | {"chain_duties": duties})["chain_duties_are_met"] is met


@pytest.mark.parametrize(
    ("kind", "stated", "status", "basis"),
    [
        ("form", None, ["given", "refused"], ["consent", None]), ("form", None, "given", "consent"),
        ("form", None, "none", None), ("form", "soft_opt_in", ["given", "refused"], "soft_opt_in"),
        ("list", None, ["given"], None), ("list", "legitimate_interest", ["given"], "legitimate_interest"),
        ("list", "none", ["given"], "none"),
    ],
)  # fmt: skip
def test_the_legal_basis_is_what_the_source_claims_or_the_box_of_our_form(kind, stated, status, basis):
    said = Statement(direct=kind == "form", legal_basis=stated)
    batch = Batch(Origin(kind, "1", said), [1, 2], {}, ["{}"] * 2, NOON)
    assert legal_basis(batch, status) == basis


def vendor(said, region=None, as_of=NOON):
    batch = Batch(Origin("list", "1", Statement(**said)), [2], {}, ["{}"], NOON)
    return {name.removeprefix("vendor."): answer for name, answer in of_vendor(batch, region, as_of).items()}


@pytest.mark.parametrize(
    ("said", "broker"),
    [
        (SOLD, None),
        (SOLD | {"data_broker": False}, False),
        (SOLD | {"hops": (Hop("MERIDIAN LEADS", "us"),)}, False),
        (SOLD | {"hops": (Hop("Sweeps Ltd", "Meridian Leads"), Hop("Meridian Leads", "us"))}, True),
        (SOLD | {"hops": (Hop("Meridian Leads", "us"),), "data_broker": True}, True),
        ({"direct": False, "hops": (Hop("A", "us"),)}, None),
        ({"direct": True, "data_broker": True}, False),
    ],
)
def test_a_vendor_without_dealings_of_its_own_is_a_data_broker(said, broker):
    assert vendor(said)["is_data_broker"] is broker


@pytest.mark.parametrize(
    ("region", "as_of", "registered"),
    [
        ("CA", NOON, True), ("TX", NOON, False), ("VT", NOON, False), ("NY", NOON, None), (None, NOON, None),
        ("VT", datetime(2026, 1, 31, 23, tzinfo=UTC), True), ("VT", datetime(2026, 2, 1, tzinfo=UTC), False),
        ("CA", datetime(2027, 1, 1, tzinfo=UTC), True), ("CA", datetime(2027, 2, 1, tzinfo=UTC), False),
    ],
)  # fmt: skip
def test_a_registration_holds_for_its_year_and_the_january_after(region, as_of, registered):
    said = SOLD | {"registrations": (("CA", 2026), ("VT", 2025))}
    assert vendor(said, region, as_of)["is_registered"] is registered
    assert vendor(said, [region, "CA"], as_of)["is_registered"][0] is registered


def test_who_gave_directly_has_no_vendor_to_be_registered():
    found = vendor({"direct": True}, "CA")
    assert found == {"is_data_broker": False, "is_registered": None, "drop_run_at": None, "has_privacy_terms": None}


def test_a_vendor_s_own_dates_and_terms():
    found = vendor(SOLD | {"drop_run_on": date(2026, 11, 1), "privacy_terms": True})
    assert (found["drop_run_at"], found["has_privacy_terms"]) == (
        datetime.combine(date(2026, 11, 1), time.max, UTC),
        True,
    )


@pytest.mark.parametrize(("kind", "said", "asks"), [
    ("form", True, True), ("form", False, False), ("form", None, False), ("list", True, False),
])  # fmt: skip
def test_only_a_form_that_says_so_asks_for_a_confirmation(kind, said, asks):
    assert facts(kind, said={"direct": True, "asks_confirmation": said})["asks_confirmation"] is asks
