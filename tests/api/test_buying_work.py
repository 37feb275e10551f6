"""What one ping and one post cost: how many questions, one commit each, and no planning anew on PostgreSQL."""

import hashlib

import buying
import pytest
from sqlalchemy import event

from gateway.db.plain import ask
from gateway.db.work import glancing

POST, PING = 36, 15
"""Questions at most; inserts go past them, each in one statement (gateway/db/insert.py)."""


@pytest.fixture
def vendor(web):
    """A vendor who sold a few leads already, so that all that is read once has been read."""
    headers = buying.sell(web.services)
    for number in range(3):
        assert _post(web, headers, number) == "prospect"
    return headers


def _post(web, headers, number):
    body = buying.lead(f"a{number}@example.com")
    return web.client.post("/v1/leads", json=body, headers=headers).json["outcome"]


def _ping(web, headers, number):
    digest = hashlib.sha256(b"b%d@example.com" % number).hexdigest()
    body = {"email_sha256": digest, "country": "US"}
    return web.client.post("/v1/pings", json=body, headers=headers).json["wanted"]


@pytest.mark.parametrize(("act", "told", "most"), [(_post, "prospect", POST), (_ping, True, PING)])
def test_a_post_and_a_ping_ask_little_and_commit_once(web, vendor, act, told, most):
    engine, asked, commits = web.services.engine, [], []
    assert act(web, vendor, 10) == told
    listeners = [
        ("before_cursor_execute", lambda *args: asked.append(args[2])),
        ("commit", lambda *_: commits.append(1)),
    ]
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        assert act(web, vendor, 11) == told
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
    questions = [one for one in asked if not one.startswith("BEGIN")]
    assert (len(questions) <= most, len(commits)) == (True, 1), "\n".join(questions)


def test_what_every_post_asks_is_planned_once(web, vendor):
    """A read that ends in ROLLBACK lets the driver forget every statement that it prepared."""
    if web.services.engine.dialect.name != "postgresql":
        pytest.skip("SQLite's driver keeps what it compiled by itself")
    for number in range(20, 32):
        assert _post(web, vendor, number) == "prospect"
    with glancing(web.services.engine) as connection:
        (kept,) = ask(connection, "SELECT count(*) FROM pg_prepared_statements")[0]
    assert kept > POST / 2
