"""Leads and people at the desk: found, told whole, decided again, exported, never written to again, erased."""

import json
import re
from dataclasses import replace
from datetime import date
from hashlib import md5, sha1, sha256, sha512

import pytest
from builders import BOUGHT, key, list_batch, signup_batch
from desk import sign_in
from running_lists import MANIFEST
from sqlalchemy import select
from web import make_web

from gateway.db.work import reading
from gateway.domain.lead import Hop
from gateway.domain.ports import Suppression
from gateway.intake.lists import bring
from gateway.intake.runs import work_run
from gateway.ledger.tables import entries
from gateway.outcomes.leave import leave
from gateway.person.links import desk_links
from gateway.pipeline import process
from gateway.suppression.book import find

ADDRESS = "Ana.Reyes@example.com"
BROKEN = replace(BOUGHT, hops=(
    Hop("Quote Site", "First Broker", date(2026, 10, 3), "partner terms"),
    Hop("Second Broker", "Meridian Leads", date(2026, 10, 9)),
    Hop("Meridian Leads", "Riverside Garden Ltd", date(2026, 11, 2)),
))  # fmt: skip


@pytest.fixture
def web(engine, clock, tmp_path):
    """A signup of Ana's, a list in which she comes again, and one that was brought as a file."""
    made = make_web(engine, clock, tmp_path)
    process(signup_batch(ADDRESS, clock.now()), made.services)
    clock.move(days=1)
    rows = [{"email": ADDRESS.lower()}, {"email": "bo@example.org"}, {"email": "not an address"}]
    process(list_batch(rows, clock.now(), statement=BROKEN), made.services)
    clock.move(hours=1)
    file = tmp_path / "autumn.csv"
    file.write_text(f"email,first name\ncy@example.net,Cy\n{ADDRESS},Ana\n", encoding="utf-8")
    begun = bring(made.services, file, MANIFEST, manifest_name="m.yaml", encoding=None, again=False, by="test")
    work_run(begun["run"], made.services)
    return made


def path_of(web, address=ADDRESS):
    return f"/desk/person/{desk_links(web.services).token(key(address))}"


def text_of(answer):
    assert answer.status_code == 200, answer.status
    return re.sub(r"\s+", " ", answer.text)


def kinds(web):
    """What stands in the ledger: kind and body of each entry."""
    with reading(web.services.engine) as connection:
        return [(row.kind, row.body) for row in connection.execute(select(entries).order_by(entries.c.seq))]


def find_it(someone, text):
    return someone.post("/desk/leads/find", {"find": text})


def test_an_address_in_any_spelling_leads_to_its_person_and_stands_in_no_url(web):
    viewer = sign_in(web, "viewer")
    for spelling in (ADDRESS, " ana.reyes@EXAMPLE.com ", "Ana.Reyes+news@example.com"):
        answer = find_it(viewer, spelling)
        assert (answer.status_code, answer.headers["Location"]) == (303, path_of(web))
    assert "@" not in answer.headers["Location"]


def test_a_hash_leads_to_whose_address_it_is(web):
    viewer = sign_in(web, "viewer")
    for make in (md5, sha1, sha256, sha512):
        answer = find_it(viewer, make(b"ana.reyes@example.com").hexdigest().upper())
        assert (answer.status_code, answer.headers["Location"]) == (303, path_of(web))


def test_a_hash_is_looked_for_step_by_step_and_htmx_is_sent_on(web, monkeypatch):
    monkeypatch.setattr("gateway.console.desk.leads.STEP", 2)
    viewer, text = sign_in(web, "viewer"), sha256(b"bo@example.org").hexdigest()
    first = text_of(find_it(viewer, text))
    below = re.search(r'name="below" value="(\d+)"', first)[1]
    assert f'name="find" value="{text}"' in first
    assert text not in first.partition("<title>")[2].partition("</title>")[0]
    data = {"find": text, "below": below}
    answer = viewer.post("/desk/leads/find", data, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == path_of(web, "bo@example.org")
    assert viewer.post("/desk/leads/find", data).headers["Location"] == path_of(web, "bo@example.org")


def test_a_hash_of_nobody_ends_in_saying_so(web):
    said = text_of(find_it(sign_in(web, "viewer"), sha1(b"nobody@example.com").hexdigest()))
    assert "No stored address has this hash" in said
    assert 'name="below"' not in said


def test_a_lead_a_row_a_list_and_nonsense_are_understood(web):
    viewer = sign_in(web, "viewer")
    places = {
        "lead_3": "/desk/leads/lead_3", "Lead 3": "/desk/leads/lead_3", "lead_99": "/desk/leads?said=no_lead",
        "list_1 row 3": "/desk/leads/lead_6", "list_1": "/desk/leads?source=list_1",
        "list_9 17": "/desk/leads?said=no_row",
        "what": "/desk/leads?said=not_understood", "a@example.com b@example.com": "/desk/leads?said=not_understood",
        "": "/desk/leads",
    }  # fmt: skip
    for text, place in places.items():
        answer = find_it(viewer, text)
        assert (text, answer.headers["Location"]) == (text, place)
        assert viewer.get(place).status_code == 200


def shown_leads(someone, **asked):
    return re.findall(r'href="/desk/leads/(lead_\d+)"', text_of(someone.get("/desk/leads", query_string=asked)))


def test_the_newest_come_first_and_every_filter_keeps_what_it_names(web, clock):
    viewer = sign_in(web, "viewer")
    assert shown_leads(viewer) == [f"lead_{n}" for n in (6, 5, 4, 3, 2, 1)]
    assert shown_leads(viewer, outcome="prospect") == [f"lead_{n}" for n in (5, 3, 1)]
    assert shown_leads(viewer, reason="already_known") == ["lead_6", "lead_2"]
    assert shown_leads(viewer, source="demo") == ["lead_1"]
    assert shown_leads(viewer, source="list_1", outcome="rejection") == ["lead_6", "lead_4", "lead_2"]
    assert shown_leads(viewer, source="list_77") == []
    assert shown_leads(viewer, vendor="Meridian Leads") == [f"lead_{n}" for n in (6, 5, 4, 3, 2)]
    assert shown_leads(viewer, vendor="Nobody") == []
    assert shown_leads(viewer, day="2026-11-21") == ["lead_1"]
    assert shown_leads(viewer, day="2026-11-22", outcome="prospect") == ["lead_5", "lead_3"]
    assert shown_leads(viewer, day="2025-01-01") == shown_leads(viewer, day="2027-01-01") == []
    assert viewer.get("/desk/leads?day=yesterday").status_code == 422


def test_pages_go_on_where_the_last_ended_and_say_how_far_they_looked(web, monkeypatch):
    viewer = sign_in(web, "viewer")
    monkeypatch.setattr("gateway.console.desk.leads.SIZE", 4)
    first = text_of(viewer.get("/desk/leads"))
    assert "before=3" in first
    assert shown_leads(viewer, before="3") == ["lead_2", "lead_1"]
    monkeypatch.setattr("gateway.outcomes.browse.MOST", 2)
    monkeypatch.setattr("gateway.outcomes.browse._PIECE", 1)
    monkeypatch.setattr("gateway.outcomes.browse._TINY", 0)
    cut = text_of(viewer.get("/desk/leads?source=demo&outcome=prospect"))
    assert re.findall(r'href="/desk/leads/(lead_\d+)"', cut) == ["lead_1"]
    cut = text_of(viewer.get("/desk/leads?reason=consent_refused"))
    assert "Looked through 2 leads, down to lead_5" in cut
    assert "before=5" in cut


def test_a_lead_is_told_whole_with_law_and_link(web):
    said = text_of(sign_in(web, "viewer").get("/desk/leads/lead_3"))
    assert "bo@example.org" in said
    assert said.count("First broken link") == 1
    broken = said.partition("First broken link")[2]
    assert "the step between them is missing" in broken[:300]
    assert "Second Broker" in broken[:700]
    assert 'href="https://www.law.cornell.edu/' in said
    assert "Meridian Leads" in said
    assert "Replay under today" in said
    assert "<title>lead_3" in said


def test_what_arrived_in_a_file_stands_word_for_word_under_its_headings(web):
    said = text_of(sign_in(web, "viewer").get("/desk/leads/lead_6"))
    assert re.search(r'<dt class="any">first name</dt><dd class="any"> ?Ana', said)
    assert "autumn.csv" in said
    assert 'The same mailbox as</dt><dd><a href="/desk/leads/lead_1">' in said


def test_a_signup_shows_its_evidence_and_that_nobody_stood_between(web, clock):
    answer = web.client.post("/v1/signups", json={
        "email": "dee@example.com", "source": "demo", "consent": {
            "ticked": True, "preticked": False, "wording": "Yes, write to me.",
            "page_url": "https://www.example.com/join"},
    })  # fmt: skip
    assert answer.status_code in {200, 201, 202}
    said = text_of(sign_in(web, "viewer").get("/desk/leads/lead_7"))
    assert "First broken link" not in said
    assert "nobody between" in said
    assert "Yes, write to me." in said
    assert "https://www.example.com/join" in said
    assert re.search(r'<a class="button quiet" href="/receipt/[\w-]+"', said)


def test_a_lead_that_is_not_there_is_no_page(web):
    viewer = sign_in(web, "viewer")
    assert viewer.get("/desk/leads/lead_99").status_code == 404
    assert viewer.get("/desk/leads/lead_99/replay").status_code == 404
    assert viewer.get("/desk/person/nobody").status_code == 404


def test_replay_says_that_nothing_is_otherwise(web):
    said = text_of(sign_in(web, "viewer").get("/desk/leads/lead_3/replay"))
    assert "Nothing would be otherwise" in said


def test_a_person_is_told_over_time_with_who_said_what(web, clock):
    officer = sign_in(web, "officer", name="Dana Officer")
    with web.services.unit_of_work() as work:
        leave(work, web.services.ledger, [Suppression(key(ADDRESS), "complaint", clock.now(), "brand:Garden")],
              by=f"person_{officer.number}", note="by phone")  # fmt: skip
    said = text_of(officer.get(path_of(web)))
    assert "<title>A person" in said
    assert "A prospect" in said
    assert [f"lead_{n}" in said for n in (1, 2, 6)] == [True] * 3
    assert "mail in the name of Garden" in said
    assert "Dana Officer" in said
    assert "by phone" in said


def test_nobody_is_said_to_be_nobody(web):
    said = text_of(sign_in(web, "viewer").get(path_of(web, "who@example.com")))
    assert "Nobody we know" in said
    assert "Export" not in said


def test_the_export_has_everything_and_stands_in_the_ledger_without_the_address(web):
    officer = sign_in(web, "officer")
    answer = officer.post(path_of(web) + "/export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="person.json"'
    told = json.loads(answer.text)
    assert [one["lead"] for one in told["leads"]] == ["lead_1", "lead_2", "lead_6"]
    kind, body = kinds(web)[-1]
    assert kind == "person.exported"
    assert "@" not in body
    assert f"person_{officer.number}" in body
    assert "lead_6" in body


def test_an_order_shows_what_it_does_and_does_it(web, clock):
    officer = sign_in(web, "officer")
    form = text_of(officer.get(path_of(web) + "/suppress"))
    assert "withdraws the prospect" in form
    with reading(web.services.engine) as connection:
        assert find(connection, [key(ADDRESS)]) == {}
    said = {"scope": "all", "cause": "objection", "told_on": "2026-11-22", "reason": "a letter"}
    assert officer.post(path_of(web) + "/suppress", said).headers["Location"] == path_of(web)
    with reading(web.services.engine) as connection:
        (order,) = find(connection, [key(ADDRESS)])[key(ADDRESS)]
    assert (order.cause, order.scope, order.received_at) == ("objection", "all", clock.now())
    kind, body = kinds(web)[-1]
    assert kind == "person.suppressed"
    assert json.loads(body)["withdrawn"] == 1
    assert "@" not in body
    assert "Must not be written to" in text_of(officer.get(path_of(web)))


def test_an_order_of_an_earlier_day_holds_from_the_end_of_that_day(web):
    officer = sign_in(web, "officer")
    said = {"scope": "all", "cause": "opt_out", "told_on": "2026-11-20", "reason": "a letter"}
    officer.post(path_of(web) + "/suppress", said)
    with reading(web.services.engine) as connection:
        (order,) = find(connection, [key(ADDRESS)])[key(ADDRESS)]
    assert order.received_at.isoformat() == "2026-11-21T04:59:59+00:00"  # of New York, the gateway's zone


WRONG = (
    {"scope": "phone"}, {"scope": "whatever"}, {"cause": "erasure"}, {"cause": "boredom"}, {"told_on": "2030-01-01"},
    {"told_on": "soon"}, {"reason": ""}, {"reason": "ana@example.com wrote"},
)  # fmt: skip


def test_an_order_that_is_not_understood_changes_nothing(web):
    before, officer = kinds(web), sign_in(web, "officer")
    for wrong in WRONG:
        said = {"scope": "all", "cause": "opt_out", "told_on": "", "reason": "a letter", **wrong}
        assert officer.post(path_of(web) + "/suppress", said).status_code == 422, wrong
    assert kinds(web) == before


def test_an_erasure_is_shown_first_then_done_and_what_is_left_is_said(web, clock):
    officer = sign_in(web, "officer")
    assert "cannot be brought back" in text_of(officer.get(path_of(web) + "/erase"))
    said = {"address": ADDRESS.lower(), "reason": "asked for by letter"}
    before = kinds(web)
    look = text_of(officer.post(path_of(web) + "/erase/look", said))
    assert re.search(r"leads emptied</dt><dd>3</dd>", look)
    assert kinds(web) == before
    clock.move(minutes=1)
    assert officer.post(path_of(web) + "/erase", said).headers["Location"] == path_of(web)
    page = officer.get(path_of(web))
    assert "reyes" not in page.text.lower()
    left = text_of(page)
    assert "An erased person" in left
    assert "asked for by letter" in left
    assert "3 leads" in left
    assert "This lead was erased" in text_of(officer.get("/desk/leads/lead_1"))
    told = dict(kinds(web)[len(before) :])
    assert {"person.erased", "person.erasure_ordered"} <= told.keys()
    assert "asked for by letter" in told["person.erasure_ordered"]
    assert not any("@" in body for body in told.values())


def test_nobody_else_is_erased_by_mistake(web):
    before, leads, officer = kinds(web), web.leads(), sign_in(web, "officer")
    wrongs = ({"address": "bo@example.org"}, {"address": ""}, {"address": "no address"}, {"reason": ""})
    for step in ("/erase", "/erase/look"):
        for wrong in wrongs:
            said = {"address": ADDRESS, "reason": "asked", **wrong}
            assert officer.post(path_of(web) + step, said).status_code == 422, (step, wrong)
    assert (kinds(web), web.leads()) == (before, leads)


def test_whoever_a_list_brings_back_stays_erased(web, clock):
    officer = sign_in(web, "officer")
    officer.post(path_of(web) + "/erase", {"address": ADDRESS, "reason": "asked"})
    clock.move(hours=2)
    process(list_batch([{"email": ADDRESS}], clock.now()), web.services)
    page = officer.get(path_of(web))
    assert "An erased person" in text_of(page)
    assert "lead_7" not in page.text
    assert ADDRESS not in officer.get("/desk/leads/lead_7").text


def test_getting_any_of_these_pages_writes_nothing(web):
    officer = sign_in(web, "officer")
    before, leads = kinds(web), web.leads()
    for path in ("/desk/leads", "/desk/leads/lead_3", "/desk/leads/lead_3/replay", path_of(web),
                 path_of(web) + "/suppress", path_of(web) + "/erase"):  # fmt: skip
        assert officer.get(path).status_code == 200
    assert (kinds(web), web.leads()) == (before, leads)
