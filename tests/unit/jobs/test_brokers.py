"""Each transport with the settings it was found to need, and what is said where something is missing."""

import pytest

from gateway.config import Settings, SettingsError, load
from gateway.intake.running.leases import LEASE
from gateway.jobs import brokers
from gateway.jobs.brokers import broker_of
from gateway.jobs.worker import make_celery, make_wake

POSTGRES = "postgresql+psycopg://gateway:a%20secret@db.example.com:5433/leads?sslmode=require"


def settings(tmp_path, broker_url="", database_url=""):
    return Settings(data=tmp_path, broker_url=broker_url, database_url=database_url)


def test_folders_are_made_for_nobody_else(tmp_path):
    found = broker_of(settings(tmp_path))
    assert found.options["polling_interval"] < 1
    for name in ("messages", "control"):
        assert (tmp_path / "broker" / name).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("url", ["redis://127.0.0.1:6379/0", "rediss://127.0.0.1/1"])
def test_redis_hides_what_is_taken_for_longer_than_a_batch_lasts_and_not_for_an_hour(tmp_path, url):
    found = broker_of(settings(tmp_path, url))
    assert found.url == url
    assert LEASE.total_seconds() < found.options["visibility_timeout"] < 3600
    assert found.options["unacked_restore_interval"] * found.options["unacked_restore_throttle"] <= 10


@pytest.mark.parametrize("url", ["amqp://guest@127.0.0.1//", "amqps://guest@127.0.0.1//"])
def test_rabbitmq_has_a_quorum_queue_that_the_worker_knows_of(tmp_path, url):
    app = make_celery(settings(tmp_path, url))
    assert app.conf.worker_detect_quorum_queues
    assert app.amqp.queues["gateway"].queue_arguments["x-queue-type"] == "quorum"


@pytest.mark.parametrize("broker", ["database", POSTGRES.replace("postgresql+psycopg", "pgmq")])
def test_pgmq_is_reached_by_the_url_as_it_stands(tmp_path, broker):
    found = broker_of(settings(tmp_path, broker, POSTGRES))
    assert found.options["conn_string"] == POSTGRES.replace("+psycopg", "")
    assert "secret" not in found.url
    assert found.options["visibility_timeout"] > LEASE.total_seconds()


def test_the_database_carries_wake_ups_only_where_it_is_postgresql(tmp_path):
    with pytest.raises(SettingsError, match="needs PostgreSQL"):
        broker_of(settings(tmp_path, "database"))


@pytest.mark.parametrize(("url", "package"), [("redis://127.0.0.1/0", "redis"), ("database", "pgmq")])
def test_a_missing_package_is_named_with_what_to_type(tmp_path, monkeypatch, url, package):
    monkeypatch.setattr(brokers, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=rf"python -m pip install -r requirements/{package}\.lock"):
        broker_of(settings(tmp_path, url, POSTGRES))


@pytest.mark.parametrize(
    "url", ["kafka://127.0.0.1", "redis:/127.0.0.1", "postgresql://gateway@127.0.0.1/leads", "databases"]
)
def test_any_other_broker_is_refused_with_those_there_are(url):
    with pytest.raises(SettingsError, match=r"expected database .* pgmq://.* redis://.* amqp://"):
        load({"GATEWAY_BROKER_URL": url})


@pytest.mark.parametrize("url", ["", "redis://127.0.0.1/0", "amqp://127.0.0.1//", "database"])
def test_on_every_transport_messages_are_json_taken_one_by_one_and_acknowledged_late(tmp_path, url):
    conf = make_celery(settings(tmp_path, url, POSTGRES)).conf
    assert (conf.accept_content, conf.task_serializer) == (["json"], "json")
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.beat_schedule["reconcile"]["options"]["expires"] > 0


def test_a_broker_out_of_reach_delays_no_signup_twice(tmp_path, caplog):
    wake = make_wake(settings(tmp_path, "redis://127.0.0.1:1/0"))
    wake()
    wake()
    assert len(caplog.records) == 1
