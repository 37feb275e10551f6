"""Every page of the desk in Chromium: it fits, reads well aloud and runs nothing foreign, in two widths and schemes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import seat, sign_in

LOOKS = [(360, "light"), (1280, "dark")]
PAGES = [
    "/desk",
    "/desk/holds",
    "/desk/holds/answers",
    "/desk/settings",
    "/desk/settings/sources/demo",
    "/desk/settings/sources/demo/change",
    "/desk/settings/mails",
    "/desk/account",
    "/desk/people",
    "/desk/accounts/1",
    "/desk/keys",
    "/desk/policies?find=consent",
    "/desk/policies/packs/us-can-spam",
    "/desk/policies/rules/CS-18",
    "/desk/policies/cases",
    "/desk/policies/names/phone_known",
    "/desk/policies/changes",
    "/desk/policies/what-if",
    "/desk/leads",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("look", LOOKS)
def test_a_page_fits_and_is_accessible(browser, site, address, path, look):
    width, scheme = look
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    seat(context, address, sign_in(site, "administrator"))
    page, amiss = context.new_page(), []
    page.on("console", lambda message: amiss.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: amiss.append(str(error)))
    assert page.goto(address + path).status == 200
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert amiss == []
    context.close()
