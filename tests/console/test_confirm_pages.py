"""The pages behind a confirmation mail's links, in Chromium: opened they change nothing, by keyboard they confirm."""

import pytest
from confirming import ASKING, asked, links, outbox, outcomes, post, work
from looking import violations


@pytest.fixture
def mailed(site):
    """The links of a mail that lies in the outbox."""
    site.source("asks", statement=ASKING, title="The Harbour Letter")
    post(site)
    work(site)
    return links(outbox(site)[0])


@pytest.fixture
def page(browser):
    context = browser.new_context(java_script_enabled=True, viewport={"width": 360, "height": 800})
    opened = context.new_page()
    opened.amiss = []
    opened.on("console", lambda message: opened.amiss.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()


def test_a_person_confirms_by_keyboard_alone(site, address, mailed, page):
    for _ in range(3):
        page.goto(address + mailed[0])
    assert (outcomes(site), [question.state for question in asked(site)]) == (["hold"], ["asked"])
    assert "The Harbour Letter" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert violations(page) == ""
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Thank you")
    assert violations(page) == ""
    assert outcomes(site) == ["prospect"]
    assert page.context.cookies() == []
    assert page.amiss == []


def test_a_person_disowns_a_signup(site, address, mailed, page):
    page.goto(address + mailed[0])
    page.click("text=This was not me")
    assert violations(page) == ""
    assert [question.state for question in asked(site)] == ["asked"]
    page.click("button")
    page.wait_for_selector("text=does not write to you again")
    assert [question.state for question in asked(site)] == ["refused"]
    page.goto(address + mailed[0])
    assert "fill in the form once more" in page.inner_text("main")
    assert violations(page) == ""
