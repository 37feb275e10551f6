"""The queue of holds: what it knows of each lead without looking the lead up."""

import pytest
from builders import make_services
from sqlalchemy import select
from waiting import UNCLEAR, bring

from gateway.outcomes.tables import holds, leads
from gateway.pipeline import release
from gateway.vendors.book import set_standing


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


def test_a_hold_knows_the_batch_and_the_present_decision_of_its_lead(services):
    """Also of a lead that was judged again and waits on under another decision."""
    bring(services, UNCLEAR, 3)
    before = _kept(services)
    with services.unit_of_work() as work:
        set_standing(work, "Meridian Leads", "approved", "they answered all our questions")
    release(list(before), services, by="cli")
    after = _kept(services)
    assert before.keys() == after.keys()
    assert all(before[lead] != after[lead] for lead in before), "another decision, or nothing is shown here"


def _kept(services):
    query = select(holds.c.lead_id, holds.c.batch_id, holds.c.decision_id, leads.c.batch_id, leads.c.decision_id).join(
        leads, leads.c.id == holds.c.lead_id
    ).where(holds.c.state == "waiting")  # fmt: skip
    with services.engine.connect() as connection:
        rows = connection.execute(query).all()
    assert [row[1:3] for row in rows] == [row[3:5] for row in rows]
    return {row[0]: row[2] for row in rows}
