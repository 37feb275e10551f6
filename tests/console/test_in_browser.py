"""The pages in Chromium: they fit, they read well aloud, they work without a script, and nothing typed runs."""

import pytest
from looking import violations
from playwright.sync_api import expect

XSS = "\"'><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>"
SCHEMES = ["light", "dark"]
WIDTHS = [360, 1280]


class Watched:
    """A page that notes what must not happen."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.amiss: list[str] = []
        self.page.on("dialog", lambda dialog: (self.amiss.append(dialog.message), dialog.dismiss()))
        self.page.on("console", lambda message: self.amiss.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.amiss.append(str(error)))
        self.page.on("requestfailed", lambda request: self.amiss.append(request.url))
        self.foreign: list[str] = []

    def only(self, address):
        self.page.on(
            "request", lambda request: None if request.url.startswith(address) else self.foreign.append(request.url)
        )
        return self.page


@pytest.fixture
def watched(browser):
    opened: list[Watched] = []

    def open_page(**options):
        opened.append(Watched(browser, **options))
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()


LOOKS = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
LONG = [
    ("/docs", *look) for look in ((360, "dark"), (1280, "light"))
]  # each width and each scheme takes it ten seconds


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [*((path, *look) for path in ("/", "/thanks", "/leave", "/nothing") for look in LOOKS), *LONG],
)
def test_pages_fit_and_are_accessible(watched, address, path, width, scheme):
    seen = watched(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    page = seen.only(address)
    page.goto(address + path)
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true }")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0
    assert violations(page) == ""
    assert seen.foreign == []
    assert [one for one in seen.amiss if "404" not in one or path != "/nothing"] == []


def test_a_signup_works_without_a_script(site, watched, address):
    seen = watched(java_script_enabled=False)
    page = seen.only(address)
    page.goto(address)
    box = page.get_by_role("checkbox")
    assert not box.is_checked()
    page.get_by_label("E-mail address").fill("ana@gmial.com")
    page.get_by_label("First name").fill("Ana")
    page.get_by_role("button", name="Sign up").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Please look again")
    expect(page.get_by_label("E-mail address")).to_have_value("ana@gmial.com")
    expect(page.get_by_text("Did you mean ana@gmail.com?")).to_be_visible()
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_label("Yes, write to me.").check()
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(page).to_have_url(f"{address}/thanks")
    [lead] = site.leads()
    assert (lead.address, lead.outcome) == ("ana@example.com", "prospect")
    assert page.context.cookies() == []
    assert [one for one in seen.amiss if "422" not in one] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_typed_runs(watched, address, scheme):
    """Every field at once, in the page that shows what was typed."""
    seen = watched(color_scheme=scheme)
    page = seen.only(address)
    fields = [
        "first_name",
        "last_name",
        "phone",
        "country",
        "consent_wording",
        "consent_page_url",
        "_next",
        "other",
        XSS,
    ]
    page.goto(address)
    inputs = "".join(f"<input name='f{n}'>" for n in range(len(fields)))
    page.set_content(f"<form method=post action='{address}/v1/signups'>{inputs}<input name=source value=demo>"
                     "<input name=email value='<b>'><button>go</button></form>")  # fmt: skip
    for place, name in enumerate(fields):
        page.locator("input").nth(place).evaluate(
            "(one, [name, value]) => { one.name = name; one.value = value }", [name, XSS]
        )
    page.get_by_role("button").click()
    page.get_by_role("heading", level=1).wait_for()
    assert page.locator("main img, main script, main svg").count() == 0
    expect(page.locator("input[name=first_name]")).to_have_value(XSS)
    assert violations(page) == ""
    assert [one for one in seen.amiss if "422" not in one] == []


def test_the_way_on_to_a_forms_own_page_is_open_after_mending(site, watched, address):
    """Chromium holds form-action against the redirect that follows, so our page must allow the form's own site."""
    site.source("shop", received_url=f"{address.replace('127.0.0.1', 'localhost')}/thanks", requires_tick=False)
    seen = watched()
    page = seen.page
    page.goto(address)
    page.set_content(f"<form method=post action='{address}/v1/signups'><input name=source value=shop>"
                     "<input name=email value=x><button>go</button></form>")  # fmt: skip
    page.get_by_role("button").click()
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url("**/thanks")
    assert page.url.startswith("http://localhost:")
