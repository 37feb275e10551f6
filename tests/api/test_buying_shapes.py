"""Answers in the shapes that sellers' systems read: LeadConduit's and boberdoo's, for posts, pings and mistakes."""

from xml.etree import ElementTree as ET

import buying
import pytest

XML = {"Accept": "application/xml"}
HOSTILE = "A<b>&\"'\x0b\ud83d\ude00 ]]> <!--".encode("utf-16", "surrogatepass").decode("utf-16")


def told(web, headers, body, **more):
    return web.client.post("/v1/leads", data=body, headers=headers | more)


def boberdoo(headers, **fields):
    key = headers["Authorization"].removeprefix("Bearer ")
    lead = {"Email": "ana@example.com", "First_Name": "Ana", "IP_Address": "47.12.5.9", "Country": "US",
            "Landing_Page": "https://www.example.com/garden", "Consent_Timestamp": "2026-11-20T10:11:12Z"}  # fmt: skip
    return {"Key": key, "API_Action": "pingPostLead", "Mode": "post", **lead, **fields}


@pytest.fixture
def headers(small_web):
    return buying.sell(small_web.services)


def test_leadconduit_in_json(small_web, headers):
    answer = told(small_web, headers, buying.lead(answer="leadconduit"))
    assert (answer.status_code, answer.json) == (201, {"outcome": "success", "lead": {"id": "lead_1"}, "price": 1.25})
    again = told(small_web, headers, buying.lead(answer="leadconduit")).json
    assert (again["outcome"], again["price"], again["lead"]) == ("failure", 0, {"id": "lead_2"})
    assert again["reason"]


def test_leadconduit_in_xml(small_web, headers):
    answer = told(small_web, headers, buying.lead(answer="leadconduit"), **XML)
    root = ET.fromstring(answer.data)
    assert (answer.status_code, answer.mimetype, root.tag) == (201, "application/xml", "result")
    assert [(one.tag, one.text) for one in root.iter() if one.text] == [
        ("outcome", "success"), ("id", "lead_1"), ("price", "1.25")]  # fmt: skip


def test_leadconduit_is_told_of_mistakes_in_its_own_shape(small_web, headers):
    answer = told(small_web, headers, {"answer": "leadconduit", "first_name": "Ana"})
    assert (answer.status_code, answer.json["outcome"], answer.json["price"]) == (422, "error", 0)


def test_leadconduit_is_told_that_a_lead_waits(small_web, headers):
    small_web.routes.kinds["slow.example.net"] = "unknown"
    answer = told(small_web, headers, buying.lead("bo@slow.example.net", answer="leadconduit")).json
    assert (answer["outcome"], answer["price"]) == ("success", 0)
    assert answer["reason"].startswith("Held; decided by ")


def test_boberdoo_brings_its_key_in_the_body_and_is_answered_in_xml(small_web, headers):
    answer = told(small_web, {}, boberdoo(headers))
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert answer.text == (
        '<?xml version="1.0" encoding="UTF-8"?><response><status>Matched</status><lead_id>1</lead_id>'
        "<price>1.25</price></response>"
    )
    assert "Key" not in small_web.leads()[0].as_arrived
    again = told(small_web, {}, boberdoo(headers, Format="JSON")).json
    assert (again["response"]["status"], again["response"]["lead_id"]) == ("Unmatched", "2")


def test_boberdoo_pings_and_posts_at_one_address(small_web, headers):
    ping = {name: boberdoo(headers)[name] for name in ("Key", "API_Action")}
    ping |= {"Mode": "ping", "Zip": "78701", "State": "TX", "TYPE": "33", "SRC": "aff", "Format": "JSON"}
    answer = told(small_web, {}, ping).json["response"]
    assert (answer["status"], answer["price"]) == ("Matched", "1.25")
    buying.change(small_web.services, price="0.10")
    posted = told(small_web, {}, boberdoo(headers, Lead_ID=answer["lead_id"], Format="JSON", TYPE="33"))
    assert posted.json["response"] == {"status": "Matched", "lead_id": "1", "price": "1.25"}


@pytest.mark.parametrize("key", ["gk_1_nothing", "", "x" * 5_000])
def test_a_wrong_key_in_the_body_is_nobodys(small_web, headers, key):
    assert told(small_web, {}, boberdoo(headers, Key=key)).status_code == 401


def test_boberdoo_is_told_of_mistakes_with_200(small_web, headers):
    body = boberdoo(headers)
    del body["Email"]
    answer = told(small_web, {}, body)
    root = ET.fromstring(answer.data)
    assert (answer.status_code, root.find("status").text) == (200, "Error")
    assert root.find("error").text


def test_what_is_posted_cannot_break_out_of_the_xml(small_web, headers):
    for contract in (HOSTILE, "<x>&amp;", "]]>"):
        answer = told(small_web, {}, boberdoo(headers, contract=contract))
        root = ET.fromstring(answer.data)
        assert [one.tag for one in root] == ["status", "error"]


def test_the_contract_says_the_shape_where_the_post_does_not(small_web):
    headers = buying.sell(small_web.services, answer="leadconduit")
    assert told(small_web, headers, buying.lead()).json["outcome"] == "success"
    assert told(small_web, headers, buying.lead("bo@example.com", answer="ours")).json["outcome"] == "prospect"


@pytest.mark.parametrize(
    ("wanted", "says"),
    [({"countries": ["US"]}, "(country); a zip alone"), ({"regions": ["TX"]}, "(state)"),
     ({"products": ["solar"]}, "TYPE"), ({"oldest_days": 30}, "age_days")],
)  # fmt: skip
def test_what_a_ping_or_a_post_leaves_out_is_named_in_every_shape(small_web, wanted, says):
    headers = buying.sell(small_web.services, wanted=wanted)
    key = boberdoo(headers)["Key"]
    ping = {"Key": key, "API_Action": "pingPostLead", "Mode": "ping", "Zip": "78701", "SRC": "aff"}
    said = told(small_web, {}, {**ping, "Format": "JSON"}).json["response"]
    assert (said["status"], says in said["error"]) == ("Error", True)
    assert ET.fromstring(told(small_web, {}, ping).data).find("error").text == said["error"]
    conduit = small_web.client.post("/v1/pings", json={"zip": "78701", "answer": "leadconduit"}, headers=headers).json
    assert (conduit["outcome"], conduit["reason"]) == ("failure", said["error"])
    ours = small_web.client.post("/v1/pings", json={"zip": "78701"}, headers=headers).json
    assert (ours["wanted"], ours["message"]) == (False, said["error"])
    assert ours["reason"].endswith("_not_said")
    posted = {"Email": "ana@example.com", "Key": key, "API_Action": "pingPostLead", "Mode": "post", "Format": "JSON"}
    assert told(small_web, {}, posted).json["response"] == {"status": "Error", "error": said["error"]}


def test_what_is_not_wanted_is_unmatched_without_a_word(small_web):
    headers = buying.sell(small_web.services, wanted={"countries": ["CA"]})
    answer = told(small_web, {}, boberdoo(headers, Format="JSON")).json["response"]
    assert answer == {"status": "Unmatched"}


def test_a_country_that_the_terms_state_of_all_leads_counts_for_pings_as_for_posts(small_web):
    says = {**buying.SAYS, "country": "US"}
    headers = buying.sell(small_web.services, wanted={"countries": ["US"]}, says=says)
    ping = small_web.client.post("/v1/pings", json={"zip": "78701"}, headers=headers).json
    assert ping["wanted"]
    body = buying.lead(ping=ping["ping"])
    del body["country"]
    assert small_web.client.post("/v1/leads", json=body, headers=headers).json["outcome"] == "prospect"


def test_pings_in_every_shape(small_web, headers):
    ask = small_web.client.post
    conduit = ask("/v1/pings", json={"country": "US", "answer": "leadconduit"}, headers=headers).json
    assert (conduit["outcome"], conduit["price"]) == ("success", 1.25)
    xml = ask("/v1/pings", json={"country": "US", "answer": "boberdoo"}, headers=headers)
    assert ET.fromstring(xml.data).find("status").text == "Matched"
    buying.change(small_web.services, caps={"day": 0})
    xml = ask("/v1/pings", json={"country": "US", "answer": "boberdoo"}, headers=headers)
    assert xml.data.endswith(b"<response><status>Unmatched</status></response>")
    wrong = ask("/v1/pings", json={"email_md5": "x", "answer": "leadconduit"}, headers=headers)
    assert (wrong.status_code, wrong.json["outcome"]) == (422, "error")
