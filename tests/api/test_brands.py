"""A brand is one word wherever it was said: an order of it stops its leads whichever way they come."""

from dataclasses import replace

import pytest
from builders import FORM, key
from platform_posts import SECRETS, Sender, of

from gateway.domain.ports import Suppression
from gateway.intake.forms import Form
from gateway.outcomes.leave import leave

ANN = "ann@example.com"
CF7 = of("contact-form-7.txt")
STATED = {"form": Form(platforms=SECRETS), "statement": replace(FORM, brand="Harbor")}


def by_json(web):
    consent = {"ticked": True, "preticked": False, "wording": "Yes, write to me."}
    attributes = {"blood pressure": "high"}  # a sensitive question: what the form states is put together anew
    web.client.post("/v1/signups", json={"email": ANN, "source": "lead", "consent": consent, "attributes": attributes})


def by_page(web):
    web.client.post(
        "/v1/signups", data={"email": ANN, "source": "lead", "consent_ticked": "on", "consent_preticked": "0"}
    )


def by_platform(web):
    Sender(web).post(CF7, CF7.body.replace(b"femi.adeola%40example.ng", b"ann%40example.com"))


WAYS = (by_json, by_page, by_platform)


def leave_brand(web, name):
    with web.services.unit_of_work() as work:
        leave(work, web.services.ledger, [Suppression(key(ANN), "opt_out", work.at, f"brand:{name}")], by="test")


@pytest.mark.parametrize("order", [("HARBOR", True), ("Quay", False)])
@pytest.mark.parametrize("way", WAYS)
def test_an_order_of_a_brand_is_known_whichever_way_its_leads_come(web, clock, way, order):
    brand, is_matched = order
    web.source("lead", **STATED)
    leave_brand(web, brand)
    clock.move(days=1)
    way(web)
    (lead,) = web.leads()
    told = web.client.get(f"/v1/leads/lead_{lead.id}/decision", headers=web.key("leads")).json
    assert ("H-33" in {finding["rule"] for finding in told["findings"]}) == is_matched, (
        "who left and comes back confirms"
    )


def test_a_dry_decision_knows_it_too(web):
    web.source("lead", **STATED)
    document = {"lead": {"email": ANN, "country": "US"}, "source": "lead"}
    before = web.client.post("/v1/decide", json=document, headers=web.key("decisions")).json
    leave_brand(web, "Harbor")
    after = web.client.post("/v1/decide", json=document, headers=web.key("decisions")).json
    matched = "suppression.is_matched"
    assert (before["facts"][matched], after["facts"][matched]) == (False, True)
