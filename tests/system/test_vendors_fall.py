"""A vendor whose leads complain goes on probation with nobody looking, and its next list is held with the figures."""

import json
import urllib.parse
import urllib.request

from system_house import wait_for

from gateway.cli.demo_month.people import FIRST, LAST

VENDOR, PEOPLE, ANGRY = "Meridian Leads", 412, 3
FIGURES = "3 of 412 people taken in complained, 0.73 %, at least 0.25 % with 95 % confidence"
MANIFEST = {
    "vendor": VENDOR, "method": "co_registration", "collected": {"from": "2026-09-01", "until": "2026-10-31"},
    "form_url": "https://quotes.example.com/auto", "consent": {"claimed": "none"}, "relationship": "marketing",
    "country": "US",
}  # fmt: skip


def somebody(number):
    """No two alike, and none as a program would count them up."""
    first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
    return f"{first}.{last}@example.com".lower().replace("ö", "oe")


def ask(base, method, path, body, key="", *, kind="application/json"):
    headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(base + path, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def deliver(house, base, key, name, addresses):
    """A list over HTTP; its receipt when its run is done."""
    made = ask(base, "POST", "/v1/lists", json.dumps({"name": name, **MANIFEST}).encode(), key)
    file = "email\n" + "".join(f"{one}\n" for one in addresses)
    ask(base, "PUT", made["upload"], file.encode(), key, kind="text/csv")
    path = f"/v1/lists/{made['list']}"
    wait_for(lambda: ask(base, "GET", path, None, key)["state"] == "done", f"{name} is done", seconds=60)
    return ask(base, "GET", path, None, key)["run"]


def standing(house):
    return next((one for one in house.json("vendors")["vendors"] if one["vendor"] == VENDOR), {"standing": ""})


def test_by_policy_and_without_a_human(house):
    house.run("vendors", "standing", VENDOR, "approved", "--why", "Contract and forms seen", "--new")
    key = house.json("keys", "new", "--name", "tests", "--scope", "lists", "--scope", "leads")["secret"]
    hook = house.json("feedback", "endpoint", "add", "mc", "--reporter", "mailchimp")["path"]
    base = house.serve()
    first = deliver(house, base, key, "First", [somebody(number) for number in range(PEOPLE)])
    assert first["prospects"] == PEOPLE
    assert standing(house)["standing"] == "approved"

    for number in range(ANGRY):
        told = {"type": "unsubscribe", "data[reason]": "abuse", "data[email]": somebody(number),
                "data[id]": str(number), "fired_at": "2026-11-21 21:35:57"}  # fmt: skip
        body = urllib.parse.urlencode(told).encode()
        assert ask(base, "POST", hook, body, kind="application/x-www-form-urlencoded")["kinds"] == {"complaint": 1}
    wait_for(lambda: standing(house)["standing"] == "probation", "the worker put it on probation", seconds=60)
    now = standing(house)
    assert now["by"] == "policy:vendors"
    assert now["why"].startswith(FIGURES)

    second = deliver(house, base, key, "Second", ["new1@example.org", "new2@example.org"])
    assert (second["prospects"], second["holds"]) == (0, 2)
    (lead,) = house.json("leads", "find", "new1@example.org")["leads"]
    told = ask(base, "GET", f"/v1/leads/{lead['lead']}/decision", None, key)
    assert any(FIGURES in (one["message"] or "") for one in told["findings"] if one["rule"] == "H-60")
    assert FIGURES in house.run("explain", lead["lead"])
    card = house.json("vendors", "score", VENDOR)
    assert (card["standing"], card["measures"]["complaints"]["count"]) == ("probation", ANGRY)
    assert any("From approved to probation" in one for one in card["anomalies"])
    house.run("vendors", "standing", VENDOR, "approved", "--why", "They mended their form")
    house.run("vendors", "score", "--refresh")
    assert standing(house)["standing"] == "approved"
    assert house.json("ledger", "verify")["ok"]
