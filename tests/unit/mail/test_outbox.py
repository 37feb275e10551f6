"""The outbox: nothing is lost, nothing sent twice but once where nobody knows, nobody's address kept after sending."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from builders import make_services
from mailserver import Post, free_port, mail_server
from sqlalchemy import select

from gateway.config import SettingsError, load
from gateway.mail import outbox
from gateway.mail.message import message_of
from gateway.mail.outbox import LEASE, Mail, is_due, put, stop, take
from gateway.mail.sending import Held, host_of, send_due
from gateway.mail.tables import mails

MAIL = Mail("confirmation", b"k" * 16, "demo", "ann@example.org", "en", "Please", "Hello\n", "<p>Hello</p>",
            {"List-Unsubscribe": "<https://leads.example.com/not-me/t>"})  # fmt: skip
EVIL = ["a\r\nBcc: x@example.net", "a\nBcc: x@example.net", "a\rBcc: x", "a\0b", "a\r\n\r\nbody", "a\x0b", "\n"]


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


def written(services, mail=MAIL):
    with services.unit_of_work() as work:
        return put(work, [mail], host="leads.example.com")[0]


def test_of_many_mails_each_is_told_its_own_number(services):
    many = [replace(MAIL, recipient=f"ann{number}@example.org") for number in range(250)]
    with services.unit_of_work() as work:
        numbers = put(work, many, host="leads.example.com")
        assert put(work, [], host="leads.example.com") == []
    assert {row.id: row.recipient for row in rows(services)} == dict(
        zip(numbers, (mail.recipient for mail in many), strict=True)
    )


def rows(services):
    with services.engine.connect() as connection:
        return list(connection.execute(select(mails).order_by(mails.c.id)))


def go(services, post=None, may_go=lambda *_: None):
    url = f"smtp://127.0.0.1:{post.port}?starttls=never" if post else ""
    settings = replace(services.settings, smtp_url=url, mail_from="news@example.com" if post else "")
    return send_due(services.unit_of_work, settings, may_go, seconds=20, answer_seconds=0.5)


def test_a_mail_is_sent_once_and_then_nothing_of_it_is_kept_but_that_it_was(services):
    number = written(services)
    with mail_server(Post()) as post:
        assert go(services, post).sent == 1
        assert go(services, post).total == 0
    [row] = rows(services)
    assert (row.id, row.state, row.tries, row.sent_at) == (number, "sent", 1, services.clock.now())
    assert {row.recipient, row.subject, row.text, row.html, row.headers} == {None}
    [envelope] = post.taken
    head = envelope.content.decode().partition("\r\n\r\n")[0]
    assert f"Message-ID: {row.message_id}" in head.replace("\r\n ", " ")
    assert "Auto-Submitted: auto-generated" in head
    assert "Date: Sat, 21 Nov 2026 12:00:00 +0000" in head
    assert "List-Unsubscribe: <https://leads.example.com/not-me/t>" in head


def test_without_a_server_mails_are_kept_readable_for_thirty_days(services, clock):
    number = written(services)
    assert go(services).kept == 1
    assert (rows(services)[0].state, rows(services)[0].text) == ("kept", "Hello\n")
    clock.move(days=29)
    assert go(services).total == 0
    clock.move(days=2)
    with services.engine.connect() as connection:
        assert is_due(connection, clock.now())
    assert go(services).total == 0
    [row] = rows(services)
    assert (row.id, row.recipient, row.text) == (number, None, None)
    with services.engine.connect() as connection:
        assert not is_due(connection, clock.now())


def test_a_server_that_is_away_for_days_loses_nothing_and_is_asked_less_and_less(services, clock):
    written(services)
    gone = Post(port=free_port())
    pauses = []
    while sum(pauses) < 3 * 86400:
        assert go(services, gone).put_off == 1
        assert go(services, gone).total == 0, "not at once again"
        pauses.append((rows(services)[0].not_before - clock.now()).total_seconds())
        clock.move(seconds=pauses[-1])
    assert pauses[0] < 90
    assert 3 * 3600 <= pauses[-1] <= 5 * 3600
    assert len(pauses) < 40
    with mail_server(Post()) as post:
        assert go(services, post).sent == 1
    assert len(post.taken) == 1


def test_many_mails_do_not_come_back_at_the_same_moment(services):
    for _ in range(10):
        written(services)
    assert go(services, Post(port=free_port())).put_off == 10
    assert len({row.not_before for row in rows(services)}) == 10


@pytest.mark.parametrize("behaviour", [{"hangs": 2.0}, {"dies": "after"}])
def test_where_nobody_knows_whether_it_arrived_it_is_repeated_once_and_not_again(services, clock, behaviour):
    written(services)
    with mail_server(Post(**behaviour)) as post:
        for _ in range(5):
            go(services, post)
            clock.move(days=1)
    assert len(post.taken) == 2
    [row] = rows(services)
    assert (row.state, row.unknown, row.recipient) == ("failed", 2, None)
    assert row.error.startswith("twice nobody knows whether it was sent")


def test_a_refused_mail_is_not_tried_again_and_its_reason_names_nobody(services, clock):
    written(services)
    with mail_server(Post(rcpt="550 5.1.1 <ann@example.org> unknown")) as post:
        assert go(services, post).failed == 1
        clock.move(days=1)
        assert go(services, post).total == 0
    [row] = rows(services)
    assert (row.state, row.error, row.recipient, row.text) == ("failed", "550 5.1.1 to RCPT", None, None)


def test_a_worker_that_died_over_a_mail_leaves_it_to_be_repeated_once(services, clock):
    written(services)
    for attempt in (1, 2):
        with services.unit_of_work() as work:
            assert take(work).attempt == attempt  # and dies
        with services.unit_of_work() as work:
            assert take(work) is None, "it is leased"
        clock.move(seconds=LEASE.total_seconds() + 1)
    with services.unit_of_work() as work:
        assert take(work) is None
    assert [(row.state, row.unknown) for row in rows(services)] == [("failed", 2)]


def test_who_took_a_mail_over_has_the_last_word(services, clock):
    written(services)
    with services.unit_of_work() as work:
        slow = take(work)
    clock.move(seconds=LEASE.total_seconds() + 1)
    with services.unit_of_work() as work:
        quick = take(work)
        assert not outbox.end(work, slow, "sent")
        assert not outbox.put_off(work, slow, "late")
        assert outbox.end(work, quick, "sent")
        assert not outbox.put_off(work, quick, "late"), "it has ended"
    assert [row.state for row in rows(services)] == ["sent"]


def test_what_its_room_holds_back_waits_or_is_stopped(services, clock):
    written(services)
    later = clock.now() + timedelta(minutes=15)
    assert go(services, may_go=lambda *_: Held("not yet", later)).put_off == 1
    [row] = rows(services)
    assert (row.state, row.not_before, row.tries, row.recipient) == ("new", later, 0, "ann@example.org")
    clock.move(minutes=15)
    assert go(services, may_go=lambda *_: Held("never")).stopped == 1
    [row] = rows(services)
    assert (row.state, row.error, row.recipient) == ("stopped", "never", None)


@pytest.mark.parametrize("state", ["new", "leased", "sent"])
def test_only_what_is_not_under_way_can_be_stopped(services, state):
    number = written(services)
    with services.unit_of_work() as work:
        if state != "new":
            row = take(work)
            if state == "sent":
                outbox.end(work, row, "sent")
        stop(work, number, "no")
    assert rows(services)[0].state == ("stopped" if state == "new" else state)


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("place", ["recipient", "subject", "language", "headers", "names"])
def test_no_line_break_gets_into_a_header(services, evil, place):
    change = {"headers": {"X-A": evil}} if place == "headers" else {"headers": {evil: "x"}} if place == "names" else {
        place: evil
    }  # fmt: skip
    with services.unit_of_work() as work, pytest.raises(ValueError, match="no control characters"):
        put(work, [replace(MAIL, **change)], host="leads.example.com")
    assert rows(services) == []


@pytest.mark.parametrize("name", ["Größe & Co", "Ann; <b>", 'A "quoted" one', "Ünï\u2028x"])
def test_our_own_name_breaks_no_header_either(services, name):
    written(services)
    message = message_of(rows(services)[0], mail_from="news@example.com", name=name)
    data = message.as_bytes()
    head = data.partition(b"\r\n\r\n")[0]
    assert isinstance(message, EmailMessage)
    assert head.isascii()
    assert [line.split(b":")[0] for line in head.split(b"\r\n") if not line[:1].isspace()].count(b"From") == 1
    assert {part.get_content_type() for part in message.iter_parts()} == {"text/plain", "text/html"}


def test_a_server_without_a_sender_is_refused_at_the_start():
    with pytest.raises(SettingsError, match="GATEWAY_SMTP_URL needs GATEWAY_MAIL_FROM"):
        load({"GATEWAY_SMTP_URL": "smtp://mail.example.com"})
    settings = load({"GATEWAY_SMTP_URL": "smtp://mail.example.com", "GATEWAY_MAIL_FROM": "news@example.com"})
    assert host_of(settings) == "example.com"
    assert host_of(load({"GATEWAY_PUBLIC_URL": "https://leads.example.net/x"})) == "leads.example.net"
    assert host_of(load({})) == "localhost"
