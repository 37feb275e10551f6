"""All that is due: every line on some page, each leading to where it is seen to, and to whom something is owed."""

import re
from datetime import timedelta

from builders import signup_batch
from dated_duties import owe
from desk import sign_in
from waiting import INCOMPLETE, bring

from gateway.console.desk import due
from gateway.db.work import reading
from gateway.due.coming import find_coming
from gateway.pipeline import process


def owing(site, clock, days):
    """Leads that wait, of as many days."""
    for number in range(1, days + 1):
        bring(site.services, INCOMPLETE, 2, number=number)
        clock.move(days=1)


def lines(page):
    return re.findall(r"<tr>\s*<td>(.*?)</tr>", page, re.DOTALL)


def test_today_leads_to_all_that_is_due_and_every_line_is_on_some_page(site, clock, monkeypatch):
    monkeypatch.setattr(due, "PAGE", 4)
    owing(site, clock, 9)
    someone = sign_in(site, "viewer")
    assert 'href="/desk/due"' in someone.get("/desk").text
    path, seen = "/desk/due", []
    while path:
        page = someone.get(path).text
        seen += lines(page)
        further = re.search(r'href="(/desk/due\?after=[^"]+)"', page)
        path = further[1].replace("&amp;", "&") if further else None
    with reading(site.services.engine) as connection:
        whole = find_coming(connection, site.services, limit=500)
    assert len(seen) == len(whole) > 12
    assert len(set(seen)) == len(seen)


def test_one_kind_is_shown_where_it_is_asked_for(site, clock):
    owing(site, clock, 2)
    someone = sign_in(site, "viewer")
    held = someone.get("/desk/due?kind=hold").text
    assert len(lines(held)) == 2
    assert all("/desk/holds?question=evidence" in line and "in 2" in line for line in lines(held))
    assert "Evidence that vendors owe" not in someone.get("/desk/due?kind=review").text
    assert lines(someone.get("/desk/due?kind=odd").text) == lines(someone.get("/desk/due").text)
    empty = someone.get("/desk/due?kind=override").text
    assert "Nothing is due." in empty


def test_a_line_leads_to_whom_it_is_owed(site, clock):
    process(signup_batch("ana@example.com", clock.now()), site.services)
    owe(site.services, 1)
    someone = sign_in(site, "viewer")
    links = re.findall(r'href="(/desk/due/[^"]+)"', someone.get("/desk/due?kind=obligation").text)
    assert links
    page = someone.get(links[0])
    assert page.status_code == 200
    assert "ana@example.com" in page.text
    assert "/desk/leads/lead_1" in page.text
    day, code = links[0].split("/")[-2:]
    later = clock.now().date() + timedelta(days=3000)
    gone = someone.get(f"/desk/due/{later}/{code}")
    assert (gone.status_code, "Nobody is owed this" in gone.text) == (200, True)
    assert someone.get(f"/desk/due/{day}/nothing_of_ours").status_code == 404


def test_what_means_nothing_is_not_there(site):
    someone = sign_in(site, "viewer")
    for path in ("/desk/due?after=odd", "/desk/due/tomorrow/notice", "/desk/due/2026-12-01/x?batch=a&lead=1"):
        assert someone.get(path).status_code == 404, path
