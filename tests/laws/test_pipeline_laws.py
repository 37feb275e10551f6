"""Laws of the house that hold for the pipeline as a whole, on both databases."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from builders import ToldRoutes, list_batch, make_services, tallies_fit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.lifecycle.store import export
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.seal import account
from gateway.outcomes.tables import leads
from gateway.pipeline import process, rehearsed

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADDRESSES = [
    "ann@example.com", "Ann@Example.com", "ann+x@example.com", "bob@example.org", "info@example.org",
    "cy@silent.example.net",    "dee@dead.example.net", "no address", "", "eve@gmial.com", "2065550100@vtext.com",
]  # fmt: skip
ROWS = st.lists(
    st.fixed_dictionaries({"email": st.sampled_from(ADDRESSES), "stop": st.sampled_from([None, None, None, True])}),
    min_size=1, max_size=14,
)  # fmt: skip
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def routes():
    return ToldRoutes({"silent.example.net": "unknown", "dead.example.net": "no_such_domain"})


def run_in_pieces(databases, kind, tmp_path, rows, size):
    """Outcomes and reasons per row, the receipt's counts, and who may be written to at the end."""
    from gateway.db.engine import open_engine

    url = databases.fresh(kind)
    engine = open_engine(url)
    try:
        services = make_services(engine, Still(), tmp_path, routes=routes())
        told, total = [], Counter()
        for start in range(0, len(rows), size):
            batch = list_batch(rows[start : start + size], AT, run="1", first=start + 2)
            settled = process(batch, services, as_of=AT)
            told += [
                (outcome, sorted(f.reason for f in settled.findings(i))) for i, outcome in enumerate(settled.outcomes)
            ]
            receipt = account(settled)
            assert receipt.rows == receipt.prospects + receipt.holds + receipt.rejections
            total += Counter(receipt.reasons)
        with engine.connect() as connection:
            assert tallies_fit(connection)
            stored = list(connection.execute(select(leads.c.number, leads.c.outcome).order_by(leads.c.number)))
            reachable = sorted(p["address"] for p in export(connection))
        assert [row.number for row in stored] == list(range(2, len(rows) + 2))
        ends = [row.outcome for row in stored]
        for (outcome, _), end in zip(told, ends, strict=True):  # a later row may say that somebody who waits has left
            assert end == outcome or (outcome, end) == ("hold", "rejection")
        return told, ends, total, reachable
    finally:
        engine.dispose()
        databases.drop(url)


class Still:
    """A clock that every question moves on: a run is judged as of its start, and written later."""

    at = AT

    def now(self):
        self.at += timedelta(seconds=1)
        return self.at


@SLOW
@given(rows=ROWS)
def test_a_list_gives_the_same_outcomes_in_one_piece_in_pieces_and_row_by_row(databases, tmp_path, rows):
    whole = run_in_pieces(databases, "sqlite", tmp_path, rows, len(rows))
    for size in (1, 2, 3, 7):
        assert run_in_pieces(databases, "sqlite", tmp_path, rows, size) == whole


@settings(SLOW, max_examples=10)
@given(rows=ROWS)
def test_sqlite_and_postgresql_give_the_same_outcomes(databases, tmp_path, rows):
    assert run_in_pieces(databases, "postgresql", tmp_path, rows, 3) == run_in_pieces(
        databases, "sqlite", tmp_path, rows, 5
    )


@SLOW
@given(rows=ROWS, size=st.integers(1, 7))
def test_a_dry_run_says_what_the_run_will_do_and_writes_nothing(databases, tmp_path, rows, size):
    from gateway.db.engine import open_engine

    url = databases.fresh("sqlite")
    engine = open_engine(url)
    try:
        services = make_services(engine, Still(), tmp_path, routes=routes())
        rehearsal, promised = Rehearsal(), []
        for start in range(0, len(rows), size):
            batch = list_batch(rows[start : start + size], AT, run="1", first=start + 2)
            settled = rehearsed(batch, services, rehearsal, as_of=AT)
            promised += [
                (outcome, sorted(f.reason for f in settled.findings(i))) for i, outcome in enumerate(settled.outcomes)
            ]
        with engine.connect() as connection:
            assert connection.execute(select(leads.c.id)).first() is None
    finally:
        engine.dispose()
        databases.drop(url)
    assert promised == run_in_pieces(databases, "sqlite", tmp_path, rows, len(rows))[0]


@pytest.mark.parametrize("again", [1, 2])
def test_the_same_rows_again_give_no_second_prospect(engine, clock, tmp_path, again):
    services = make_services(engine, clock, tmp_path)
    rows = [{"email": "ann@example.com"}, {"email": "bob@example.org"}]
    first = process(list_batch(rows, AT, run="1"), services)
    assert first.outcomes == ["prospect", "prospect"]
    for run in range(again):
        settled = process(list_batch(rows, AT, run=str(run + 2)), services)
        assert settled.outcomes == ["rejection", "rejection"]
        assert [f.reason for f in settled.extra.values()] == ["already_known", "already_known"]
