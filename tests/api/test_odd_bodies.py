"""Odd values in every field of what vendors, buyers and destinations send, on both databases: never a fault of ours."""

import copy
import json

import buying
import pytest

from gateway.intake.buying.book import bind_key

ODD = [
    None,
    [1],
    {"a": 1},
    10**400,
    -1,
    1.5,
    1e308,
    True,
    "",
    " ",
    "\ud800",
    "\0",
    "x\0y",
    "²",
    "9" * 5000,
    "-0",
    "NaN",
    "Infinity",
    "1e999999999",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "list_999999999999999999",
    "\u202e",
    "'; --",
    "=cmd()",
    "a@example.com",
    ["x"] * 2000,
    [[]],
    [None],
    [{}],
]
DAY = "2026-11-20"
V = buying.VENDOR
CERTIFICATE = "https://cert.trustedform.com/" + "a" * 40
BODIES = [
    (
        "POST",
        "/v1/pings",
        {
            "email_sha256": "5" * 64,
            "country": "US",
            "region": "TX",
            "product": "x",
            "ask": "1.25",
            "age_days": 1,
            "collected_at": f"{DAY}T10:00:00Z",
            "contract": "FD-2026-11",
            "answer": "ours",
            "domain": "x",
            "zip": "1",
        },
    ),
    (
        "POST",
        "/v1/leads",
        buying.lead(
            ping="ping_x",
            contract="FD-2026-11",
            product="x",
            answer="boberdoo",
            test="true",
            phone="+1 512 555 0100",
            state="TX",
            certificate_url=CERTIFICATE,
        ),
    ),
    (
        "POST",
        "/v1/invoices",
        {
            "vendor": V,
            "number": "1",
            "contract": "FD-2026-11",
            "lists": ["list_1"],
            "rows_billed": 1,
            "amount": "1.00",
            "currency": "USD",
            "dated_on": DAY,
            "received_on": DAY,
            "rows": "row\n1\n",
        },
    ),
    (
        "POST",
        "/v1/destinations",
        {
            "name": "crm",
            "kind": "webhook",
            "settings": {"url": "https://hooks.example.com/x"},
            "filters": {"country": ["US"]},
            "fields": ["address"],
            "confirm": "receipt",
            "from_now": True,
        },
    ),
    (
        "PATCH",
        "/v1/destinations/here",
        {
            "settings": {"url": "https://hooks.example.com/x"},
            "filters": {"country": ["US"]},
            "fields": ["address"],
            "confirm": "receipt",
        },
    ),
    ("POST", "/v1/destinations/here/pause", {"why": "x"}),
    ("POST", "/v1/deliveries/acknowledge", {"ids": ["dlv_1"]}),
    (
        "POST",
        "/v1/recalls",
        {"lists": ["list_1"], "vendor": V, "withheld": False, "cause": "contract", "why": "x", "dry_run": True},
    ),
    (
        "POST",
        "/v1/vendors/notes",
        {"vendor": V, "kind": "registration", "says": {}, "from": DAY, "until": DAY, "why": "x"},
    ),
    (
        "POST",
        "/v1/vendors/contracts",
        {"vendor": V, "name": "N", "from": DAY, "until": DAY, "price": "1.00", "currency": "USD"},
    ),
    ("POST", "/v1/vendors/withdrawals", {"vendor": V, "note": 1, "why": "x"}),
    (
        "PUT",
        "/v1/vendors/buying",
        {
            "vendor": V,
            "contract": "FD-2026-11",
            "why": "x",
            "terms": {
                "price": "1.25",
                "currency": "USD",
                "bid": {"share": 50, "floor": "0.40", "ceiling": "3.00", "unknown": "1"},
                "caps": {"hour": 1, "money_day": "5.00", "unposted_day": 3},
                "schedule": {"zone": "UTC", "open": ["mon 08:00-09:00"], "closed": [DAY]},
                "wanted": {"countries": ["US"], "regions": ["TX"], "products": ["x"], "oldest_days": 3},
                "answer": "ours",
                "reasons": "plain",
                "held": "never",
                "promise_minutes": 3,
                "duplicate_days": 3,
                "dns_milliseconds": 1,
                "says": {"method": "co_registration"},
            },
        },
    ),
    ("POST", "/v1/vendors/buying/pause", {"vendor": V, "contract": "FD-2026-11", "why": "x", "paused": True}),
]
QUERIES = {
    "/v1/vendors/score": ("vendor",),
    "/v1/vendors/file": ("vendor", "as_of", "on"),
    "/v1/invoices": ("vendor", "before", "limit"),
    "/v1/vendors/buying": ("vendor", "contract"),
    "/v1/contactable": ("after", "limit", "channel", "phase"),
    "/v1/reorders": ("within", "since", "after", "limit"),
    "/v1/phases": ("as",),
    "/v1/phases/1": ("known_by",),
    "/v1/phases/9999999999999999999999": (),
    "/v1/invoices/99999999999999999999": (),
    "/v1/invoices/99999999999999999999/pack": ("format",),
    "/v1/numbers/worth": ("by", "format", "currency", "vendor"),
    "/v1/numbers": ("by",),
    "/v1/destinations/%00": (),
    "/v1/destinations/x%ff": (),
    "/v1/recalls/recall_999999999999999999": (),
}


@pytest.fixture
def house(web):
    headers = web.key(
        "decisions", "lists", "leads", "feedback", "people", "suppressions", "sources", "numbers", "vendors", "buying",
        "events", "destinations",
    )  # fmt: skip
    buying.sell(web.services)
    with web.services.unit_of_work() as work:
        bind_key(work, 1, V, by="test")
    body = {"name": "here", "kind": "webhook", "settings": {"url": "https://hooks.example.com/x"}}
    assert web.client.post("/v1/destinations", json=body, headers=headers).status_code == 201
    return web, headers


def places(body, path=()):
    for name, value in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        yield (*path, name)
        yield from places(value, (*path, name))


def put(body, path, value):
    made = here = copy.deepcopy(body)
    for name in path[:-1]:
        here = here[name]
    here[path[-1]] = value
    return made


@pytest.mark.parametrize(("method", "path", "body"), BODIES, ids=lambda one: one if isinstance(one, str) else "")
def test_no_field_of_a_body_makes_a_fault(house, method, path, body):
    web, headers = house
    faults = []
    for place in places(body):
        for odd in ODD:
            raw = json.dumps(put(body, place, odd))
            answer = web.client.open(path, method=method, data=raw, content_type="application/json", headers=headers)
            if answer.status_code >= 500:
                faults.append((place, str(odd)[:30]))
    assert faults == []


@pytest.mark.parametrize("path", QUERIES)
def test_no_query_makes_a_fault(house, path):
    web, headers = house
    faults = []
    for name in (*QUERIES[path], "x"):
        for odd in ODD:
            if isinstance(odd, str):
                said = {name: odd.encode("utf-8", "surrogatepass")}
                if web.client.get(path, query_string=said, headers=headers).status_code >= 500:
                    faults.append((name, odd[:30]))
    assert faults == []
