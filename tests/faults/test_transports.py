"""What carries wake-ups loses, doubles and shuffles them: nothing comes of it."""

import pytest


def test_messages_tripled_and_shuffled_have_no_effect(ground_on, databases):
    ground = ground_on(databases.fresh("sqlite"), rows=400)
    ground.begin()
    for _ in range(2):
        ground.add_worker("--triple")
    ground.finish()
    ground.check()


def test_folders_that_are_emptied_delay_a_run_and_no_more(ground_on, databases, tmp_path):
    ground = ground_on(databases.fresh("sqlite"), rows=400)
    ground.begin()
    ground.add_worker()
    for _ in range(3):
        ground.get_on()
        for message in (tmp_path / "var" / "broker" / "messages").glob("*.msg"):
            message.unlink(missing_ok=True)
    ground.finish()
    ground.check()


@pytest.mark.slow
def test_queues_of_the_database_that_are_emptied_delay_a_run_and_no_more(ground_on, databases):
    ground = ground_on(databases.fresh("postgresql"), "database", rows=400)
    ground.begin()
    ground.add_worker()
    for _ in range(3):
        ground.get_on()
        ground.do("TRUNCATE pgmq.q_gateway")
    ground.finish()
    ground.check()


@pytest.mark.parametrize("name", ["redis", "rabbitmq"])
def test_a_broker_that_dies_and_comes_back_empty_delays_a_run_and_no_more(ground_on, databases, broker_named, name):
    broker = broker_named(name)
    ground = ground_on(databases.fresh("sqlite"), broker.url, rows=400)
    ground.begin()
    for _ in range(2):
        ground.add_worker()
    for _ in range(2):
        ground.get_on()
        broker.kill()
        broker.start()
    ground.finish()
    ground.check()
