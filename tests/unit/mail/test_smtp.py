"""One mail to servers that answer, refuse, hang, die and lie about TLS."""

from email.message import EmailMessage

import pytest
from mailserver import Post, certificate, free_port, mail_server

from gateway.mail.smtp import Delivered, deliver, server_of, trusted


def message(text="Hello.\n.\n..two\n"):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "news@example.com", "ann@example.org", "Hi"
    made.set_content(text)
    return made


def send(url, recipient="ann@example.org", seconds=2.0):
    return deliver(server_of(url), message(), sender="news@example.com", recipient=recipient, seconds=seconds)


def to(post, recipient="ann@example.org", **options):
    with mail_server(post):
        return send(f"smtp://127.0.0.1:{post.port}?starttls=never", recipient, **options)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 587, None, "", "starttls")),
        ("smtp://a%40b:p%2Fw@mail.example.com:25", ("mail.example.com", 25, "a@b", "p/w", "starttls")),
        ("smtps://u:p@mail.example.com", ("mail.example.com", 465, "u", "p", "from_the_start")),
        ("smtp://127.0.0.1?starttls=never", ("127.0.0.1", 587, None, "", "never")),
        ("smtp://127.0.0.1?starttls=no", ("127.0.0.1", 587, None, "", "starttls")),
        ("smtps://127.0.0.1?starttls=never", ("127.0.0.1", 465, None, "", "from_the_start")),
    ],
)
def test_the_server_is_what_the_setting_says(url, expected):
    found = server_of(url)
    assert (found.host, found.port, found.user, found.password, found.tls) == expected


def test_a_mail_arrives_as_it_was_written_dots_and_all():
    post = Post()
    assert to(post) == Delivered("sent", "250 2.0.0")
    [envelope] = post.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("news@example.com", ["ann@example.org"])
    assert b"\r\n\r\nHello.\r\n.\r\n..two\r\n" in envelope.content


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ({"rcpt": "550 5.1.1 <ann@example.org> is nobody"}, Delivered("refused", "550 5.1.1 to RCPT")),
        ({"mail": "552 too much"}, Delivered("refused", "552 to MAIL")),
        ({"rcpt": "451 4.7.1 ann@example.org: later"}, Delivered("later", "451 4.7.1")),
        ({"mail": "421 4.3.2 going down"}, Delivered("later", "421 4.3.2")),
        ({"data": "554 5.7.1 spam from ann@example.org"}, Delivered("refused", "554 5.7.1 to the mail")),
        ({"data": "452 4.3.1 full"}, Delivered("later", "452 4.3.1 to the mail")),
        ({"hangs": 3.0}, Delivered("unknown", "the connection was lost, or no answer came in time")),
    ],
)
def test_what_the_server_says_decides_and_no_address_is_kept_of_it(behaviour, expected):
    assert to(Post(**behaviour), seconds=0.5) == expected


def test_a_connection_that_dies_before_the_final_dot_delivered_nothing_and_after_it_nobody_knows():
    before, after = Post(dies="before"), Post(dies="after")
    assert to(after).outcome == "unknown"
    assert len(after.taken) == 1
    came = deliver_long(before)
    assert (came.outcome, before.taken) in [("later", []), ("unknown", [])]  # the kernel may swallow a whole mail


def deliver_long(post):
    with mail_server(post):
        server = server_of(f"smtp://127.0.0.1:{post.port}?starttls=never")
        made = message(("y" * 70 + "\n") * 200_000)
        return deliver(server, made, sender="news@example.com", recipient="ann@example.org", seconds=2)


def test_a_server_that_is_not_there_is_tried_later():
    assert send(f"smtp://127.0.0.1:{free_port()}?starttls=never").outcome == "later"
    assert send("smtp://no.such.host.invalid?starttls=never").outcome == "later"


def test_addresses_beyond_ascii_need_a_server_that_takes_them():
    post = Post()
    with mail_server(post, enable_SMTPUTF8=False):
        assert send(f"smtp://127.0.0.1:{post.port}?starttls=never", "анна@example.org").outcome == "refused"
    with mail_server(post, enable_SMTPUTF8=True):
        assert send(f"smtp://127.0.0.1:{post.port}?starttls=never", "анна@example.org").outcome == "sent"
    assert post.taken[0].rcpt_tos == ["анна@example.org"]


# --- nothing in clear


@pytest.fixture(autouse=True)
def _system_is_asked_anew():
    trusted.cache_clear()
    yield
    trusted.cache_clear()


def test_with_starttls_the_mail_goes_encrypted(tmp_path, monkeypatch):
    pair = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    post = Post()
    with mail_server(post, tls=pair):
        assert send(f"smtp://localhost:{post.port}").outcome == "sent"
    assert (len(post.taken), post.in_clear) == (1, [])


def test_where_starttls_is_stripped_nothing_is_sent_and_the_mail_waits():
    post = Post()
    with mail_server(post):
        came = send(f"smtp://user:secret@localhost:{post.port}")
    assert came == Delivered(
        "later", "the server offers no TLS, or not the login that is set; nothing is sent in clear"
    )
    assert (post.taken, post.in_clear) == ([], [])


@pytest.mark.parametrize("name", ["localhost", "mail.example.com"])
def test_a_certificate_that_is_not_trusted_or_not_of_this_name_gets_nothing(tmp_path, monkeypatch, name):
    pair = certificate(tmp_path, name)
    if name != "localhost":
        monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    post = Post()
    with mail_server(post, tls=pair):
        came = send(f"smtp://localhost:{post.port}")
    assert came.outcome == "later"
    assert came.said.startswith("the server's certificate is not good")
    assert (post.taken, post.in_clear) == ([], [])
