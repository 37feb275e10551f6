"""What each platform is answered, in its own shape: success, mistakes, refusals."""

import json
from urllib.parse import quote

import pytest
from platform_posts import FORM, TOKEN, Post, Sender, of

from gateway.intake.platforms.boxes import find_yes
from gateway.intake.platforms.call import Call
from gateway.intake.platforms.hubspot import read

SITE = "https://www.example.com"
GOOGLE, TYPEFORM, HUBSPOT = of("google-ads-lead.json"), of("typeform.json"), of("hubspot-forms.json")
CF7, SALESFORCE = of("contact-form-7.txt"), of("salesforce.txt")
CONDUIT, BOBERDOO, JOTFORM = of("leadconduit.json"), of("boberdoo-post.txt"), of("jotform-multipart.txt")
BROWSER = Post("hubspot-forms.json", "hubspot", "application/json")


@pytest.fixture
def sender(small_web):
    made = Sender(small_web)
    made.open(origins=(SITE,))
    return made


def changed(post, **fields):
    return json.dumps(json.loads(post.body) | fields).encode()


def test_google(sender):
    answer = sender.post(GOOGLE)
    assert (answer.status_code, answer.json) == (200, {})
    answer = sender.post(GOOGLE, b"[]")
    assert (answer.status_code, answer.json) == (400, {"message": "the body is not a JSON object"})


@pytest.mark.parametrize("post", [TYPEFORM, JOTFORM, of("elementor-flat.txt")], ids=lambda post: post.platform)
def test_those_that_read_the_status_alone(sender, post):
    answer = sender.post(post)
    assert (answer.status_code, answer.json) == (200, {"status": "received"})


def test_typeforms_other_events_are_no_leads(sender):
    answer = sender.post(TYPEFORM, changed(TYPEFORM, event_type="form_response_partial"))
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json["problems"][0]["code"] == "not_a_response"
    assert sender.web.leads() == []


def test_jotform_without_its_text_inside(sender):
    answer = sender.post(JOTFORM, b'--X\nContent-Disposition: form-data; name="formID"\n\n1\n--X--\n')
    assert (answer.status_code, answer.json["problems"][0]["field"]) == (422, "rawRequest")
    answer = sender.post(JOTFORM, JOTFORM.body.replace(b'{"slug"', b'["slug"'))
    assert answer.status_code == 400


def test_contact_form_7_success(sender):
    told = sender.post(CF7).json
    assert len(told.pop("posted_data_hash")) == 32
    assert told == {
        "contact_form_id": 516, "status": "mail_sent", "message": "Thank you for your message. It has been sent.",
        "into": "#wpcf7-f516-p517-o1", "invalid_fields": [],
    }  # fmt: skip


def test_contact_form_7_names_the_field_that_is_wrong(sender):
    answer = sender.post(CF7, CF7.body.replace(b"femi.adeola%40example.ng", b"femi"))
    assert answer.status_code == 200
    assert answer.json == {
        "contact_form_id": 516, "status": "validation_failed",
        "message": "One or more fields have an error. Please check and try again.", "posted_data_hash": "",
        "into": "#wpcf7-f516-p517-o1",
        "invalid_fields": [{
            "field": "your-email", "message": "An e-mail address has an @, as in name@example.com.", "idref": None,
            "error_id": "wpcf7-f516-p517-o1-ve-your-email",
        }],
    }  # fmt: skip
    assert sender.web.leads() == []


def test_contact_form_7_without_the_box(sender):
    answer = sender.post(CF7, CF7.body.replace(b"&acceptance-737=1", b""))
    assert (answer.status_code, answer.json["status"]) == (200, "acceptance_missing")
    assert sender.web.leads() == []


def test_contact_form_7_where_no_box_is_asked_for(small_web):
    made = Sender(small_web)
    made.open(requires_tick=False)
    assert made.post(CF7, CF7.body.replace(b"&acceptance-737=1", b"")).json["status"] == "mail_sent"


def test_contact_form_7_a_filled_trap_is_spam_and_no_lead(sender):
    answer = sender.post(CF7, CF7.body + b"x")
    assert (answer.status_code, answer.json["status"]) == (200, "spam")
    assert sender.web.leads() == []


@pytest.mark.parametrize("unit", ["%3Cscript%3E", "wpcf7-f1-p2-o3%22", "x", ""])
def test_contact_form_7_sends_nothing_foreign_back(sender, unit):
    body = CF7.body.replace(b"wpcf7-f516-p517-o1", unit.encode())
    assert sender.post(CF7, body).json["into"] == "#wpcf7-f516-o1"


@pytest.mark.parametrize(
    "rest", ["v1/contact-forms/x/feedback", "v1/contact-forms/516", "v2/x", "v1/contact-forms/516/feedback/schema"]
)
def test_contact_form_7_has_no_other_paths(sender, rest):
    elsewhere = Post(CF7.file, CF7.platform, CF7.content_type, rest)
    assert sender.post(elsewhere).json["status"] == "mail_failed"
    assert sender.web.leads() == []


def test_scripts_of_the_forms_own_site_may_read_the_answer(sender):
    assert sender.post(CF7, Origin=SITE).headers["Access-Control-Allow-Origin"] == SITE
    other = sender.post(CF7, Origin="https://evil.example.net")
    assert "Access-Control-Allow-Origin" not in other.headers
    asked = sender.web.client.options(BROWSER.path, headers={"Origin": SITE, "Access-Control-Request-Method": "POST"})
    assert asked.headers["Access-Control-Allow-Origin"] == SITE


def test_hubspot_success_and_its_redirect(small_web):
    made = Sender(small_web)
    made.open()
    assert made.post(HUBSPOT).json == {"inlineMessage": "Thanks for submitting the form."}
    small_web.source("lead2", received_url="https://shop.example.com/thanks", form=FORM)
    answer = small_web.client.post("/v1/sources/lead2/hubspot", data=HUBSPOT.body, content_type="application/json")
    assert (answer.status_code, answer.json) == (200, {"redirectUri": "https://shop.example.com/thanks"})


def test_hubspot_error(sender):
    fields = [{"name": "email", "value": "nina"}]
    answer = sender.post(BROWSER, changed(HUBSPOT, fields=fields))
    assert answer.status_code == 400
    told = answer.json
    assert len(told.pop("correlationId")) == 36
    assert told == {
        "status": "error", "message": "The request is not valid",
        "errors": [{
            "message": "Error in 'fields.email'. An e-mail address has an @, as in name@example.com.",
            "errorType": "INVALID_EMAIL",
        }],
    }  # fmt: skip
    empty = sender.post(BROWSER, changed(HUBSPOT, fields=[])).json
    assert [error["errorType"] for error in empty["errors"]] == ["REQUIRED_FIELD"]


@pytest.mark.parametrize(
    ("options", "ticked"),
    [
        ({}, None),
        ({"consent": {"consentToProcess": True, "text": "x"}}, None),
        ({"consent": {"consentToProcess": True, "communications": [{"value": True, "text": "a"}]}}, True),
        ({"consent": {"consentToProcess": False, "communications": [{"value": True, "text": "a"}]}}, False),
        ({"consent": {"communications": [{"value": True, "text": "a"}, {"value": False, "text": "b"}]}}, False),
        ({"consent": {"communications": [{"value": "true", "text": "a"}]}}, False),
        ({"legitimateInterest": {"value": True, "legalBasis": "CUSTOMER", "text": "Existing customer"}}, None),
    ],
)
def test_hubspots_consent_is_a_yes_to_every_subscription_shown(options, ticked):
    call = Call(changed(HUBSPOT, legalConsentOptions=options), "application/json", {}, None)
    yes = find_yes(read(call, {}).boxes, None)
    assert (yes and yes.ticked) == ticked


def test_a_browser_cannot_say_when_and_from_where_it_acted(small_web):
    made = Sender(small_web)
    made.open(requires_tick=False)
    made.post(BROWSER)
    kept = json.loads(small_web.leads()[0].as_arrived)
    assert kept["seen"]["ip"] == "127.0.0.1"
    assert kept["posted"]["context"]["ipAddress"] == "192.0.2.55"


@pytest.mark.parametrize(
    ("url", "onward"),
    [
        ("https://www.example.com/thanks", "https://www.example.com/thanks"),
        ("https://evil.example.net/", "/thanks"), ("javascript:alert(1)", "/thanks"), ("//evil.example.net", "/thanks"),
    ],
)  # fmt: skip
def test_salesforce_goes_on_to_pages_of_the_forms_own_site_alone(sender, url, onward):
    body = SALESFORCE.body.replace(b"https%3A%2F%2Fwww.example.com%2Fthanks", quote(url, safe="").encode())
    answer = sender.post(SALESFORCE, body)
    assert (answer.status_code, answer.headers["Location"], answer.data) == (303, onward, b"")


def test_salesforce_never_tells_the_person_of_a_mistake(sender):
    answer = sender.post(SALESFORCE, SALESFORCE.body.replace(b"nora.lind%40example.com", b"nora"))
    assert answer.status_code == 303
    assert [lead.outcome for lead in sender.web.leads()] == ["rejection"]


@pytest.mark.parametrize("oid", [b"", b"00D000000000EXB", b"00d000000000EXA"])
def test_salesforce_of_another_organisation(sender, oid):
    answer = sender.post(SALESFORCE, SALESFORCE.body.replace(b"00D000000000EXA", oid))
    assert (answer.status_code, answer.json["problems"][0]["field"]) == (403, "oid")


def test_salesforce_with_the_longer_id(sender):
    assert (
        sender.post(SALESFORCE, SALESFORCE.body.replace(b"00D000000000EXA", b"00D000000000EXAMAA")).status_code == 303
    )


def test_leadconduit_success_and_failure(sender):
    answer = sender.post(CONDUIT)
    assert (answer.status_code, answer.json) == (201, {"outcome": "success", "lead": {"id": "lead_1"}, "price": 0})
    again = sender.post(CONDUIT)
    assert again.status_code == 201
    assert (again.json["outcome"], again.json["lead"], again.json["price"]) == ("failure", {"id": "lead_2"}, 0)
    assert again.json["reason"]
    assert sender.post(CONDUIT, b"{").json["outcome"] == "error"


def test_leadconduit_says_nothing_of_a_persons_opt_out(sender):
    """A seller learns that a lead is refused, never that its person left us."""
    sender.post(SALESFORCE, SALESFORCE.body + b"&emailOptOut=1")
    answer = sender.post(CONDUIT, changed(CONDUIT, email="nora.lind@example.com"))
    assert answer.json["outcome"] == "failure"
    told = answer.json["reason"].lower()
    assert not any(word in told for word in ("opt", "unsubscrib", "left", "complain"))


def test_leadconduit_in_xml(sender):
    answer = sender.post(CONDUIT, Accept="application/xml")
    assert answer.mimetype == "application/xml"
    assert answer.text == (
        '<?xml version="1.0"?>\n<result><outcome>success</outcome><lead><id>lead_1</id></lead><price>0</price></result>'
    )
    bad = sender.post(CONDUIT, b'{"a": "\\u0000"}', Accept="text/xml")
    assert bad.status_code == 422
    assert "<outcome>error</outcome>" in bad.text


def test_leadconduit_as_a_form(sender):
    form = Post("salesforce.txt", "leadconduit", "application/x-www-form-urlencoded", TOKEN)
    assert sender.post(form, b"email=mike.jones%40example.com&state=TX").json["outcome"] == "success"
    assert sender.web.leads()[0].address == "mike.jones@example.com"


def test_boberdoo_ping_writes_nothing_and_gives_a_number(sender):
    ping = b"Key=boberdoo-key-of-the-tests&API_Action=pingPostLead&Mode=ping&TYPE=33&Zip=00001&Format=JSON"
    told = sender.post(BOBERDOO, ping).json
    assert told["response"]["status"] == "Matched"
    assert told["response"]["lead_id"].isdigit()
    assert sender.web.leads() == []
    assert sender.post(BOBERDOO, ping).json != told


def test_boberdoo_post(sender):
    head = '<?xml version="1.0" encoding="UTF-8"?><response>'
    answer = sender.post(BOBERDOO)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert answer.text == head + "<status>Matched</status><lead_id>1</lead_id></response>"
    other = BOBERDOO.body.replace(b"26635027", b"26635028")
    assert sender.post(BOBERDOO, other).text == head + "<status>Unmatched</status><lead_id>2</lead_id></response>"
    assert sender.post(BOBERDOO, other.replace(b"post&", b"x&")).text == (
        head + "<status>Error</status><error>Mode is ping, post or full</error></response>"
    )


@pytest.mark.parametrize("post", [GOOGLE, TYPEFORM, HUBSPOT, JOTFORM, of("elementor-flat.txt"), CONDUIT])
def test_a_body_of_another_kind_is_refused(sender, post):
    other = Post(post.file, post.platform, "text/plain", post.rest)
    assert sender.post(other).status_code == 415
    assert sender.web.leads() == []


def test_a_stranger_is_answered_alike_whoever_is_known(sender):
    """Contact Form 7 and HubSpot in a browser: new, known, suppressed and dead addresses, the same bytes."""
    sender.post(SALESFORCE, SALESFORCE.body.replace(b"nora.lind", b"gone") + b"&emailOptOut=1")
    sender.post(SALESFORCE)
    told = set()
    for name in ("new@example.com", "nora.lind@example.com", "gone@example.com", "a@dead.example.net"):
        answer = sender.post(BROWSER, changed(HUBSPOT, fields=[{"name": "email", "value": name}]))
        told.add((answer.status_code, answer.data, tuple(answer.headers.items())))
    assert len(told) == 1
