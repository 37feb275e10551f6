"""A person's whole way through a real gateway, in Chromium: from another site's form to a list that is refused.

With the keyboard alone, with a script and without one. Pictures of every page lie in the test's folder (``shots``).
"""

import json
import urllib.request
from datetime import UTC, datetime

import pytest
from embedding import open_shop
from fault_ground import MANIFEST
from looking import violations
from playwright.sync_api import expect
from sqlalchemy import select
from system_house import wait_for

from gateway.db.base import metadata
from gateway.db.engine import open_engine
from gateway.outcomes.tables import holds

ANN, BOB = "ann@example.com", "bob@example.org"
SCANNERS = [
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)", "Barracuda Sentinel (EE)", "python-requests/2",
    "Mozilla/5.0 (compatible; Google-Safety; +http://www.google.com/bot.html)",
]  # fmt: skip
OUR_OWN = {"heartbeats"}  # which workers live; nothing of people
LOOKS = [("wide", 1280, "light"), ("narrow", 360, "dark")]


@pytest.fixture
def database_url(databases):
    """One kind is enough: what differs between them is tried elsewhere."""
    url = databases.fresh("sqlite")
    yield url
    databases.drop(url)


@pytest.fixture
def page_of(browser):
    """Pages of one browser each, with a script or without; whatever goes amiss on them is a failure."""
    contexts, amiss = [], []

    def open_page(*, scripts=True):
        contexts.append(browser.new_context(java_script_enabled=scripts, reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: amiss.append(str(error)))
        page.on(
            "console", lambda said: amiss.append(said.text) if said.type == "error" and not expected(said) else None
        )
        return page

    yield open_page
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert (amiss, cookies) == ([], [])


def expected(said):
    """A form that was not filled in well (422), and axe, which tries to read stylesheets of another origin."""
    return any(word in said.text for word in ("422", "XMLHttpRequest", "net::ERR_FAILED"))


class Walk:
    """Looks at a page as people have it, and goes on by keyboard."""

    def __init__(self, page, folder):
        self.page, self.folder = page, folder
        folder.mkdir(exist_ok=True)

    def look(self, name, looks=LOOKS):
        """Nothing is cut off, wide or narrow; axe finds nothing as it looks last. Pictures are kept."""
        self.picture(name, looks)
        found = violations(self.page)
        assert not found, (name, found)

    def picture(self, name, looks=LOOKS):
        """The same without axe, which is a script."""
        for how, width, scheme in looks:
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.emulate_media(color_scheme=scheme)
            self.page.screenshot(path=self.folder / f"{name}-{how}.png", full_page=True)
            width_over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert self.page.evaluate(width_over) == 0, (name, how)

    def tab_to(self, text):
        """Tab until the focus stands on what is called so."""
        seen = []
        for _ in range(15):
            self.page.keyboard.press("Tab")
            seen.append(self.page.locator(":focus").evaluate(
                "one => one.labels?.length ? one.labels[0].innerText : one.innerText || one.name"))  # fmt: skip
            if text in seen[-1]:
                return
        pytest.fail(f"the keyboard never comes to {text!r}: {seen}")

    def press(self, text, key="Enter"):
        self.tab_to(text)
        self.page.keyboard.press(key)

    def type(self, label, text):
        self.tab_to(label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)


def fetch(url, *, method="GET", data=None, agent="test"):
    asked = urllib.request.Request(url, data, {"User-Agent": agent}, method=method)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return answer.status


def scan(*urls):
    """What programs do to the links in a mail before its person sees them."""
    for turn in range(20):
        for url in urls:
            assert {fetch(url, method=method, agent=SCANNERS[turn % 4]) for method in ("GET", "HEAD")} == {200}


def everything(house):
    """All that the database holds of anybody."""
    engine = open_engine(house.env["GATEWAY_DATABASE_URL"])
    with engine.connect() as connection:
        tables = [table for table in metadata.sorted_tables if table.name not in OUR_OWN]
        found = {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}
    engine.dispose()
    return found


def is_dns_asked(house):
    """Whether the workers have asked DNS for all who wait; signups are judged from memory first."""
    engine = open_engine(house.env["GATEWAY_DATABASE_URL"])
    with engine.connect() as connection:
        due = connection.execute(select(holds.c.lead_id).where(holds.c.recheck_at.is_not(None))).all()
    engine.dispose()
    return not due


def mail_to(house, address):
    [mail] = [one for one in house.json("mail", "--state", "kept")["mails"] if one["recipient"] == address]
    return house.json("mail", "show", mail["mail"])


def prospect(house, address):
    lines = map(json.loads, house.run("prospects", "export", "--json").splitlines())
    return next((one for one in lines if one["address"] == address), None)


def sign_up_with_a_script(walk, shop):
    walk.page.goto(shop.origin)
    walk.page.locator(".gw-form").wait_for()
    walk.look("1-form")
    walk.type("E-mail address", "ann@gmial.com")
    walk.page.keyboard.press("Enter")
    walk.page.locator(".gw-use").wait_for()
    walk.look("2-slip")
    walk.page.locator("[name=email]").focus()
    walk.press("Use ann@gmail.com")
    expect(walk.page.locator("[name=email]")).to_have_value("ann@gmail.com")
    walk.page.keyboard.press("Shift+Tab")
    walk.type("E-mail address", ANN)
    walk.press("Product news", "Space")
    walk.press("Events", "Space")
    walk.press("Yes, send me", "Space")
    walk.press("Sign up")
    walk.page.locator(".gw-thanks").wait_for(timeout=20_000)
    expect(walk.page.get_by_role("status")).to_contain_text("a mail with a link is on its way")
    walk.look("3-thanks")


def sign_up_without_a_script(walk, shop):
    walk.page.goto(shop.origin)
    walk.press("Sign up")
    walk.page.wait_for_url("**/f/news*")
    walk.picture("1-without-script")
    walk.type("E-mail address", "bob@gmial.com")
    walk.press("Events", "Space")
    walk.press("Yes, send me", "Space")
    walk.press("Sign up")
    walk.page.get_by_text("Did you mean bob@gmail.com?").wait_for()
    walk.picture("2-slip-without-script")
    walk.type("E-mail address", BOB)
    walk.press("Send again")
    walk.page.get_by_role("heading", name="Thank you").wait_for()
    expect(walk.page.get_by_text("a mail with a link is on its way")).to_be_visible()
    walk.picture("3-thanks-without-script")


def confirm(walk, mail):
    walk.page.goto("about:blank")
    walk.page.set_content(mail["html"])
    walk.look("4-mail", LOOKS[::-1])  # axe takes the ground of a mail for white, which in the dark it is not
    walk.press("Confirm the signup")
    walk.page.get_by_role("heading", name="One click to go").wait_for()
    walk.look("5-confirm")
    walk.press("Confirm the signup")
    walk.page.get_by_role("heading", name="Thank you").wait_for()
    walk.look("6-confirmed")


def test_from_a_form_on_another_site_to_a_list_that_is_refused(house, page_of, tmp_path):
    house.env["GATEWAY_PUBLIC_URL"] = f"http://127.0.0.1:{house.env['GATEWAY_PORT']}"
    with open_shop() as shop:
        house.run("sources", "add", "news", "--title", "The Harbour Letter", "--confirm", "--origin", shop.origin,
                  "--wording", "Yes, send me the Harbour Letter by e-mail.", "--purpose", "product_news",
                  "--purpose", "events", "--least-seconds", "0")  # fmt: skip
        base = house.serve()
        shop.embed(base, "news")
        walk = Walk(page_of(), tmp_path / "shots")
        sign_up_with_a_script(walk, shop)
        sign_up_without_a_script(Walk(page_of(scripts=False), tmp_path / "shots"), shop)
    wait_for(lambda: len(house.json("mail", "--state", "kept")["mails"]) == 2, "both mails lie in the outbox")
    wait_for(lambda: is_dns_asked(house), "the workers have asked DNS")

    mail = mail_to(house, ANN)
    [link] = [word for word in mail["text"].split() if "/confirm/" in word]
    before = everything(house)
    scan(link, link.replace("/confirm/", "/not-me/"))
    assert everything(house) == before
    assert house.outcome(ANN) == ["hold"]
    confirm(walk, mail)
    wait_for(lambda: house.outcome(ANN) == ["prospect"], "the prospect appears")
    assert house.outcome(BOB) == ["hold"], "who did not click is not let in"
    [receipt] = house.json("receipt", "show", "lead_1")["receipts"]
    events = receipt["receipt"]["events"]
    assert [(one["event"], one["state"]) for one in events] == [
        ("signup", "ConsentGiven"), ("confirmation", "ConsentGiven"),
    ]  # fmt: skip
    handed_out = prospect(house, ANN)
    assert handed_out["purposes"] == ["product_news", "events"]

    link = handed_out["unsubscribe_url"]
    before = everything(house)
    scan(link)
    walk.page.goto(link)
    walk.look("7-choices")
    assert everything(house) == before
    walk.press("Product news", "Space")
    walk.press("Keep only what is ticked")
    walk.page.get_by_role("heading", name="Done").wait_for()
    walk.look("8-less")
    assert (prospect(house, ANN)["purposes"], prospect(house, ANN)["not_for"]) == (["events"], ["product_news"])
    left_on = {datetime.now(UTC).date()}
    assert fetch(link, method="POST", data=b"List-Unsubscribe=One-Click") == 200
    left_on.add(datetime.now(UTC).date())
    assert prospect(house, ANN) is None

    rows, manifest = tmp_path / "rows.csv", tmp_path / "manifest.yaml"
    rows.write_text("email,first_name,country\nAnn+Offers@Example.com,Ann,US\n", encoding="utf-8")
    manifest.write_text(MANIFEST, encoding="utf-8")
    receipt = house.json("import", rows, "--manifest", manifest, "--wait")
    assert (receipt["rows"], receipt["rejections"]) == (1, 1)
    account = house.run("explain", "lead_3")
    assert any(f"received on {day.day} {day:%B %Y} (opt out)" in " ".join(account.split()) for day in left_on), account
    assert prospect(house, ANN) is None
    assert house.run("ledger", "verify")
