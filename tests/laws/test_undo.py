"""A store, a run, its undoing: the store as it was, but for those who left. Whatever the rows, in whatever batches."""

from datetime import UTC, datetime

import pytest
from builders import ToldRoutes, key, list_batch, make_services, signup_batch, tallies_fit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_lists import bring_rows, prospects_of, receipt_of, rows_of
from sqlalchemy import select

from gateway.clocks.tables import clocks
from gateway.db.engine import open_engine
from gateway.intake.running.commands import begin_undo
from gateway.intake.running.errands import work_errand
from gateway.intake.runs import work_run
from gateway.outcomes.tables import holds
from gateway.pipeline import process
from gateway.suppression.book import find

NAMES = ("ann.reyes", "bob_stone", "cy", "dana-weber77", "eve", "finn.lind")
ADDRESSES = st.builds("{}@{}".format, st.sampled_from(NAMES), st.sampled_from(("example.com", "silent.example.org")))
ROWS = st.lists(st.tuples(ADDRESSES | st.just("no address"), st.sampled_from(("", "", "", "yes"))), max_size=12)
KEPT_OF_THE_LEFT = slice(0, 9)  # of a prospect's columns those before its state; since and why it was withdrawn follow


class _Still:
    def now(self):
        return datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(earlier=ROWS, signups=st.lists(ADDRESSES, max_size=3), rows=ROWS, size=st.sampled_from((1, 3, 50)))
def test_what_a_run_did_is_undone_but_for_who_left(databases, tmp_path_factory, kind, *, earlier, signups, rows, size):
    url = databases.fresh(kind)
    engine = open_engine(url)
    folder = tmp_path_factory.mktemp("undo")
    routes = ToldRoutes({"silent.example.org": "unknown"})
    services = make_services(engine, _Still(), folder / "var", routes=routes)
    now = services.clock.now()
    process(list_batch([{"email": name, "stop": bool(stop)} for name, stop in earlier], now), services, as_of=now)
    for name in signups:
        process(signup_batch(name, now, confirmed_at=now), services, as_of=now)
    before, leads_before = prospects_of(services), rows_of(services)
    file = folder / "list.csv"
    file.write_text("email,unsubscribed\n" + "".join(f"{name},{stop}\n" for name, stop in rows), encoding="utf-8")
    run = bring_rows(services, folder, 0, file=file)
    work_run(run, services, batch_rows=size)
    receipt = receipt_of(services, run)
    assert receipt.rows == len(rows) == receipt.prospects + receipt.holds + receipt.rejections
    work_errand(begin_undo(services, 1, by="test"), services)

    after = prospects_of(services)
    left = {key(name) for name, stop in rows if stop and "@" in name}
    assert [row for row in after if row[1] not in left] == [row for row in before if row[1] not in left]
    known = {row[1] for row in before}  # whom the run itself brought and lost again stays, withdrawn
    assert [row[KEPT_OF_THE_LEFT] for row in after if row[1] in left & known] == [
        row[KEPT_OF_THE_LEFT] for row in before if row[1] in left
    ]
    assert all(row[-2] is not None for row in after if row[1] in left)
    mine = rows_of(services)[len(leads_before) :]
    assert [row.outcome for row in mine] == ["rejection"] * len(rows)
    with engine.connect() as connection:
        assert find(connection, left).keys() == left
        assert tallies_fit(connection)
        ids = [row.id for row in mine]
        waiting = select(holds.c.lead_id).where(holds.c.state == "waiting", holds.c.lead_id.in_(ids))
        assert connection.execute(waiting).all() == []
        ticking = select(clocks.c.id).where(clocks.c.done_at.is_(None), clocks.c.lead_id.in_(ids))
        assert connection.execute(ticking).all() == []
    assert services.ledger.verify(engine).ok
    engine.dispose()
    databases.drop(url)
