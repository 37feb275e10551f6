"""Leads that Meta tells of: written down once, fetched by a worker with rests, each lead once whatever fails."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import FORM, make_services
from platform_posts import FOLDER, SECRETS
from sqlalchemy import select, update

from gateway.intake.forms import Form, Source, create_source
from gateway.intake.platforms import fetches as queue
from gateway.intake.platforms.fetch import FetchError
from gateway.intake.platforms.fetches import MOST_TRIES, counts, fetch_next, is_due, remember, try_again
from gateway.intake.platforms.settings import remove_platform
from gateway.intake.tables import fetches
from gateway.outcomes.tables import leads

LEAD = json.loads((FOLDER / "meta-lead.json").read_text())
ID = LEAD["id"]


@pytest.fixture
def services(engine, clock, tmp_path):
    made = make_services(engine, clock, tmp_path)
    with made.unit_of_work() as work:
        create_source(work, Source("lead", "Lead ads", FORM, form=Form(platforms={"meta": SECRETS["meta"]})))
    return made


@pytest.fixture
def graph(monkeypatch):
    """What the Graph API answers, and what it was asked."""
    told = {"answer": LEAD, "asked": []}

    def fetch(server, path, headers):
        told["asked"].append((server.host, path, dict(headers)))
        if isinstance(told["answer"], Exception):
            raise told["answer"]
        return told["answer"]

    monkeypatch.setattr(queue, "fetch", fetch)
    return told


def owe(services, *numbers):
    with services.unit_of_work() as work:
        return remember(work, "lead", "meta", numbers or [ID])


def due(services):
    with services.engine.connect() as connection:
        return is_due(connection, services.clock.now())


def rows(services, table):
    with services.engine.connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def test_what_is_owed_is_fetched_and_is_a_lead_with_its_evidence(services, graph):
    assert not due(services)
    assert owe(services) == 1
    assert due(services)
    assert fetch_next(services)
    assert not fetch_next(services)
    assert not due(services)
    [(host, path, headers)] = graph["asked"]
    assert host == "graph.facebook.com"
    assert path == (
        f"/{ID}?fields=id,created_time,field_data,ad_id,form_id,campaign_id,is_organic,platform,"
        "custom_disclaimer_responses"
    )
    assert headers == {"Authorization": "Bearer meta-access-token"}
    [lead] = rows(services, leads)
    assert lead.address == "rohan.iyer@example.com"
    assert json.loads(lead.as_arrived)["posted"] == LEAD
    [row] = rows(services, fetches)
    assert (row.state, row.tries, row.error, row.ended_at) == ("done", 0, None, services.clock.now())


def test_a_number_told_again_is_fetched_once_also_when_it_is_done(services, graph):
    assert [owe(services), owe(services)] == [1, 0]
    assert owe(services, ID, "8") == 1
    fetch_next(services)
    assert owe(services) == 0
    assert len(rows(services, leads)) == 1


def test_a_fetch_that_fails_rests_longer_each_time_and_is_given_up_at_last(services, graph, clock, caplog):
    owe(services)
    graph["answer"] = FetchError("graph.facebook.com answered 400 (code 190)")
    rests = []
    for _ in range(MOST_TRIES):
        assert fetch_next(services)
        [row] = rows(services, fetches)
        rests.append(row.not_before - clock.now())
        assert not fetch_next(services)
        clock.set(row.not_before - timedelta(seconds=1))
        assert not due(services)
        clock.set(row.not_before)
    assert rests[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert max(rests) == timedelta(hours=6)
    assert timedelta(days=7) < sum(rests, timedelta()) < timedelta(days=10)
    assert (row.state, row.error) == ("failed", "graph.facebook.com answered 400 (code 190)")
    assert not due(services)
    assert "code 190" in caplog.text
    with services.unit_of_work() as work:
        assert [tuple(found) for found in counts(work.connection)] == [("lead", "meta", "failed", 1, row.error)]
        assert try_again(work) == 1
    graph["answer"] = LEAD
    assert fetch_next(services)
    assert [lead.address for lead in rows(services, leads)] == ["rohan.iyer@example.com"]


def test_what_waits_is_not_starved_by_what_fails(services, graph):
    owe(services, "1", "2", ID)
    graph["answer"] = FetchError("x")
    assert [fetch_next(services) for _ in range(4)] == [True, True, True, False]
    assert {path.partition("?")[0] for _, path, _ in graph["asked"]} == {"/1", "/2", f"/{ID}"}


def test_a_worker_that_died_is_followed_by_another(services, graph, clock):
    owe(services)
    with services.unit_of_work() as work:
        assert queue._take(work).attempt == 1
    assert not fetch_next(services)
    clock.move(minutes=3, seconds=1)
    assert fetch_next(services)
    assert len(rows(services, leads)) == 1


def test_a_worker_thought_dead_writes_nothing(services, graph):
    """Its lead was taken up by another while it fetched: the whole of its outcome is taken back."""
    owe(services)
    real = queue.process

    def late(*args, **kwargs):
        with services.unit_of_work() as work:
            work.connection.execute(update(fetches).values(attempt=fetches.c.attempt + 1))
        return real(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, "process", late)
        assert fetch_next(services)
    assert rows(services, leads) == []


def test_the_network_is_asked_outside_every_transaction(services, monkeypatch):
    owe(services)

    def fetch(*_):
        with services.unit_of_work():  # one writer: within another this would wait for ever
            return LEAD

    monkeypatch.setattr(queue, "fetch", fetch)
    assert fetch_next(services)
    assert len(rows(services, leads)) == 1


def test_another_lead_than_was_asked_for_is_not_taken(services, graph):
    owe(services, "1")
    assert fetch_next(services)
    assert rows(services, leads) == []
    assert "another lead" in rows(services, fetches)[0].error


def test_a_source_that_gave_the_platform_up_fetches_nothing(services, graph):
    owe(services)
    with services.unit_of_work() as work:
        assert remove_platform(work, "lead", "meta")
    assert fetch_next(services)
    assert graph["asked"] == []
    assert "no access token" in rows(services, fetches)[0].error


def test_a_test_lead_is_no_prospect(services, graph):
    owe(services)
    dummy = [
        {"name": "email", "values": ["test@fb.com"]},
        {"name": "full_name", "values": ["<test lead: dummy data for full_name>"]},
    ]
    graph["answer"] = {**LEAD, "field_data": dummy}
    fetch_next(services)
    assert [lead.outcome for lead in rows(services, leads)] == ["rejection"]


@pytest.mark.parametrize("change", [{}, {"email": "rohan@example.com"}])
def test_a_test_lead_is_known_by_its_filling_alone(services, graph, change):
    owe(services)
    filled = [{"name": "full_name", "values": ["<test lead: dummy data for full_name>"]}]
    filled += [{"name": name, "values": [value]} for name, value in change.items()]
    graph["answer"] = {**LEAD, "field_data": filled}
    fetch_next(services)
    assert [lead.outcome for lead in rows(services, leads)] == ["rejection"]


def test_the_box_of_mail_counts_and_that_of_partners_does_not(services, graph, monkeypatch):
    caught = []
    real = queue.process

    def process(batch, *args, **kwargs):
        caught.append(batch)
        return real(batch, *args, **kwargs)

    monkeypatch.setattr(queue, "process", process)
    for number, (mail, partners) in enumerate([("1", ""), ("", "1"), (True, False), (False, True)], start=1):
        owe(services, str(number))
        boxes = [
            {"checkbox_key": "marketing_email_ok", "is_checked": mail},
            {"checkbox_key": "share_with_partners", "is_checked": partners},
        ]
        graph["answer"] = {**LEAD, "id": str(number), "custom_disclaimer_responses": boxes}
        fetch_next(services)
    assert [batch.columns["consent_ticked"] for batch in caught] == [[True], [False], [True], [False]]
    given = caught[0].columns["consent_at"][0]
    assert given.isoformat() == "2025-11-03T09:13:19+00:00"


def test_without_boxes_nothing_is_said_of_consent(services, graph, monkeypatch):
    owe(services)
    graph["answer"] = {name: value for name, value in LEAD.items() if name != "custom_disclaimer_responses"}
    caught = []
    real = queue.process
    monkeypatch.setattr(queue, "process", lambda batch, *a, **k: (caught.append(batch), real(batch, *a, **k))[1])
    fetch_next(services)
    assert "consent_ticked" not in caught[0].columns


def test_a_fault_of_ours_is_loud_and_loses_nothing(services, graph, monkeypatch, clock):
    owe(services)
    with monkeypatch.context() as patch:
        patch.setattr(queue, "process", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fetch_next(services)
    clock.move(minutes=4)
    assert fetch_next(replace(services))
    assert len(rows(services, leads)) == 1
