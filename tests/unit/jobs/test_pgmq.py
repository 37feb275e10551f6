"""PGMQ on a PostgreSQL without the extension: installed once, in a schema of its own, and messages go through."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import inspect

from gateway.config import Settings
from gateway.db.engine import open_engine
from gateway.db.migrate import HEAD, current, ensure_schema
from gateway.jobs.pgmq import install
from gateway.jobs.worker import make_celery


@pytest.fixture
def url(databases):
    made = databases.fresh("postgresql")
    yield made
    databases.drop(made)


def test_many_install_at_once_and_it_is_there_once(url):
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(install, [url] * 4)) == [None] * 4


def test_it_leaves_our_own_tables_and_migrations_alone(url):
    engine = open_engine(url)
    before = set(inspect(engine).get_table_names())
    install(url)
    ensure_schema(engine)
    assert current(engine) == HEAD
    assert set(inspect(engine).get_table_names()) == before
    assert inspect(engine).get_table_names(schema="pgmq")
    engine.dispose()


def test_a_message_sent_is_a_message_received(url, tmp_path):
    app = make_celery(Settings(data=tmp_path, broker_url="database", database_url=url))
    app.send_task("gateway.advance", (7,), expires=30)
    with app.connection_for_read() as connection:
        got = connection.SimpleQueue(app.amqp.queues["gateway"]).get(timeout=10)
        got.ack()
    assert got.headers["task"] == "gateway.advance"
    assert got.payload[0] == [7]
    app.pool.force_close_all()


def test_a_message_that_cannot_be_acknowledged_is_let_go_of_and_the_next_one_comes(url, tmp_path):
    app = make_celery(Settings(data=tmp_path, broker_url="database", database_url=url))
    for number in (1, 2):
        app.send_task("gateway.advance", (number,), expires=30)
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue(app.amqp.queues["gateway"])
        queue.channel.basic_qos(0, 1, False)
        first = queue.get(timeout=10)
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        first.ack()
        assert queue.get(timeout=10).payload[0] == [2]
    app.pool.force_close_all()
