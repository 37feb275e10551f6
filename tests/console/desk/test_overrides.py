"""Overrides at the desk: asked by one, stood by by another, ended; and as a precedent."""

import re
from datetime import date

import pytest
import yaml
from desk import OURS, seat, sign_in
from overriding import GATEWAY, ask_for, waiting_lead, waiting_list

from gateway.access.links import find_link
from gateway.access.sessions import begin_session
from gateway.account import explain_lead
from gateway.db.work import reading
from gateway.outcomes.overrides import find_record
from gateway.outcomes.view import view_lead
from gateway.policy.loader import load_texts
from gateway.policy.pack import PolicyText


def stands(site, lead):
    with reading(site.services.engine) as connection:
        return view_lead(connection, lead)["outcome"]


def one(site, number=1):
    with reading(site.services.engine) as connection:
        return find_record(connection, number)


ASKED = {"rule": ["CS-18"], "reason": "A person's own mailbox", "until": "2026-12-31"}


def test_one_person_asks_and_another_stands_by_it(site):
    lead = waiting_lead(site.services, GATEWAY)
    ann, bo = sign_in(site, name="Ann Field"), sign_in(site, name="Bo Stone")
    page = ann.get(f"/desk/overrides/new?leads=lead_{lead}").text
    assert "takes two people" in page
    assert re.search(r"1\s+would be accepted", page)
    asked = ann.post("/desk/overrides", {**ASKED, "leads": f"lead_{lead}"})
    assert (asked.status_code, asked.headers["Location"]) == (303, "/desk/overrides/1")
    assert "You asked for it" in ann.get("/desk/overrides/1").text
    own = ann.post("/desk/overrides/1/second")
    assert (own.status_code, "another person" in own.text, one(site).state) == (422, True, "asked")
    assert bo.post("/desk/overrides/1/second").status_code == 303
    assert (one(site).state, one(site).expires_on, stands(site, lead)) == ("in_force", date(2026, 12, 31), "prospect")
    page = bo.get("/desk/overrides/1").text
    assert all(said in page for said in ("Ann Field", "Bo Stone", "checked: it fits", "A person&#39;s own mailbox"))
    with reading(site.services.engine) as connection:
        assert explain_lead(connection, site.services, lead)["set_aside"][0]["override"] == "override_1"
    assert site.services.ledger.verify(site.services.engine).ok


def test_what_is_wrong_is_said_and_nothing_is_kept(site):
    lead, ann = waiting_lead(site.services), sign_in(site)
    for changed, said in [
        ({"rule": ["CS-14"]}, "says nothing against these leads"),
        ({"until": "2028-01-01"}, "within a year"),
        ({"until": "soon"}, "Say until when"),
        ({"leads": "lead_999"}, "there is no such lead"),
        ({"leads": "everybody"}, "is no lead"),
        ({"reason": "ask ann@example.com"}, "without an e-mail address"),
    ]:
        answer = ann.post("/desk/overrides", {**ASKED, "rule": ["H-16"], "leads": f"lead_{lead}", **changed})
        assert (answer.status_code, said in answer.text) == (422, True), said
    assert one(site) is None


def test_it_is_ended_refused_and_gone_on_with(site):
    first, other = waiting_lead(site.services), waiting_lead(site.services, GATEWAY)
    ann, bo = sign_in(site, name="Ann Field"), sign_in(site, name="Bo Stone")
    ann.post("/desk/overrides", {**ASKED, "rule": ["H-16"], "leads": f"{first}"})
    ann.post("/desk/overrides", {**ASKED, "leads": f"{other}"})
    bo.post("/desk/overrides/2/refuse", {"reason": "It may be a telephone"})
    bo.post("/desk/overrides/1/end", {"reason": "It was a mistake"})
    assert (one(site).state, one(site, 2).state, stands(site, other)) == ("ended", "refused", "hold")
    assert "nothing goes on with it" in bo.get("/desk/overrides/1").text
    assert bo.post("/desk/overrides/1/end", {"reason": "Again"}).status_code == 409
    assert bo.post("/desk/overrides/1/renew", {"reason": "It was none", "until": "2027-01-31"}).status_code == 303
    page = bo.get("/desk/overrides/1").text
    assert "override_3" in page
    assert "nothing goes on with it" not in page
    listed = bo.get("/desk/overrides").text
    assert listed.index("override_3") < listed.index("override_2")


def test_a_precedent_is_a_case_and_an_overlay_that_hold_together(site):
    services, ann = site.services, sign_in(site, name="Ann Field")
    lead = waiting_lead(services)
    waiting_lead(services, "hostmaster@example.net")
    ask_for(services, [lead], ["H-16"], f"person_{ann.number}")
    page = ann.get("/desk/overrides/1/precedent?days=30").text
    assert "1 of 2 leads would end otherwise" in page
    assert "hold → accept" in page
    case = yaml.safe_load(ann.get("/desk/overrides/1/precedent.yaml").data)
    overlay = ann.get("/desk/overrides/1/precedent.yaml?part=overlay")
    assert (case["cases"][0]["verdict"], case["cases"][0]["silent"]) == ("accept", ["H-16"])
    assert 'filename="precedent-override-1.yaml"' in overlay.headers["Content-Disposition"]
    texts = [*services.policies.texts, PolicyText(9, "precedent-override-1.yaml", overlay.text)]
    changed = load_texts(texts, name="with the proposal")
    facts = {**case["given"], **case["cases"][0]["facts"]}
    facts = {n: v for n, v in facts.items() if not isinstance(v, date)}
    at = services.clock.now()
    assert services.policies.decide(facts, at).verdict == "hold"
    assert changed.decide(facts, at).verdict == "accept"


def test_a_precedent_of_a_law_says_that_no_overlay_switches_it_off(site):
    lead, ann, bo = waiting_lead(site.services, GATEWAY), sign_in(site, name="Ann"), sign_in(site, name="Bo")
    ann.post("/desk/overrides", {**ASKED, "leads": f"lead_{lead}"})
    bo.post("/desk/overrides/1/second")
    page = bo.get("/desk/overrides/1/precedent").text
    assert "no overlay switches off" in page
    assert bo.get("/desk/overrides/1/precedent.yaml?part=overlay").status_code == 404


def test_a_long_list_of_overrides_and_leads_is_shown_in_pages(site):
    services, ann = site.services, sign_in(site)
    ids = waiting_list(services, 60)
    ask_for(services, ids, ["H-05", "H-06"], f"person_{ann.number}")
    page = ann.get("/desk/overrides/1").text
    assert f"/desk/overrides/1?after={ids[49]}" in page
    assert f"lead_{ids[59]}" in ann.get(f"/desk/overrides/1?after={ids[49]}").text


@pytest.mark.parametrize("payload", ["<script>x()</script>", '"><img src=x onerror=x()>', "{{ 7*7 }}<b>"])
def test_no_reason_runs_as_a_script(site, payload):
    lead, ann = waiting_lead(site.services), sign_in(site)
    ann.post("/desk/overrides", {**ASKED, "rule": ["H-16"], "reason": payload, "leads": f"lead_{lead}"})
    assert payload not in ann.get("/desk/overrides/1").text
    assert payload not in ann.get("/desk/overrides").text


def test_in_a_browser_one_asks_and_another_stands_by_it(browser, site, address):
    lead = waiting_lead(site.services, GATEWAY)
    ann, bo = sign_in(site, name="Ann Field"), sign_in(site, name="Bo Stone")
    amiss = []

    def at_the_desk(someone):
        context = browser.new_context()
        seat(context, address, someone)
        page = context.new_page()
        page.on("console", lambda message: amiss.append(message.text) if message.type == "error" else None)
        return page

    page = at_the_desk(ann)
    page.goto(address + "/desk/overrides")
    page.get_by_role("link", name="Ask for an override").click()
    page.get_by_label("For which leads").fill(f"lead_{lead}")
    page.get_by_role("button", name="See what stands against them").click()
    page.get_by_label("Why these leads are an exception").fill("A person's own mailbox")
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_text("You asked for it").wait_for()
    assert page.get_by_role("button", name="Stand by it").count() == 0
    other = at_the_desk(bo)
    other.goto(address + "/desk/overrides")
    other.get_by_role("link", name="override_1").click()
    other.get_by_role("button", name="Stand by it").click()
    other.get_by_text("checked: it fits").wait_for()
    assert stands(site, lead) == "prospect"
    assert amiss == []


def joined(site, answer):
    """Who came in under the link that a page shows."""
    token = re.search(r"/desk/join/([\w-]+)", answer.text)[1]
    with reading(site.services.engine) as connection:
        return find_link(connection, token, site.services.clock.now()).person


def as_person(site, number):
    with site.services.unit_of_work() as work:
        token = begin_session(work, number)
    client = site.client
    client.set_cookie("desk", token)
    return client


def test_an_administrator_is_no_second_pair_of_eyes_by_an_account_they_made(site, clock):
    lead, boss = waiting_lead(site.services, GATEWAY), sign_in(site, "administrator", name="Dana Reyes")
    boss.post("/desk/overrides", {**ASKED, "leads": f"lead_{lead}"})
    twin = joined(site, boss.post("/desk/people", {"name": "Twin", "address": "twin@example.com", "role": "officer"}))
    second = as_person(site, twin)
    page = second.get("/desk/overrides/1").text
    assert all(said in page for said in ("You cannot be its second person", "Dana Reyes made the account of Twin"))
    assert "Stand by it" not in page
    answer = second.post("/desk/overrides/1/second", headers=OURS)
    assert (answer.status_code, "count as one hand" in answer.text) == (422, True)
    assert (one(site).state, stands(site, lead)) == ("asked", "hold")
    told = boss.get("/desk/ledger?kind=override.not_seconded").text
    assert "no second pair of eyes" in told
    assert "Twin" in told
    clock.move(days=31)
    assert as_person(site, twin).post("/desk/overrides/1/second", headers=OURS).status_code == 303
    assert one(site).state == "in_force"


def test_a_link_to_a_colleagues_password_makes_one_hand_of_both(site):
    boss, bo = sign_in(site, "administrator", name="Dana Reyes"), sign_in(site, name="Bo Stone")
    lead = waiting_lead(site.services, GATEWAY)
    boss.post(f"/desk/accounts/{bo.number}/link")
    bo.post("/desk/overrides", {**ASKED, "leads": f"lead_{lead}"})
    assert boss.post("/desk/overrides/1/second").status_code == 422, "they could have asked in Bo's name"
    assert sign_in(site, name="Cy Lind").post("/desk/overrides/1/second").status_code == 303
