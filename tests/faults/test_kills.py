"""Workers killed with -9 at random moments, on every transport: nothing is lost, nothing doubled."""

import pytest

KILLS = 10
ROWS = 1200


@pytest.mark.parametrize(
    ("kind", "broker"),
    [("sqlite", ""), ("postgresql", "database"), ("postgresql", "redis"), ("postgresql", "rabbitmq")],
)
def test_workers_killed_at_random_lose_and_double_nothing(ground_on, databases, broker_named, kind, broker):
    url = broker if broker in {"", "database"} else broker_named(broker).url
    ground = ground_on(databases.fresh(kind), url, rows=ROWS)
    ground.begin()
    assert ground.kill_at_random(KILLS) >= KILLS / 2, "the run was over too soon to try anything"
    ground.finish()
    ground.check()
