"""Refusing leads after all: the same for who left, who disowned a signup, and a run that is undone."""

from datetime import UTC, datetime

import pytest
from builders import ToldRoutes, list_batch, make_services, tallies_fit
from sqlalchemy import select

from gateway.db.work import reading
from gateway.outcomes import refusing
from gateway.outcomes.refusing import refuse
from gateway.outcomes.tables import holds, leads
from gateway.pipeline import process

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("chunk", [1, 5000])
def test_the_lead_its_hold_and_the_tallies_say_the_same(engine, clock, tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(refusing, "_CHUNK", chunk)
    services = make_services(engine, clock, tmp_path, routes=ToldRoutes({"slow.example.net": "unknown"}))
    waiting = [{"email": f"p{n}@slow.example.net"} for n in range(3)]
    process(list_batch([{"email": "ana@example.com"}, *waiting], AT), services, as_of=AT)
    with services.unit_of_work() as work:
        refuse(work, [1, 2, 4], "undone", by="test")
    with reading(engine) as connection:
        found = connection.execute(select(leads.c.outcome, leads.c.extra).order_by(leads.c.id)).all()
        kept = connection.execute(
            select(holds.c.lead_id, holds.c.state, holds.c.answered_by, holds.c.fields).order_by(holds.c.lead_id)
        ).all()
        assert tallies_fit(connection)
    assert [tuple(row) for row in found] == [
        ("rejection", "undone"), ("rejection", "undone"), ("hold", None), ("rejection", "undone"),
    ]  # fmt: skip
    assert [(row.lead_id, row.state, row.answered_by) for row in kept] == [
        (2, "refused", "test"), (3, "waiting", None), (4, "refused", "test"),
    ]  # fmt: skip
    assert [row.fields is None for row in kept] == [True, False, True]
