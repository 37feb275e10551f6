"""The database fails at the n-th statement of a one-click unsubscribe, for every n: it acts whole or not at all."""

from dataclasses import replace

import pytest
from builders import key, make_services, signup_batch
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from web import app_of

from gateway.db.engine import open_engine
from gateway.lifecycle.store import export
from gateway.person.links import leave_links
from gateway.pipeline import process
from gateway.suppression.book import find

ANN = "ann@example.com"


def state(services):
    """Whether the order stands, and whether the prospect can still be handed out."""
    with services.engine.connect() as connection:
        return bool(find(connection, [key(ANN)])), bool(list(export(connection)))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_one_click_is_whole_or_not_at_all_and_the_next_one_mends_it(databases, clock, tmp_path, kind):
    seen = n = 0
    while n == 0 or seen >= n:
        n += 1
        url = databases.fresh(kind)
        engine = open_engine(url)
        services = make_services(engine, clock, tmp_path)
        process(signup_batch(ANN, clock.now()), services)
        path = "/u/" + leave_links(services).token(key(ANN), 1)
        client = app_of(replace(services)).test_client()
        seen = 0

        def fail(*_):
            nonlocal seen
            seen += 1
            if seen == n:  # noqa: B023 - removed before the next n
                raise OperationalError("the n-th statement", None, Exception("the database went away"))

        for moment in ("before_cursor_execute", "commit"):
            event.listen(engine, moment, fail)
        first = client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code
        for moment in ("before_cursor_execute", "commit"):
            event.remove(engine, moment, fail)
        assert state(services) in {(True, False), (False, True)}, n
        assert (first == 200) == (state(services) == (True, False)), n
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        assert state(services) == (True, False)
        assert services.ledger.verify(engine).ok
        engine.dispose()
        databases.drop(url)
    assert n > 8
