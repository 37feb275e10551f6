"""How often a rule spoke is what counting the leads' own decisions says, and what was read once stays read."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from builders import list_batch, make_services, signup_batch
from sqlalchemy import select

from gateway.db.work import reading
from gateway.outcomes.cases import from_row
from gateway.outcomes.speaking import Speakers
from gateway.outcomes.tables import decisions, leads
from gateway.pipeline import process

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def services(engine, clock, tmp_path):
    made = make_services(engine, clock, tmp_path)
    process(signup_batch("ana@example.com", AT), made, as_of=AT)
    clock.move(days=40)
    rows = [{"email": f"p{n}@example.org", "country": "US" if n % 2 else "DE"} for n in range(8)]
    process(list_batch([*rows, {"email": "no address"}], AT), made, as_of=AT)
    return made


def counted(connection):
    found = Counter()
    for row in connection.execute(select(decisions).join(leads, leads.c.decision_id == decisions.c.id)):
        found.update({finding.rule for finding in from_row(row).findings})
    return found


def test_it_is_what_the_leads_say(services):
    speakers = Speakers()
    with reading(services.engine) as connection:
        found = speakers.count(connection, services.clock.now() - timedelta(days=30))
        assert {rule: one.ever for rule, one in found.items()} == counted(connection)
        assert all(sum(one.outcomes.values()) == one.ever for one in found.values())
        signup = speakers.count(connection, services.clock.now() - timedelta(days=60))
    assert sum(one.lately for one in signup.values()) == sum(one.ever for one in found.values())
    assert 0 < sum(one.lately for one in found.values()) < sum(one.ever for one in found.values())


def test_samples_are_leads_of_which_it_spoke(services):
    speakers = Speakers()
    with reading(services.engine) as connection:
        for rule, count in counted(connection).items():
            samples = speakers.find_samples(connection, rule, 3)
            assert len(samples) == min(3, count)
            for lead in samples:
                row = connection.execute(
                    select(decisions).join(leads, leads.c.decision_id == decisions.c.id).where(leads.c.id == lead)
                ).one()
                assert rule in {finding.rule for finding in from_row(row).findings}
        assert speakers.find_samples(connection, "XX-01") == []
