"""What if in Chromium: a pack is uploaded, the picture appears, its bars and samples lead on; by keyboard alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import BOUGHT, list_batch
from desk import seat, sign_in
from looking import violations

from gateway.pipeline import process

AT = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture
def desk(site):
    """Bought leads of two vendors."""
    for vendor, count in (("Meridian Leads", 9), ("Northwind", 4)):
        statement = replace(BOUGHT, vendor=vendor, price_minor=45, currency="USD")
        rows = [{"email": f"p{n}@{vendor[:4].lower()}.example.org", "country": "US"} for n in range(count)]
        process(list_batch(rows, AT, statement=statement), site.services, as_of=AT)
    return site


@pytest.mark.parametrize("look", [(1280, "light"), (360, "dark")])
def test_a_what_if_with_its_picture(browser, desk, address, tmp_path, look):
    width, scheme = look
    house = next(text.text for text in desk.services.policies.texts if text.name == "house.yaml")
    bar = """
  - id: H-97
    title: Nobody from lists
    cites: {house: "A rule to be tried"}
    in_force: {from: 2020-01-01}
    verified_on: 2026-11-21
    severity: low
    officer: It is tried.
    when: {fact: source.kind, is: list}
    then: reject
    reason: country_not_served
"""
    known = next(iter(desk.services.policies.reasons))
    file = tmp_path / "house.yaml"
    file.write_text(house.rstrip() + "\n" + bar.replace("country_not_served", known), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    seat(context, address, sign_in(desk, "officer"))
    page, amiss = context.new_page(), []
    page.on("console", lambda message: amiss.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: amiss.append(str(error)))
    page.goto(f"{address}/desk/policies")
    page.locator("#find").press_sequentially("phone")
    page.get_by_role("link", name="CS-18").first.wait_for()
    page.goto(f"{address}/desk/policies/what-if")
    page.set_input_files("#files", str(file))
    page.get_by_role("button", name="Show who would flip").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/what-if/*")
    page.locator(".flowing svg").wait_for()
    assert "13 of 13 leads would end otherwise" in page.locator(".flowing svg title").first.text_content()
    assert page.locator(".ribbon:not(.stays)").count() >= 1
    box = page.locator(".flowing .ribbon").last.bounding_box()
    assert box["width"] > 100
    assert page.get_by_role("link", name="H-97").count() >= 1
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert violations(page) == ""
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Download as JSON").click()
    assert downloaded.value.suggested_filename == "what-if-1.json"
    assert amiss == []
    context.close()
