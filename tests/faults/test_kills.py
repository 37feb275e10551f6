"""Workers killed with -9 at random moments, on every transport: nothing is lost, nothing doubled."""

import pytest

ROWS = 800


# A hundred on each by `make soak`. A broker only carries wake-ups, so those that need a server get fewer here.
@pytest.mark.parametrize(
    ("kind", "broker", "kills"),
    [("sqlite", "", 10), ("postgresql", "database", 10), ("postgresql", "redis", 4), ("postgresql", "rabbitmq", 4)],
)
def test_workers_killed_at_random_lose_and_double_nothing(ground_on, databases, broker_named, *, kind, broker, kills):
    url = broker if broker in {"", "database"} else broker_named(broker).url
    ground = ground_on(databases.fresh(kind), url, rows=ROWS)
    ground.begin()
    assert ground.kill_at_random(kills) >= kills / 2, "the run was over too soon to try anything"
    ground.finish()
    ground.check()
