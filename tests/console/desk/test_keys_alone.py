"""What an officer does most, in Chromium, with no mouse at all: coming in, releasing leads, standing by another."""

import re

import pytest
from desk import seat, sign_in
from doors import PASSWORD, code_of, give_app, member
from looking import LOOKS, looking
from overriding import GATEWAY, ask_for, waiting_lead
from playwright.sync_api import expect
from running_lists import person
from waiting import UNCLEAR, bring, wait_a_minute

from gateway.answering.carry import carry_out
from gateway.db.work import reading
from gateway.outcomes.overrides import find_record
from gateway.outcomes.view import view_lead


@pytest.fixture
def seen(browser, address):  # the window is closed before the server, which its pages ask now and then
    with looking(browser, LOOKS[1]) as opened:
        yield opened
    assert opened.said == []


def tab_to(page, name):
    """Press Tab until a control of this name has the focus."""
    target = page.get_by_role("button", name=name, exact=True).or_(page.get_by_label(name, exact=True)).first
    for _ in range(80):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {name}")


def outcome_of(site, lead):
    with reading(site.services.engine) as connection:
        return view_lead(connection, lead)["outcome"]


def test_one_comes_in_with_the_app_s_code(seen, site, address, clock):
    secret, _ = give_app(site, member(site, "officer"))
    clock.move(minutes=5)
    page = seen.page
    page.goto(f"{address}/desk/sign-in")
    page.keyboard.type("officer@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor")
    page.keyboard.type(code_of(secret, clock.now()))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/desk")


def test_ticked_leads_of_a_question_are_released(seen, site, address):
    leads = bring(site.services, UNCLEAR, 4).lead_ids
    page = seen.page
    seat(page.context, address, sign_in(site))
    page.goto(f"{address}/desk/holds")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/holds/[0-9a-f]{16}"))
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name === 'lead'"):
            break
    page.keyboard.press("Space")
    page.keyboard.press("r")
    page.wait_for_url(re.compile(r"/answer\?.*kind=release"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Release: 1 lead")
    tab_to(page, "Why")
    page.keyboard.type("They were asked again and said yes")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Released: 1 lead.").wait_for()
    wait_a_minute(site.services)
    carry_out(1, site.services)
    assert [outcome_of(site, lead) for lead in leads].count("prospect") == 1


def test_another_s_override_is_stood_by(seen, site, address):
    lead, ann = waiting_lead(site.services, GATEWAY), sign_in(site, name="Ann Field")
    ask_for(site.services, [lead], ["CS-18"], f"person_{ann.number}")
    page = seen.page
    seat(page.context, address, sign_in(site, name="Bo Stone"))
    page.goto(f"{address}/desk/overrides/1")
    tab_to(page, "Stand by it")
    page.keyboard.press("Enter")
    page.get_by_text("checked: it fits").wait_for()
    with reading(site.services.engine) as connection:
        assert find_record(connection, 1).state == "in_force"
    assert outcome_of(site, lead) == "prospect"


def test_a_file_is_delivered(seen, site, address, tmp_path):
    file = tmp_path / "leads.csv"
    file.write_text("email\n" + "".join(f"{person(n)}\n" for n in range(5)), encoding="utf-8")
    page = seen.page
    seat(page.context, address, sign_in(site, "uploader"))
    page.goto(f"{address}/desk/lists/new")
    tab_to(page, "Vendor")
    page.keyboard.type("Meridian Leads")
    tab_to(page, "File")
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Space")
    asked.value.set_files(file)
    tab_to(page, "Look at it")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/lists/new/\d+/reading"))
    tab_to(page, "On to the questions")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions")
