"""What is owed is asked for once each time that a worker looks, and only what is owed is taken up."""

import time
from dataclasses import replace
from unittest.mock import Mock

import pytest
from builders import FORM, key, make_services
from emitting import destine, sign_up
from sqlalchemy import event, insert
from told_tasks import Tasks

from gateway.intake.forms import Source, create_source
from gateway.intake.platforms.fetches import remember
from gateway.jobs import mailbox, tasks
from gateway.jobs.owed import Owed, is_owed
from gateway.jobs.tasks import add_tasks
from gateway.person.tables import erasures
from gateway.vendors.book import set_standing

NOTHING = Owed([], [], rechecks=False, mails=False, fetches=False, erasures=False, messages=False)
ASKED = (
    "FROM holds",
    "FROM mails",
    "FROM platform_fetches",
    "FROM erasures",
    "FROM work",
    "FROM errands",
    "FROM rejudgings",
)


@pytest.fixture
def services(engine, clock, tmp_path):
    (tmp_path / "box").mkdir()
    made = make_services(engine, clock, tmp_path / "var")
    return replace(made, settings=replace(made.settings, mailbox=tmp_path / "box"))


def owe_fetch(services):
    with services.unit_of_work() as work:
        create_source(work, Source("lead", "Lead ads", FORM))
        remember(work, "lead", "meta", ["17"])


def owe_erasure(services):
    with services.unit_of_work() as work:
        values = {"match_key": key("ann@example.com"), "asked_at": work.at, "by": "test", "state": "rows"}
        account = '{"rows": {}, "lists": {}, "why": "asked"}'
        work.connection.execute(insert(erasures).values(**values, account=account))


def owe_message(services):
    (services.settings.mailbox / "m").write_bytes(b"not understood")


OWED = {
    "fetches": (owe_fetch, ["gateway.fetch"]), "erasures": (owe_erasure, []), "messages": (owe_message, []),
}  # fmt: skip
CALLED = {"erasures": "finish_erasures", "messages": "read_mailbox"}


@pytest.mark.parametrize("name", OWED)
def test_what_is_owed_is_taken_up_and_nothing_else(services, monkeypatch, name):
    called = {one: Mock(side_effect=getattr(tasks, call)) for one, call in CALLED.items()}
    for one, call in CALLED.items():
        monkeypatch.setattr(tasks, call, called[one])
    told = Tasks()
    add_tasks(told, lambda: services)
    assert is_owed(services) == NOTHING
    told["gateway.reconcile"]()
    assert (told.sent, [one for one in called if called[one].called]) == ([], [])
    owe, sent = OWED[name]
    owe(services)
    assert is_owed(services) == replace(NOTHING, **{name: True})
    told["gateway.reconcile"]()
    assert (told.sent, [one for one in called if called[one].called]) == (sent, [one for one in called if one == name])
    if name in CALLED:
        assert is_owed(services) == NOTHING


def test_a_mailbox_that_cannot_be_looked_into_holds_up_nothing_else(services, monkeypatch, caplog):
    def fail(_):
        raise PermissionError(13, "Permission denied")

    owe_fetch(services)
    monkeypatch.setattr(mailbox, "_box", fail)
    assert is_owed(services) == replace(NOTHING, fetches=True)
    assert "the mailbox cannot be looked into: Permission denied" in caplog.text


def test_a_mailbox_whose_messages_cannot_be_put_away_does_not_hold_up_erasures(services, monkeypatch):
    def fail(*_):
        raise OSError(30, "Read-only file system")

    owe_erasure(services)
    owe_message(services)
    monkeypatch.setattr(mailbox, "_move", fail)
    told = Tasks()
    add_tasks(told, lambda: services)
    told["gateway.reconcile"]()
    assert is_owed(services) == replace(NOTHING, messages=True)


def test_each_is_asked_once(services):
    said = []
    told = Tasks()
    add_tasks(told, lambda: services)
    told["gateway.reconcile"]()  # its first sign of life is written now
    listening = (services.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    event.listen(*listening)
    told["gateway.reconcile"]()
    event.remove(*listening)
    assert {one: sum(f"{one} " in " ".join(text.split()) + " " for text in said) for one in ASKED} == dict.fromkeys(
        ASKED, 1
    )


def owed_but_scores(services):
    """Scorecards are due whenever somebody came in; that has tests of its own."""
    return replace(is_owed(services), scores=False)


def test_a_destination_is_owed_until_it_was_told_and_a_barred_vendor_until_recalled(services, clock):
    destine(services, "store", "files")
    assert owed_but_scores(services) == NOTHING
    sign_up(services, "ann@example.com", country="US")
    told = Tasks()
    add_tasks(told, lambda: services)
    assert owed_but_scores(services) == replace(NOTHING, destinations=[1])
    told["gateway.reconcile"]()
    assert "gateway.deliver" in told.sent
    told["gateway.deliver"]()
    until = time.monotonic() + 30
    while owed_but_scores(services) != NOTHING:
        assert time.monotonic() < until
        time.sleep(0.05)
    clock.move(minutes=1)
    with services.unit_of_work() as work:
        set_standing(work, "Meridian Leads", "barred", "complaints")
    assert owed_but_scores(services) == replace(NOTHING, recalls=True)
    told["gateway.deliver"]()
    assert owed_but_scores(services) == NOTHING


def test_a_run_gives_way_to_what_waits_for_a_child_and_not_to_itself():
    assert not replace(NOTHING, runs=[7], erasures=True, messages=True).others_wait(7)
    for other in ({"runs": [7, 8]}, {"errands": [1]}, {"rechecks": True}, {"mails": True}, {"fetches": True}):
        assert replace(NOTHING, **other).others_wait(7)
