"""The pages of leads and people in Chromium, with people in them: they fit, read well aloud and work by hand."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from builders import BOUGHT, key, list_batch, signup_batch
from desk import seat, sign_in
from playwright.sync_api import expect

from gateway.domain.lead import Attestation, Hop
from gateway.domain.ports import Suppression
from gateway.outcomes.leave import leave
from gateway.person.links import desk_links
from gateway.pipeline import process

ANA = "ana@example.com"
HOPS = (Hop("Quote Site", "First Broker", date(2026, 10, 3), "partner terms"), Hop("Second Broker", "Meridian Leads"))


@pytest.fixture
def officer(site, clock):
    """Somebody at the desk of a gateway in which something happened."""
    process(signup_batch(ANA, clock.now()), site.services)
    claim = Attestation("They filled our forms.", "R. Osei", date(2026, 11, 2))
    rows = [{"email": ANA}, {"email": "bo@example.org"}, {"email": "kim@silent.example.net"}]
    process(list_batch(rows, clock.now(), statement=replace(BOUGHT, hops=HOPS, attestations=(claim,))), site.services)
    with site.services.unit_of_work() as work:
        leave(work, site.services.ledger, [Suppression(key(ANA), "complaint", clock.now(), "brand:Garden")], by="test")
    return sign_in(site, "officer")


def person(site, address):
    return f"/desk/person/{desk_links(site.services).token(key(address))}"


def test_a_hash_is_looked_for_by_itself_until_somebody_is_found(browser, site, address, officer, monkeypatch):
    monkeypatch.setattr("gateway.console.desk.leads.STEP", 1)
    context = browser.new_context()
    seat(context, address, officer)
    page = context.new_page()
    page.goto(address + "/desk")
    page.keyboard.press("/")
    page.keyboard.type(sha256(ANA.encode()).hexdigest())
    page.keyboard.press("Enter")
    page.wait_for_url(address + person(site, ANA))
    expect(page.locator("h1")).to_have_text(ANA)
    context.close()


def test_a_person_is_erased_by_keyboard_and_the_page_says_what_is_left(browser, site, address, officer):
    context = browser.new_context()
    seat(context, address, officer)
    page = context.new_page()
    page.goto(address + person(site, ANA) + "/erase")
    page.locator("#address").press_sequentially(ANA.upper())
    page.locator("#reason").press_sequentially("asked for by letter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Erase for ever").press("Enter")
    page.wait_for_url(address + person(site, ANA))
    expect(page.locator("h1")).to_have_text("An erased person")
    assert ANA not in page.content().lower()
    context.close()


def test_a_decision_is_printed_whole(browser, site, address, officer):
    context = browser.new_context()
    seat(context, address, officer)
    page = context.new_page()
    page.goto(address + "/desk/leads/lead_4")
    page.emulate_media(media="print")
    assert page.locator(".side").is_visible() is False
    expect(page.get_by_text("Printed from the Lead Gateway")).to_be_visible()
    for finding in page.locator(".finding").all():  # folded ones too
        assert finding.is_visible()
    context.close()
