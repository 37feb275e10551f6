"""What each reporter's deliveries say, the samples byte for byte."""

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.feedback import brevo, generic, mailchimp, mailgun, sendgrid, ses
from gateway.feedback.event import KINDS, RefusedError, address_of, moment, without_addresses
from gateway.feedback.files import WEBHOOKS, parser_of

SAMPLES = Path(__file__).parent / "samples"


def pairs(parsed):
    return [(event.kind, *event.addresses) for event in parsed.events]


def sns_message() -> bytes:
    return json.loads((SAMPLES / "ses-sns-bounce.json").read_bytes())["Message"].encode()


def test_the_sample_of_ses_is_about_those_listed_only():
    parsed = ses.parse(sns_message())
    assert pairs(parsed) == [("hard_bounce", "jane.roe@example.com"), ("hard_bounce", "rick.poe@example.com")]
    assert {event.at for event in parsed.events} == {datetime(2025, 11, 3, 14, 59, 44, 101000, UTC)}
    assert parsed.events[0].event_id == "00000138111222aa-44455566-cccc-cccc-cccc-ddddaaaa068a-000000"


def ses_body(name, about, destination=("ann@example.com",)):
    part = {"DeliveryDelay": "deliveryDelay"}.get(name, name.lower())
    return json.dumps(
        {"eventType": name, part: about, "mail": {"messageId": "m", "destination": list(destination)}}
    ).encode()


ANN = [{"emailAddress": "Ann <ann@example.com>"}]


@pytest.mark.parametrize(
    ("name", "about", "kind"),
    [
        ("Bounce", {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList", "bouncedRecipients": ANN},
         "hard_bounce"),
        ("Bounce", {"bounceType": "Transient", "bounceSubType": "MailboxFull", "bouncedRecipients": ANN},
         "soft_bounce"),
        ("Bounce", {"bounceType": "Undetermined", "bouncedRecipients": ANN}, "soft_bounce"),
        ("Complaint", {"complainedRecipients": ANN}, "complaint"),
        *[("Complaint", {"complainedRecipients": ANN, "complaintFeedbackType": said}, "complaint")
          for said in ("abuse", "fraud", "virus", "other")],
        ("Complaint", {"complainedRecipients": ANN, "complaintFeedbackType": "not-spam"}, "not_spam"),
        ("Complaint", {"complainedRecipients": ANN, "complaintFeedbackType": "auth-failure"}, "auth_failure"),
        ("DeliveryDelay", {"delayedRecipients": ANN}, "soft_bounce"),
        ("Delivery", {"recipients": ["ann@example.com"]}, "delivered"),
        ("Open", {}, "opened"), ("Click", {}, "clicked"), ("Send", {}, "other"), ("Reject", {}, "other"),
        ("Subscription", {"newTopicPreferences": {"unsubscribeAll": True}}, "unsubscribe"),
        ("Subscription", {"newTopicPreferences": {"unsubscribeAll": False}}, "subscribe"),
        ("Subscription", {"newTopicPreferences": {"topicSubscriptionStatus": [
            {"topicName": "news", "subscriptionStatus": "OptOut"}]}}, "unsubscribe"),
        ("Subscription", {"newTopicPreferences": {"topicSubscriptionStatus": [
            {"topicName": "news", "subscriptionStatus": "OptIn"}]}}, "subscribe"),
    ],
)  # fmt: skip
def test_what_ses_says_means(name, about, kind):
    assert pairs(ses.parse(ses_body(name, about))) == [(kind, "ann@example.com")]


def test_the_sample_of_sendgrid():
    assert pairs(sendgrid.parse((SAMPLES / "sendgrid-events.json").read_bytes())) == [
        ("hard_bounce", "noreply.person@example.com"), ("soft_bounce", "busy@example.com"),
        ("complaint", "angry@example.com"), ("unsubscribe", "leaver@example.com"), ("unsubscribe", "old@example.com"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"event": "dropped", "reason": "Bounced Address"}, "hard_bounce"),
        ({"event": "dropped", "reason": "Invalid"}, "hard_bounce"),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, "complaint"),
        ({"event": "dropped", "reason": "Recipient List over Package Quota"}, "other"),
        ({"event": "group_resubscribe"}, "subscribe"), ({"event": "deferred"}, "soft_bounce"),
        ({"event": "delivered"}, "delivered"), ({"event": "open"}, "opened"), ({"event": "click"}, "clicked"),
        ({"event": "processed"}, "other"), ({"event": "something new"}, "other"),
    ],
)  # fmt: skip
def test_what_sendgrid_says_means(row, kind):
    assert pairs(sendgrid.parse(json.dumps([{"email": "ann@example.com", **row}]).encode())) == [
        (kind, "ann@example.com")
    ]


def test_what_cannot_be_read_of_a_batch_is_counted_and_the_rest_taken():
    body = json.dumps([{"event": "open"}, {"event": "spamreport", "email": "ann@example.com"}]).encode()
    parsed = sendgrid.parse(body)
    assert pairs(parsed) == [("complaint", "ann@example.com")]
    assert parsed.refused == ["event 1 has no event or no address"]


UNSUBSCRIBED = {"event": "unsubscribed", "email": "ann@example.com"}


@pytest.mark.parametrize("odd", [7, None, "x", ["x"], True])
@pytest.mark.parametrize(
    ("parse", "row", "kind"),
    [(sendgrid.parse, {"event": "group_unsubscribe", "email": "ann@example.com"}, "unsubscribe"),
     (brevo.parse, UNSUBSCRIBED, "unsubscribe"),
     (ses.parse, json.loads(ses_body("Complaint", {"complainedRecipients": ANN})), "complaint")],
)  # fmt: skip
def test_nobody_stays_who_left_for_what_stands_beside_them_in_the_batch(parse, row, kind, odd):
    parsed = parse(json.dumps([odd, row, odd]).encode())
    assert pairs(parsed) == [(kind, "ann@example.com")]
    assert parsed.refused == ["event 1 is no object", "event 3 is no object"]
    with pytest.raises(RefusedError, match="neither an object"):
        parse(json.dumps([odd, odd]).encode())


def test_a_complaint_that_names_nobody_is_of_the_mails_only_recipient():
    body = {"complainedRecipients": []}
    assert pairs(ses.parse(ses_body("Complaint", body))) == [("complaint", "ann@example.com")]
    parsed = ses.parse(ses_body("Complaint", body, ("ann@example.com", "bob@example.com")))
    assert (parsed.events, parsed.refused) == ([], ["complaint without recipients"])


@pytest.mark.parametrize(
    "body",
    [b"Successfully validated SNS topic for Amazon SES event publishing.",
     b'{"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have subscribed your topic"}'],
)  # fmt: skip
def test_what_ses_says_when_it_is_set_up_is_of_nobody(body):
    parsed = ses.parse(body)
    assert (parsed.events, parsed.refused) == ([], [])


def mailgun_body(**row):
    return json.dumps({"signature": {}, "event-data": {"recipient": "ann@example.com", "id": "x", **row}}).encode()


PERMANENT = {"event": "failed", "severity": "permanent"}
GONE = {"code": 550, "message": "5.1.1 The email account that you tried to reach does not exist."}
POLICY = {"code": 550, "message": "5.7.1 Our system has detected unsolicited mail"}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({**PERMANENT, "reason": "bounce", "delivery-status": GONE}, "hard_bounce"),
        ({**PERMANENT, "reason": "bounce", "delivery-status": {"code": 550}}, "hard_bounce"),
        ({**PERMANENT, "reason": "bounce", "delivery-status": POLICY}, "soft_bounce"),
        ({**PERMANENT, "reason": "suppress-bounce"}, "hard_bounce"),
        ({**PERMANENT, "reason": "suppress-complaint"}, "complaint"),
        ({**PERMANENT, "reason": "suppress-unsubscribe"}, "unsubscribe"),
        *[({**PERMANENT, "reason": reason, "delivery-status": {"code": code}}, kind) for reason in ("generic", "old")
          for code, kind in ((605, "hard_bounce"), (606, "unsubscribe"), (607, "complaint"))],
        ({**PERMANENT, "reason": "generic"}, "soft_bounce"), ({**PERMANENT, "reason": "old"}, "soft_bounce"),
        ({"event": "failed", "severity": "temporary", "reason": "greylisted"}, "soft_bounce"),
        ({"event": "complained"}, "complaint"), ({"event": "unsubscribed"}, "unsubscribe"),
        ({"event": "delivered"}, "delivered"), ({"event": "opened"}, "opened"), ({"event": "clicked"}, "clicked"),
    ],
)  # fmt: skip
def test_what_mailgun_says_means(row, kind):
    assert pairs(mailgun.parse(mailgun_body(**row))) == [(kind, "ann@example.com")]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"event": "bounced", "code": "550", "error": "5.1.1 unknown user"}, "hard_bounce"),
        ({"event": "bounced", "code": "550", "error": "5.7.1 blocked"}, "soft_bounce"),
        ({"event": "dropped", "reason": "hardfail", "code": "606"}, "unsubscribe"),
        ({"event": "dropped", "reason": "hardfail", "code": "607"}, "complaint"),
        ({"event": "dropped", "reason": "hardfail"}, "hard_bounce"), ({"event": "dropped", "reason": "old"}, "other"),
        ({"event": "complained"}, "complaint"), ({"event": "unsubscribed"}, "unsubscribe"),
    ],
)  # fmt: skip
def test_the_form_posts_mailgun_sent_before(row, kind):
    body = urlencode({"recipient": "ann@example.com", "timestamp": "1762161262", **row}).encode()
    assert pairs(mailgun.parse(body)) == [(kind, "ann@example.com")]


def test_mailgun_s_id_is_unique_for_a_day_only():
    ids = [
        mailgun.parse(mailgun_body(event="complained", timestamp=at)).events[0].event_id for at in (1.5e9, 1.6e9, 1.6e9)
    ]
    assert ids[0] != ids[1] == ids[2]


def test_a_mail_mailgun_rejected_is_about_nobody():
    assert pairs(mailgun.parse(json.dumps({"event-data": {"event": "rejected", "id": "x"}}).encode())) == [("other",)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("hardBounce", "hard_bounce"), ("softBounce", "soft_bounce"),
        ("hard_bounce", "hard_bounce"), ("invalid_email", "hard_bounce"), ("soft_bounce", "soft_bounce"),
        ("deferred", "soft_bounce"), ("blocked", "soft_bounce"), ("error", "other"), ("spam", "complaint"),
        ("complaint", "complaint"), ("unsubscribe", "unsubscribe"), ("unsubscribed", "unsubscribe"),
        ("list_addition", "subscribe"), ("contact_deleted", "other"), ("delivered", "delivered"),
        ("opened", "opened"), ("unique_opened", "opened"),
        ("unique_proxy_open", "opened"), ("click", "clicked"), ("request", "other"),
    ],
)  # fmt: skip
def test_what_brevo_says_means(name, kind):
    row = {"event": name, "email": "ann@example.com", "ts_epoch": 1762161023000, "ts_event": 1, "ts": 2}
    [event] = brevo.parse(json.dumps(row).encode()).events
    assert (event.kind, event.at) == (kind, datetime(2025, 11, 3, 9, 10, 23, tzinfo=UTC))


def test_brevo_s_clocks_in_other_zones_are_not_read():
    row = {"event": "spam", "email": "ann@example.com", "date": "2025-11-03 11:10:23", "ts": 1762131900}
    assert brevo.parse(json.dumps(row).encode()).events[0].at is None
    assert brevo.parse(json.dumps({**row, "ts_event": 1762128300}).encode()).events[0].at == datetime(
        2025, 11, 3, 0, 5, tzinfo=UTC
    )


def test_the_sample_of_mailchimp():
    [event] = mailchimp.parse((SAMPLES / "mailchimp-unsubscribe.txt").read_bytes()).events
    assert (event.kind, event.addresses) == ("unsubscribe", ("leaver@example.com",))
    assert event.at == datetime(2025, 11, 3, 21, 40, 57, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"type": "unsubscribe", "data[reason]": "abuse"}, "complaint"),
        ({"type": "unsubscribe", "data[action]": "delete", "data[reason]": "manual"}, "unsubscribe"),
        ({"type": "cleaned", "data[reason]": "hard"}, "hard_bounce"),
        ({"type": "cleaned", "data[reason]": "abuse"}, "complaint"),
        ({"type": "subscribe"}, "subscribe"), ({"type": "profile"}, "other"),
    ],
)  # fmt: skip
def test_what_mailchimp_says_means(fields, kind):
    body = urlencode({"data[email]": "ann@example.com", "fired_at": "2025-11-03 22:01:00", **fields}).encode()
    assert pairs(mailchimp.parse(body)) == [(kind, "ann@example.com")]


def test_somebody_who_moved_is_named_under_both_addresses():
    fields = {"type": "upemail", "data[old_email]": "old@example.com", "data[new_email]": "new@example.com"}
    [event] = mailchimp.parse(urlencode(fields).encode()).events
    assert (event.kind, event.addresses, event.moved_to) == ("moved", ("old@example.com",), "new@example.com")


def test_our_own_form_is_strict_and_names_every_mistake():
    good = {"kind": "complaint", "address": "ann@example.com", "at": "2026-11-20T10:00:00Z", "id": "1"}
    wrong = [
        {**good, "kind": "grumble"}, {**good, "address": "ann"}, {**good, "at": "yesterday"}, {**good, "adress": "x"},
        {**good, "moved_to": "b@example.com"}, {**good, "kind": "moved"},
    ]  # fmt: skip
    parsed = generic.parse(json.dumps([good, *wrong]).encode())
    assert pairs(parsed) == [("complaint", "ann@example.com")]
    assert [reason.partition(":")[0] for reason in parsed.refused] == [f"event {n}" for n in range(2, 8)]


@pytest.mark.parametrize("shape", ["one", "list", "events", "lines"])
def test_our_own_form_comes_in_four_shapes(shape):
    rows = [{"kind": "soft_bounce", "address": f"{name}@example.com"} for name in ("ann", "bob")]
    if shape == "one":
        body, rows = json.dumps(rows[0]), rows[:1]
    else:
        body = {"list": json.dumps(rows), "events": json.dumps({"events": rows}),
                "lines": "\n".join(map(json.dumps, rows)) + "\n"}[shape]  # fmt: skip
    assert pairs(generic.parse(body.encode())) == [("soft_bounce", row["address"]) for row in rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ann <ann@example.com>", "ann@example.com"), ("ann@example.com", "ann@example.com"),
        ("<ann@example.com>", "ann@example.com"), ('"a b"@example.com', '"a b"@example.com'),
        ("<redacted>", None), ("redacted@example.com", None), ("a***@example.com", None), ("ann", None), ("", None),
        (None, None), (7, None), ("a@b@c", None), ("ann@example.com, bob@example.com", None),
        (["ann@example.com"], None),
    ],
)  # fmt: skip
def test_addresses_are_read_out_of_values(text, found):
    assert address_of(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (1762161250, "2025-11-03T09:14:10+00:00"), ("1762161250", "2025-11-03T09:14:10+00:00"),
        (1762161250000, "2025-11-03T09:14:10+00:00"), (1762161250.5, "2025-11-03T09:14:10.500000+00:00"),
        ("2025-11-03T14:59:44.101Z", "2025-11-03T14:59:44.101000+00:00"),
        ("2025-11-03 21:40:57", "2025-11-03T21:40:57+00:00"),
        ("Mon, 3 Nov 2025 14:15:35 +0900", "2025-11-03T05:15:35+00:00"),
        ("Mon, 3 Nov 2025 14:15:35 -0000", "2025-11-03T14:15:35+00:00"), ("", None), (None, None), (True, None),
        ("soon", None), (0, None), ("9" * 15, None), ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31", None), (-5, None),
    ],
)  # fmt: skip
def test_instants_are_read_as_reporters_write_them(text, found):
    at = moment(text)
    assert (None if at is None else at.isoformat()) == found


@pytest.mark.parametrize(
    "text",
    ["550 <jane.roe@example.com> unknown", '"jane roe"@example.com', "jane.roe%40example.com", "jane.roe=40example.com",
     "jane.roe... User unknown", "JANE.ROE is gone", "jane.roe\uff20example.com", "x@" * 200],
)  # fmt: skip
def test_no_address_is_left_in_a_text(text):
    kept = without_addresses(text, ["jane.roe+list@example.com"]).lower()
    assert "jane" not in kept
    assert "@" not in kept


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["event", "email", "kind", "address", "type", "event-data", "recipient", "delivery-status", "notificationType",
     "eventType", "bounce", "complaint", "bouncedRecipients", "mail", "destination", "timestamp", "at", "reason", "id"]
)  # fmt: skip
VALUES = JSON | st.sampled_from(
    ["ann@example.com", "bounce", "Bounce", "failed", "unsubscribe", "2026-01-01", 1e300, "\ud800"]
)


@pytest.mark.parametrize("reporter", WEBHOOKS)
@settings(max_examples=150, deadline=None)
@given(document=JSON | st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES), max_size=8))
def test_any_json_is_read_or_refused(reporter, document):
    body = json.dumps(document).encode()
    for data in (body, b"[" + body + b"]", urlencode({"type": "x", "event": str(document)}).encode("utf-8", "replace")):
        try:
            parsed = parser_of(reporter)(data)
        except RefusedError:
            continue
        assert all(event.kind in KINDS for event in parsed.events)


@pytest.mark.parametrize("reporter", WEBHOOKS)
@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(reporter, data):
    try:
        parsed = parser_of(reporter)(data)
    except RefusedError:
        return
    assert all(event.kind in KINDS for event in parsed.events)
