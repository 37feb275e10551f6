"""The queue of holds in Chromium: by keys alone, without JavaScript, and as everybody sees it."""

import pytest
from desk import seat, sign_in
from playwright.sync_api import expect
from sqlalchemy import select
from waiting import BOUGHT, INCOMPLETE, UNCLEAR, bring, sign_up, wait_a_minute

from gateway.answering.carry import carry_out
from gateway.answering.groups import Filter, find_groups
from gateway.outcomes import answers
from gateway.outcomes.tables import holds, leads


@pytest.fixture
def queue(site):
    """Three questions, one of them with a vendor, and an answer that can be undone."""
    bring(site.services, INCOMPLETE, 1000)
    bring(site.services, UNCLEAR, 60, number=2)
    bring(site.services, BOUGHT, 3, number=3, at="gmial.com")
    bring(site.services, UNCLEAR, 2, number=4, at="hotmial.com")
    bring(site.services, BOUGHT, 2, number=5, at="silent.example.net")
    sign_up(site.services, "ann@gmial.com")
    with site.services.unit_of_work() as work:
        answers.give(
            work,
            "ask",
            [1064, 1065],
            about="some",
            reason="x",
            by="person_1",
            terms={"until": "2026-12-24T12:00:00+00:00"},
        )
    wait_a_minute(site.services)
    carry_out(1, site.services)
    with site.services.unit_of_work() as work:
        answers.give(work, "refuse", [1061], about="some", reason="x", by="person_1")
    with site.services.engine.connect() as connection:
        return find_groups(connection, site.services, Filter())


def test_a_thousand_leads_are_refused_and_taken_back_by_keys_alone(browser, site, address, queue):
    context = browser.new_context()
    seat(context, address, sign_in(site, "officer"))
    page = context.new_page()
    page.goto(f"{address}/desk/holds")
    press = page.keyboard.press
    press("?")
    assert page.locator("details.keys").get_attribute("open") is not None
    press("j")
    press("ArrowDown")
    press("k")
    press("Enter")
    page.wait_for_url(f"**/desk/holds/{queue[0].key}")
    page.go_back()
    press("j")
    press("x")
    page.wait_for_url("**/answer?kind=refuse**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Refuse: 1,000 leads")
    page.keyboard.type("Nobody ever said how they were collected")
    press("Tab")
    press("Enter")
    page.wait_for_url("**/desk/holds")
    expect(page.get_by_text("Refused: 1,000 leads.")).to_be_visible()
    press("u")
    page.get_by_text("Refused: 1,000 leads.").wait_for(state="detached")
    assert states(site) == {"waiting"}
    context.close()


def test_whoever_stands_on_undo_stays_there_while_the_seconds_are_counted(browser, site, address, queue):
    context = browser.new_context()
    seat(context, address, sign_in(site, "officer"))
    page = context.new_page()
    page.goto(f"{address}/desk/holds")
    page.get_by_role("button", name="Undo").first.focus()
    with page.expect_response("**/desk/holds/under-way"):
        page.evaluate("document.activeElement.dataset.old = '1'")
    page.wait_for_function("!document.querySelector('[data-old]')")
    assert page.evaluate("document.activeElement.textContent") == "Undo"
    context.close()


def test_without_javascript_everything_is_there_as_well(browser, site, address, queue):
    context = browser.new_context(java_script_enabled=False)
    seat(context, address, sign_in(site, "officer"))
    page = context.new_page()
    page.goto(f"{address}/desk/holds/{queue[0].key}")
    page.locator("input[name=lead]").nth(0).check()
    page.locator("input[name=lead]").nth(2).check()
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Refuse: 2 leads")
    page.get_by_label("Why").fill("These two were made up")
    page.get_by_role("button", name="Refuse: 2 leads").click()
    expect(page.get_by_text("Refused: 2 leads.")).to_be_visible()
    page.get_by_role("button", name="Do it now").first.click()
    carry_out(3, site.services)
    assert states(site) == {"waiting", "refused"}
    context.close()


def states(site):
    with site.services.engine.connect() as connection:
        query = select(holds.c.state).join(leads, leads.c.id == holds.c.lead_id)
        return set(connection.execute(query).scalars())
