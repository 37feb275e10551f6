"""GET /v1/clocks: what is due when."""

import pytest
from builders import key

from gateway.domain.ports import Suppression
from gateway.outcomes.leave import leave


@pytest.fixture
def asked(web):
    """Somebody asked to stop."""
    with web.services.unit_of_work() as work:
        order = Suppression(key("ann@example.com"), "opt_out", work.at)
        leave(work, web.services.ledger, [order], by="test")
    return web


def get(web, query=""):
    return web.client.get(f"/v1/clocks{query}", headers=web.key("leads"))


def test_what_is_due_comes_soonest_first(asked):
    document = get(asked).json
    assert (document["today"], document["zone"]) == ("2026-11-21", "America/New_York")
    stops = [one for one in document["clocks"] if one["code"] == "stop_on_opt_out"]
    assert [(one["kind"], one["due_on"], one["safe_on"], one["people"]) for one in stops] == [
        ("opt_out", "2026-12-07", "2026-12-04", 1)
    ]
    days = [one["due_at"] for one in document["clocks"]]
    assert days == sorted(days)
    assert {one["kind"] for one in document["clocks"]} == {"opt_out", "reference", "review"}


def test_until_a_day(asked):
    assert [one["kind"] for one in get(asked, "?until=2026-11-22").json["clocks"]] == ["reference"]  # the first load
    due = get(asked, "?until=2026-12-31&each=true").json["clocks"]
    assert {one["kind"] for one in due} == {"reference", "opt_out"}


def test_what_is_past_due_comes_when_asked_for(asked, clock):
    clock.move(days=60)
    assert "opt_out" not in {one["kind"] for one in get(asked).json["clocks"]}
    late = [one for one in get(asked, "?past=true").json["clocks"] if one["code"] == "stop_on_opt_out"]
    assert [(one["overdue"], one["days_left"]) for one in late] == [(True, -44)]


@pytest.mark.parametrize("query", ["?until=20261231", "?until=tomorrow", "?past=1", "?each=yes", "?since=2026-01-01"])
def test_a_query_that_is_not_understood_is_a_problem(asked, query):
    assert get(asked, query).status_code == 422
