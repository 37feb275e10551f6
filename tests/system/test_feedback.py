"""What senders report, from the command line."""

import json
from pathlib import Path

from mails import arf, block, dsn, words

SAMPLES = Path(__file__).parents[1] / "unit/feedback/samples"


def test_an_mbox_is_taken_shown_and_known_the_second_time(house, tmp_path):
    file = tmp_path / "bounces.mbox"
    messages = [
        dsn(block("gone@example.com", "5.1.1")),
        arf("abuse", "Original-Rcpt-To: angry@example.com"),
        words("Hi."),
    ]
    file.write_bytes(b"\n\n".join(b"From x@example.com Mon\n" + one for one in messages))
    first = house.json("feedback", file, check=1)
    assert (first["new"], first["suppressed"], first["kinds"]) == (2, 2, {"complaint": 1, "hard_bounce": 1})
    assert [(one["message"], one["code"]) for one in first["unreadable"]] == [(3, "not_understood")]
    again = house.json("feedback", file, check=1)
    assert (again["new"], again["known"], again["suppressed"]) == (0, 2, 0)
    assert house.json("suppressions", "check", "gone@example.com")["orders"][0]["cause"] == "bounce"
    assert [(one["reporter"], one["kind"], one["events"]) for one in house.json("feedback", "show")["counts"]] == [
        ("arf", "complaint", 1), ("dsn", "hard_bounce", 1),
    ]  # fmt: skip
    assert "nobody we know" in house.run("feedback", "show")
    assert house.json("ledger", "verify")


def test_samples_are_taken_by_their_reporter_and_standard_input_is_read(house):
    told = house.json("feedback", SAMPLES / "sendgrid-events.json", "--reporter", "sendgrid")
    assert told["kinds"] == {"complaint": 1, "hard_bounce": 1, "soft_bounce": 1, "unsubscribe": 2}
    rows = '{"kind": "unsubscribe", "address": "a@example.com"}\n{"kind": "grumble", "address": "b@example.com"}\n'
    lines = house.run("feedback", "-", stdin=rows, check=1)
    assert "1 new event: unsubscribe 1" in lines
    assert "event 2: kind must be one of" in lines


def test_endpoints_are_opened_shown_and_closed_without_their_secrets(house, tmp_path):
    made = house.json("feedback", "endpoint", "add", "mc", "--reporter", "mailchimp")
    token = made["path"].removeprefix("/v1/feedback/mc/")
    assert len(token) >= 43
    key = tmp_path / "key"
    key.write_text("a-signing-key-of-mailgun\n")
    assert (
        house.json("feedback", "endpoint", "add", "mg", "--reporter", "mailgun", "--key-file", key)["path"]
        == "/v1/feedback/mg"
    )
    listed = house.run("feedback", "endpoint", "list", "--json")
    assert [one["name"] for one in json.loads(listed)["endpoints"]] == ["mc", "mg"]
    assert token not in listed + house.run("feedback", "endpoint", "list")
    house.run("feedback", "endpoint", "remove", "mc")
    house.run("feedback", "endpoint", "remove", "mc", check=2)
    house.run("feedback", "endpoint", "add", "s", "--reporter", "ses", check=2)
    house.run("feedback", "no-such-file", check=2)
