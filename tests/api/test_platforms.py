"""Samples of every platform go in and give what their manuals say: the lead, its evidence, and who is refused."""

import json
from datetime import UTC, datetime

import pytest
from platform_posts import FORM, POSTS, SECRETS, TOKEN, WEBHOOK, Post, Sender, of
from sqlalchemy import select

from gateway.intake import http_platforms
from gateway.ledger.tables import entries

SITE = "https://www.example.com"
WORDS = {
    "hubspot-forms.json": (
        "I agree to allow Example Inc. to store and process my personal data.\n"
        "I agree to receive marketing communications from Example Inc."
    ),
    "typeform.json": "I agree to receive product news by email",
    "google-ads-lead.json": "May we email you offers?",
    "elementor-advanced.txt": "Acepto recibir novedades",
    "jotform-multipart.txt": "I agree to receive emails",
    "leadconduit.json": "By clicking I agree …",
}
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ACTED = {
    "google-ads-lead.json": datetime(2025, 11, 3, 9, 12, 44, tzinfo=UTC),
    "typeform.json": datetime(2025, 11, 3, 8, 24, 49, tzinfo=UTC),
    "hubspot-forms.json": datetime(2025, 11, 3, 9, 13, 19, tzinfo=UTC),
}
NETWORKS = {
    "jotform-multipart.txt": "198.51.100.77", "elementor-advanced.txt": "2001:db8::1",
    "hubspot-forms.json": "192.0.2.55",
    "elementor-flat.txt": "203.0.113.9", "leadconduit.json": "192.0.2.14", "boberdoo-post.txt": "192.0.2.92",
    "contact-form-7.txt": "127.0.0.1", "salesforce.txt": "127.0.0.1",
}  # fmt: skip
PAGES = {
    "elementor-advanced.txt": "https://www.example.es/blog/", "elementor-flat.txt": "https://www.example.es/blog/",
    "hubspot-forms.json": "https://www.example.com/demo", "leadconduit.json": "https://quotes.example.com/",
    "boberdoo-post.txt": "https://quotes.example.com/",
}  # fmt: skip
NAMES = {
    "hubspot-forms.json": ("Nina", None), "leadconduit.json": ("Mike", "Jones"), "boberdoo-post.txt": ("Ida", "Moreau"),
    "salesforce.txt": ("Nora", "Lind"), "jotform-multipart.txt": ("Samuel", "Otieno"),
}  # fmt: skip
NO_BOX = {"leadconduit.json", "boberdoo-post.txt"}
CERTIFICATE = "https://cert.trustedform.com/eb9fc4dd9bed9ad451a5648946cf4bf09b5b0001"


@pytest.fixture
def sender(web):
    made = Sender(web)
    made.open(origins=(SITE,))
    return made


@pytest.fixture
def small(small_web):
    made = Sender(small_web)
    made.open(origins=(SITE,))
    return made


@pytest.fixture
def seen(monkeypatch):
    """The batches as they entered the pipeline."""
    caught = []

    def process(batch, *args, **kwargs):
        caught.append((batch, kwargs.get("dns_seconds")))
        return real(batch, *args, **kwargs)

    real = http_platforms.process
    monkeypatch.setattr(http_platforms, "process", process)
    return caught


def names(post):
    return post.file


def cells(batch):
    return {name: column[0] for name, column in batch.columns.items()}


@pytest.mark.parametrize("post", POSTS, ids=names)
def test_a_sample_is_one_lead_with_its_address_and_its_words(sender, post):
    assert sender.post(post).status_code in {200, 201, 303}
    [lead] = sender.web.leads()
    assert lead.address == post.address
    kept = json.loads(lead.as_arrived)
    assert kept["platform"] == post.platform
    assert post.address in json.dumps(kept["posted"])


@pytest.mark.parametrize("post", POSTS, ids=names)
def test_the_evidence_of_a_sample(small, seen, post):
    small.post(post)
    [(batch, _)] = seen
    found = cells(batch)
    assert found["email"] == post.address
    assert (found.get("first_name"), found.get("last_name")) == NAMES.get(post.file, (None, None))
    assert found.get("consent_ticked") == (None if post.file in NO_BOX else True)
    assert found.get("consent_wording") == WORDS.get(post.file)
    assert found.get("consent_ip") == NETWORKS.get(post.file)
    assert found.get("consent_url") == PAGES.get(post.file)
    acted = ACTED.get(post.file, NOON)
    assert found.get("consent_at") == (None if post.file in NO_BOX else acted)
    assert found["collected_at"] == acted
    assert found.get("certificate_url") == (CERTIFICATE if post.file in NO_BOX else None)
    token = "6B1F0C52-3E0A-4C3A-9B57-0A1B2C3D4E5F" if post.file == "leadconduit.json" else None
    assert found.get("lead_token") == token


def test_phones_and_places(small, seen):
    for file in ("google-ads-lead.json", "jotform-multipart.txt", "leadconduit.json", "boberdoo-post.txt"):
        small.post(of(file))
    assert [cells(batch)["phone"] for batch, _ in seen] == [
        "+12025550147", "(202) 555-0133", "512-555-0111 x 44", "2025550177",
    ]  # fmt: skip
    assert [cells(batch).get("region") for batch, _ in seen] == [None, "CA", "TX", None]


@pytest.mark.parametrize("post", POSTS, ids=names)
def test_only_who_is_told_the_decision_waits_for_dns(small, seen, post):
    small.post(post)
    assert seen[0][1] == (None if post.platform in {"leadconduit", "boberdoo"} else 0)
    assert small.web.woken == [1]


SIGNED = [post for post in (*POSTS, WEBHOOK) if post.platform in {"typeform", "meta"}]


@pytest.mark.parametrize("post", SIGNED, ids=names)
def test_an_altered_byte_is_refused(small, post):
    """Every byte of the body, changed one at a time under the signature of the whole."""
    for place in range(len(post.body)):
        altered = post.body[:place] + bytes([post.body[place] ^ 1]) + post.body[place + 1 :]
        answer = small.web.client.post(post.path, data=altered, content_type=post.content_type, headers=post.headers())
        assert answer.status_code == 403
    assert small.post(post).status_code == 200


@pytest.mark.parametrize("post", SIGNED, ids=names)
def test_a_signature_that_is_missing_or_another_secrets_is_refused(small, post):
    name = next(iter(post.headers()))
    for wrong in ("", "sha256=", "sha256=é", "x", post.headers()[name][:-1], post.headers()[name].upper()):
        assert small.post(post, **{name: wrong}).status_code == 403
    assert small.web.leads() == []


@pytest.mark.parametrize(
    "wrong", ["", "Shared-Secret-set-in-the-form", "é", 7, None, ["shared-secret-set-in-the-form"]]
)
def test_a_wrong_key_of_google_is_refused_in_its_shape(small, wrong):
    document = json.loads(of("google-ads-lead.json").body) | {"google_key": wrong}
    answer = small.post(of("google-ads-lead.json"), json.dumps(document).encode())
    assert (answer.status_code, answer.json) == (403, {"message": "google_key does not match"})
    assert small.web.leads() == []


def test_a_wrong_key_of_boberdoo_is_an_error_in_its_shape(small):
    post = of("boberdoo-post.txt")
    answer = small.post(post, post.body.replace(b"Key=b", b"Key=B"))
    assert answer.status_code == 200
    assert answer.text.endswith("<response><status>Error</status><error>Key does not match</error></response>")
    assert small.web.leads() == []


@pytest.mark.parametrize("post", [post for post in POSTS if post.rest == TOKEN], ids=names)
@pytest.mark.parametrize("rest", ["", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), f"{TOKEN}/x", "é"])
def test_a_secret_address_has_no_neighbours(small, post, rest):
    if post.platform == "hubspot" and not rest:
        return  # browsers may post there
    elsewhere = Post(post.file, post.platform, post.content_type, rest)
    assert small.post(elsewhere).status_code == 404
    assert small.web.leads() == []


@pytest.mark.parametrize("post", [*POSTS, WEBHOOK], ids=names)
def test_a_platform_that_is_not_set_is_not_there(small_web, post):
    small_web.source("lead")
    assert Sender(small_web).post(post).status_code == 404
    assert small_web.leads() == []


@pytest.mark.parametrize("path", ["/v1/sources/other/google-ads", "/v1/sources/lead/nothing", "/v1/sources/LEAD/meta"])
def test_neither_is_another_source_or_platform(small, path):
    assert small.web.client.post(path, json={}).status_code == 404


@pytest.mark.parametrize("post", POSTS, ids=names)
def test_an_unpublished_source_takes_leads_of_those_who_prove_themselves(small_web, post):
    made = Sender(small_web)
    made.open(published=False)
    made.post(post)
    assert len(small_web.leads()) == (0 if post.platform in {"contact-form-7", "salesforce"} else 1)


NUMBERED = [post for post in POSTS if post.platform in {"google-ads", "typeform", "jotform", "boberdoo"}]


@pytest.mark.parametrize("post", NUMBERED, ids=names)
def test_the_same_number_twice_is_one_lead_with_one_answer(sender, post):
    first, again = sender.post(post), sender.post(post)
    assert (first.status_code, first.content_type, first.data) == (again.status_code, again.content_type, again.data)
    assert len(sender.web.leads()) == 1


@pytest.mark.parametrize("post", NUMBERED, ids=names)
def test_a_number_that_comes_with_another_address_is_refused(small, post):
    small.post(post)
    name = post.address.encode()
    other = post.body.replace(name.replace(b"@", b"%40"), b"else%40example.com").replace(name, b"else@example.com")
    assert other != post.body
    answer = small.post(post, other)
    assert answer.status_code == (200 if post.platform == "boberdoo" else 422)
    assert "this lead number came before" in answer.text
    assert len(small.web.leads()) == 1


def test_while_the_first_delivery_is_under_way_the_next_is_sent_away_for_a_while(small, monkeypatch):
    inside = []

    def slow(*args, **kwargs):
        inside.append(small.post(of("google-ads-lead.json")))
        return real(*args, **kwargs)

    real = http_platforms.process
    monkeypatch.setattr(http_platforms, "process", slow)
    assert small.post(of("google-ads-lead.json")).status_code == 200
    assert (inside[0].status_code, inside[0].headers["Retry-After"]) == (503, "1")
    assert len(small.web.leads()) == 1


def test_what_came_to_nothing_may_come_again(small, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(http_platforms, "process", fail)
        assert small.post(of("google-ads-lead.json")).status_code == 500
    assert small.post(of("google-ads-lead.json")).status_code == 200
    assert len(small.web.leads()) == 1


def dummies():
    google, conduit, boberdoo = (of(name) for name in ("google-ads-lead.json", "leadconduit.json", "boberdoo-post.txt"))
    lead, sold = json.loads(google.body), json.loads(conduit.body)
    return [
        (google, json.dumps(lead | {"is_test": True}).encode()),
        (google, json.dumps(lead | {"lead_id": "TeSter-123-ABC"}).encode()),
        (conduit, json.dumps(sold | {"test": True}).encode()),
        (conduit, json.dumps(sold | {"test": "true"}).encode()),
        (boberdoo, boberdoo.body + b"&Test_Lead=1"),
    ]


@pytest.mark.parametrize(("post", "body"), dummies())
def test_a_test_lead_is_answered_and_is_no_prospect(sender, post, body):
    assert sender.post(post, body).status_code in {200, 201}
    [lead] = sender.web.leads()
    assert lead.outcome == "rejection"
    told = sender.web.client.get("/v1/leads/lead_1/decision", headers=sender.web.key("leads")).json
    assert [spoken["rule"] for spoken in told["findings"] if spoken["verdict"] == "reject"] == ["H-42"]


def test_no_secret_is_kept_with_the_lead_nor_in_the_ledger(sender):
    for post in POSTS:
        sender.post(post)
    kept = "".join(lead.as_arrived for lead in sender.web.leads())
    with sender.web.services.engine.connect() as connection:
        kept += "".join(str(row) for row in connection.execute(select(entries)))
    for values in SECRETS.values():
        for name, secret in values.items():
            assert secret not in kept or name in {"oid", "consent_box"}
    assert TOKEN not in kept
    assert "shared-secret" not in repr(FORM)


def test_a_lead_that_left_is_refused_and_the_platform_of_a_webhook_is_not_told(small):
    """Whoever ticks Salesforce's opt-out leaves; later leads of the same person are refused, with the same answer."""
    post = of("salesforce.txt")
    small.post(post, post.body + b"&emailOptOut=1")
    google = of("google-ads-lead.json")
    later = small.post(google, google.body.replace(b"maya.ortiz@example.com", b"nora.lind@example.com"))
    assert (later.status_code, later.json) == (200, {})
    assert [lead.outcome for lead in small.web.leads()] == ["rejection", "rejection"]


def test_a_lead_without_an_address_is_kept_as_a_rejection(small):
    document = json.loads(of("google-ads-lead.json").body) | {"user_column_data": []}
    assert small.post(of("google-ads-lead.json"), json.dumps(document).encode()).status_code == 200
    assert [lead.outcome for lead in small.web.leads()] == ["rejection"]
