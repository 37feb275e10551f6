import base64
import quopri
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mails import COPY, block, corpus, dsn, mail, words

from gateway.feedback.event import KINDS, RefusedError, without_addresses
from gateway.feedback.files import messages_in, parse_file
from gateway.feedback.message import LARGEST, parse

SAMPLES = Path(__file__).parent / "samples"
CORPUS = corpus()


def told(data: bytes) -> list[tuple[str, str]]:
    return [(event.kind, next(iter(event.addresses), "")) for event in parse(data).events]


def test_the_corpus_is_no_handful():
    assert len(CORPUS) >= 60
    assert COPY.encode() in CORPUS["exim"][0]


@pytest.mark.parametrize("name", CORPUS)
def test_each_message_says_what_it_says(name):
    data, expected = CORPUS[name]
    if expected:
        assert told(data) == expected
    else:
        with pytest.raises(RefusedError):
            parse(data)


@pytest.mark.parametrize("name", CORPUS)
def test_line_ends_change_nothing(name):
    data, expected = CORPUS[name]
    if expected and b"\r" not in data:
        assert parse(data.replace(b"\n", b"\r\n")) == parse(data) == parse(data.replace(b"\n", b"\r"))


@pytest.mark.parametrize("name", CORPUS)
def test_what_is_kept_of_a_message_holds_no_address(name):
    data, expected = CORPUS[name]
    for event in parse(data).events if expected else []:
        kept = without_addresses(event.detail, event.addresses)
        assert "@" not in kept
        assert len(kept) <= 300
        for address in event.addresses:
            assert address.partition("@")[0].lower() not in kept.lower().split()


def test_the_sample_of_a_delivery_status():
    parsed = parse((SAMPLES / "dsn-bounce.eml").read_bytes())
    hard, soft = parsed.events
    assert (hard.kind, hard.addresses, hard.status) == (
        "hard_bounce", ("gone+list@example.com", "gone@example.com"), "5.1.1",
    )  # fmt: skip
    assert (soft.kind, soft.addresses, soft.status) == ("soft_bounce", ("slow@example.com",), "4.4.7")
    assert {str(event.at) for event in parsed.events} == {"2025-11-03 05:15:35+00:00"}


def test_the_sample_of_a_feedback_report():
    parsed = parse((SAMPLES / "arf-abuse.eml").read_bytes())
    assert [(event.kind, event.addresses) for event in parsed.events] == [
        ("complaint", ("angry@example.com",)), ("complaint", ("also.angry@example.com",)),
    ]  # fmt: skip


def test_mail_that_was_forwarded_names_the_address_we_wrote_to_first():
    [event] = parse(dsn(block("new@example.net", "5.1.1", original="gone@example.com"), to="old@example.org")).events
    assert event.addresses == ("gone@example.com", "new@example.net", "old@example.org")


def test_an_mbox_is_taken_apart_and_its_escaped_lines_put_right():
    one, two = dsn(block("a@example.com", "5.1.1")), words("Hello\n\n>From here on\n")
    data = b"From MAILER-DAEMON Mon Nov  3 14:15:35 2025\n" + one + b"\nFrom x@example.com Tue\n" + two
    first, second = messages_in(data)
    assert first == one + b"\n"
    assert b"\nFrom here on\n" in second
    results = [type(found).__name__ for _, found in parse_file(data)]
    assert results == ["Parsed", "RefusedError"]


HOSTILE = {
    "empty": b"",
    "nothing but line ends": b"\n" * 5_000,
    "too large": b"x" * (LARGEST + 1),
    "many fields": b"A: b\n" * 5_000 + b"\nx",
    "deep": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(49)),
    "very deep": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000)),
    "messages in messages": b"Content-Type: message/rfc822\n\n" * 49,
    "messages without end": b"Content-Type: message/rfc822\n\n" * 9_000,
    "many parts": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 100_000,
    "many parts by a quoted mark": b'Content-Type: multipart/mixed; boundary="a b"\n\n' + b"--a b\n\nx\n" * 100_000,
    "long line": b"From: MAILER-DAEMON\n\n" + b"a" * 4_000_000,
    "many lines": b"From: MAILER-DAEMON\n\n" + b"a@b.example\n" * 300_000,
    "unknown charset": b"From: MAILER-DAEMON\nContent-Type: text/plain; charset=klingon\n\nx",
    "bad base64": b"From: MAILER-DAEMON\nContent-Transfer-Encoding: base64\n\n=A=",
    "nul": b"From: MAILER-DAEMON\n\n\0\0<a\0@example.com>: 550",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_is_refused_soon(name):
    began = time.process_time()
    with pytest.raises(RefusedError):
        parse(HOSTILE[name])
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", ["many recipients", "long field"])
def test_a_large_report_is_read_within_bounds(name):
    people = [block(f"p{n}@example.com", "5.1.1") for n in range(3_000)]
    big = block("gone@example.com", "5.1.1", "x" * 2_000_000)
    began = time.process_time()
    parsed = parse(dsn(*people) if name == "many recipients" else dsn(big))
    assert 0 < len(parsed.events) <= 200
    assert time.process_time() - began < 5


MUTATIONS = st.lists(
    st.tuples(st.sampled_from(["cut", "set", "put", "twice", "swap"]), st.integers(0, 10**6), st.binary(max_size=6)),
    min_size=1, max_size=12,
)  # fmt: skip


def mutated(data: bytes, changes: list[tuple[str, int, bytes]]) -> bytes:
    for what, where, new in changes:
        at = where % (len(data) + 1)
        if what == "cut":
            data = data[:at] + data[at + len(new) + 1 :]
        elif what == "set":
            data = data[:at] + new + data[at + len(new) :]
        elif what == "put":
            data = data[:at] + new + data[at:]
        elif what == "twice":
            data = data[:at] + data[at : at + 200] + data[at:]
        else:
            data = data[at:] + data[:at]
    return data


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(CORPUS)), changes=MUTATIONS)
def test_whatever_becomes_of_a_message_on_its_way_it_is_read_or_refused(name, changes):
    try:
        parsed = parse(mutated(CORPUS[name][0], changes))
    except RefusedError:
        return
    for event in parsed.events:
        assert event.kind in KINDS
        assert "@" not in without_addresses(event.detail, event.addresses)
        assert "\0" not in event.detail + "".join(event.addresses) + "".join(event.message_ids)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    for _, found in parse_file(data):
        assert isinstance(found, RefusedError) or found.events or found.refused or data.strip()[:1] == b"["


def test_only_what_a_mail_server_says_is_taken():
    text = "<gone@example.com>: 550 5.1.1 User unknown\n"
    assert told(words(text)) == [("hard_bounce", "gone@example.com")]
    letter = mail(text, sender="lee@example.com").replace(b"Return-Path: <>\n", b"")
    with pytest.raises(RefusedError) as refused:
        parse(letter)
    assert refused.value.code == "not_a_report"


JUNK = b"""From: <staff@hotmail.example>
To: fbl@example.com
Date: Sat, 21 Nov 2026 11:30:00 +0000
Subject: complaint about message from 192.0.2.1
Message-ID: <junk-1@hotmail.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="p"

--p
Content-Type: message/rfc822

X-HmXmrOriginalRecipient: WHO
From: News <news@example.com>
To: somebody@example.org
Message-ID: <o1@example.com>

Offers
--p--
"""


def test_a_junk_mail_report_without_a_report_part():
    (event,) = parse(JUNK.replace(b"WHO", b"ann@example.com")).events
    assert (event.reporter, event.kind, event.addresses) == ("arf", "complaint", ("ann@example.com",))
    with pytest.raises(RefusedError):
        parse(JUNK.replace(b"WHO", b"redacted@example.com"))


def test_a_named_person_goes_before_a_link():
    link = b"\nList-Unsubscribe: <https://gateway.example.com/u/" + b"A" * 60 + b">\nSubject:"
    data = (SAMPLES / "arf-abuse.eml").read_bytes().replace(b"\nSubject:", link)
    assert data.count(link) > 1
    assert all(event.addresses and not event.links for event in parse(data).events)


TOKEN = "a" * 60
LEAVE = f"<https://leads.example.com/about/the/harbour/letter/u/{TOKEN}>"
ENCODERS = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring, "BASE64 ": base64.encodebytes}
QUOTED_TYPES = ["message/rfc822", "message/global", "message/rfc822-headers", "text/rfc822-headers"]


def encoded_report(kind: str, coding: str, quoted: str) -> bytes:
    """A complaint whose quoted mail is encoded, which the RFCs forbid of message/rfc822 and some providers do."""
    part = ENCODERS[coding](quoted.encode()).decode()
    body = (
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n"
        f"--b\nContent-Type: {kind}\nContent-Transfer-Encoding: {coding}\n\n{part}\n--b--\n"
    )
    return mail(body, 'Content-Type: multipart/report; report-type=feedback-report; boundary="b"')


@pytest.mark.parametrize("coding", ENCODERS)
@pytest.mark.parametrize("kind", QUOTED_TYPES)
@pytest.mark.parametrize("body", ["Hello\n", "To: other@example.net\n", "Hello\n" * 60_000])
def test_a_complaint_counts_however_its_quoted_mail_is_encoded(coding, kind, body):
    head = f"From: news@example.org\nList-Unsubscribe: {LEAVE}\nSubject: " + "long " * 30 + "\n"
    (event,) = parse(encoded_report(kind, coding, f"{head}To: Ann <ann@example.com>\n\n{body}")).events
    assert (event.kind, event.addresses) == ("complaint", ("ann@example.com",))
    (event,) = parse(encoded_report(kind, coding, f"{head}To: [redacted]\n\n{body}")).events
    assert (event.addresses, event.links) == ((), (TOKEN,))


def test_what_is_called_base64_and_is_none_names_nobody():
    data = encoded_report("message/rfc822", "base64", "To: ann@example.com\n\n").replace(b"\n\nVG86", b"\n\nVG8\xff=")
    assert [event.addresses for event in parse(data).events] == [()]


def test_a_bounce_in_words_brings_no_nul():
    data = words("Your message could not be delivered to:\n\ngone@example.com\n  550 5.1.1 User\0 unknown\n")
    (event,) = parse(data).events
    assert event.kind == "hard_bounce"
    assert "\0" not in event.detail
