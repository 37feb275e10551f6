"""The desk's numbers: of a company of two years in a browser, of nobody, without numpy, while they are worked out."""

import pytest
from company import AS_OF, instant, live, put_into
from desk import seat, sign_in
from looking import LOOKS, looking

from gateway.economics.tabled import SECTIONS
from gateway.jobs.owed import renew_numbers
from gateway.lifecycle.happenings import Happening, record

PAGES = ["", *(f"/{section}" for section in SECTIONS), "/worth?currency=EUR", "/explained"]


@pytest.fixture
def full(site):
    """A company of two years, with campaigns."""
    put_into(site.services.engine, live(4, scale=0.25))
    with site.services.unit_of_work() as work:
        told = [
            (str(n), Happening(1 + n % 300, kind, instant(640 + n % 60), campaign="spring"))
            for n in range(300) for kind in (("contact", "contact", "reply")[n % 3],)
        ]  # fmt: skip
        record(work, "test", told)
    return site


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_reads_well(browser, full, address, look):
    amiss = {}
    with looking(browser, look) as seen:
        seat(seen.page.context, address, sign_in(full, "viewer"))
        for path in PAGES:
            assert seen.page.goto(f"{address}/desk/numbers{path}").status == 200, path
            if found := seen.amiss(by_keys=look == LOOKS[1]):
                amiss[path] = found
    assert not amiss


def test_an_owner_reads_the_answer_at_a_glance(full):
    page = sign_in(full, "viewer").get("/desk/numbers").text
    assert "Good Leads" in page
    assert "A new prospect may cost" in page
    assert '<path class="band"' in page
    assert "worth its price" in page
    prices = page[page.index('id="cost"') :]
    assert prices.index("Good Leads") < prices.index("Poor Data")


def test_what_the_worker_kept_is_shown_and_not_reckoned_again(full, monkeypatch):
    renew_numbers(full.services)
    monkeypatch.setattr("gateway.economics.asking.reckon_numbers", None)
    someone = sign_in(full, "viewer")
    assert all(someone.get(f"/desk/numbers{path}").status_code == 200 for path in PAGES)


def test_many_people_are_not_reckoned_while_somebody_waits(full, monkeypatch):
    monkeypatch.setattr("gateway.economics.asking.AT_ONCE", 10)
    someone = sign_in(full, "viewer")
    assert "being worked out" in someone.get("/desk/numbers").text
    assert "being worked out" in someone.get("/desk/numbers/vendors").text
    assert someone.get("/desk/numbers/vendors/file").status_code == 409


def test_nobody_has_come_yet(site):
    someone = sign_in(site, "viewer")
    assert "Nobody has come in yet" in someone.get("/desk/numbers").text
    assert "There is nothing to tell yet" in someone.get("/desk/numbers/worth").text


def test_without_numpy_it_says_what_to_type(full, monkeypatch):
    monkeypatch.setattr("gateway.economics.library.find_spec", lambda _: None)
    assert "tools/venv.sh numbers" in sign_in(full, "viewer").get("/desk/numbers").text


@pytest.mark.parametrize(("path", "status"), [
    ("nothing", 404), ("nothing/file", 404), ("worth/file?format=xls", 422), ("worth?currency=XXX", 200),
])  # fmt: skip
def test_odd_questions(full, path, status):
    assert sign_in(full, "viewer").get(f"/desk/numbers/{path}").status_code == status


def test_a_section_is_taken_along_as_a_file(full):
    answer = sign_in(full, "viewer").get("/desk/numbers/cohorts/file?format=parquet")
    assert answer.mimetype == "application/vnd.apache.parquet"
    assert f"{AS_OF:%Y-%m-%d}" in answer.headers["Content-Disposition"]
