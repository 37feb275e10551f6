"""Double opt-in with everything running: a form made by command, a signup over the wire, its mail, the click."""

import re
import urllib.error
import urllib.request
from urllib.parse import urlencode

from mailserver import Post, mail_server
from system_house import wait_for


def sign_up(base, email):
    data = urlencode({"email": email, "source": "news", "consent_ticked": "on"}).encode()
    request = urllib.request.Request(f"{base}/v1/signups", data, {"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202


def press(base, path):
    with urllib.request.urlopen(f"{base}{path}", b"", timeout=30) as answer:
        return answer.read().decode()


def test_a_mail_is_read_in_the_outbox_and_its_link_makes_the_prospect(house):
    house.run("sources", "add", "news", "--title", "The Harbour Letter", "--confirm")
    assert house.run("mail") == "There is no mail.\n"
    base = house.serve()
    sign_up(base, "ann@example.com")
    wait_for(lambda: house.json("mail", "--state", "kept")["mails"], "the worker takes the mail up")
    [mail] = house.json("mail")["mails"]
    assert (mail["mail"], mail["recipient"], mail["source"]) == ("mail_1", "ann@example.com", "news")
    assert "ann@example.com" in house.run("mail")
    read = house.json("mail", "show", "mail_1")
    assert read["subject"] == "Please confirm your signup: The Harbour Letter"
    assert read["text"].strip().splitlines()[0] in house.run("mail", "show", "1")
    [path] = re.findall(r"http://127\.0\.0\.1:\d+(/confirm/\S+)", read["text"])
    assert "Thank you" in press(base, path)
    wait_for(lambda: house.outcome("ann@example.com") == ["prospect"], "the lead is let in")
    assert house.run("mail", "show", "mail_9", "--json", check=2)


def test_a_worker_sends_mails_to_a_server(house):
    house.run("sources", "add", "news", "--title", "The Harbour Letter", "--confirm")
    with mail_server(Post()) as post:
        house.env["GATEWAY_SMTP_URL"] = f"smtp://127.0.0.1:{post.port}?starttls=never"
        house.env["GATEWAY_MAIL_FROM"] = "news@example.com"
        base = house.serve()
        sign_up(base, "ann@example.com")
        wait_for(lambda: post.taken, "the mail arrives")
        wait_for(lambda: house.json("mail", "--state", "sent")["mails"], "the outbox knows")
        account = house.json("mail", "send")
    assert account == {"sent": 0, "kept": 0, "put_off": 0, "failed": 0, "stopped": 0}
    assert post.taken[0].rcpt_tos == ["ann@example.com"]
    assert house.json("mail")["mails"][0]["recipient"] is None
    assert "The words are kept no longer" in house.run("mail", "show", "mail_1")
