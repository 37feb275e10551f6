"""The snippet in Chromium, on a page of another origin under a strict policy; and the hosted page without a script."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from embedding import open_shop
from hostile import payloads
from looking import violations
from playwright.sync_api import expect
from web import served

from gateway.intake.forms import Form
from gateway.intake.guard.load import RememberedOrigins, Shed
from gateway.intake.notices import keep_notice

FORM = Form(fields=("email", "first_name", "country"), needed=("email", "first_name"))
OURS = {"422", "XMLHttpRequest", "net::ERR_FAILED"}  # answers with problems; axe tries to read styles of other origins
FILL = """typed => typed.forEach((text, n) => {
    document.querySelector(`[name=x${n}]`).value = text;
    document.querySelector("[name=first_name]").value += text;
})"""
ARABIC = "نعم، أرسلوا إليّ الأخبار."


def is_amiss(said):
    """Whether a message of the browser is one that we do not expect."""
    return said.type == "error" and not any(word in said.text for word in OURS)


class Ticking:
    """Three seconds pass whenever somebody looks, so that nobody is too quick."""

    at = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def now(self):
        self.at += timedelta(seconds=3)
        return self.at


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def shop(site, address):
    with open_shop() as opened:
        site.source("news", title="The Harbour Letter", origins=(opened.origin,), form=FORM)
        with site.services.unit_of_work() as work:
            keep_notice(work, "news", "ar", ARABIC)
        opened.embed(address, "news")
        yield opened


@pytest.fixture
def page(browser, shop):
    """The shop's page; whatever goes amiss on it but the answers we expect is a failure."""
    context = browser.new_context(reduced_motion="reduce")
    opened = context.new_page()
    amiss = []
    opened.on("pageerror", lambda error: amiss.append(str(error)))
    opened.on("dialog", lambda dialog: (amiss.append(dialog.message), dialog.dismiss()))
    opened.on("console", lambda said: amiss.append(said.text) if is_amiss(said) else None)
    yield opened
    context.close()
    assert amiss == []


def come(page, shop):
    page.goto(shop.origin)
    page.locator(".gw-form").wait_for()


def test_somebody_signs_up_with_the_keyboard_alone(site, shop, page):
    come(page, shop)
    page.keyboard.press("Tab")
    page.keyboard.type("ana@gmial.com")
    page.keyboard.press("Enter")
    page.locator(".gw-wrong").first.wait_for()

    focused = page.evaluate("document.activeElement.name")
    assert focused == "email", "the first field with a problem"
    field = page.get_by_label("E-mail address")
    assert field.get_attribute("aria-invalid") == "true"
    told = page.locator("#" + field.get_attribute("aria-describedby"))
    assert "looks like a slip" in told.inner_text()
    expect(page.get_by_role("alert")).to_have_text("Please look again")

    page.keyboard.press("Tab")  # to the button that takes the suggestion
    page.keyboard.press("Enter")
    expect(field).to_have_value("ana@gmail.com")
    assert page.evaluate("document.activeElement.name") == "email"
    assert field.get_attribute("aria-invalid") is None
    page.keyboard.press("Tab")
    page.keyboard.type("Ana")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Sign up", "the trap is never in the way"
    page.keyboard.press("Enter")
    page.locator(".gw-thanks").wait_for()

    assert page.get_by_role("status").inner_text().startswith("Thank you")
    assert page.evaluate("document.activeElement.className") == "gw-thanks"
    [lead] = site.leads()
    assert (lead.address, lead.outcome) == ("ana@gmail.com", "prospect")
    assert f'"page_url":"{shop.origin}/"' in lead.as_arrived
    assert '"shown":{"notice"' in lead.as_arrived
    assert page.context.cookies() == []


def test_somebody_means_the_address_as_typed(site, shop, page):
    come(page, shop)
    page.get_by_label("E-mail address").fill("ana@gmial.com")
    page.get_by_label("First name").fill("Ana")
    page.get_by_label("Yes, write to me.").check()
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("button", name="The address is right as I typed it.").click()
    page.get_by_role("button", name="Sign up").click()
    page.locator(".gw-thanks").wait_for()
    assert [lead.address for lead in site.leads()] == ["ana@gmial.com"]


def test_a_slip_is_shown_as_soon_as_the_field_is_left(site, shop, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/slip" in request.url else None)
    come(page, shop)
    page.get_by_label("E-mail address").fill("ana@gmial.com")
    page.keyboard.press("Tab")
    page.get_by_role("status").wait_for()
    assert page.evaluate("document.activeElement.name") == "first_name", "whoever goes on is not called back"
    assert site.leads() == []
    assert [url.rpartition("/slip")[2] for url in asked] == ["?domain=gmial.com"], "never more than the domain"
    page.get_by_role("button", name="ana@gmail.com").click()
    expect(page.get_by_label("E-mail address")).to_have_value("ana@gmail.com")
    page.keyboard.press("Tab")
    page.wait_for_timeout(600)
    assert page.locator(".gw-wrong").count() == 0
    assert len(asked) == 2


def test_problems_stand_at_their_fields_and_go_when_mended(shop, page):
    come(page, shop)
    page.get_by_role("button", name="Sign up").click()
    page.locator(".gw-wrong").first.wait_for()
    expect(page.locator(".gw-wrong")).to_have_count(3)
    expect(page.locator(".gw-field:has([name=first_name]) .gw-wrong")).to_have_text("Please fill this in.")
    page.get_by_label("First name").fill("A")
    expect(page.locator(".gw-wrong")).to_have_count(2)
    page.get_by_label("E-mail address").fill("ana")
    page.get_by_role("button", name="Sign up").click()
    page.get_by_text("has an @").wait_for()
    expect(page.locator("[aria-invalid=true]")).to_have_count(2)


def test_a_form_that_asks_for_a_proof_gets_it_without_a_word(site, shop, page, address):
    site.source("hard", origins=(shop.origin,), form=Form(proof="always"))
    shop.embed(address, "hard")
    come(page, shop)
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_label("Yes, write to me.").check()
    page.get_by_role("button", name="Sign up").click()
    page.locator(".gw-thanks").wait_for(timeout=20_000)
    assert len(site.leads()) == 1


def test_a_form_that_is_full_says_when_to_come_again(site, shop, browser, address):
    site.source("full", origins=(shop.origin,), form=Form(most_an_hour=1, proof="never"))
    shop.embed(address, "full")
    page = browser.new_page()
    for _ in range(2):
        come(page, shop)
        page.get_by_label("E-mail address").fill("ana@example.com")
        page.get_by_label("Yes, write to me.").check()
        page.get_by_role("button", name="Sign up").click()
        page.locator(".gw-thanks, .gw-status:not(:empty)").first.wait_for()
    expect(page.get_by_role("alert")).to_contain_text("try again in")
    page.close()


@pytest.fixture
def flooded(site, shop):
    """The gateway behind the wall that turns requests away; how many wait, the test says."""
    wall = Shed(site.app, origins=RememberedOrigins(site.services))
    with served(wall) as port:
        shop.embed(f"http://127.0.0.1:{port}", "news")
        waiting = {"now": 0}
        wall.waiting = lambda: waiting["now"]
        yield waiting


def fill_in(page):
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_label("First name").fill("Ana")
    page.get_by_label("Yes, write to me.").check()
    page.get_by_role("button", name="Sign up").click()


def test_who_is_turned_away_in_a_flood_is_sent_again_by_itself_once(site, shop, browser, flooded):
    page = browser.new_page()
    come(page, shop)
    flooded["now"] = 1000
    fill_in(page)
    page.get_by_text("sent again by itself in a few seconds").wait_for()
    assert site.leads() == []
    flooded["now"] = 0
    page.locator(".gw-thanks").wait_for()
    assert [lead.address for lead in site.leads()] == ["ana@example.com"]
    page.close()


def test_who_is_turned_away_twice_is_told_when_to_press_again_and_has_lost_nothing(site, shop, browser, flooded):
    page = browser.new_page()
    come(page, shop)
    tries = []
    page.on("request", lambda request: tries.append(request.url) if request.method == "POST" else None)
    flooded["now"] = 1000
    fill_in(page)
    page.get_by_text("Please try again in 1 min.").wait_for()
    assert len(tries) == 2
    expect(page.get_by_label("E-mail address")).to_have_value("ana@example.com")
    flooded["now"] = 0
    page.get_by_role("button", name="Sign up").click()
    page.locator(".gw-thanks").wait_for()
    assert len(site.leads()) == 1
    page.close()


def test_a_form_that_is_opened_in_a_flood_opens_a_little_later(site, shop, browser, flooded):
    page = browser.new_page()
    asked = []

    def flood(route):  # after the script, before its configuration
        flooded["now"] = 0 if asked else 1000
        asked.append(route.request.url)
        route.continue_()

    page.route("**/forms/news.json*", flood)
    come(page, shop)
    assert len(asked) == 2
    page.close()


@pytest.mark.parametrize(
    ("lang", "direction", "send", "wrong"),
    [("de", "ltr", "Anmelden", "Bitte geben Sie eine E-Mail-Adresse an."),
     ("fr", "ltr", "S\u2019inscrire", "Veuillez indiquer une adresse e-mail."),
     ("es", "ltr", "Suscribirse", "Indique una dirección de correo electrónico."),
     ("ru", "ltr", "Подписаться", "Укажите адрес электронной почты."),
     ("ar", "rtl", "اشترك", "يرجى إدخال عنوان بريد إلكتروني.")],
)  # fmt: skip
def test_the_form_speaks_the_pages_language(shop, page, *, lang, direction, send, wrong):
    shop.lang, shop.dir = lang, direction
    come(page, shop)
    assert page.locator(".gw-form").get_attribute("dir") == direction
    page.get_by_role("button", name=send).click()
    page.get_by_text(wrong).wait_for()
    if lang == "ar":
        expect(page.get_by_label(ARABIC)).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_form_fits_and_is_accessible_as_it_comes_and_with_problems(shop, page, lang, width):
    shop.lang, shop.dir = lang, "rtl" if lang == "ar" else "ltr"
    page.set_viewport_size({"width": width, "height": 900})
    come(page, shop)
    page.wait_for_load_state("networkidle")
    for _ in range(2):
        assert violations(page) == ""
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        page.get_by_role("textbox").first.fill("ana@gmial.com")
        page.locator(".gw-foot button").click()
        page.locator(".gw-wrong").first.wait_for()


def test_a_site_may_not_listen_in_on_the_form_of_another(site, shop, browser, address):
    site.source("theirs", origins=("https://elsewhere.example.com",))
    shop.embed(address, "theirs")
    page = browser.new_page()
    page.goto(shop.origin)
    page.wait_for_load_state("networkidle")
    assert page.locator(".gw-form").count() == 0
    assert page.get_by_role("link", name="Sign up").get_attribute("href") == f"{address}/f/theirs"
    page.close()


def test_without_a_script_the_link_leads_to_the_hosted_page_and_that_works(site, shop, browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(shop.origin)
    page.get_by_role("link", name="Sign up").click()
    expect(page).to_have_url(f"{address}/f/news")
    page.get_by_label("E-mail address").fill("ana@gmial.com")
    page.get_by_label("First name").fill("Ana")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Did you mean ana@gmail.com?")).to_be_visible()
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_label("Yes, write to me.").check()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    [lead] = site.leads()
    assert (lead.address, lead.outcome) == ("ana@example.com", "prospect")
    assert '"shown":{"notice"' in lead.as_arrived
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_hosted_page_is_accessible_and_works_in_place(site, shop, browser, address, *, scheme, lang):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/f/news?lang={lang}")
    page.wait_for_load_state("networkidle")
    for _ in range(2):
        assert violations(page) == ""
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        page.locator("[name=email]").fill("ana@gmial.com")
        page.locator(".gw-foot button").click()
        page.locator(".gw-wrong").first.wait_for()
    page.locator("[name=email]").fill("ana@example.com")
    page.locator("[name=first_name]").fill("Ana")
    page.locator("[name=consent_ticked]").check()
    page.locator(".gw-foot button").click()
    page.locator(".gw-thanks").wait_for()
    assert violations(page) == ""
    assert [lead.outcome for lead in site.leads()] == ["prospect"]
    context.close()


def test_nothing_hostile_runs_on_our_pages(site, shop, browser, address):
    """Every hostile text as what was typed, as a form's title, and as its notice."""
    context = browser.new_context()
    page = context.new_page()
    amiss = []
    page.on("dialog", lambda dialog: (amiss.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda said: amiss.append(said.text) if is_amiss(said) else None)
    page.on("request", lambda request: amiss.append(request.url) if "evil" in request.url.partition("?")[0] else None)
    every = [text for text in payloads() if len(text) < 300]
    whole = "\n".join(every)
    purposes = tuple(text for text in every if re.fullmatch(r"[^\s@,]{1,64}", text))[:20]
    form = Form(fields=("email", "first_name"), purposes=purposes)
    site.source("odd", title=whole[:10_000], origins=(shop.origin,), form=form)
    with site.services.unit_of_work() as work:
        keep_notice(work, "odd", "en", whole[:20_000])
    page.goto(f"{address}/f/odd")
    page.wait_for_load_state("networkidle")
    assert page.locator("main img, main script, main svg, main iframe, main object").count() == 0
    for start in range(0, len(every), 40):
        typed = every[start : start + 40]
        fields = "".join(f"<input name=x{n}>" for n in range(len(typed)))
        page.goto(f"{address}/thanks")
        page.set_content(
            f"<form method=post action='{address}/v1/signups'><input name=source value=demo>"
            f"<input name=email value=x><input name=first_name>{fields}<button>go</button></form>"
        )
        page.evaluate(FILL, typed)
        page.get_by_role("button").click()
        page.get_by_role("heading", level=1).wait_for()
        assert page.locator("main img, main script, main svg, main iframe, main object").count() == 0
    shop.embed(address, "odd")
    page.goto(shop.origin)
    page.locator(".gw-form").wait_for()
    page.locator("[name=email]").fill("<b>")
    page.locator(".gw-foot button").click()
    page.locator(".gw-wrong").first.wait_for()
    assert page.locator("main img, main svg, main iframe, main object").count() == 0
    assert amiss == []
    context.close()
