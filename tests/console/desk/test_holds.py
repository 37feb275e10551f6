"""The queue of holds at the desk: questions, answers for a thousand leads at once, undone within their minute."""

import json
import re
from dataclasses import replace

import pytest
from builders import BOUGHT, tallies_fit
from desk import sign_in
from sqlalchemy import select
from waiting import INCOMPLETE, UNCLEAR, bring, sign_up, wait_a_minute

from gateway.answering.carry import carry_out, find_due
from gateway.intake.lists import bring as bring_list
from gateway.intake.runs import work_run
from gateway.ledger.tables import entries
from gateway.outcomes.tables import holds, leads


def carry(site):
    wait_a_minute(site.services)
    for number in find_due(site.services):
        carry_out(number, site.services)


def keys(page):
    return re.findall(r'href="/desk/holds/([0-9a-f]{16})[^"]*" data-row', page.text)


def states(site):
    with site.services.engine.connect() as connection:
        query = select(leads.c.outcome, leads.c.extra, holds.c.state, holds.c.answered_by)
        return [tuple(row) for row in connection.execute(query.join(holds, holds.c.lead_id == leads.c.id))]


def ledger(site, kind):
    with site.services.engine.connect() as connection:
        return [
            json.loads(body)
            for body in connection.execute(select(entries.c.body).where(entries.c.kind == kind)).scalars()
        ]


def answer(officer, kind, group, **more):
    page = officer.get(f"/desk/holds/answer?kind={kind}&group={group}")
    assert page.status_code == 200, page.text
    until = re.search(r'name="until_lead" value="(\d+)"', page.text)[1]
    data = {"kind": kind, "group": group, "until_lead": until, "reason": "No record, no mail", **more}
    return officer.post("/desk/holds/answer", data)


def test_a_thousand_leads_are_settled_by_one_decision(site):
    bring(site.services, INCOMPLETE, 1000)
    bring(site.services, UNCLEAR, 3, number=2)
    officer = sign_in(site)
    page = officer.get("/desk/holds")
    group, other = keys(page)
    assert "1,000" in page.text
    assert "from Meridian Leads" in page.text
    assert answer(officer, "refuse", group).status_code == 303
    page = officer.get("/desk/holds")
    assert keys(page) == [other]
    assert "Refused: 1,000 leads." in page.text
    assert {state for state, *_ in states(site)} == {"hold"}  # nothing is done before its minute is over
    carry(site)
    assert states(site).count(("rejection", "refused_by_officer", "refused", f"person_{officer.number}")) == 1000
    with site.services.engine.connect() as connection:
        assert tallies_fit(connection)
    (given,) = ledger(site, "holds.answered")
    assert (given["by"], given["reason"], given["leads"]) == (f"person_{officer.number}", "No record, no mail", 1000)
    (done,) = ledger(site, "answer.carried_out")
    assert done["refused"] == 1000


def test_within_its_minute_an_answer_is_undone_and_leaves_no_trace_in_the_leads(site):
    bring(site.services, INCOMPLETE, 4)
    officer = sign_in(site)
    (group,) = keys(officer.get("/desk/holds"))
    answer(officer, "refuse", group)
    assert keys(officer.get("/desk/holds")) == []
    assert officer.post("/desk/holds/answers/1/undo").status_code == 303
    assert keys(officer.get("/desk/holds")) == [group]
    carry(site)
    assert states(site) == [("hold", None, "waiting", None)] * 4
    assert officer.post("/desk/holds/answers/1/undo").status_code == 409
    assert [one["answer"] for one in ledger(site, "answer.undone")] == [1]


def test_after_its_minute_it_is_too_late_to_undo(site):
    bring(site.services, INCOMPLETE, 2)
    officer = sign_in(site)
    answer(officer, "refuse", keys(officer.get("/desk/holds"))[0])
    carry(site)
    late = officer.post("/desk/holds/answers/1/undo")
    assert late.status_code == 409
    assert "too late" in late.text
    assert {outcome for outcome, *_ in states(site)} == {"rejection"}


def test_whoever_cannot_wait_has_it_done_now(site):
    bring(site.services, INCOMPLETE, 2)
    officer = sign_in(site)
    answer(officer, "refuse", keys(officer.get("/desk/holds"))[0])
    assert find_due(site.services) == []
    assert officer.post("/desk/holds/answers/1/now").status_code == 303
    assert find_due(site.services) == [1]
    assert site.woken


def test_of_two_officers_the_first_answers_and_the_second_is_told(site):
    bring(site.services, INCOMPLETE, 3)
    first, second = sign_in(site, name="Ann"), sign_in(site, name="Bob")
    (group,) = keys(first.get("/desk/holds"))
    form = {"kind": "ask", "group": group, "until_lead": "99", "reason": "x", "days": "14"}
    answer(first, "refuse", group)
    late = second.post("/desk/holds/answer", form)
    assert late.status_code == 422
    assert "Nothing of this waits" in late.text
    carry(site)
    assert {one[3] for one in states(site)} == {f"person_{first.number}"}


def test_leads_that_came_after_the_look_are_not_swept_along(site):
    bring(site.services, INCOMPLETE, 2)
    officer = sign_in(site)
    (group,) = keys(officer.get("/desk/holds"))
    bring(site.services, INCOMPLETE, 5, name="late")
    officer.post(
        "/desk/holds/answer", {"kind": "refuse", "group": group, "until_lead": "2", "reason": "Seen these two"}
    )
    carry(site)
    assert sorted(state for _, _, state, _ in states(site)) == ["refused"] * 2 + ["waiting"] * 5


def test_the_vendor_is_asked_with_a_deadline_and_a_report_that_runs_no_formula(site, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("email,note\nann.stone@example.com,=1+1\nbob.lind@example.com,fine\n", encoding="utf-8")
    manifest = (
        "name: Autumn\nvendor: Meridian Leads\nmethod: unknown\nconsent: {claimed: none}\nrelationship: marketing\n"
    )
    begun = bring_list(site.services, file, manifest, manifest_name="m.yaml", encoding=None, again=False, by="test")
    work_run(begun["run"], site.services)
    officer = sign_in(site)
    (group,) = keys(officer.get("/desk/holds"))
    answer(officer, "ask", group, days="14", which="ticked", lead=["1"])
    carry(site)
    with site.services.engine.connect() as connection:
        row = connection.execute(select(holds).where(holds.c.lead_id == 1)).one()
    assert (row.question, row.asked_in, (row.deadline_at - site.services.clock.now()).days) == ("evidence", 1, 13)
    assert "With the vendor" in officer.get("/desk/holds").text
    assert "report/list_1" in officer.get("/desk/holds/answers/1").text
    report = officer.get("/desk/holds/answers/1/report/list_1")
    assert report.status_code == 200
    assert "ann.stone@example.com" in report.text
    assert '"\'=1+1"' in report.text
    assert "bob.lind@example.com" not in report.text


def test_the_deadline_of_a_vendor_who_was_asked_about_a_judgement_brings_it_back_to_the_officer(site):
    from gateway.jobs.owed import recheck

    bring(site.services, UNCLEAR, 2)
    officer = sign_in(site)
    (group,) = keys(officer.get("/desk/holds"))
    answer(officer, "ask", group, days="7")
    carry(site)
    site.services.clock.move(days=8)
    recheck(site.services)
    with site.services.engine.connect() as connection:
        rows = connection.execute(select(holds.c.question, holds.c.state, holds.c.asked_in)).all()
    assert set(map(tuple, rows)) == {("review", "waiting", None)}


def test_an_answer_without_a_reason_or_with_an_address_in_it_is_none(site):
    bring(site.services, INCOMPLETE, 1)
    officer = sign_in(site)
    (group,) = keys(officer.get("/desk/holds"))
    for reason in ("", "ann@example.com wanted it"):
        assert answer(officer, "refuse", group, reason=reason).status_code >= 400
    assert keys(officer.get("/desk/holds")) == [group]


def test_ticked_leads_are_answered_and_no_others(site):
    bring(site.services, INCOMPLETE, 5)
    officer = sign_in(site)
    (group,) = keys(officer.get("/desk/holds"))
    shown = officer.get(f"/desk/holds/answer?kind=refuse&group={group}&which=ticked&lead=2&lead=4")
    assert "Refuse: 2 leads" in shown.text
    answer(officer, "refuse", group, which="ticked", lead=["2", "4"])
    carry(site)
    assert [state for _, _, state, _ in states(site)].count("refused") == 2


@pytest.mark.parametrize(
    ("query", "count"),
    [("vendor=meridian+LEADS", 3), ("vendor=Nobody", 0), ("list=list_2", 1), ("domain=gmial.com", 1), ("form=demo", 1),
     ("code=transfer_notice_unclear", 1), ("question=review", 2), ("question=asked", 0), ("until=2026-11-22", 0),
     ("until=2027-12-31", 4), ("assigned=nobody", 4), ("assigned=me", 0), ("find=p0.of1@example.com", 1)],
)  # fmt: skip
def test_filters_leave_what_they_say(site, query, count):
    bring(site.services, INCOMPLETE, 2)
    bring(site.services, UNCLEAR, 2, number=2)
    bring(site.services, BOUGHT, 2, number=3, at="gmial.com", name="x")
    sign_up(site.services, "ann@gmial.com")
    bring(site.services, replace(INCOMPLETE, vendor="Other Ltd"), 1, number=4)
    assert len(keys(sign_in(site).get(f"/desk/holds?{query}"))) == count
