"""Every page of the desk in Chromium, full and empty, light and dark, narrow and wide, with keys and by a program."""

from dataclasses import replace

import pytest
from desk import OURS, golden, seat, sign_in
from doors import PASSWORD, give_app, member
from filled_desk import fill
from looking import LOOKS, looking
from sqlalchemy import delete
from web import app_of

from gateway.access.links import new_link
from gateway.intake.tables import source_notices, sources

DOOR = {  # opened below, by somebody who is not in yet
    "/desk/sign-in", "/desk/sign-in/second-factor", "/desk/sign-in/set-up", "/desk/join/<token>",
    "/desk/sign-in/company", "/desk/sign-in/company/back",
}  # fmt: skip
WIDE = LOOKS[1:]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {
    "/desk/lists/<list_id:list_id>/rows": "application/json",
    "/desk/lists/<list_id:list_id>/events": "text/event-stream",
    "/desk/overrides/<int:number>/precedent.yaml": "application/yaml",
    "/desk/policies/what-if/<int:number>.json": "application/json",
    "/desk/holds/answers/<int:number>/report/<list_id:list_number>": "text/csv",
    "/desk/numbers/<section>/file": "text/csv",
    "/desk/vendors/<int:number>/invoices/<int:invoice>/pack": XLSX,
}
"""Not pages, but what a page lets one take along."""
PARTS = {"/desk/lists/<list_id:list_id>/progress": "Look again", "/desk/holds/under-way": "Undo"}
"""Parts of pages that are asked for again; what they say."""


@pytest.fixture
def site(site):
    """With a provider by whom people may come in, which does not answer."""
    settings = replace(
        site.services.settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id="us", oidc_client_secret="x"
    )  # fmt: skip
    services = replace(site.services, settings=settings)
    return replace(site, services=services, app=app_of(services))


def routes():
    """Every page that can be opened."""
    return {rule for method, rule, _ in golden() if method == "GET"}


@pytest.mark.parametrize("each_in_both", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_every_page_of_a_full_gateway(browser, site, address, tmp_path, each_in_both):
    """In both looks with all that takes little; axe reads each in one of them in turn, and in both by make soak."""
    full, amiss = fill(site, tmp_path), {}
    assert routes() == full.pages.keys() | DOOR
    for rule, paths in full.pages.items():
        assert paths, rule
        for path in paths if rule in FILES or rule in PARTS else ():
            answer = full.boss.get(path)
            assert (answer.status_code, answer.mimetype) == (200, FILES.get(rule, "text/html")), path
            assert PARTS.get(rule, "").encode() in answer.data
    with looking(browser) as seen:
        seat(seen.page.context, address, full.boss)
        pages = [path for rule in full.pages.keys() - FILES.keys() - PARTS.keys() for path in full.pages[rule]]
        for number, path in enumerate(sorted(pages)):
            assert seen.page.goto(address + path).status == 200, path
            if found := seen.amiss(keys=WIDE, axe=LOOKS if each_in_both else LOOKS[number % 2 :][:1]):
                amiss[path] = found
    assert not amiss, told(amiss)


def told(amiss):
    return "\n".join(f"{path}\n  " + "\n  ".join(found) for path, found in amiss.items())


EMPTY = {  # what each page of a gateway in which nothing happened yet says to do
    "/desk/due": "Read the law",
    "/desk": "Make a form", "/desk/holds": "New ones appear", "/desk/holds/answers": "Nobody has answered",
    "/desk/wordings": "form", "/desk/leads": "Deliver a list", "/desk/overrides": "Ask for an override",
    "/desk/overrides/new": "For which leads", "/desk/lists": "Upload a list", "/desk/lists/new": "Look at it",
    "/desk/numbers": "begin with the first prospects",
    "/desk/vendors": "Upload a list", "/desk/lifecycle": "gateway events import",
    "/desk/policies/changes": "nothing to compare yet",
    "/desk/policies/what-if": "Show who would flip", "/desk/ledger": "entr", "/desk/ledger/verify": "Verify",
    "/desk/settings": "New form", "/desk/settings/mails": "asks for confirmation", "/desk/people": "Invite",
    "/desk/settings/destinations": "Add a destination", "/desk/recalls": "Recall a list",
    "/desk/keys": "Make one below", "/desk/account": "Set up",
}  # fmt: skip


def test_an_empty_page_says_what_to_do(browser, site, address):
    with site.services.unit_of_work() as work:
        work.connection.execute(delete(source_notices))
        work.connection.execute(delete(sources))
    amiss = {}
    with looking(browser) as seen:
        seat(seen.page.context, address, sign_in(site, "administrator"))
        for path, said in EMPTY.items():
            seen.page.goto(address + path)
            if found := seen.amiss():
                amiss[path] = found
            if said not in seen.page.inner_text("main"):
                amiss.setdefault(path, []).append(f"does not say {said!r}: " + seen.page.inner_text("main"))
    assert not amiss, told(amiss)


def test_every_page_of_the_door(browser, site, address):
    number = member(site, "officer")
    member(site, "administrator")
    give_app(site, number)
    with site.services.unit_of_work() as work:
        token, _ = new_link(work, number)
    amiss = {}
    with looking(browser) as seen:
        page = seen.page
        page.route("**/company/back", lambda route: route.fulfill(status=204))  # it carries on by itself
        for path, status in (
            ("sign-in", 200), ("sign-in?done=late", 200), (f"join/{token}", 200), ("join/gone", 410),
            ("sign-in/company", 401), ("sign-in/company/back?code=1&state=2", 200),
        ):  # fmt: skip
            assert page.goto(f"{address}/desk/{path}", wait_until="commit").status == status
            page.wait_for_selector("h1")
            amiss[path] = seen.amiss(keys=WIDE, status=status)
        for who, shown in (("officer", "second-factor"), ("administrator", "set-up")):
            page.goto(f"{address}/desk/sign-in")
            page.keyboard.type(f"{who}@example.com")
            page.keyboard.press("Tab")
            page.keyboard.type(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(f"**/desk/sign-in/{shown}")
            amiss[shown] = seen.amiss(keys=WIDE)
        page.goto(f"{address}/desk/sign-in")
        page.fill("#address", "nobody@example.com")
        page.fill("#password", "x")
        page.keyboard.press("Enter")
        page.wait_for_selector(".alarm")
        amiss["wrong"] = seen.amiss(status=401)
    assert not any(amiss.values()), told(amiss)


MISTAKES = [
    ("/desk/nothing", 404, "There is nothing here"),
    ("/desk/leads/lead_999", 404, "lead_999"),
    ("/desk/people", 403, "This is for the role administrator"),
    ("/desk/leads/find", 405, "It answers a button on another page"),
    ("/desk/wordings/1/effect?standing=odd", 422, "A wording is approved or refused"),
]


def test_a_mistake_says_what_happened_and_what_was_kept(browser, site, address):
    officer, amiss = sign_in(site, "officer"), {}
    with looking(browser) as seen:
        page = seen.page
        seat(page.context, address, officer)
        for path, status, said in MISTAKES:
            assert page.goto(address + path).status == status
            assert said in page.inner_text("main")
            amiss[path] = seen.amiss(keys=LOOKS, status=status)
            assert "Nothing was changed." in page.inner_text("main")
    assert not any(amiss.values()), told(amiss)


def test_what_is_too_large_is_said_in_words(site):
    answer = sign_in(site, "officer").post("/desk/leads/find", {"find": "x" * (2 << 20)})
    assert answer.status_code == 413
    assert "That is too large" in answer.text
    assert "Nothing was changed." in answer.text


def test_who_s_session_ended_is_led_to_the_door_and_back(site):
    headers = {**OURS, "Referer": "http://localhost/desk/account"}
    answer = site.client.post("/desk/account/profile", data={"name": "Ann"}, headers=headers)
    assert answer.status_code == 401
    assert "Your session has ended" in answer.text
    assert 'href="/desk/sign-in?next=/desk/account"' in answer.text
