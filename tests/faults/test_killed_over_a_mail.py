"""A worker killed with -9 after it sent a whole mail and before the server answered: repeated once, never twice."""

import pytest
from confirming import ASKING, TICKED
from mailserver import Post, mail_server
from web import app_of

from gateway.intake.forms import Source, create_source


def sign_up(ground):
    """A signup that asks for confirmation, by the gateway's own application."""
    with ground.services() as services:
        with services.unit_of_work() as work:
            create_source(work, Source("asks", "The Harbour Letter", ASKING, published=True))
        body = {"email": "ann@example.com", "source": "asks", "consent": TICKED}
        assert app_of(services).test_client().post("/v1/signups", json=body).status_code == 202


def mail(ground):
    rows = ground.ask("SELECT state, unknown, attempt FROM mails")
    return tuple(rows[0]) if rows else None


def kill_over_the_mail(ground, post, turn):
    """Let a worker send it, and kill every process of it while the server has the mail and has not answered."""
    worker = ground.add_worker()
    ground.wait_for(lambda: len(post.taken) == turn, "the server has the mail")
    ground.kill(worker)
    assert mail(ground) == ("leased", turn - 1, turn), "nobody wrote down what became of it"
    ground.do("UPDATE mails SET not_before = '2026-01-01T00:00:00.000000Z'")  # a quarter of an hour later


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 1), ("sqlite", 2), ("postgresql", 2)])
def test_a_mail_is_repeated_at_most_once(ground_on, databases, kind, kills):
    ground = ground_on(databases.fresh(kind), rows=1)
    with mail_server(Post(hangs=3600)) as post:
        ground.env["GATEWAY_SMTP_URL"] = f"smtp://127.0.0.1:{post.port}?starttls=never"
        ground.env["GATEWAY_MAIL_FROM"] = "news@example.com"
        sign_up(ground)
        for turn in range(1, kills + 1):
            kill_over_the_mail(ground, post, turn)
        post.hangs = 0
        ground.add_worker()
        ended = "sent" if kills == 1 else "failed"
        ground.wait_for(lambda: mail(ground)[0] == ended, f"the mail is {ended}")
        assert len(post.taken) == 2
    contents = [envelope.content.decode() for envelope in post.taken]
    ids = {
        line for text in contents for line in text.replace("\r\n ", " ").splitlines() if line.startswith("Message-ID")
    }
    assert len(ids) == 1, "so that mailboxes can tell a repetition"
    recipient, text, error = ground.ask("SELECT recipient, text, error FROM mails")[0]
    assert (recipient, text) == (None, None), "whom it went to is forgotten"
    assert error == (None if kills == 1 else "twice nobody knows whether it was sent")
