"""HTML forms that post to /v1/signups: pages and redirects for people, JSON for scripts that ask for it."""

import html
import json

import pytest
from confirming import ASKING

from gateway.intake.languages import words

XSS = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}"
FORM = {"email": "ana@example.com", "source": "demo", "consent_ticked": "on", "consent_preticked": "0"}


def post(web, headers=None, **fields):
    return web.client.post("/v1/signups", data={**FORM, **fields}, headers=headers)


def kept(web):
    return json.loads(web.leads()[-1].as_arrived)["posted"]


def test_a_browser_is_sent_to_our_thank_you_page(web):
    response = post(web)
    assert (response.status_code, response.headers["Location"]) == (303, "/thanks")
    assert web.client.get("/thanks").status_code == 200
    assert [lead.outcome for lead in web.leads()] == ["prospect"]


@pytest.mark.parametrize(("language", "page"), [("en", "/thanks?mail=1"), ("de", "/thanks?lang=de&mail=1")])
def test_who_has_to_confirm_is_told_to_look_into_the_mailbox_whoever_it_is(small_web, language, page):
    small_web.source("asks", statement=ASKING)
    for email in ("ana@example.com", "ana@example.com", "x@dead.example.net"):
        assert post(small_web, source="asks", email=email, _language=language).headers["Location"] == page
    assert words(language)["thanks_mail"] in html.unescape(small_web.client.get(page).text)
    assert words(language)["thanks_mail"] not in html.unescape(small_web.client.get("/thanks").text)


def test_a_browser_is_sent_to_the_forms_own_page(small_web):
    small_web.source("shop", received_url="https://shop.example.com/thanks")
    assert post(small_web, source="shop").headers["Location"] == "https://shop.example.com/thanks"


def test_a_form_may_name_a_page_of_its_own_site(small_web):
    assert (
        post(small_web, _next="https://www.example.com/welcome?x=1").headers["Location"]
        == "https://www.example.com/welcome?x=1"
    )


@pytest.mark.parametrize(
    "url",
    ["https://evil.example.net/", "//evil.example.net", "javascript:alert(1)", "https://www.example.com@evil.example.net/",
     "https://www.example.com.evil.example.net/", "https://www.example.com\\@evil.example.net", "http://www.example.com/",
     "https://www.example.com:8443/", "https://www.example.com/\r\nSet-Cookie: a=b", "https://www.example.com /x",
     "/local", ""],
)  # fmt: skip
def test_a_form_cannot_send_people_elsewhere(small_web, url):
    response = post(small_web, _next=url)
    assert (response.status_code, response.headers["Location"]) == (303, "/thanks")
    assert "Set-Cookie" not in response.headers


def test_a_script_that_asks_for_json_gets_json(small_web):
    response = post(small_web, headers={"Accept": "application/json, text/plain, */*"})
    assert (response.status_code, response.json) == (202, {"status": "received"})
    response = post(small_web, headers={"Accept": "application/json"}, email="ana")
    assert (response.status_code, response.content_type) == (422, "application/problem+json")


def test_a_caller_with_a_key_gets_json_for_a_form_post(small_web):
    response = post(small_web, headers=small_web.key("decisions") | {"Accept": "text/html"})
    assert response.json["outcome"] == "prospect"


def test_multipart_is_taken_and_files_are_not(small_web):
    client = small_web.client
    assert client.post("/v1/signups", data=FORM, content_type="multipart/form-data").status_code == 303
    from io import BytesIO

    response = client.post(
        "/v1/signups", data={**FORM, "cv": (BytesIO(b"x"), "cv.pdf")}, headers={"Accept": "application/json"}
    )
    assert response.json["problems"][0]["code"] == "file_not_taken"


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_part_without_a_name_is_a_problem(small_web, accept):
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--x--\r\n"
    response = small_web.client.post("/v1/signups", data=body, content_type="multipart/form-data; boundary=x",
                                     headers={"Accept": accept})  # fmt: skip
    assert response.status_code == 422
    assert "every field of a form needs a name" in response.text


@pytest.mark.parametrize("tick", ["on", "yes", "TRUE", "1", " on "])
def test_a_ticked_box_may_say_so_in_several_words(small_web, tick):
    assert post(small_web, consent_ticked=tick).status_code == 303


@pytest.mark.parametrize("tick", ["", "off", "0", "no", "false"])
def test_a_box_that_says_no_is_not_ticked(small_web, tick):
    assert post(small_web, consent_ticked=tick).status_code == 422


def test_a_box_that_says_something_else_is_a_problem(small_web):
    response = post(small_web, consent_ticked="maybe", headers={"Accept": "application/json"})
    assert response.json["problems"][0]["code"] == "not_boolean"


def test_the_hidden_zero_before_a_box_does_not_untick_it(small_web):
    body = "email=ana@example.com&source=demo&consent_ticked=0&consent_ticked=1"
    assert (
        small_web.client.post("/v1/signups", data=body, content_type="application/x-www-form-urlencoded").status_code
        == 303
    )


def test_a_box_left_empty_is_a_refusal_on_a_form_that_has_one(small_web):
    small_web.source("open", requires_tick=False)
    body = {"email": "ana@example.com", "source": "open"}
    assert small_web.client.post("/v1/signups", data=body).status_code == 303
    key = small_web.key("leads")
    facts = small_web.client.get("/v1/leads/lead_1/decision", headers=key).json
    assert "refused" in json.dumps(facts).lower()


def test_unknown_fields_become_attributes_and_control_fields_do_not(small_web):
    body = "email=ana@example.com&source=demo&consent_ticked=on&color=red&size=1&size=2&_next=&_gotcha="
    body += "&consent_purposes=news+offers"
    small_web.client.post("/v1/signups", data=body, content_type="application/x-www-form-urlencoded")
    assert kept(small_web)["attributes"] == {"color": "red", "size": ["1", "2"]}
    assert kept(small_web)["consent"]["purposes"] == ["news", "offers"]


def test_an_address_given_twice_is_a_problem(small_web):
    body = "email=ana@example.com&email=bob@example.com&source=demo&consent_ticked=on"
    response = small_web.client.post("/v1/signups", data=body, content_type="application/x-www-form-urlencoded",
                                     headers={"Accept": "application/json"})  # fmt: skip
    assert response.json["problems"] == [
        {"code": "given_twice", "field": "email", "message": "this field came with two different values"}
    ]


def test_no_cookie_is_set_and_none_is_needed(small_web):
    for response in (post(small_web), post(small_web, email="x"), small_web.client.get("/")):
        assert "Set-Cookie" not in response.headers


# --- the page with problems


def test_problems_are_shown_beside_the_fields_with_what_was_typed(small_web):
    response = small_web.client.post(
        "/v1/signups", data={"email": "ana@gmial.com", "source": "demo", "first_name": "Ana & Co", "utm": "spring"}
    )
    assert (response.status_code, response.mimetype) == (422, "text/html")
    page = response.text
    assert 'value="ana@gmial.com"' in page
    assert 'value="Ana &amp; Co"' in page
    assert '<input type="hidden" name="utm" value="spring">' in page
    assert "Did you mean <bdi><strong>ana@gmail.com</strong></bdi>?" in page
    assert "Yes, write to me." in page
    assert 'name="accept_as_typed"' in page
    assert " checked" not in page
    assert page.count('aria-invalid="true"') == 2
    assert small_web.leads() == []


def test_a_tick_that_was_made_is_kept(small_web):
    page = post(small_web, email="ana@gmial.com").text
    assert 'name="consent_ticked" value="yes" checked' in page


def test_the_page_can_be_sent_again_as_it_stands(small_web):
    from html.parser import HTMLParser

    class Inputs(HTMLParser):
        found: dict[str, str]

        def handle_starttag(self, tag, attrs):
            given = dict(attrs)
            if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
                self.found[given["name"]] = given.get("value", "")

    reader = Inputs()
    reader.found = {}
    reader.feed(post(small_web, email="ana@gmial.com", first_name=XSS, utm="spring & summer").text)
    response = small_web.client.post("/v1/signups", data={**reader.found, "accept_as_typed": "1"})
    assert response.status_code == 303
    assert kept(small_web)["first_name"] == XSS
    assert kept(small_web)["attributes"] == {"utm": "spring & summer"}


@pytest.mark.parametrize(
    "field",
    ["email", "source", "first_name", "last_name", "phone", "country", "consent_ticked", "consent_preticked",
     "consent_wording", "consent_language", "consent_page_url", "consent_purposes", "accept_as_typed", "_next",
     "other", XSS],
)  # fmt: skip
def test_nothing_typed_is_ever_markup(small_web, field):
    data = {"email": "x", "source": "demo", field: XSS}
    page = small_web.client.post("/v1/signups", data=data).text
    assert page.replace('<script src="/forms/demo.js" async></script>', "").count("<script") == 0
    assert "<img" not in page
    assert "49" not in page


def test_text_that_no_database_keeps_is_shown_as_a_problem_of_its_field(web):
    for field in ("first_name", "source"):
        response = post(web, **{field: "a\0b"})
        assert response.status_code == 422
        assert "NUL" in response.text


def test_a_field_that_is_too_long_is_marked_and_kept(small_web):
    page = post(small_web, phone="1" * 61).text
    assert f'value="{"1" * 61}"' in page
    assert 'id="p-phone"' in page


def test_a_form_that_is_not_there_is_said_to_be_closed(small_web):
    response = post(small_web, source="nowhere")
    assert response.status_code == 422
    assert "takes no signups" in response.text
    assert "<form" not in response.text


def test_a_form_may_show_problems_on_its_own_page(small_web):
    small_web.source("shop", problems_url="https://shop.example.com/join?lang=en")
    response = post(small_web, source="shop", email="x", consent_ticked="0")
    assert response.status_code == 303
    assert response.headers["Location"] == (
        "https://shop.example.com/join?lang=en&problems=address_no_at%2Cbox_not_ticked"
    )


def test_the_page_may_be_sent_on_to_where_its_signup_leads(small_web):
    small_web.source("shop", received_url="https://shop.example.com/thanks")
    policy = post(small_web, source="shop", email="x").headers["Content-Security-Policy"]
    assert "form-action 'self' https://shop.example.com" in policy
