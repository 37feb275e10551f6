"""The desk's numbers: of a company of two years in a browser, of nobody, without numpy, while they are worked out."""

import pytest
from company import AS_OF, instant, live, put_into
from desk import seat, sign_in
from looking import LOOKS, looking

from gateway.console.desk.numbers import bought
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


def test_every_page_reads_well(browser, full, address):
    amiss = {}
    with looking(browser) as seen:
        seat(seen.page.context, address, sign_in(full, "viewer"))
        for path in PAGES:
            assert seen.page.goto(f"{address}/desk/numbers{path}").status == 200, path
            if found := seen.amiss(keys=LOOKS[1:]):
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


def test_a_count_within_a_sentence_has_its_separators(site):
    said = "{{ ngettext('%(num)s lead waits', '%(num)s leads wait', 12345) }}"
    with site.app.test_request_context("/desk"):
        assert site.app.jinja_env.from_string(said).render() == "12,345 leads wait"


def test_who_has_been_here_too_short_a_while_is_counted_for_the_days_there_were():
    line = {"days": [0, 12.0], "share": [0, 0.04], "low": [0, 0.03], "high": [0, 0.05]}
    young = {"all": {"bought_within": {"30": None, "90": None, "365": None}}, "curve": line}
    assert bought(young) == [(12, {"value": 0.04, "low": 0.03, "high": 0.05})]
    assert bought({**young, "curve": {**line, "days": []}}) == [(365, None)]
    year, quarter = {"value": 0.2}, {"value": 0.1}
    known = {"all": {"bought_within": {"30": quarter, "90": quarter, "365": year}}, "curve": line}
    assert bought(known) == [(365, year), (90, quarter)]
