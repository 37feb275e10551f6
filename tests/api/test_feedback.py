"""Senders' webhooks over HTTP: who is believed, what is answered, what cannot be forged."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pytest
from builders import key as key_of
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from gateway.db.work import reading
from gateway.feedback import sns
from gateway.feedback.endpoints import add_endpoint
from gateway.feedback.event import RefusedError
from gateway.feedback.fetch import fetch_from_sns
from gateway.feedback.signed import check_sendgrid
from gateway.feedback.sns import NotSignedError, signed_text
from gateway.feedback.tables import feedback_events
from gateway.intake import http_feedback
from gateway.outgoing import UnreachableError
from gateway.suppression.book import find

SAMPLES = Path(__file__).parents[1] / "unit/feedback/samples"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-1:123456789012:ses-bounces"
CERTIFICATE = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000.pem"
KEY = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
HOOK = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes, ok!").decode()
TOKEN = "a-token-of-some-length"
SECRETS = {
    "ses": TOPIC, "mailgun": "key-0123456789abcdef", "brevo": "someone:" + TOKEN, "mailchimp": TOKEN, "generic": HOOK,
    "sendgrid": base64.b64encode(
        KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    ).decode(),
}  # fmt: skip


def certificate(key=RSA, days=(-1, 30)) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(NOON + timedelta(days=days[0])).not_valid_after(NOON + timedelta(days=days[1]))
    )  # fmt: skip
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class Outside:
    """What lies at SNS, and what was fetched of it."""

    def __init__(self, pem: bytes) -> None:
        self.pem, self.fetched, self.down = pem, [], False

    def __call__(self, url: str) -> bytes:
        self.fetched.append(url)
        if self.down:
            raise UnreachableError("it is down")
        return self.pem if url.endswith(".pem") else b"<Confirmed/>"


@pytest.fixture(autouse=True)
def _no_certificates():
    sns._certificates.clear()


@pytest.fixture
def outside(small_web):
    there = Outside(certificate())
    small_web.app.extensions["gateway.fetch"] = there
    return there


def opened(web, reporter, name="in", secret=None):
    with web.services.unit_of_work() as work:
        add_endpoint(work, name, reporter, SECRETS[reporter] if secret is None else secret, by="test")
    return f"/v1/feedback/{name}"


def kept(web):
    with reading(web.services.engine) as connection:
        return [
            (row.reporter, row.kind)
            for row in connection.execute(select(feedback_events).order_by(feedback_events.c.id))
        ]


def suppressed(web, address):
    with reading(web.services.engine) as connection:
        return [order.cause for order in find(connection, [key_of(address)]).get(key_of(address), [])]


def envelope(version="1", **changes) -> dict[str, str]:
    document = json.loads((SAMPLES / "ses-sns-bounce.json").read_bytes()) | {"SignatureVersion": version} | changes
    document = {name: value for name, value in document.items() if value is not None}
    kind = hashes.SHA1() if version == "1" else hashes.SHA256()
    document["Signature"] = base64.b64encode(RSA.sign(signed_text(document), padding.PKCS1v15(), kind)).decode()
    return document


def confirmation(**changes) -> dict[str, str]:
    return envelope(
        **{"Type": "SubscriptionConfirmation", "Token": "t", "Subject": None, "UnsubscribeURL": None,
           "SubscribeURL": f"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"}
        | changes
    )  # fmt: skip


def post_sns(web, path, document):
    return web.client.post(path, data=json.dumps(document), content_type="text/plain; charset=UTF-8")


def stamp(seconds=0.0) -> str:
    return str(int(NOON.timestamp() + seconds))


def mailgun_body(token="t1", seconds=0.0, key=SECRETS["mailgun"], **row) -> bytes:
    at = stamp(seconds)
    signature = hmac.digest(key.encode(), (at + token).encode(), sha256).hex()
    event = {"event": "complained", "recipient": "angry@example.com", "id": "x", "timestamp": 1762161300.04, **row}
    return json.dumps({
        "signature": {"timestamp": at, "token": token, "signature": signature}, "event-data": event,
    }).encode()  # fmt: skip


def sendgrid_headers(body, at="1762161262"):
    signature = KEY.sign(at.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {"X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": at}  # fmt: skip


def hook_headers(body, seconds=0.0, secret=HOOK, name="msg_1"):
    at = stamp(seconds)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"{name}.{at}.".encode() + body, sha256)).decode()
    return {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": f"v1,{signature}"}


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_sample_of_sns_signed_as_sns_signs_is_taken(small_web, outside, version):
    path = opened(small_web, "ses")
    answer = post_sns(small_web, path, envelope(version))
    assert answer.status_code == 200
    assert answer.json["kinds"] == {"hard_bounce": 2}
    assert suppressed(small_web, "jane.roe@example.com") == ["bounce"]
    assert suppressed(small_web, "mary@example.com") == []
    assert post_sns(small_web, path, envelope(version)).json["known"] == 2
    assert outside.fetched == [CERTIFICATE]


def test_the_sample_as_it_is_has_no_good_signature(small_web, outside):
    path = opened(small_web, "ses")
    answer = small_web.client.post(path, data=(SAMPLES / "ses-sns-bounce.json").read_bytes())
    assert (answer.status_code, kept(small_web)) == (403, [])


@pytest.mark.parametrize("kind", [[], ["Notification"], {"Type": "Notification"}, 7, None, True, "Notification "])
def test_an_envelope_of_no_type_of_sns_is_refused_in_words(small_web, outside, kind):
    path = opened(small_web, "ses")
    answer = post_sns(small_web, path, {**envelope(), "Type": kind})
    assert (answer.status_code, answer.json["problems"][0]["code"]) == (422, "bad_shape")


@pytest.mark.parametrize("name", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type", "Signature"])
def test_no_signed_field_of_sns_can_be_altered(small_web, outside, name):
    path = opened(small_web, "ses")
    good = envelope("2")
    for changed in (good[name] + "x", "", good[name][:-4], None):
        bad = {key: value for key, value in (good | {name: changed}).items() if value is not None}
        assert post_sns(small_web, path, bad).status_code in {403, 422}
    assert kept(small_web) == []


FOREIGN = [
    "http://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem",
    "https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem",
    "https://evil.example/sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem",
    "https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem",
    "https://user@sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem",
    "https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-0.pem",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem?x=1",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem#x",
    "https://sns.us-east-1.amazonaws.com/../SimpleNotificationService-0.pem",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem\n",
    "https://sns.us-east-1.amazonaws.com\\@evil.example/SimpleNotificationService-0.pem",
    "https://sns.evil.example/SimpleNotificationService-0.pem",
    "https://sns.amazonaws.com/SimpleNotificationService-0.pem",
    "https://s3.us-east-1.amazonaws.com/SimpleNotificationService-0.pem",
    "https://bucket.sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
    "https://127.0.0.1/SimpleNotificationService-0.pem", "https://[::1]/SimpleNotificationService-0.pem",
    "https://169.254.169.254/latest/meta-data", "file:///etc/passwd", "gopher://sns.us-east-1.amazonaws.com/", "",
]  # fmt: skip


@pytest.mark.parametrize("url", FOREIGN)
def test_nothing_is_fetched_from_elsewhere(small_web, outside, url):
    path = opened(small_web, "ses")
    assert post_sns(small_web, path, envelope(SigningCertURL=url)).status_code == 403
    assert post_sns(small_web, path, confirmation(SubscribeURL=url)).status_code == 403
    assert outside.fetched in ([], [CERTIFICATE])
    if "eu-west-1" not in url:  # SNS, but of another region than the topic
        with pytest.raises(RefusedError):
            fetch_from_sns(url)


def test_a_certificate_of_china_s_region_is_at_china_s_host(small_web, outside):
    topic = "arn:aws-cn:sns:cn-north-1:123456789012:ses"
    path = opened(small_web, "ses", secret=topic)
    url = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0.pem"
    assert post_sns(small_web, path, envelope(TopicArn=topic, SigningCertURL=url)).status_code == 200


@pytest.mark.parametrize(
    "pem",
    [
        certificate(rsa.generate_private_key(65537, 2048)), certificate(days=(-9, -1)), certificate(days=(1, 9)),
        b"x", b"",
    ],
    ids=["another", "past", "to come", "none", "empty"],
)  # fmt: skip
def test_a_certificate_that_is_not_the_right_one_is_not_believed(small_web, outside, pem):
    outside.pem = pem
    assert post_sns(small_web, opened(small_web, "ses"), envelope()).status_code == 403
    assert kept(small_web) == []


def test_a_certificate_that_cannot_be_had_now_is_asked_for_again(small_web, outside):
    path = opened(small_web, "ses")
    outside.down = True
    answer = post_sns(small_web, path, envelope())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    outside.down = False
    assert post_sns(small_web, path, envelope()).status_code == 200


def test_a_subscription_is_confirmed_for_our_topic_only_and_at_sns_only(small_web, outside):
    path = opened(small_web, "ses")
    assert post_sns(small_web, path, confirmation()).status_code == 200
    assert outside.fetched[1:] == [confirmation()["SubscribeURL"]]
    other = "arn:aws:sns:us-east-1:999999999999:theirs"
    assert post_sns(small_web, path, confirmation(TopicArn=other)).status_code == 403
    assert post_sns(small_web, path, confirmation(Type="UnsubscribeConfirmation")).status_code == 200
    assert len(outside.fetched) == 2
    assert kept(small_web) == []


def test_raw_delivery_which_nobody_signed_is_not_taken(small_web, outside):
    message = json.loads((SAMPLES / "ses-sns-bounce.json").read_bytes())["Message"]
    assert small_web.client.post(opened(small_web, "ses"), data=message).status_code == 422


def test_the_sample_of_sendgrid_is_taken_when_signed(small_web):
    body = (SAMPLES / "sendgrid-events.json").read_bytes()
    answer = small_web.client.post(opened(small_web, "sendgrid"), data=body, headers=sendgrid_headers(body))
    assert answer.status_code == 200
    assert answer.json["kinds"] == {"complaint": 1, "hard_bounce": 1, "soft_bounce": 1, "unsubscribe": 2}
    assert suppressed(small_web, "busy@example.com") == []


def test_a_signature_made_by_sendgrid_s_own_test_vector_fits():
    # Published with SendGrid's own libraries, which are made by somebody else than this check.
    key = ("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZ"
           "FceEu/1FwCM/QmGUhA==")  # fmt: skip
    headers = {
        "X-Twilio-Email-Event-Webhook-Timestamp": "1588788367",
        "X-Twilio-Email-Event-Webhook-Signature": "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xon"
        "ZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=",
    }
    body = b'{"category":"example_payload","event":"test_event","message_id":"message_id"}'
    check_sendgrid(key, headers, body)
    pem = f"-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n"
    check_sendgrid(pem, headers, body)
    with pytest.raises(NotSignedError):
        check_sendgrid(key, headers, body + b"\n")


def test_no_byte_of_a_signed_body_can_be_altered(small_web):
    body = b'[{"event":"spamreport","email":"angry@example.com","sg_event_id":"1"}]'
    places = {
        opened(small_web, "sendgrid", "one"): sendgrid_headers(body),
        opened(small_web, "generic", "two"): hook_headers(body),
    }  # fmt: skip
    for path, headers in places.items():
        for place in range(len(body)):
            altered = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
            answer = small_web.client.post(path, data=altered, headers=headers, content_type="application/json")
            assert answer.status_code == 403
        for name, value in headers.items():
            for place in range(len(value)):
                bad = headers | {name: value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]}
                answer = small_web.client.post(path, data=body, headers=bad, content_type="application/json")
                # The last letter of base64 may carry bits that mean nothing.
                assert answer.status_code == 403 or place > len(value) - 4
    assert {kind for _, kind in kept(small_web)} <= {"complaint"}


@pytest.mark.parametrize("reporter", ["sendgrid", "generic", "mailgun", "brevo", "mailchimp", "ses"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic !"}, {"Authorization": "Bearer x"}])
def test_whoever_shows_nothing_is_not_believed(small_web, outside, reporter, headers):
    body = {
        "mailgun": mailgun_body(key="another key, as long"),
        "ses": json.dumps(envelope() | {"Signature": ""}).encode(),
    }
    answer = small_web.client.post(opened(small_web, reporter), data=body.get(reporter, b"[]"), headers=headers)
    assert answer.status_code in {401, 403}


def test_mailgun_s_signature_is_good_for_one_delivery_and_for_a_while(small_web):
    path = opened(small_web, "mailgun")
    assert small_web.client.post(path, data=mailgun_body()).json["kinds"] == {"complaint": 1}
    again = small_web.client.post(path, data=mailgun_body())
    assert (again.status_code, again.json["kinds"]) == (200, {"complaint": 1})
    forged = small_web.client.post(path, data=mailgun_body(recipient="victim@example.com"))
    assert forged.status_code == 403
    assert suppressed(small_web, "victim@example.com") == []
    for seconds in (-13 * 3600, 400):
        assert small_web.client.post(path, data=mailgun_body(f"t{seconds}", seconds)).status_code == 403
    assert small_web.client.post(path, data=mailgun_body("t-retry", -11 * 3600, id="y")).status_code == 200
    assert kept(small_web) == [("mailgun", "complaint")] * 2


def test_no_character_of_mailgun_s_signature_can_be_altered(small_web):
    path = opened(small_web, "mailgun")
    good = json.loads(mailgun_body("token-of-mailgun"))
    for name, value in good["signature"].items():
        for place in range(len(value)):
            bad = value[:place] + ("1" if value[place] != "1" else "2") + value[place + 1 :]
            body = json.dumps(good | {"signature": good["signature"] | {name: bad}})
            assert small_web.client.post(path, data=body).status_code == 403
    assert kept(small_web) == []


def test_mailgun_gives_up_at_406(small_web):
    path = opened(small_web, "mailgun")
    assert small_web.client.post(path, data=mailgun_body("t9", recipient="nobody")).status_code == 406
    assert small_web.client.post(path, data=mailgun_body("t9", recipient="nobody")).status_code == 406
    assert small_web.client.post(path, data=b"{").status_code == 406


def test_mailgun_s_form_posts_of_before(small_web):
    at, token = stamp(), "legacy"
    signature = hmac.digest(SECRETS["mailgun"].encode(), (at + token).encode(), sha256).hex()
    fields = {
        "event": "unsubscribed",
        "recipient": "leaver@example.com",
        "timestamp": at,
        "token": token,
        "signature": signature,
    }
    answer = small_web.client.post(opened(small_web, "mailgun"), data=fields)
    assert answer.json["kinds"] == {"unsubscribe": 1}


@pytest.mark.parametrize("how", ["basic", "bearer", "path"])
def test_brevo_shows_a_password_a_token_or_its_address(small_web, how):
    path = opened(small_web, "brevo", secret=SECRETS["brevo"] if how == "basic" else TOKEN)
    body = json.dumps({"event": "spam", "email": "angry@example.com", "ts_event": 1762128300})
    headers = {
        "basic": {"Authorization": "Basic " + base64.b64encode(SECRETS["brevo"].encode()).decode()},
        "bearer": {"Authorization": f"Bearer {TOKEN}"}, "path": {},
    }[how]  # fmt: skip
    good = path + (f"/{TOKEN}" if how == "path" else "")
    assert small_web.client.post(good, data=body, headers=headers).status_code == 200
    assert suppressed(small_web, "angry@example.com") == ["complaint"]
    assert small_web.client.post(path + "/" + TOKEN[:-1], data=body).status_code == 403


def test_the_sample_of_mailchimp_comes_to_an_address_that_was_looked_at_first(small_web):
    path = opened(small_web, "mailchimp") + "/" + TOKEN
    assert small_web.client.get(path).status_code == 200
    assert small_web.client.get(path + "x").status_code == 403
    assert kept(small_web) == []
    body = (SAMPLES / "mailchimp-unsubscribe.txt").read_bytes()
    answer = small_web.client.post(path, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.json["kinds"] == {"unsubscribe": 1}
    assert suppressed(small_web, "leaver@example.com") == ["opt_out"]


def test_our_own_form_needs_a_key_of_the_scope_or_a_signature(small_web):
    plain, signed = opened(small_web, "generic", "plain", ""), opened(small_web, "generic", "signed")
    body = json.dumps([{"kind": "unsubscribe", "address": "leaver@example.com", "id": "1"}]).encode()

    def post(path, headers, data=body, kind="application/json"):
        return small_web.client.post(path, data=data, headers=headers, content_type=kind).status_code

    assert post(plain, {}) == 401
    assert post(plain, small_web.key("leads")) == 403
    assert post(signed, small_web.key("feedback")) == 403
    assert post(plain, small_web.key("feedback"), kind="text/html") == 415
    for seconds in (-301, 301):
        assert post(signed, hook_headers(body, seconds)) == 403
    assert kept(small_web) == []
    assert post(plain, small_web.key("feedback")) == 200
    headers = hook_headers(body)
    both = headers | {"webhook-signature": "v1,AAAA " + headers["webhook-signature"] + " v1a,x"}
    assert post(signed, both) == 200
    assert kept(small_web) == [("generic", "unsubscribe")]


def test_our_own_form_is_all_or_nothing_and_names_every_problem(small_web):
    path = opened(small_web, "generic", secret="")
    body = [
        {"kind": "complaint", "address": "a@example.com"},
        {"kind": "x", "address": "a@example.com"},
        {"kind": "complaint"},
    ]
    answer = small_web.client.post(path, json=body, headers=small_web.key("feedback"))
    assert answer.status_code == 422
    assert len(answer.json["problems"]) == 2
    assert kept(small_web) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b"null", b'"x"', b"[" * 5_000, b"type=", b"{}"])
@pytest.mark.parametrize("reporter", ["ses", "sendgrid", "mailgun", "brevo", "mailchimp", "generic"])
def test_what_cannot_be_read_is_the_sender_s_mistake_and_never_ours(small_web, outside, reporter, body):
    path = opened(small_web, reporter, secret=TOKEN if reporter == "brevo" else None)
    headers = {"sendgrid": sendgrid_headers(body), "generic": hook_headers(body)}.get(reporter, {})
    path += f"/{TOKEN}" if reporter in {"brevo", "mailchimp"} else ""
    answer = small_web.client.post(path, data=body, headers=headers, content_type="application/json")
    assert answer.status_code in {403, 406, 422}
    assert kept(small_web) == []


@pytest.mark.parametrize(("reporter", "status"), [("sendgrid", 503), ("brevo", 429), ("mailchimp", 503)])
def test_what_could_not_be_kept_is_to_come_again(small_web, monkeypatch, reporter, status):
    def fail(*args, **more):
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    monkeypatch.setattr(http_feedback, "record", fail)
    body = json.dumps([{"event": "spam", "email": "a@example.com"}]).encode()
    if reporter == "mailchimp":
        body = urlencode({"type": "unsubscribe", "data[email]": "a@example.com"}).encode()
    path = opened(small_web, reporter, secret=TOKEN if reporter == "brevo" else None)
    path += "" if reporter == "sendgrid" else f"/{TOKEN}"
    answer = small_web.client.post(path, data=body, headers=sendgrid_headers(body))
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "60")


def test_an_endpoint_nobody_opened_is_not_there(small_web):
    assert small_web.client.post("/v1/feedback/none", data=b"[]").status_code == 404
    assert small_web.client.get("/v1/feedback/none/x").status_code == 404
    assert small_web.client.post(opened(small_web, "sendgrid") + "/x", data=b"[]").status_code == 403


def test_both_databases_take_a_delivery(web):
    path = opened(web, "sendgrid")
    body = (SAMPLES / "sendgrid-events.json").read_bytes()
    for known in (0, 5):
        answer = web.client.post(path, data=body, headers=sendgrid_headers(body))
        assert (answer.status_code, answer.json["known"]) == (200, known)
    body = mailgun_body()
    path = opened(web, "mailgun", "mg")
    assert [web.client.post(path, data=body).status_code for _ in range(3)] == [200] * 3
    assert web.client.post(path, data=mailgun_body(recipient="victim@example.com")).status_code == 403
