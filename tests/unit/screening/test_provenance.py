"""Where a lead came from: what the source states, refined by the row."""

from datetime import UTC, date, datetime

import pytest

from gateway.domain.lead import Attestation, Batch, Hop, Origin, Statement
from gateway.domain.ports import Sender
from gateway.screening.provenance import chain_is_complete, establish

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
        "provenance_is_complete": True, "chain_is_complete": True, "vendor_standing": "none", "is_attested": False,
        "looks_generated": False, "collected_at": NOON,
    }  # fmt: skip


def test_a_bought_list_of_which_nothing_is_said():
    assert facts(said={"direct": False}) == {
        "kind": "list", "is_direct": False, "method": "unknown", "site_refuses_transfer": None,
        "provenance_is_complete": False, "chain_is_complete": False, "vendor_standing": "none", "is_attested": False,
        "looks_generated": None, "collected_at": None,
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
