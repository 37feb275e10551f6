"""Everything that is due on one page, soonest first."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import ToldRoutes, key, list_batch
from dated_duties import services_with_duties
from policy_packs import load, pack
from sqlalchemy import delete

from gateway.domain.lead import Statement
from gateway.domain.ports import Suppression
from gateway.due.agenda import make_agenda, stale_on
from gateway.outcomes.leave import leave
from gateway.pipeline import process
from gateway.reference.book import load_wireless
from gateway.reference.tables import loads

BOUGHT = Statement(direct=False, vendor="Meridian Leads", method="co_registration", consent="none")


@pytest.fixture
def services(engine, clock, tmp_path):
    """Two Germans, one of whom left, one lead that waits for DNS, one for an officer, and the FCC's list."""
    made = services_with_duties(engine, clock, tmp_path, routes=ToldRoutes({"silent.example.net": "no_such_domain"}))
    rows = [{"email": name, "country": "DE"} for name in ("bea@example.com", "bo@example.com", "info@example.com")]
    process(list_batch(rows, clock.now(), statement=BOUGHT), made)
    with made.unit_of_work() as work:
        leave(work, made.ledger, [Suppression(key("bo@example.com"), "opt_out", clock.now())], by="test")
        load_wireless(work, ["vtext.com"], digest="0" * 64, loaded_at=clock.now(), by="test")
    return made


def lines(services, **asked):
    return [
        (one["due_on"], one["kind"], one["id"] or one["code"], one["source"], one["people"])
        for one in make_agenda(services, **asked).as_dict()["clocks"]
    ]


def test_all_that_is_due_soonest_first(services):
    assert lines(services) == [
        ("2026-11-23", "opt_out", "OB-21", "list_1", 1),
        ("2026-12-21", "hold", "review", "list_1", 1),
        ("2026-12-21", "reference", "fcc-wireless", None, None),
        ("2026-12-21", "opt_out", "OB-26", "list_1", 1),
        ("2026-12-21", "obligation", "OB-22", "list_1", 1),
        ("2026-12-21", "obligation", "OB-24", "list_1", 1),
        ("2027-01-21", "review", "EM-01", None, None),
        ("2027-05-21", "review", "emission", None, None),
        ("2027-05-21", "review", "leads", None, None),
        ("2027-05-21", "review", "phones", None, None),
    ]


def test_until_a_day(services):
    assert lines(services, until=date(2026, 12, 20)) == [("2026-11-23", "opt_out", "OB-21", "list_1", 1)]


def test_each_names_the_leads_and_no_address(services):
    document = make_agenda(services, each=True).as_dict()
    named = {(one["kind"], one["code"]): one.get("leads") for one in document["clocks"]}
    assert named["opt_out", "slow_stop"] == ["lead_2"]
    assert named["obligation", "notice"] == ["lead_1"]
    assert named["hold", "review"] == ["lead_3"]
    assert "@" not in str(document)


def test_what_a_line_says(services, clock):
    [notice] = [one for one in make_agenda(services).as_dict()["clocks"] if one["code"] == "notice"]
    assert notice == {
        "kind": "obligation", "due_on": "2026-12-21", "due_at": "2026-12-22T05:00:00.000000Z", "safe_on": "2026-12-21",
        "days_left": 30, "overdue": False, "code": "notice", "id": "OB-22", "title": "Do OB-22",
        "counts_from": "the lead came to us", "law": "15 U.S.C. 7704(a)(5)(A)", "ground": "law",
        "url": "https://www.law.cornell.edu/uscode/text/15/7704", "source": "list_1", "people": 1,
    }  # fmt: skip


def test_overdue_from_the_first_instant_of_the_next_local_day(services, clock):
    def notice():
        return next(one for one in make_agenda(services).as_dict()["clocks"] if one["code"] == "notice")

    clock.set(datetime(2026, 12, 22, 4, 59, 59, tzinfo=UTC))
    assert (notice()["overdue"], notice()["days_left"]) == (False, 0)
    clock.move(seconds=1)
    assert (notice()["overdue"], notice()["days_left"]) == (True, -1)
    assert lines(services)[0][0] == "2026-12-21"


def test_an_obligation_that_the_policies_no_longer_know_is_still_owed(services, tmp_path):
    other = replace(services, read_policies=lambda: load(tmp_path / "other", pack()))
    [notice] = [one for one in make_agenda(other).as_dict()["clocks"] if one["code"] == "notice"]
    assert (notice["title"], notice["id"], notice["law"]) == ("notice", None, None)


def test_a_list_never_loaded_is_asked_for_today_and_never_overdue(engine, clock, tmp_path):
    made = services_with_duties(engine, clock, tmp_path)
    assert {kind for _, kind, *_ in lines(made)} == {"reference", "review"}
    clock.set(datetime(2026, 11, 26, 3, tzinfo=UTC))  # the evening of the 25th in New York
    [asked] = [one for one in make_agenda(made).as_dict()["clocks"] if one["kind"] == "reference"]
    assert (asked["due_on"], asked["days_left"], asked["overdue"]) == ("2026-11-25", 0, False)
    assert "public list only" in asked["title"]


@pytest.mark.parametrize(
    ("loaded", "day", "stale_at"),
    [
        ("2026-10-23T04:00Z", "2026-11-22", "2026-11-22T05:00Z"),  # midnight there, before the clock changes
        ("2026-10-23T16:00Z", "2026-11-22", "2026-11-22T16:00Z"),
        ("2026-10-24T03:30Z", "2026-11-22", "2026-11-23T03:30Z"),
        ("2027-02-20T04:30Z", "2027-03-21", "2027-03-22T04:00Z"),
    ],
)
def test_a_list_goes_stale_thirty_local_days_after_its_own(services, clock, loaded, day, stale_at):
    at = datetime.fromisoformat(loaded)
    clock.set(at + timedelta(days=1))
    with services.unit_of_work() as work:
        work.connection.execute(delete(loads))
        load_wireless(work, ["vtext.com"], digest="0" * 64, loaded_at=at, by="test")
    [due] = [one for one in make_agenda(services).entries if one.kind == "reference"]
    assert due.due_on == stale_on(at, services.settings.zone) == date.fromisoformat(day)
    assert due.due_at == datetime.fromisoformat(stale_at)


def test_one_rule_is_one_rule(services):
    titles = {entry.code: entry.title for entry in make_agenda(services).entries if entry.kind == "review"}
    assert "(1 rule)" in " ".join(entry.title for entry in make_agenda(services).entries if entry.code == "emission")
    assert "(2 rules)" in titles["phones"]


def test_many_people_are_counted_in_few_lines(services, clock):
    clock.move(days=1)
    rows = [{"email": f"p{n}@example.org", "country": "DE"} for n in range(300)]
    for start in range(0, 300, 100):
        process(list_batch(rows[start : start + 100], clock.now(), statement=BOUGHT), services)
    counted = [line for line in lines(services) if line[2] == "OB-22"]
    assert counted == [
        ("2026-12-21", "obligation", "OB-22", "list_1", 1),
        ("2026-12-22", "obligation", "OB-22", "list_1", 300),
    ]
