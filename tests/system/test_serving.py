"""The server as people use it: signups that become prospects by themselves, answers that tell strangers nothing."""

import json
import urllib.error
import urllib.request

import pytest
from dnsserver import SILENT
from system_house import MAIL, wait_for

CONSENT = {"ticked": True, "wording": "Yes, write to me.", "language": "en", "page_url": "https://www.example.com/join"}


def post(base, document, key=None):
    """Status, headers that do not tell the time, body."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(f"{base}/v1/signups", json.dumps(document).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, [h for h in answer.headers.items() if h[0] != "Date"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, [h for h in error.headers.items() if h[0] != "Date"], error.read()


def signup(address, **more):
    return {"email": address, "source": "site", "country": "US", "consent": CONSENT, **more}


@pytest.fixture
def base(house):
    house.run("sources", "add", "site", "--title", "The site's form", "--wording", "Yes, write to me.")
    return house.serve()


def test_a_signup_becomes_a_prospect_and_waits_while_dns_is_silent(house, base):
    assert post(base, signup("ann@example.com"))[0] == 202
    wait_for(lambda: house.outcome("ann@example.com") == ["prospect"], "Ann is a prospect")
    house.dns.zone["later.example.net"] = SILENT
    assert post(base, signup("bob@later.example.net"))[0] == 202
    assert house.outcome("bob@later.example.net") == ["hold"]
    house.dns.zone["later.example.net"] = MAIL
    wait_for(lambda: house.outcome("bob@later.example.net") == ["prospect"], "Bob is let in by himself", seconds=60)
    assert house.json("ledger", "verify")["ok"]


def test_strangers_learn_nothing_and_keys_learn_all(house, base, manifest, tmp_path):
    assert post(base, signup("known@example.com"))[0] == 202
    wait_for(lambda: house.outcome("known@example.com") == ["prospect"], "a known person")
    house.run("suppress", "left@example.com")
    answers = {
        repr(post(base, signup(address)))
        for address in ("known@example.com", "new@example.com", "left@example.com", "x@no-such-domain.example.net")
    }
    assert len(answers) == 1
    assert post(base, signup("no address"))[0] == 422

    key = house.json("keys", "new", "--scope", "decisions")["secret"]
    status, _, body = post(base, signup("left@example.com"), key)
    told = json.loads(body)
    assert (status, told["outcome"]) == (200, "hold")  # until it is confirmed from the mailbox
    assert {"rule", "reason", "cites", "message", "remedy"} <= told["findings"][0].keys()
    assert json.loads(post(base, signup("fresh@example.com"), key)[2])["outcome"] == "prospect"
    assert "left@example.com" not in house.run("prospects", "export")
    assert set(house.outcome("left@example.com")) == {"hold"}

    file = tmp_path / "leads.csv"
    file.write_text("email,country\nlist.one@example.com,US\nleft@example.com,US\n", encoding="utf-8")
    receipt = house.json("import", file, "--manifest", manifest, "--wait")
    assert (receipt["rows"], receipt["prospects"], receipt["rejections"]) == (2, 1, 1)
