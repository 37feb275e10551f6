import json
from dataclasses import replace

import pytest
from builders import key, make_services
from mails import arf, block, dsn, words
from sqlalchemy import func, select
from told_tasks import Tasks

from gateway.db.work import reading
from gateway.feedback.tables import feedback_events
from gateway.jobs import mailbox
from gateway.jobs.mailbox import read_mailbox
from gateway.jobs.tasks import add_tasks
from gateway.ledger.tables import entries
from gateway.suppression.book import find

GOOD = dsn(block("gone@example.com", "5.1.1"))


@pytest.fixture(params=["maildir", "folder"])
def box(request, engine, clock, tmp_path):
    """A mailbox with its services, and the folder in which messages arrive."""
    folder = tmp_path / "mailbox"
    arrive = folder / "new" if request.param == "maildir" else folder
    for name in ("new", "cur", "tmp") if request.param == "maildir" else ("",):
        (folder / name).mkdir(parents=True)
    services = make_services(engine, clock, tmp_path)
    return replace(services, settings=replace(services.settings, mailbox=folder)), folder, arrive


def names(folder):
    return {
        path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def put_away(folder, name):
    return f"cur/{name}:2,S" if (folder / "cur").is_dir() else f"done/{name}"


def count(services):
    with reading(services.engine) as connection:
        return connection.execute(select(func.count()).select_from(feedback_events)).scalar_one()


def test_without_a_mailbox_nothing_happens(engine, clock, tmp_path):
    services = make_services(engine, clock, tmp_path)
    assert read_mailbox(services) == 0
    assert read_mailbox(replace(services, settings=replace(services.settings, mailbox=tmp_path / "gone"))) == 0


def test_messages_are_taken_and_put_away_and_those_not_understood_kept_apart(box):
    services, folder, arrive = box
    (arrive / "1").write_bytes(GOOD)
    (arrive / "2").write_bytes(arf("abuse", "Original-Rcpt-To: angry@example.com"))
    (arrive / "3").write_bytes(words("I am away.", "Auto-Submitted: auto-replied"))
    (arrive / "4").write_bytes(b"\xff" * 100)
    (arrive / ".hidden").write_bytes(GOOD)
    assert read_mailbox(services) == 4
    hidden = (arrive / ".hidden").relative_to(folder).as_posix()
    assert names(folder) == {put_away(folder, "1"), put_away(folder, "2"), "refused/3", "refused/4", hidden}
    with reading(services.engine) as connection:
        left = find(connection, [key("gone@example.com"), key("angry@example.com")])
    assert sorted(order.cause for orders in left.values() for order in orders) == ["bounce", "complaint"]
    assert read_mailbox(services) == 0


@pytest.mark.parametrize("error", [PermissionError("not ours"), ZeroDivisionError("a fault of ours")])
def test_a_file_that_cannot_be_read_is_put_aside_and_holds_up_nobody(box, monkeypatch, error):
    services, folder, arrive = box
    (arrive / "1").write_bytes(b"poison")
    (arrive / "2").write_bytes(GOOD)
    parse = mailbox.parse_file

    def fail(data):
        if data == b"poison":
            raise error
        return parse(data)

    monkeypatch.setattr(mailbox, "parse_file", fail)
    assert read_mailbox(services) == 2
    assert names(folder) == {"refused/1", put_away(folder, "2")}
    assert count(services) == 1
    assert not mailbox.has_messages(services)


def test_a_large_file_is_taken_in_many_transactions_between_which_others_write(box):
    services, folder, arrive = box
    people = [{"kind": "complaint", "address": f"p{number}@example.com"} for number in range(1_001)]
    (arrive / "1").write_text(json.dumps(people), encoding="utf-8")
    assert read_mailbox(services) == 1
    assert names(folder) == {put_away(folder, "1")}
    assert count(services) == 1_001
    with reading(services.engine) as connection:
        kinds = connection.execute(select(entries.c.kind)).scalars().all()
    assert kinds.count("feedback.recorded") == 3


def test_a_process_that_dies_after_the_commit_finds_its_messages_again_and_changes_nothing(box, monkeypatch):
    services, folder, arrive = box
    for number in range(5):
        (arrive / f"m{number}").write_bytes(dsn(block(f"p{number}@example.com", "5.1.1")))

    def die(path, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "_move", die)
        with pytest.raises(KeyboardInterrupt):
            read_mailbox(services)
    assert count(services) == 5
    assert len(names(arrive)) == 5
    assert read_mailbox(services) == 5
    assert count(services) == 5
    assert names(folder) == {put_away(folder, f"m{number}") for number in range(5)}


def test_a_process_that_dies_before_the_commit_loses_nothing(box, monkeypatch):
    services, _, arrive = box
    (arrive / "m").write_bytes(GOOD)

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "record", die)
        with pytest.raises(KeyboardInterrupt):
            read_mailbox(services)
    assert (count(services), len(names(arrive))) == (0, 1)
    assert read_mailbox(services) == count(services) == 1


def test_many_messages_are_taken_in_turns_the_oldest_name_first(box, monkeypatch):
    services, _, arrive = box
    monkeypatch.setattr(mailbox, "AT_ONCE", 3)
    monkeypatch.setattr(mailbox, "_EVENTS", 2)
    for number in range(7):
        (arrive / f"m{number}").write_bytes(dsn(block(f"p{number}@example.com", "5.1.1")))
    assert [read_mailbox(services) for _ in range(4)] == [3, 3, 1, 0]
    assert count(services) == 7


def test_a_message_too_large_is_refused_unread(box, monkeypatch):
    services, folder, arrive = box
    monkeypatch.setattr(mailbox, "LARGEST", 1_000_000)
    monkeypatch.setattr(mailbox, "LARGEST_FILE", 1_000_000)
    with (arrive / "huge").open("wb") as file:
        file.truncate(1_000_001)
    assert read_mailbox(services) == 1
    assert names(folder) == {"refused/huge"}


def test_of_a_file_half_understood_the_good_half_counts_and_the_file_is_kept_apart(box):
    services, folder, arrive = box
    (arrive / "mbox").write_bytes(b"From a\n" + GOOD + b"\n\nFrom b\n" + words("Hello"))
    assert read_mailbox(services) == 1
    assert count(services) == 1
    assert names(folder) == {"refused/mbox"}


def test_a_name_seen_before_overwrites_nothing_and_links_are_left_alone(box, tmp_path):
    services, folder, arrive = box
    secret = tmp_path / "secret"
    secret.write_bytes(GOOD)
    (arrive / "link").symlink_to(secret)
    for body in (GOOD, dsn(block("other@example.com", "5.1.1"))):
        (arrive / "m").write_bytes(body)
        assert read_mailbox(services) == 1
    home = (folder / put_away(folder, "m")).parent
    assert sorted(path.name for path in home.iterdir()) == sorted([
        (folder / put_away(folder, "m")).name, "1." + (folder / put_away(folder, "m")).name,
    ])  # fmt: skip
    assert secret.exists()
    assert (arrive / "link").is_symlink()


def test_a_message_another_worker_took_meanwhile_is_no_failure(box, monkeypatch):
    services, folder, arrive = box
    monkeypatch.setattr(mailbox, "_newest", lambda _: iter([arrive / "gone"]))
    assert read_mailbox(services) == 1
    assert names(folder) == set()


def test_a_worker_reads_the_mailbox_whenever_it_looks_for_what_is_owed(box):
    services, folder, arrive = box
    (arrive / "m").write_bytes(GOOD)
    tasks = Tasks()
    add_tasks(tasks, lambda: services)
    tasks["gateway.reconcile"]()
    assert names(folder) == {put_away(folder, "m")}
    assert count(services) == 1
