"""The pages of the door in Chromium, for somebody who is not in yet: they fit, read well and run nothing foreign."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from doors import PASSWORD, give_app, member

from gateway.access.links import new_link


def look(page):
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true }")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_the_door_s_pages_fit_and_are_accessible(browser, site, address, width, scheme):
    number = member(site, "officer")
    member(site, "administrator")
    give_app(site, number)
    with site.services.unit_of_work() as work:
        token, _ = new_link(work, number)
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, amiss = context.new_page(), []
    page.on("pageerror", lambda error: amiss.append(str(error)))
    for path in (f"/desk/join/{token}", "/desk/join/gone", "/desk/sign-in?done=late"):
        page.goto(address + path)
        look(page)
    for who, shown in (("officer", "second-factor"), ("administrator", "set-up")):
        page.goto(address + "/desk/sign-in")
        page.fill("#address", f"{who}@example.com")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/desk/sign-in/{shown}")
        look(page)
    page.goto(address + "/desk/sign-in")
    page.fill("#address", "nobody@example.com")
    page.fill("#password", "x")
    page.keyboard.press("Enter")
    page.wait_for_selector(".alarm")
    look(page)
    assert amiss == []
    context.close()
