"""Destinations, recalls and acknowledgements over HTTP."""

from datetime import UTC, datetime

from builders import key, signup_batch
from standardwebhooks.webhooks import Webhook

from gateway.emission.tables import deliveries
from gateway.pipeline import process

URL = "https://hooks.example.com/leads"


def made(web, **more):
    headers = web.key("destinations")
    body = {"name": "crm", "kind": "webhook", "settings": {"url": URL}, **more}
    answer = web.client.post("/v1/destinations", json=body, headers=headers)
    assert answer.status_code == 201, answer.json
    return headers, answer.json


def owed(web, **values):
    """One prospect who was told to the destination."""
    process(signup_batch("ann@example.com", web.services.clock.now()), web.services)
    row = {
        "destination_id": 1, "prospect_id": 1, "kind": "accepted", "state": "sent", "sequence": 1, "tries": 1,
        "reminders": 0, "made_at": web.services.clock.now(), "sent_at": web.services.clock.now(), **values,
    }  # fmt: skip
    with web.services.unit_of_work() as work:
        work.connection.execute(deliveries.insert().values(**row))


def test_a_destination_is_made_shown_changed_paused_and_removed(small_web):
    headers, one = made(small_web, filters={"country": ["US"]}, fields=["address"])
    assert one["key"].startswith("whsec_")
    client = small_web.client
    shown = client.get("/v1/destinations/crm", headers=headers)
    assert "whsec_" not in shown.text
    assert (shown.json["secrets"], shown.json["filters"]) == (["key"], {"country": ["US"]})
    changed = client.patch("/v1/destinations/crm", json={"confirm": "processing"}, headers=headers)
    assert (changed.json["confirm"], changed.json["fields"]) == ("processing", ["address"])
    assert client.post("/v1/destinations/crm/pause", json={"why": "moved"}, headers=headers).json["state"] == "paused"
    assert client.post("/v1/destinations/crm/resume", headers=headers).json["state"] == "on"
    assert client.post("/v1/destinations/crm/replay", headers=headers).json == {"replayed": 0}
    assert client.delete("/v1/destinations/crm", headers=headers).json == {"holding": 0}
    assert client.post("/v1/destinations/crm/resume", headers=headers).status_code == 409
    assert [each["state"] for each in client.get("/v1/destinations", headers=headers).json["destinations"]] == [
        "removed"
    ]


def test_all_that_is_wrong_is_said_at_once(small_web):
    headers = small_web.key("destinations")
    body = {"name": "In House", "kind": "webhook", "settings": {"url": "https://10.0.0.1/", "batch": "9999", "x": "y"}}
    answer = small_web.client.post("/v1/destinations", json=body, headers=headers)
    assert {one["field"] for one in answer.json["problems"]} == {"name", "url", "batch", "x"}
    assert small_web.client.get("/v1/destinations", headers=headers).json == {"destinations": []}


def test_a_receiver_acknowledges_by_its_own_signature_or_by_a_key(small_web, monkeypatch):
    headers, one = made(small_web)
    owed(small_web)
    client, now = small_web.client, small_web.services.clock.now()
    body = '{"done":true}'

    def signed(secret, at, name="ack_dlv_1"):
        return {
            "webhook-id": name, "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(name, at, body),
        }  # fmt: skip

    path = "/v1/deliveries/dlv_1/acknowledge"
    assert client.post(path, data=body).status_code == 401
    other = "whsec_" + "A" * 32
    assert client.post(path, data=body, headers=signed(other, now)).status_code == 401
    old = datetime(2020, 1, 1, tzinfo=UTC)
    assert client.post(path, data=body, headers=signed(one["key"], old)).status_code == 401
    assert (
        client.post("/v1/deliveries/dlv_9/acknowledge", data=body, headers=signed(one["key"], now)).status_code == 401
    )
    for seen in ("dlv_1", "ack_dlv_2", "msg_0123456789abcdef", ""):  # of another delivery, or of a webhook of ours
        assert client.post(path, data=body, headers=signed(one["key"], now, seen)).status_code == 401
    assert client.post(path, data=body, headers=signed(one["key"], now)).json == {"acknowledged": ["dlv_1"]}
    many = client.post("/v1/deliveries/acknowledge", json={"ids": ["dlv_1", "dlv_77"]}, headers=headers)
    assert many.json == {"acknowledged": ["dlv_1"]}
    with small_web.services.engine.connect() as connection:
        row = connection.execute(deliveries.select()).one()
    assert (row.state, row.acknowledged_by) == ("acknowledged", "signature")


def test_a_lead_that_its_source_takes_back_is_withdrawn_once_and_no_order_is_made(small_web):
    made(small_web)
    owed(small_web)
    headers = small_web.key("leads")
    first = small_web.client.post("/v1/leads/lead_1/withdraw", headers=headers)
    assert (first.json["withdrawn"], first.json["refused"]) == (True, False)
    assert small_web.client.post("/v1/leads/lead_1/withdraw", headers=headers).json["withdrawn"] is False
    assert small_web.client.post("/v1/leads/lead_99/withdraw", headers=headers).status_code == 404
    from gateway.suppression.book import find

    with small_web.services.engine.connect() as connection:
        assert find(connection, [key("ann@example.com")]) == {}


def test_a_recall_needs_to_know_whom_and_why(small_web):
    headers, _ = made(small_web)
    post = small_web.client.post
    assert post("/v1/recalls", json={"cause": "contract", "why": "x"}, headers=headers).status_code == 422
    wrong = {"lists": ["list_9"], "cause": "contract", "why": "x"}
    assert post("/v1/recalls", json=wrong, headers=headers).status_code == 404
    owed(small_web)
    dry = post("/v1/recalls", json={"withheld": True, "cause": "mistake", "why": "x", "dry_run": True}, headers=headers)
    assert (dry.status_code, dry.json["recall"], dry.json["state"]) == (200, None, "dry_run")
    done = post("/v1/recalls", json={"withheld": True, "cause": "mistake", "why": "x"}, headers=headers)
    assert (done.status_code, done.json["recall"]) == (202, "recall_1")
    assert small_web.client.get("/v1/recalls/recall_1", headers=headers).json["state"] == "working"
