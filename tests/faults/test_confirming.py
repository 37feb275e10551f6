"""The database fails at the n-th statement of a confirmation, for every n: nothing of it is written, or all of it."""

import pytest
from builders import tallies_fit
from confirming import ASKING, asked, links, outbox, outcomes, post, reachable, work
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from web import make_web

from gateway.db.engine import open_engine

AWAY = OperationalError("the n-th statement", None, Exception("the database went away"))


@pytest.fixture
def failing(databases, clock, tmp_path, request):
    """A signup that waits to be confirmed on a fresh database, and what fails its n-th statement from now on."""
    url = databases.fresh(request.param)
    engine = open_engine(url)
    web = make_web(engine, clock, tmp_path)
    web.source("asks", statement=ASKING)
    count = {"seen": 0, "at": 0}

    def fail(*_):
        count["seen"] += 1
        if 0 < count["at"] <= count["seen"]:  # and stays away till somebody notices
            raise AWAY

    event.listen(engine, "before_cursor_execute", fail)
    event.listen(engine, "commit", fail)
    yield web, count
    engine.dispose()
    databases.drop(url)


def stand(web, number):
    """How one signup stands: all that a confirmation changes."""
    question, lead = asked(web)[number], web.leads()[number]
    address = f"p{number}@example.com"
    with web.services.engine.connect() as connection:
        kinds = text("SELECT count(*) FROM ledger_entries WHERE kind LIKE 'confirmation.%'")
        entries = connection.execute(kinds).scalar_one()
    return question.state, lead.outcome, lead.extra, address in reachable(web), entries


@pytest.mark.parametrize("failing", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
@pytest.mark.parametrize(("which", "before", "after"), [
    (0, ("asked", "hold", None, False), ("confirmed", "prospect", None, True)),
    (1, ("asked", "hold", None, False), ("refused", "rejection", "signup_disowned", False)),
])  # fmt: skip
def test_a_confirmation_is_whole_or_not_at_all(failing, which, before, after):
    web, count = failing
    number, done, failures = 0, 0, 0
    while True:
        post(web, f"p{number}@example.com")
        work(web)
        path = links(outbox(web)[number])[which]
        assert stand(web, number) == (*before, done)
        count |= {"seen": 0, "at": failures + 1}
        answer = web.client.post(path)
        missed = count["seen"] < count["at"]
        count["at"] = 0
        if missed:
            break
        failures += 1
        assert (answer.status_code, stand(web, number) in {(*before, done), (*after, done + 1)}) == (500, True), (
            failures
        )
        web.client.post(path)  # the person tries again
        done += 1
        assert stand(web, number) == (*after, done)
        number += 1
        web.services.clock.move(seconds=1)
    assert answer.status_code == 200
    assert stand(web, number) == (*after, done + 1)
    assert failures > 10
    assert web.services.ledger.verify(web.services.engine).ok
    with web.services.engine.connect() as connection:
        assert tallies_fit(connection)


@pytest.mark.parametrize("failing", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
def test_a_signup_that_asks_is_whole_or_not_at_all(failing):
    web, count = failing
    number, failures = 0, 0
    while True:
        count |= {"seen": 0, "at": failures + 1}
        answer = post(web, f"p{number}@example.com")
        missed = count["seen"] < count["at"]
        count["at"] = 0
        assert len(outcomes(web)) == len(asked(web)) == len(outbox(web)), failures
        if missed:
            break
        failures += 1
        number += 1
        web.services.clock.move(seconds=1)
    assert answer.status_code == 202
    assert failures > 10
